"""The numbers behind `/metrics` and when each is an alarm (REL-54). No label holds an id, an address or a name."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.db import connection
from django.db.models import Sum

from accounts.models import OneTimeCode
from common import clock
from eventlog.selectors import OLD_ANCHOR_SECONDS, anchor_age_seconds, dead_letters, outbox_age_seconds
from payments.models import Difference, Order, Suspense
from payments.models.orders import OrderState, SuspenseState
from payments.models.recon import DifferenceState
from portal.jobs import late_jobs
from portal.models import Schedule
from qrlinks.services import unknown_last_hour

BOUNDS_MS = (50, 100, 200, 300, 500, 1_000, 2_000, 5_000)
"""Upper bounds of the histogram of answer times; slower ones fall into `+Inf`."""
VERIFY_TRAIL = "trail"
"""Key of the job that walks the whole trail."""
DENIALS = frozenset({403, 404, 429})

ALARMS: Mapping[str, float] = {
    "outbox_age_seconds": 300,
    "anchor_age_seconds": OLD_ANCHOR_SECONDS,
    "trail_verified_age_seconds": 48 * 3600,
    "outbox_dead": 0,
    "payments_unknown": 20,
    "suspense_oldest_days": 3,
    "recon_differences_open": 0,
    "codes_sent_last_hour": 1_000,
    "database_pool_share": 0.8,
    "jobs_late": 0,
}
"""Above this a number is an alarm; docs/operations.md says what to do. Unknown codes have their own setting."""


class Answers:
    """What this process answered since its start: how long by class of route, and how often it refused."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._times: Counter[tuple[str, int | None]] = Counter()
        self._total_ms: Counter[str] = Counter()
        self._denials: Counter[int] = Counter()

    def note(self, kind: str, status: int, milliseconds: int) -> None:
        """One answer of a class of route."""
        bound = next((bound for bound in BOUNDS_MS if milliseconds <= bound), None)
        with self._lock:
            self._times[kind, bound] += 1
            self._total_ms[kind] += milliseconds
            if status in DENIALS:
                self._denials[status] += 1

    def lines(self) -> list[str]:
        """Cumulative buckets, as a scraper wants them for a p95 per class."""
        with self._lock:
            times, total, denials = dict(self._times), dict(self._total_ms), dict(self._denials)
        found = []
        for kind in sorted(total):
            number = 0
            for bound in (*BOUNDS_MS, None):
                number += times.get((kind, bound), 0)
                le = "+Inf" if bound is None else f"{bound / 1000:g}"
                found.append(f'portal_request_seconds_bucket{{class="{kind}",le="{le}"}} {number}')
            found.append(f'portal_request_seconds_sum{{class="{kind}"}} {total[kind] / 1000:.3f}')
            found.append(f'portal_request_seconds_count{{class="{kind}"}} {number}')
        found += [
            f'portal_denials_total{{status="{status}"}} {denials.get(status, 0)}'
            for status in sorted(DENIALS)
        ]
        return found


answers = Answers()


def figures() -> dict[str, float | Decimal]:
    """What the database says now. Ten small queries; DatabaseError or InterfaceError when it is away."""
    now = clock.now()
    waiting = Suspense.objects.filter(state=SuspenseState.OPEN)
    oldest = waiting.order_by("payment__paid_at").values_list("payment__paid_at", flat=True).first()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*)::float / current_setting('max_connections')::int FROM pg_stat_activity"
            " WHERE datname IS NOT NULL"
        )
        pool = float(cursor.fetchone()[0])
    return {
        "outbox_age_seconds": round(outbox_age_seconds(), 1),
        "anchor_age_seconds": round(anchor_age_seconds(), 1),
        "trail_verified_age_seconds": round(_verified_ago(now), 1),
        "outbox_dead": dead_letters().count(),
        "scan_unknown_last_hour": unknown_last_hour(),
        "payments_unknown": Order.objects.filter(state=OrderState.UNKNOWN).count(),
        "suspense_yuan": waiting.aggregate(sum=Sum("payment__amount"))["sum"] or Decimal("0.00"),
        "suspense_oldest_days": (now - oldest) // timedelta(days=1) if oldest else 0,
        "recon_differences_open": Difference.objects.filter(state=DifferenceState.OPEN).count(),
        "codes_sent_last_hour": OneTimeCode.objects.filter(created_at__gt=now - timedelta(hours=1))
        .exclude(code_hash="")
        .count(),
        "database_pool_share": round(pool, 3),
        "jobs_late": len(late_jobs()),
    }


def _verified_ago(now: datetime) -> float:
    """Seconds since the whole trail was last found good, at first since the job exists; 0 where it does not exist yet."""
    row = Schedule.objects.filter(key=VERIFY_TRAIL).first()
    return max(0.0, (now - row.good_since).total_seconds()) if row else 0.0


def alarms(found: Mapping[str, float | Decimal]) -> dict[str, bool]:
    """Which numbers are too high."""
    limits = {**ALARMS, "scan_unknown_last_hour": float(settings.SCAN_UNKNOWN_ALARM)}
    return {name: found[name] > limit for name, limit in limits.items()}


def lines() -> list[str]:
    """Numbers and alarms as text for a scraper."""
    found = figures()
    text = [f"portal_{name} {value}" for name, value in found.items()]
    return text + [f'portal_alarm{{name="{name}"}} {int(on)}' for name, on in sorted(alarms(found).items())]
