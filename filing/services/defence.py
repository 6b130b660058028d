"""答辩状: a defendant answers a complaint inside the running case; the court receives it without a decision (民诉法128)."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import User
from cases.models import AccessBasis, Case, DeadlineState, Party, PhoneOrigin, Side
from cases.policies import live_access
from cases.services import (
    case_stream,
    finish_deadline,
    record_answered,
    record_pleaded_choice,
    start_deadline,
)
from common import clock
from common.actor import Actor
from common.errors import Conflict, NotAllowed
from eventlog.services import act, emit
from filing import events
from filing.defences import COPY_PERIOD, DEFENCE_PERIOD, defence_form, live_defence
from filing.handed_in import handed_in
from filing.models import FILING_FLOW, Capacity, Filing, FilingParty
from filing.policies import acts_for_applicant, can_defend
from filing.selectors import draft_of
from filing.services.submission import application_numbers, must_be_as_signed, refuse_incomplete, sealed


def start_defence(*, party: Party, actor: Actor) -> Filing:
    """The defence of this party: a new draft with its people filled in, or the one that exists already.

    Late is allowed (民诉法128: a missing defence stops nothing). Raises NotAllowed for somebody who does not stand for the
    party, Conflict when somebody else writes for the same party or the pleading has no answer.
    """
    with act():
        case = Case.objects.select_for_update(of=("self",), no_key=True).get(pk=party.case_id)
        if not can_defend(actor, party):
            raise NotAllowed(_("只有被告本人或他的代理人可以提交答辩状。请用实名认证过的手机号登录。"))
        existing = live_defence(party)
        if existing is not None:
            if existing.applicant_id != actor.user_id:
                raise Conflict(_("这一方的答辩状已由其他人填写，请和他联系。"), code="defence_exists")
            return existing
        form = defence_form(case)
        if form is None:
            raise Conflict(_("这个案件不用网上答辩，请看法院的通知。"), code="no_defence")
        user = User.objects.get(pk=actor.user_id or 0)
        now = clock.now()
        filing = Filing.objects.create(
            court=case.court,
            deciding_court=case.court,
            applicant=user,
            procedure=form.procedure,
            form=form.key,
            cause=case.cause,
            capacity=_capacity(party, user),
            origin_case=case,
            origin_number=case.number,
            precheck={"party": str(party.public_id)},
            created_at=now,
            saved_at=now,
        )
        FilingParty.objects.bulk_create([_himself(filing, party, user), *_others(filing, case)])
        emit(
            events.STARTED,
            subject=filing,
            actor=actor,
            stream=f"filing:{filing.public_id}",
            court_id=case.court_id,
        )
    return filing


def _capacity(party: Party, user: User) -> Capacity:
    basis = live_access().filter(party=party, user=user).values_list("basis", flat=True).first()
    if basis == AccessBasis.REPRESENTATION:
        return Capacity.AGENT
    return Capacity.SELF if party.kind == "natural" else Capacity.ORGANISATION


def _himself(filing: Filing, party: Party, user: User) -> FilingParty:
    """What the case knows of the defendant; his own phone, never the one that the other side named (DESIGN §9)."""
    same = bool(party.id_number) and party.id_number == user.id_number
    phone = user.phone if same else party.phone if party.phone_origin != PhoneOrigin.OTHER_SIDE else ""
    return FilingParty(
        filing=filing,
        side=Side.PLAINTIFF,
        kind=party.kind,
        name=party.name,
        id_kind=party.id_kind,
        id_number=party.id_number,
        phone=phone,
        phone_origin=PhoneOrigin.OWN if phone else "",
        address=party.address,
    )


def _others(filing: Filing, case: Case) -> list[FilingParty]:
    """The plaintiffs by name only: their numbers and addresses are not for the other side."""
    plaintiffs = case.parties.filter(side=Side.PLAINTIFF).order_by("order")
    return [
        FilingParty(filing=filing, side=Side.DEFENDANT, order=order, kind=other.kind, name=other.name)
        for order, other in enumerate(plaintiffs, start=1)
    ]


def receive_defence(*, filing_id: int, actor: Actor, signed_name: str, seen: str | None = None) -> Filing:
    """Send a complete defence: the court has it at once, with a signed receipt; the judge and the other side read it.

    Ends the defence period of the party (D12) and starts the five days in which the court passes it on (D13). Raises
    InvalidInput when something is missing, InvalidTransition when it was sent already; ``seen`` as in ``submit_filing``.
    """
    with act():
        filing = Filing.objects.select_for_update(of=("self",), no_key=True).get(pk=filing_id)
        if not acts_for_applicant(actor, filing):
            raise NotAllowed(_("只有填写的人可以提交。"))
        case = Case.objects.select_for_update(of=("self",), no_key=True).get(pk=filing.origin_case_id or 0)
        party = case.parties.get(public_id=filing.precheck["party"])
        if not can_defend(actor, party):
            raise NotAllowed(_("您现在不能替这一方提交答辩状。请向承办法官说明。"))
        FILING_FLOW.move(filing, "receive")
        must_be_as_signed(filing, seen)
        draft = draft_of(filing)
        refuse_incomplete(draft)
        now = clock.now()
        filing.number = application_numbers(filing.court_id, 1)[0]
        filing.first_submitted_at = filing.submitted_at = filing.decided_at = now
        filing.version += 1
        filing.save()
        submission = sealed(draft, signed_name, round_number=1)
        submission.save()
        late = record_answered(case=case, party=party, rule_id=DEFENCE_PERIOD)
        _begin_copy_period(case, now)
        himself = bool(party.id_number) and party.id_number == filing.applicant.id_number
        if filing.e_delivery is not None and himself:
            record_pleaded_choice(party=party, electronic=filing.e_delivery, actor=actor)
        emit(
            events.RECEIVED,
            subject=filing,
            actor=actor,
            stream=case_stream(case),
            court_id=case.court_id,
            receipt=filing.number,
            party=party.public_id,
            case=case.public_id,
            content_sha256=submission.content_sha256,
            files=[material.file.sha256 for material in draft.materials],
            late=late,
            e_delivery=bool(filing.e_delivery) and himself,
            **handed_in(draft),
        )
    return filing


def _begin_copy_period(case: Case, now: datetime) -> None:
    """D13 runs once for all defences that wait to be passed on."""
    if not case.deadlines.filter(rule_id=COPY_PERIOD, state=DeadlineState.RUNNING).exists():
        start_deadline(case, COPY_PERIOD, clock.beijing_day(now), label=_("把答辩状副本发送原告"))


def record_defence_passed_on(*, case_id: int, actor: Actor) -> None:
    """The plaintiffs have the copies of all received defences: the five days (D13) are kept; a repeat changes nothing."""
    with act():
        case = Case.objects.select_for_update(of=("self",), no_key=True).get(pk=case_id)
        running = case.deadlines.filter(rule_id=COPY_PERIOD, state=DeadlineState.RUNNING)
        if not running.exists():
            return
        finish_deadline(case, COPY_PERIOD)
        emit(
            events.DEFENCE_PASSED_ON,
            subject=case,
            actor=actor,
            stream=case_stream(case),
            court_id=case.court_id,
        )
