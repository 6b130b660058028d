"""From a scanned code to a scan pass: facts that match a party, a code to the phone on file, one case and one party.

DESIGN §9: a phone that the other side named receives a code only for the holder of a copy addressed to that party.
With any other copy the way is the account of that phone or the counter. Whatever does not match answers exactly like
what does: limits a visitor can see hang on the visitor and on the code in hand, never on what was found, and the
message leaves after the page, so that neither its limits nor its failure nor its time shows.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy

from accounts.models import CodePurpose
from accounts.services import check_code, count, limit, start_code
from cases.models import Party, PhoneOrigin
from cases.services import last_six_index
from common import clock, crypto, keyed
from common.actor import ScanPass
from common.errors import GatewayUnavailable, TooManyRequests
from courts.services import access_stream, setting
from documents.models import Copy
from eventlog.services import act, emit
from qrlinks import events
from qrlinks.models import ReportKind, Verification, VerificationState, Visit, VisitWay
from qrlinks.services.codes import ACTOR, NO_CASE, pass_holds
from qrlinks.services.reports import write_report

log = logging.getLogger(__name__)

QUARTER, HOUR, DAY = 900, 3600, 86400
VISITOR_TRIES, ADDRESS_TRIES = 5, 30
CODE_TRIES_A_DAY = 20
SLOW_STEPS = ((40, 60), (80, 600))
SLOWEST = 3600
"""Above twenty tries on the day an address waits for its next one: a minute, from forty on ten, from eighty on an hour."""
TEXTS_AN_HOUR, TEXTS_A_DAY = 3, 6
"""Below the limits of one phone (SEC-03), so that nobody with a code in hand uses up its owner's sign-in."""

WAIT = gettext_lazy("核对次数太多，请15分钟后再试，或拨12368请人帮忙。")
SLOW = gettext_lazy("这个码今天核对的次数太多，请过一会儿再试，或拨12368请人帮忙。")


@dataclass(frozen=True)
class Facts:
    """What a visitor says he is: full name, last six characters of the identity number or credit code."""

    name: str
    last_six: str


def start_verification(
    *, copy: Copy | None, code_key: str, facts: Facts, browser: str, address: str
) -> Verification:
    """Check the facts and open a verification; the code is sent by :func:`send_code` after the answer.

    ``code_key`` is a keyed hash of what was scanned or typed, also of an unknown code. Raises TooManyRequests after
    five tries of one visitor in 15 minutes, thirty of one address, and slows an address down on a code that was
    tried more than twenty times on the day, longer the more it is tried; the court is told then (SEC-23).
    """
    limit(f"scan-verify:{address}:{browser}", QUARTER, VISITOR_TRIES, str(WAIT))
    limit(f"scan-verify:{address}", QUARTER, ADDRESS_TRIES, str(WAIT))
    tries = count(f"scan-code:{code_key}", DAY)
    if tries == CODE_TRIES_A_DAY + 1 and copy is not None:
        write_report(kind=ReportKind.GUESSED, copy=copy)
    if tries > CODE_TRIES_A_DAY:
        seconds = next((wait for below, wait in SLOW_STEPS if tries <= below), SLOWEST)
        limit(f"scan-slow:{code_key}:{address}", seconds, 1, str(SLOW))
    party = _matching_party(copy, facts)
    matched = bool(_phone_for(copy, party))
    return Verification.objects.create(
        copy=copy if matched else None,
        party=party if matched else None,
        browser=crypto.keyed_hash("browser", browser),
        created_at=clock.now(),
    )


def _matching_party(copy: Copy | None, facts: Facts) -> Party | None:
    """The party of the copy's case with this name and these last six; work is done for an unknown copy too."""
    case_id = copy.paper.subject_public_id if copy else NO_CASE
    rows = Party.objects.filter(
        case__public_id=case_id, id_last_six_index=last_six_index(facts.last_six), name=facts.name
    ).exclude(id_last_six_index="")
    return rows.first()


