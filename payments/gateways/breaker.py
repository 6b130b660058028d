"""A gateway that fails again and again is left alone for a while (REL-59): five failures within thirty seconds open the
breaker, every thirty seconds one call goes through as a probe, and the first answer closes it.

The state is a row, so that all web and worker processes share it, also without Redis.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from common import clock
from common.errors import GatewayUnavailable
from payments.models import GatewayHealth

FAILURES = 5
WINDOW = timedelta(seconds=30)
PAUSE = timedelta(seconds=30)


def unavailable() -> GatewayUnavailable:
    """The one sentence for a gateway that does not answer as it should."""
    return GatewayUnavailable(_("缴费通道没有回应，没有扣款。请过几分钟再试，不影响已提交的材料。"))


def admit(code: str) -> None:
    """Let a call through, or raise GatewayUnavailable while the breaker is open. One query, two for a probe."""
    row = GatewayHealth.objects.filter(gateway=code).first()
    if row is None or row.open_since is None:
        return
    now = clock.now()
    if abs(now - row.open_since) < PAUSE:
        raise unavailable()
    probe = GatewayHealth.objects.filter(pk=row.pk, open_since=row.open_since).update(open_since=now)
    if not probe:
        raise unavailable()


def note_answer(code: str) -> None:
    """It answered: the breaker closes and the count begins anew. One query."""
    rows = GatewayHealth.objects.filter(gateway=code).exclude(failures=0)
    rows.update(failures=0, counted_from=None, open_since=None)


def note_failure(code: str) -> None:
    """It did not answer as it should; the fifth time within the window, or while it is probed, the breaker opens."""
    with transaction.atomic():
        GatewayHealth.objects.get_or_create(gateway=code)
        row = GatewayHealth.objects.select_for_update(no_key=True).get(gateway=code)
        now = clock.now()
        if row.counted_from is None or abs(now - row.counted_from) > WINDOW:
            row.failures, row.counted_from = 0, now
        row.failures += 1
        if row.failures >= FAILURES or row.open_since is not None:
            row.open_since = now
        row.save(update_fields=["failures", "counted_from", "open_since"])
