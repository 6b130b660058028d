"""What is held after a restore: outbox, texts, refunds and payouts (REL-56, docs/adr/0031).

A database remembers in which server and under which number it was prepared. One that was restored elsewhere, or beside the
original, remembers another place than its own, and is held from its first second, whoever forgot to say so. A restore that keeps the
place (files of the whole server brought back to an earlier minute) is held by ``manage.py outgoing hold``.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from common import clock
from common.actor import Actor
from common.errors import Conflict, InvalidInput
from eventlog.holding import Standing, kept_by
from eventlog.models import Event
from eventlog.relay import RUN_OUTBOX
from eventlog.services import act, emit
from eventlog.wake import wake_after_commit
from payments.models.recon import Difference, DifferenceState
from payments.services.recon import days_without_bill
from portal import events
from portal.closed_list import still_open
from portal.closing_services import against
from portal.models import Hold, Installation

LEAST_REASON = 5
QUIET = timedelta(hours=1)
"""After a release: what waited brings about things of its own (a paper is made, and delivered), and texts about them may be repeats too."""
PLACE = (
    "SELECT s.system_identifier || '/' || d.oid FROM pg_control_system() s, pg_database d"
    " WHERE d.datname = current_database()"
)
STANDING = (
    "SELECT (SELECT i.database_id NOT IN ('', ({place})) FROM portal_installation i WHERE i.id = 1),"
    " EXISTS (SELECT 1 FROM portal_hold WHERE released_at IS NULL),"
    " (SELECT max(coalesce(released_at, since)) FROM portal_hold WHERE restored)"
)


def place() -> str:
    """Which database this is: the server's own identifier and the number of the database there."""
    with connection.cursor() as cursor:
        cursor.execute(PLACE)
        return str(cursor.fetchone()[0])


@kept_by
def standing() -> Standing:
    """Held by a row, or because this database remembers another place than its own. One query."""
    with connection.cursor() as cursor:
        cursor.execute(STANDING.format(place=PLACE))
        moved, held, restored = cursor.fetchone()
    return Standing(bool(moved or held), restored + QUIET if restored else None)


def note_place() -> None:
    """Remember the place of a new database; hold one that was moved, and remember its new place. Run as owner."""
    with transaction.atomic():
        row = Installation.objects.select_for_update().get(pk=1)
        here = place()
        if row.database_id == here:
            return
        if row.database_id:
            Hold.objects.create(
                since=clock.now(), restored=True, reason=str(_("数据库换了地方，可能是恢复的备份"))
            )
        row.database_id = here
        row.save(update_fields=["database_id"])


def hold(*, reason: str, actor: Actor, restored: bool = False) -> Hold:
    """Nothing leaves from now on. ``restored``: this is an earlier state of the database. Run as owner. Conflict while it is held already."""
    with act():
        Installation.objects.select_for_update(no_key=True).get(pk=1)
        if Hold.objects.filter(released_at=None).exists():
            raise Conflict(_("已经暂停了。"))
        row = Hold.objects.create(since=clock.now(), restored=restored, reason=_stated(reason))
        emit(events.OUTGOING_HELD, subject=row, actor=actor, stream="operations", reason=row.reason)
    return row


def release(*, reason: str, actor: Actor, despite: bool = False) -> None:
    """What waited leaves again, but for texts about what happened before a restore or within an hour of this (REL-22: a text is
    only a nudge, the inbox has the notice).

    Run as owner, as ``hold``. Conflict when nothing is held, when this database still remembers another place (``prepare_database`` was not run), and, unless
    ``despite``, while a day with a gateway or the bank does not agree (REL-16), a day of those that the backup does not know whole
    was not reconciled at all, or an account that was closed since is open here and could be closed again (SEC-68).
    """
    if not despite and Hold.objects.filter(released_at=None, restored=True).exists():
        _refuse_closed_accounts()
    with act():
        Installation.objects.select_for_update(no_key=True).get(pk=1)
        open_rows = list(Hold.objects.filter(released_at=None).select_for_update())
        if not open_rows:
            raise Conflict(_("没有暂停，或者还没有运行 prepare_database。"))
        missing = [] if despite else _not_reconciled(open_rows)
        if missing:
            text = "、".join(f"{day} {code}" for code, day in missing[:5])
            raise Conflict(_("恢复以后还没有对账：%(days)s。先运行 recon run，再放行。") % {"days": text})
        differences = Difference.objects.filter(state=DifferenceState.OPEN).count()
        if differences and not despite:
            raise Conflict(_("还有%(n)s条对账差异没有处理，钱还不能放行。") % {"n": differences})
        for row in open_rows:
            row.released_at, row.release_reason = clock.now(), _stated(reason)
            row.save(update_fields=["released_at", "release_reason"])
            emit(
                events.OUTGOING_RELEASED,
                subject=row,
                actor=actor,
                stream="operations",
                reason=row.release_reason,
                differences=differences,
            )
        wake_after_commit(RUN_OUTBOX)


def _refuse_closed_accounts() -> None:
    """Nothing leaves for somebody who had gone. An outside look, so before the act."""
    try:
        found = still_open(settings.ANCHORS_DIR) if settings.ANCHORS_DIR else []
    except OSError as error:
        raise Conflict(_("读不到注销账号的清单，先查ANCHORS_DIR，再放行。")) from error
    ready = sum(1 for _closed, user in found if not against(user))
    if ready:
        raise Conflict(
            _("备份以后注销的账号，这里还有%(n)s个开着。先运行close_again，再放行。") % {"n": ready}
        )


def _not_reconciled(open_rows: list[Hold]) -> list[tuple[str, date]]:
    """Gateways and days over since the last thing that a restored database knows, without a bill. What happened in those hours is
    in nobody's books here until it was fetched."""
    since = [row.since for row in open_rows if row.restored]
    if not since:
        return []
    last = Event.objects.filter(happened_at__lt=min(since)).order_by("-id").first()
    return days_without_bill(clock.beijing_day(last.happened_at)) if last else []


def _stated(reason: str) -> str:
    if len(reason.strip()) < LEAST_REASON:
        message = _("请写明原因，至少%(n)s个字") % {"n": LEAST_REASON}
        raise InvalidInput(message, reason=message)
    return reason.strip()[:200]