def _phone_for(copy: Copy | None, party: Party | None) -> str:
    """The phone that may receive the code; empty when there is none for this copy."""
    if copy is None or party is None:
        return ""
    named_by_other_side = party.phone_origin == PhoneOrigin.OTHER_SIDE
    if named_by_other_side and copy.addressee_public_id != party.public_id:
        return ""
    phone: str = party.phone
    return phone


def send_code(*, verification_id: int, browser: str) -> None:
    """Open the challenge and send the code to the phone on file; nothing is sent when nothing matched.

    Runs when the visitor has the answer already and says nothing to anybody: a phone that had too many codes gets
    none, a provider that does not answer is logged, and the visitor asks again a minute later.
    """
    row = Verification.objects.select_related("party", "copy").get(pk=verification_id)
    phone = _phone_for(row.copy, row.party)
    nobody = f"scan-nobody:{row.public_id}"
    try:
        if phone and not _may_text(phone):
            phone = ""
        sent = start_code(purpose=CodePurpose.SCAN, phone=phone, browser=browser, limit_key=phone or nobody)
    except TooManyRequests:
        sent = start_code(purpose=CodePurpose.SCAN, phone="", browser=browser, limit_key=nobody)
    except GatewayUnavailable:
        log.warning("the code of a scan was not taken by the provider")
        return
    Verification.objects.filter(pk=row.pk).update(challenge=sent.challenge)


def _may_text(phone: str) -> bool:
    in_hour, on_day = count(f"scan-text-hour:{phone}", HOUR), count(f"scan-text-day:{phone}", DAY)
    return in_hour <= TEXTS_AN_HOUR and on_day <= TEXTS_A_DAY


@dataclass(frozen=True)
class Pass:
    """What the session keeps after a passed verification, and the case to go on to."""

    case: UUID
    case_id: int
    party_id: int
    copy_id: int
    expires_at: datetime
    phone_index: str = ""

    def for_session(self) -> dict[str, object]:
        """Plain values for the session."""
        return {
            "case_id": self.case_id,
            "party_id": self.party_id,
            "copy_id": self.copy_id,
            "expires_at": self.expires_at.isoformat(),
            "phone_index": self.phone_index,
        }


def finish_verification(*, public_id: str, code: str, browser: str) -> Pass | None:
    """The scan pass when the code is right and paper and case code are still on; None in every other case, without
    saying why."""
    pending = Verification.objects.filter(public_id=public_id, state=VerificationState.OPEN).first()
    if pending is None or not keyed.alike(
        keyed.TOKEN, pending.browser, crypto.keyed_hash("browser", browser)
    ):
        return None
    used = check_code(
        challenge=str(pending.challenge or NO_CASE), code=code, browser=browser, purpose=CodePurpose.SCAN
    )
    if used is None:
        return None
    with act():
        row = Verification.objects.select_for_update(of=("self",), no_key=True).get(pk=pending.pk)
        if row.state != VerificationState.OPEN or row.party_id is None or row.copy_id is None:
            return None
        party = Party.objects.select_related("case__court").get(pk=row.party_id)
        passed = let_in(party, row.copy_id, way=VisitWay.PHONE, phone_index=used.phone_index)
        if passed is None:
            return None
        row.state, row.finished_at = VerificationState.PASSED, clock.now()
        row.save(update_fields=["state", "finished_at"])
    return passed


def let_in(party: Party, copy_id: int, *, way: VisitWay, phone_index: str = "") -> Pass | None:
    """The pass of a person who was identified, and the visit in the access stream; None when paper or case code is off
    or another phone is on file by now. Belongs inside an act."""
    now = clock.now()
    until = now + timedelta(minutes=setting(party.case.court_id, "scan_pass_minutes"))
    scan = ScanPass(party.case_id, party.pk, copy_id, until, phone_index)
    if not pass_holds(scan):
        return None
    visit = Visit.objects.create(case=party.case, party=party, copy_id=copy_id, way=way, happened_at=now)
    emit(
        events.VERIFIED,
        subject=visit,
        actor=ACTOR,
        stream=access_stream(party.case.court.code),
        court_id=party.case.court_id,
        way=way,
    )
    return Pass(party.case.public_id, scan.case_id, scan.party_id, copy_id, until, phone_index)
