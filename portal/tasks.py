"""Housekeeping of the installation, and the one way by which jobs of the timetable are run."""

import logging

import httpx
from celery import shared_task
from django.conf import settings
from django.core.management import call_command

from common.gateways.sms import refuse_inside_transaction
from courts.outages import beat
from eventlog.wake import RUN_JOB
from portal import jobs
from portal.retention.carry import carry_out

log = logging.getLogger(__name__)


@shared_task(name="portal.clear_sessions")
def clear_sessions() -> None:
    """Delete sessions that have expired; safe to run twice."""
    call_command("clearsessions")


@shared_task(name="portal.retention")
def retention() -> int:
    """Clear what the retention table says is over (SEC-68); safe to run twice."""
    return carry_out()


@shared_task(name="portal.heartbeat")
def heartbeat() -> None:
    """Ask the portal at ``PROBE_URL`` whether it can serve; only an answer counts as a sign of life (REL-51)."""
    refuse_inside_transaction()
    timeout = httpx.Timeout(settings.OUTSIDE_READ_SECONDS, connect=settings.OUTSIDE_CONNECT_SECONDS)
    try:
        answer = httpx.get(
            f"{settings.PROBE_URL}/readyz", timeout=timeout, trust_env=False, follow_redirects=False
        )
    except httpx.HTTPError as error:
        log.warning("the portal does not answer its own question", extra={"error_kind": type(error).__name__})
        return
    if answer.status_code == httpx.codes.OK:
        beat()


@shared_task(name=RUN_JOB)
def run_job(key: str, only_missed: bool = False) -> None:
    """Run a job of the timetable under its lock; twice at once it runs once (REL-41)."""
    jobs.run(key, only_missed=only_missed)


@shared_task(name="portal.make_up")
def make_up() -> int:
    """Ask for the jobs whose run was missed; safe to run twice."""
    return jobs.make_up()
