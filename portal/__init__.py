"""The portal: settings, addresses, process entries and pages built from several apps."""

from portal.celery import app as celery_app

__all__ = ["celery_app"]
