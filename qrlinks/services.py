"""From a scanned code to a scan pass: facts that match a party, a code to the phone on file, one case and one party.

DESIGN §9: a phone that the other side named receives a code only for the holder of a copy addressed to that party.
With any other copy the way is full sign-in with a real-name match, or the counter. Whatever does not match answers
exactly like what does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import CodePurpose
from accounts.services import check_code, limit, start_code
from cases.models import Case, Party, PhoneOrigin
from cases.services import last_six_index
from common import clock, crypto
from common.actor import Actor, system
from courts.services import setting
from documents.models import Copy
from documents.selectors import copy_by_service_code, copy_by_token
from eventlog.services import act, emit
from qrlinks import events
from qrlinks.models import CaseCode, CodeReport, ReportKind, Verification, VerificationState, Visit

ACTOR = system(str(_("扫码核验")))
WAIT = gettext_lazy("核对次数太多，请15分钟后再试，或拨12368请人帮忙。")


def access_stream(court_code: str) -> str:
    """Scans go to the access stream of the day, which judge and clerk never see (SEC-35)."""
    return f"access:{court_code}:{clock.today().isoformat()}"


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


def live_copy_by_service_code(code: str, *, address: str) -> Copy | None:
    """The copy behind a printed 服务码; five tries an hour for one address (SEC-23). Raises TooManyRequests."""
    limit(f"service-code:{address}", 3600, 5, _("输入次数太多，请1小时后再试，或拨12368。"))
    return _switched_on(copy_by_service_code(code))


def _switched_on(copy: Copy | None) -> Copy | None:
    if copy is None or copy.paper.subject_kind != "cases.case":
        return None
    on = CaseCode.objects.filter(case__public_id=copy.paper.subject_public_id, is_on=True).exists()
    return copy if on else None


@dataclass(frozen=True)
class Facts:
    """What a visitor says he is: full name, last six characters of the identity number or credit code."""

    name: str
    last_six: str


def start_verification(*, copy: Copy | None, facts: Facts, browser: str, address: str) -> Verification:
    """Check the facts and open a challenge; the same rows, the same answer and the same limits whether or not they fit.

    Raises TooManyRequests after five tries of one visitor in 15 minutes (SEC-23).
    """
    limit(f"scan-verify:{address}:{browser}", 900, 5, str(WAIT))
    party = _matching_party(copy, facts)
    phone = _phone_for(copy, party)
    key = f"scan:{copy.pk if copy else 'none'}:{facts.name}:{facts.last_six}:{browser}"
    code = start_code(purpose=CodePurpose.SCAN, phone=phone, browser=browser, limit_key=phone or key)
    matched = bool(phone)
    return Verification.objects.create(
        copy=copy if matched else None,
        party=party if matched else None,
        challenge=code.challenge,
        browser=crypto.keyed_hash("browser", browser),
        created_at=clock.now(),
    )


def _matching_party(copy: Copy | None, facts: Facts) -> Party | None:
    """The party of the copy's case with this name and these last six; work is done for an unknown copy too."""
    case_id = copy.paper.subject_public_id if copy else None
    wanted = last_six_index(facts.last_six)
    rows = Party.objects.filter(case__public_id=case_id, id_last_six_index=wanted, name=facts.name).exclude(
        id_last_six_index=""
    )
    return rows.select_related("case__court").first()


def _phone_for(copy: Copy | None, party: Party | None) -> str:
    """The phone that may receive the code; empty when there is none for this copy."""
    if copy is None or party is None:
        return ""
    named_by_other_side = party.phone_origin == PhoneOrigin.OTHER_SIDE
    if named_by_other_side and copy.addressee_public_id != party.public_id:
        return ""
    return party.phone


@dataclass(frozen=True)
class Pass:
    """What the session keeps after a passed verification."""

    case_id: int
    party_id: int
    copy_id: int
    expires_at: datetime

    def for_session(self) -> dict[str, object]:
        return {
            "case_id": self.case_id,
            "party_id": self.party_id,
            "copy_id": self.copy_id,
            "expires_at": self.expires_at.isoformat(),
        }


def finish_verification(*, public_id: str, code: str, browser: str) -> Pass | None:
    """The scan pass when the code is right; None in every other case, without saying why."""
    pending = Verification.objects.filter(public_id=public_id, state=VerificationState.OPEN).first()
    if pending is None or not crypto.same(pending.browser, crypto.keyed_hash("browser", browser)):
        return None
    used = check_code(challenge=str(pending.challenge), code=code, browser=browser, purpose=CodePurpose.SCAN)
    if used is None:
        return None
    with act():
        row = Verification.objects.select_for_update(of=("self",), no_key=True).get(pk=pending.pk)
        if row.state != VerificationState.OPEN or row.party_id is None or row.copy_id is None:
            return None
        now = clock.now()
        row.state, row.finished_at = VerificationState.PASSED, now
        row.save(update_fields=["state", "finished_at"])
        party = Party.objects.select_related("case__court").get(pk=row.party_id)
        visit = Visit.objects.create(case=party.case, party=party, copy_id=row.copy_id, happened_at=now)
        emit(
            events.VERIFIED,
            subject=visit,
            actor=ACTOR,
            stream=access_stream(party.case.court.code),
            court_id=party.case.court_id,
        )
        minutes = setting(party.case.court_id, "scan_pass_minutes")
        return Pass(party.case_id, party.pk, row.copy_id, now + timedelta(minutes=minutes))


def report_code(*, kind: ReportKind, copy: Copy | None, words: str, address: str) -> CodeReport:
    """“这不是我的文书” or a suspicious code: the court is told, nothing is shown. Limited per address."""
    limit(f"code-report:{address}", 3600, 5, _("报告次数太多，请过一会儿再试，或拨12368。"))
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


def count_resolve(address: str, *, known: bool) -> None:
    """Ten pages of codes a minute, thirty unknown ones an hour for one address (SEC-23). Raises TooManyRequests.

    The answer page is the same for both, and so is this refusal.
    """
    limit(f"scan-resolve:{address}", 60, 10, _("打开得太快了，请1分钟后再试，或拨12368。"))
    if not known:
        limit(f"scan-unknown:{address}", 3600, 30, _("打开得太快了，请过一会儿再试，或拨12368。"))
