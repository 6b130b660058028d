"""The zone's own clockwork: the workers of the portal know nothing of it."""

import logging
import threading

from django.db import close_old_connections, connection

from complaints.services import jobs

EVERY_SECONDS = 2.0
log = logging.getLogger(__name__)
stop = threading.Event()


def run_for_ever() -> None:
    """Every two seconds what is due, until the process ends. A failure is logged and tried again."""
    while not stop.wait(EVERY_SECONDS):
        try:
            close_old_connections()
            jobs.run()
        except Exception:  # the next round may find the database again
            log.exception("the jobs of the zone failed")
            connection.close()
