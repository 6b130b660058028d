"""The switch over all codes of a case, and looking a scanned or typed code up.

Every look-up does the same work for a live, an unknown and a switched-off code (SEC-06, SEC-21).
"""

from __future__ import annotations

import logging
import uuid

from django.conf import settings
from django.db.models import Exists, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.services import count, limit
from accounts.services.limits import counted, seconds_to_wait
from cases.models import Case, Party
from common import clock
from common.actor import Actor, ScanPass, system
from common.errors import TooManyRequests
from documents.models import Copy, PaperState
from documents.selectors import copy_by_service_code, copy_by_token
from eventlog.services import act, emit
from qrlinks import events
from qrlinks.models import CaseCode

log = logging.getLogger(__name__)

ACTOR = system(str(_("扫码核验")))
NO_CASE = uuid.UUID(int=0)
SUBJECT = "cases.case"
MINUTE, HOUR = 60, 3600
RESOLVES_A_MINUTE, UNKNOWN_AN_HOUR, TYPED_AN_HOUR = 10, 30, 5
TOO_FAST = gettext_lazy("打开得太快了，请过一会儿再试，或拨12368。")


def make_case_code(*, case: Case, actor: Actor) -> CaseCode:
    """The one code of a case, made together with it."""
    with act():
        code = CaseCode.objects.create(court_id=case.court_id, case=case, created_at=clock.now())
        stream = f"case:{case.public_id}"
        emit(events.CODE_MADE, subject=code, actor=actor, stream=stream, court_id=case.court_id)
    return code


def live_copy(token: str) -> Copy | None:
    """The copy behind a token when copy and case code are live."""
    return _switched_on(copy_by_token(token))


def live_copy_by_id(copy_id: int) -> Copy | None:
    """The copy a visitor found a moment ago, if it is still live."""
    live = Copy.objects.filter(
        pk=copy_id, state=PaperState.ISSUED, revoked_at=None, expires_at__gt=clock.sql_now()
    )
    return _switched_on(live.select_related("paper__court").first())


def live_copy_by_service_code(code: str, *, address: str) -> Copy | None:
    """The copy behind a printed 服务码; five tries an hour for one address (SEC-23). Raises TooManyRequests."""
    limit(f"service-code:{address}", HOUR, TYPED_AN_HOUR, _("输入次数太多，请1小时后再试，或拨12368。"))
    return _switched_on(copy_by_service_code(code))


def _switched_on(copy: Copy | None) -> Copy | None:
    """The copy of a case whose code is on; the second question is asked for an unknown copy too."""
    ours = copy is not None and copy.paper.subject_kind == SUBJECT
    case_id = copy.paper.subject_public_id if copy is not None and ours else NO_CASE
    on = live_codes().filter(case__public_id=case_id).exists()
    return copy if on else None


def live_codes() -> QuerySet[CaseCode]:
    """Codes of cases that are switched on and have not ended."""
    return CaseCode.objects.filter(Q(ends_at=None) | Q(ends_at__gt=clock.sql_now()), is_on=True)


def pass_holds(scan: ScanPass) -> bool:
    """A scan login ends at once with its copy, with the code of its case and with the phone on file that proved it
    (SEC-25). One query."""
    on = live_codes().filter(case_id=scan.case_id).values("case__public_id")
    live = Copy.objects.filter(
        pk=scan.copy_id, revoked_at=None, expires_at__gt=clock.sql_now(), paper__subject_public_id__in=on
    )
    if scan.phone_index:
        live = live.filter(Exists(Party.objects.filter(pk=scan.party_id, phone_index=scan.phone_index)))
    return live.exists()


def allow_resolve(address: str) -> None:
    """Ten code pages a minute for one address (SEC-23). Raises TooManyRequests.

    An address that opened thirty unknown codes within the hour waits for every code, known or not, so that the
    refusal says nothing about the code in hand. Asked before the code is looked up.
    """
    limit(f"scan-resolve:{address}", MINUTE, RESOLVES_A_MINUTE, str(TOO_FAST))
    unknown = f"scan-unknown:{address}"
    if counted(unknown, HOUR) >= UNKNOWN_AN_HOUR:
        raise TooManyRequests(str(TOO_FAST), retry_after_seconds=max(1, seconds_to_wait(unknown, HOUR)))


def note_resolve(address: str, *, known: bool) -> None:
    """Count an opened code page, for its address and in all; the same work for known and unknown codes.

    Somebody who guesses from many addresses stays below the limit of each: the operator is told when all of them
    together open more unknown codes an hour than people mistype (SEC-23).
    """
    kind = "known" if known else "unknown"
    count(f"scan-{kind}:{address}", HOUR)
    total = count(f"scan-all-{kind}", HOUR)
    if not known and total == settings.SCAN_UNKNOWN_ALARM + 1:
        log.error("many unknown codes are being opened", extra={"within_the_hour": total})


def unknown_last_hour() -> int:
    """Unknown codes that were opened within the running hour, from all addresses together. One query."""
    return counted("scan-all-unknown", HOUR)
