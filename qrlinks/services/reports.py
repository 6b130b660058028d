"""People tell the court that a paper or a code is wrong; guessing at a code tells it by itself."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.services import limit
from common import clock
from documents.models import Copy
from eventlog.services import act, emit
from qrlinks import events
from qrlinks.models import CodeReport, ReportKind
from qrlinks.services.codes import ACTOR, access_stream


def report_code(*, kind: ReportKind, copy: Copy | None, words: str, address: str) -> CodeReport:
    """“这不是我的文书” or a suspicious code: the court is told, nothing is shown. Raises TooManyRequests."""
    limit(f"code-report:{address}", 3600, 5, _("报告次数太多，请过一会儿再试，或拨12368。"))
    return write_report(kind=kind, copy=copy, words=words)


def write_report(*, kind: ReportKind, copy: Copy | None, words: str = "") -> CodeReport:
    """One row and its event in the access stream of the court whose paper it is."""
    with act():
        report = CodeReport.objects.create(kind=kind, copy=copy, words=words, happened_at=clock.now())
        court = copy.paper.court if copy else None
        emit(
            events.REPORTED,
            subject=report,
            actor=ACTOR,
            stream=access_stream(court.code if court else "portal"),
            court_id=court.pk if court else None,
            kind=kind,
        )
    return report
