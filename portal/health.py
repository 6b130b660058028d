"""`/healthz`, `/readyz`, `/metrics` (REL-52, REL-54): answered before sessions, hosts and pages come into play."""

import os
import shutil
import time
from collections.abc import Callable

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from redis.exceptions import RedisError

from common.requests import lies_in, peer_address
from eventlog.holding import is_held
from eventlog.selectors import OLD_ANCHOR_SECONDS, anchor_age_seconds, outbox_age_seconds
from portal import figures
from portal.env import ConfigurationError
from portal.jobs import late_jobs
from portal.startup import database_mode, require_mode, unapplied_migrations

GetResponse = Callable[[HttpRequest], HttpResponseBase]

MIN_DISK_FREE = 0.10
MAX_CLOCK_SKEW_SECONDS = 2.0
MAX_OUTBOX_AGE_SECONDS = 300.0

OK, DEGRADED, DOWN = "ok", "degraded", "down"


class HealthMiddleware:
    """Answers the three addresses; everything else goes on."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer or pass on."""
        if request.path_info == "/healthz":
            return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")
        if request.path_info == "/readyz":
            return readiness(request)
        if request.path_info == "/metrics":
            return metrics(request)
        return self.get_response(request)


def is_inside(request: HttpRequest) -> bool:
    """Whether the caller sits in a staff network (STAFF_NETWORKS); only those see details."""
    return lies_in(peer_address(request), settings.STAFF_NETWORKS)


def readiness(request: HttpRequest) -> JsonResponse:
    """200 while requests can be served, even degraded; 503 when they cannot."""
    checks = run_checks()
    state = DOWN if DOWN in checks.values() else DEGRADED if DEGRADED in checks.values() else OK
    body: dict[str, object] = {"status": state}
    if is_inside(request):
        body["checks"] = checks
        body["late_jobs"] = _late_jobs() if checks["database"] == OK else []
    return JsonResponse(body, status=503 if state == DOWN else 200)


def run_checks() -> dict[str, str]:
    """State of each thing that must work (down = no service) or should (degraded)."""
    checks = {"disk": check_disk(), "redis": check_redis()}
    try:
        checks["database"] = OK
        with connection.cursor() as cursor:  # a stale connection is replaced here
            cursor.execute("SELECT 1")
        require_mode(database_mode(connection))
        checks["migrations"] = DOWN if unapplied_migrations() else OK
        checks["clock"] = check_clock()
        checks["anchor"] = DEGRADED if anchor_age_seconds() > OLD_ANCHOR_SECONDS else OK
        checks["outgoing"] = DEGRADED if is_held() else OK
        checks["outbox"] = DEGRADED if outbox_age_seconds() > MAX_OUTBOX_AGE_SECONDS else OK
    except (DatabaseError, InterfaceError, ConfigurationError):
        checks["database"] = DOWN
    return checks


def _late_jobs() -> list[str]:
    """Jobs without a success for twice their period (REL-41): an alarm, but no reason to call the portal degraded."""
    try:
        return late_jobs()
    except (DatabaseError, InterfaceError):
        return []


def check_disk() -> str:
    """At least a tenth of the disk below the files is free; of a bucket only its keeper knows."""
    if settings.FILES_STORAGE != "local":
        return OK
    usage = shutil.disk_usage(settings.FILES_ROOT if settings.FILES_ROOT.exists() else settings.BASE_DIR)
    return OK if usage.free / usage.total > MIN_DISK_FREE else DOWN


def check_redis() -> str:
    """Broker and cache answer; without them notices wait, nothing is lost."""
    try:
        cache.get("health")
    except (RedisError, OSError):
        return DEGRADED
    return OK


def check_clock() -> str:
    """The host's clock is close to the database's. That one alone is legal, so a wrong host still serves (F-22)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM clock_timestamp())")
        row = cursor.fetchone()
    skew = abs(float(row[0]) - time.time()) if row else MAX_CLOCK_SKEW_SECONDS + 1
    return OK if skew <= MAX_CLOCK_SKEW_SECONDS else DEGRADED


def metrics(request: HttpRequest) -> HttpResponse:
    """Numbers for a scraper as plain text, for the staff network only."""
    if not is_inside(request):
        return HttpResponse(status=404)
    lines = [f"portal_process_cpu_seconds {sum(os.times()[:2]):.2f}"]
    lines += [
        f'portal_check{{name="{name}"}} {int(state == OK)}' for name, state in sorted(run_checks().items())
    ]
    try:
        lines += figures.lines()
    except (DatabaseError, InterfaceError):
        lines.append("portal_outbox_age_seconds NaN")
    lines += figures.answers.lines()
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; version=0.0.4; charset=utf-8")
