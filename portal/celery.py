"""The Celery application: everything that leaves the request. The outbox is the truth, the broker a wake-up."""

import os

from celery import Celery
from celery.signals import setup_logging, worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def keep_our_logging(**_kwargs: object) -> None:
    """Celery would otherwise install its own handlers, which write task arguments."""


@worker_init.connect
def refuse_wrong_database(**_kwargs: object) -> None:
    """A worker never starts on a database of another mode or schema (DESIGN §9), nor with a receipt key that cannot sign."""
    from portal.startup import refuse_useless_receipt_key, refuse_wrong_database

    refuse_wrong_database()
    refuse_useless_receipt_key()
