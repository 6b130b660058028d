"""People tell the court that a paper or a code is wrong; guessing at a code tells it by itself."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from accounts.services import limit
from common import clock
from common.actor import Actor
from common.errors import Conflict, NotVisible
from courts.services import access_stream
from documents.models import Copy
from eventlog.services import act, emit
from qrlinks import events, policies
from qrlinks.models import CodeReport, ReportFinding, ReportKind, ReportState, ReportStep
from qrlinks.services.codes import ACTOR, unknown_last_hour


def report_code(*, kind: ReportKind, copy: Copy | None, words: str, address: str) -> CodeReport:
    """“这不是我的文书” or a suspicious code: the court is told, nothing is shown. Raises TooManyRequests."""
    limit(f"code-report:{address}", 3600, 5, _("报告次数太多，请过一会儿再试，或拨12368。"))
    return write_report(kind=kind, copy=copy, words=words)


def write_report(*, kind: ReportKind, copy: Copy | None, words: str = "") -> CodeReport:
    """One row and its event."""
    with act():
        report = CodeReport.objects.create(kind=kind, copy=copy, words=words, happened_at=clock.now())
        _record(events.REPORTED, report, ACTOR, kind=kind)
    return report


def _record(name: str, report: CodeReport, actor: Actor, **data: str) -> None:
    """In the access stream of the court whose paper it is, else of the portal."""
    court = report.copy.paper.court if report.copy else None
    emit(
        name,
        subject=report,
        actor=actor,
        stream=access_stream(court.code if court else "portal"),
        court_id=court.pk if court else None,
        **data,
    )


def raise_alarm() -> CodeReport | None:
    """Put guessing from many addresses on the list of reports, once an hour; None when there is nothing to tell. Safe to run twice
    and in parallel."""
    found = unknown_last_hour()
    if found <= settings.SCAN_UNKNOWN_ALARM:
        return None
    words = _("1小时内打开了%(count)s次不认识的码，可能有人在猜。") % {"count": found}
    with act(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('qrlinks.alarm', 0))")
        lately = clock.now() - timedelta(hours=1)
        if CodeReport.objects.filter(kind=ReportKind.ALARM, happened_at__gt=lately).exists():
            return None
        return write_report(kind=ReportKind.ALARM, copy=None, words=words)


def take_report(*, report_id: uuid.UUID, actor: Actor) -> ReportStep:
    """“由我处理”. Conflict when somebody else was faster."""
    return _step(report_id, actor, ReportState.TAKEN)


def settle_report(*, report_id: uuid.UUID, finding: ReportFinding, words: str, actor: Actor) -> ReportStep:
    """What came of it; taking it first is not needed. Conflict when it is settled already."""
    return _step(report_id, actor, ReportState.SETTLED, finding=ReportFinding(finding), words=words)


def _step(
    report_id: uuid.UUID, actor: Actor, state: ReportState, *, finding: str = "", words: str = ""
) -> ReportStep:
    with act():
        report = policies.visible_reports(actor).filter(public_id=report_id).first()
        if report is None:
            raise NotVisible(_("没有找到这份报告。"))
        _one_hand_at_a_time(report)
        done = set(report.steps.values_list("state", flat=True))
        if ReportState.SETTLED in done or state in done:
            raise Conflict(_("这份报告刚刚有人处理了，请看最新的情况。"))
        step = ReportStep.objects.create(
            report=report,
            state=state,
            finding=finding,
            words=words,
            by_id=actor.post_id or 0,
            happened_at=clock.now(),
        )
        _record(events.REPORT_HANDLED, report, actor, state=state, finding=finding)
    return step


def _one_hand_at_a_time(report: CodeReport) -> None:
    """Rows that are never changed cannot be locked; whoever comes second waits and then finds the first one's step."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"qrlinks.report:{report.public_id}"]
        )
