"""缓交、减交、免交 (司法救助, 诉讼费用交纳办法44-51): asked for by the payer, decided by the judge with reasons.

A decision never changes a bill: the old one is void, a new one with its own steps and last day takes its place.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from cases.models import PartyKind
from cases.services import case_stream, record_fee_paid
from common import clock
from common.actor import Actor
from common.errors import Conflict, InvalidInput, NotAllowed
from documents.services import discard_file, receive_file
from eventlog.services import act, emit
from payments import events
from payments.fees import Step, book_on
from payments.fees.charge import LEAST_REDUCTION, plain
from payments.models import (
    RELIEF_FLOW,
    Bill,
    BillReason,
    BillStatus,
    Relief,
    ReliefKind,
    ReliefPaper,
    ReliefState,
)
from payments.policies import can_decide, can_pay
from payments.services.bills import Charge, charge_of, payment_due, replace_bill, void_bill
from payments.services.dues import claim_changed, due_beforehand, reduced, still_due

PAPERS_OWNER = "payments.relief"
MAX_PAPERS = 20
INSTALLMENTS = range(2, 7)


def is_installment(bill: Bill) -> bool:
    """Whether the bill is one of several parts."""
    return "installments" in bill.inputs


def kinds_for(bill: Bill) -> list[ReliefKind]:
    """免交 is for natural persons only (art. 44); what was split into parts can only be paid later."""
    if is_installment(bill):
        return [ReliefKind.DEFER]
    natural = bill.party.kind == PartyKind.NATURAL
    return [kind for kind in ReliefKind if natural or kind != ReliefKind.EXEMPT]


def grounds_for(kind: str) -> tuple[str, ...]:
    """The grounds of the law for a kind of relief (art. 45-47)."""
    return book_on(clock.today()).relief_grounds[kind]


def ask_relief(*, bill_id: int, kind: str, ground: str, words: str, actor: Actor) -> Relief:
    """Ask to pay later, less or nothing; proofs may follow until the decision. The same click again gives the same request.

    Raises InvalidInput with sentences by field, Conflict when the bill is paid or void or the judge still decides.
    """
    with act():
        bill = _locked_bill(bill_id)
        if not can_pay(actor, bill):
            raise NotAllowed(_("只有交费的当事人和他的代理人可以申请。"))
        if bill.status != BillStatus.OPEN:
            raise Conflict(_("这张账单不用交了，不用申请。"), code="bill_settled")
        waiting = bill.reliefs.filter(state=ReliefState.ASKED).first()
        if waiting is not None:
            return waiting
        _check_asked(bill, kind, ground, words)
        relief = Relief.objects.create(
            court_id=bill.court_id,
            bill=bill,
            applicant_id=actor.user_id or 0,
            kind=kind,
            ground=ground,
            words=words,
            asked_at=clock.now(),
        )
        _record(events.RELIEF_ASKED, relief, actor)
    return relief


def _check_asked(bill: Bill, kind: str, ground: str, words: str) -> None:
    wrong = {}
    if kind not in kinds_for(bill):
        wrong["kind"] = _("请选择申请什么")
    elif ground not in grounds_for(kind):
        wrong["ground"] = _("请选择符合哪一种情形")
    if not words:
        wrong["words"] = _("请写明家里和收入的情况")
    if wrong:
        raise InvalidInput(next(iter(wrong.values())), **wrong)


def _locked_bill(bill_id: int) -> Bill:
    rows = Bill.objects.select_for_update(of=("self",), no_key=True).select_related("case__court", "party")
    return rows.get(pk=bill_id)


def _record(name: str, relief: Relief, actor: Actor, **data: Any) -> None:
    bill = relief.bill
    emit(
        name,
        subject=bill,
        actor=actor,
        stream=case_stream(bill.case),
        court_id=bill.court_id,
        case_id=bill.case_id,
        relief=relief.public_id,
        kind=relief.kind,
        **data,
    )


def add_relief_paper(*, relief_id: int, upload: UploadedFile[Any], actor: Actor) -> ReliefPaper:
    """A proof, kept as it came. Raises InvalidInput with the sentence that helps, Conflict once it is decided."""
    relief = Relief.objects.select_related("bill__case").get(pk=relief_id)
    if not can_pay(actor, relief.bill):
        raise NotAllowed(_("只有交费的当事人和他的代理人可以申请。"))
    stored = receive_file(
        upload=upload,
        court_id=relief.court_id,
        owner_kind=PAPERS_OWNER,
        owner_public_id=relief.public_id,
        actor=actor,
        max_files=MAX_PAPERS,
        counts_for=relief.bill.case.counted_files,
    )
    try:
        with act():
            _waiting(relief_id)
            return ReliefPaper.objects.create(relief_id=relief_id, file=stored, added_at=clock.now())
    except Conflict:
        discard_file(stored)
        raise


def _waiting(relief_id: int) -> Relief:
    rows = Relief.objects.select_for_update(of=("self",), no_key=True)
    relief = rows.select_related("bill__case__court", "bill__party").get(pk=relief_id)
    if relief.state != ReliefState.ASKED:
        raise Conflict(_("这份申请已经有结果了，请看最新情况。"), code="relief_decided")
    return relief


def withdraw_relief(*, relief_id: int, actor: Actor) -> Relief:
    """The payer takes his request back; the bill is to be paid as it stands."""
    with act():
        relief = _waiting(relief_id)
        if not can_pay(actor, relief.bill):
            raise NotAllowed(_("只有申请的人可以撤回。"))
        RELIEF_FLOW.move(relief, "withdraw")
        relief.save(update_fields=["state"])
        _record(events.RELIEF_WITHDRAWN, relief, actor)
    return relief


@dataclass(frozen=True)
class Answer:
    """The judge's decision: yes or no, why, and for a yes how much less (percent), until when, in how many parts."""

    granted: bool
    reasons: str
    reduce_pct: Decimal | None = None
    defer_until: date | None = None
    installments: int | None = None


