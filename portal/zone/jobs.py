"""The zone's own clockwork: the workers of the portal know nothing of it."""

import logging
import threading
from itertools import count

from django.db import close_old_connections, connection

from complaints.services import jobs
from complaints.services.intake import take_in

EVERY_SECONDS = 2.0
ALL_EVERY = 30
"""Boxes are opened in every round, limits and posts are looked at once a minute."""
log = logging.getLogger(__name__)
stop = threading.Event()


def run_for_ever() -> None:
    """Every two seconds what is due, until the process ends. A failure is logged and tried again."""
    for number in count():
        if stop.wait(EVERY_SECONDS):
            return
        try:
            close_old_connections()
            if number % ALL_EVERY == 0:
                jobs.run()
            else:
                take_in()
        except Exception:  # the next round may find the database again
            log.exception("the jobs of the zone failed")
            connection.close()
