"""The breaker of what all processes share (REL-59): its state is a row, so that it also holds without Redis."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from common import clock
from common.errors import GatewayUnavailable
from common.gateways import breaker
from common.gateways.breaker import FAILURES, PAUSE, WINDOW, Health
from payments.models import GatewayHealth

__all__ = ["FAILURES", "PAUSE", "ROWS", "WINDOW", "admit", "note_answer", "note_failure", "unavailable"]


class Rows:
    """A row of each service, read and changed by the database's clock."""

    def now(self) -> datetime:
        return clock.now()

    def get(self, code: str) -> Health:
        row = GatewayHealth.objects.filter(gateway=code).first()
        return Health(row.failures, row.counted_from, row.open_since) if row else Health()

    def begin_probe(self, code: str, seen: datetime, now: datetime) -> bool:
        return bool(GatewayHealth.objects.filter(gateway=code, open_since=seen).update(open_since=now))

    def close(self, code: str) -> None:
        rows = GatewayHealth.objects.filter(gateway=code).exclude(failures=0)
        rows.update(**asdict(Health()))

    def change(self, code: str, change: Callable[[Health], Health]) -> None:
        with transaction.atomic():
            GatewayHealth.objects.get_or_create(gateway=code)
            row = GatewayHealth.objects.select_for_update(no_key=True).get(gateway=code)
            after = change(Health(row.failures, row.counted_from, row.open_since))
            GatewayHealth.objects.filter(pk=row.pk).update(**asdict(after))


ROWS = Rows()


def unavailable() -> GatewayUnavailable:
    """The one sentence for a gateway that does not answer as it should."""
    return GatewayUnavailable(_("缴费通道没有回应，没有扣款。请过几分钟再试，不影响已提交的材料。"))


def admit(code: str) -> None:
    """Let a call through, or raise GatewayUnavailable while the breaker is open. One query, two for a probe."""
    if not breaker.admit(ROWS, code):
        raise unavailable()


def note_answer(code: str) -> None:
    """It answered: the breaker closes and the count begins anew. One query."""
    ROWS.close(code)


def note_failure(code: str, window: timedelta | None = WINDOW) -> None:
    """It did not answer as it should; the fifth time within the window, or while it is probed, the breaker opens."""
    breaker.note_failure(ROWS, code, window)