def decide_relief(*, relief_id: int, answer: Answer, actor: Actor) -> Relief:
    """The judge of the case decides, always with reasons (art. 48), and the bill is replaced by what is due now.

    Exempt: nothing is due and the case goes on. Reduced: a smaller bill. Deferred: the whole sum later, also in two to six
    parts with last days at equal distances, and the case goes on (art. 49). Refused: the same sum, with seven days from today. Raises InvalidInput by field, Conflict when it is decided or
    the bill was paid meanwhile, NotAllowed for anybody but the judge.
    """
    with act():
        relief = _waiting(relief_id)
        if not can_decide(actor, relief):
            raise NotAllowed(_("只有承办法官可以决定。"))
        bill = _locked_bill(relief.bill_id)
        if bill.status != BillStatus.OPEN:
            raise Conflict(_("当事人已经交了费，不用再决定。"), code="bill_settled")
        _check_answer(relief, bill, answer)
        RELIEF_FLOW.move(relief, "grant" if answer.granted else "refuse")
        relief.decided_at, relief.decided_by_id, relief.reasons = clock.now(), actor.post_id, answer.reasons
        relief.reduce_pct = answer.reduce_pct if _is(relief, ReliefKind.REDUCE) else None
        relief.defer_until = answer.defer_until if _is(relief, ReliefKind.DEFER) else None
        relief.installments = answer.installments if _is(relief, ReliefKind.DEFER) else None
        relief.save()
        _record(events.RELIEF_DECIDED, relief, actor, granted=answer.granted)
        _settle(relief, bill, actor)
    return relief


def _is(relief: Relief, kind: ReliefKind) -> bool:
    return relief.state == ReliefState.GRANTED and relief.kind == kind


def _settle(relief: Relief, bill: Bill, actor: Actor) -> None:
    """What is due after the decision, and whether the case goes on without the money."""
    void_bill(bill)
    charge = _left_of(relief, bill)
    if charge is not None:
        parts, today = relief.installments or 1, clock.today()
        last_day = relief.defer_until or payment_due(bill.case, today)
        for number, amount in enumerate(split(charge.amount, parts), start=1):
            replace_bill(
                bill,
                charge=_installment(charge, amount, number, parts),
                due_on=today + (last_day - today) * number // parts,
                part=number if parts > 1 else None,
                actor=actor,
            )
    if _is(relief, ReliefKind.EXEMPT) or _is(relief, ReliefKind.DEFER):
        record_fee_paid(case_id=bill.case_id, actor=actor, free=True)


def _left_of(relief: Relief, bill: Bill) -> Charge | None:
    """What the decision leaves of the bill: a first fee is worked out anew, so that it is rounded once and fits
    the facts of today."""
    if _is(relief, ReliefKind.EXEMPT):
        return None
    if bill.reason == BillReason.FIRST and not is_installment(bill):
        due = due_beforehand(bill.case)
        return due and still_due(bill.case, due, claim_changed())
    charge = charge_of(bill)
    if not _is(relief, ReliefKind.REDUCE):
        return charge
    text = _("准予减交%(pct)s%%") % {"pct": plain(relief.reduce_pct or Decimal(0))}
    amount = reduced(relief)
    article = book_on(clock.today()).operations["relief_reduce"].article
    return charge.part(amount, Step(text, article, amount))


def split(amount: Decimal, parts: int) -> list[Decimal]:
    """Equal parts in yuan to the fen; the last one takes what does not divide."""
    each = (amount / parts).quantize(Decimal("0.01"), ROUND_DOWN)
    return [*[each] * (parts - 1), amount - each * (parts - 1)]


def _installment(charge: Charge, amount: Decimal, number: int, parts: int) -> Charge:
    if parts == 1:
        return charge
    text = _("分%(parts)s期交，第%(number)s期") % {"parts": parts, "number": number}
    article = book_on(clock.today()).operations["relief_defer"].article
    return charge.part(amount, Step(text, article, amount), installments=parts)


def _check_answer(relief: Relief, bill: Bill, answer: Answer) -> None:
    wrong = {}
    if not answer.reasons:
        wrong["reasons"] = _("请写明理由")
    if answer.granted and relief.kind == ReliefKind.REDUCE:
        percent = answer.reduce_pct
        if percent is None or not LEAST_REDUCTION <= percent < 100:
            wrong["reduce_pct"] = _("减交的比例应不低于30%，并小于100%")
    if answer.granted and relief.kind == ReliefKind.DEFER:
        until = answer.defer_until
        if until is None or until <= clock.today():
            wrong["defer_until"] = _("请填写今天以后的日期")
        wrong |= _wrong_parts(bill, answer)
    if wrong:
        raise InvalidInput(next(iter(wrong.values())), **wrong)


def _wrong_parts(bill: Bill, answer: Answer) -> dict[str, str]:
    """Two to six parts, each of at least a fen on a day of its own; what is a part already is not split again."""
    parts, until = answer.installments, answer.defer_until
    if parts is None:
        return {}
    if parts not in INSTALLMENTS:
        return {"installments": _("可以分2到6期")}
    if is_installment(bill):
        return {"installments": _("这张账单已经是分期的一期，不能再分")}
    if until is not None and (until - clock.today()).days < parts:
        return {"defer_until": _("分期的最后一天太近，请写晚一些")}
    return {}
