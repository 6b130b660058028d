"""Jobs of this app. They hold ids only and may run twice (REL-40)."""

from celery import shared_task

from qrlinks import services


@shared_task(name="qrlinks.raise_alarm")
def raise_alarm() -> None:
    """Put an alarm on the list when many unknown codes are being opened; one an hour."""
    services.raise_alarm()
