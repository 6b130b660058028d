"""Cases on their way through money: opened with a sum, paid, changed, ended."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any

from cases.models import Case, Closing, PartyKind, Side
from cases.services import NewCase, NewParty, change_claim, change_track, close_case, open_case
from common import clock
from courts.models import Cause
from payments.models import Bill, BillStatus, Order
from payments.services import receive_notice
from portal.demo import cast as people
from tests.payments.callbacks import callback, order_for
from tests.support.court import Cast, accepted


def case_over(cast: Cast, amount: int, track: str = "ordinary") -> Case:
    """An accepted case over a sum, in a procedure, its first bill open."""
    case = accepted(cast, principal=amount, interest=0)
    if case.track != track:
        to_track(cast, case, track)
        case.refresh_from_db()
    return case


def pay(bill: Bill) -> Order:
    """The bill is paid through the gateway."""
    order = order_for(bill.case, bill=bill)
    number = f"{bill.pk}"
    message = callback(order, event_no=f"EV{number}", transaction_no=f"TX{number}")
    assert receive_notice(code="sandbox", headers=message.headers, body=message.body) == "paid"
    return order


def paid(case: Case) -> Case:
    """All its open bills are paid."""
    for bill in open_bills(case):
        pay(bill)
    return case


def open_bills(case: Case) -> list[Bill]:
    return list(Bill.objects.filter(case=case, status=BillStatus.OPEN).order_by("id"))


def sums(case: Case, *statuses: str) -> list[Decimal]:
    """Amounts of the bills of a case that are open (or in these states), oldest first."""
    rows = Bill.objects.filter(case=case, status__in=statuses or [BillStatus.OPEN])
    return list(rows.order_by("id").values_list("amount", flat=True))


def to_track(cast: Cast, case: Case, track: str) -> None:
    change_track(case_id=case.pk, track=track, reasons="案情变化", actor=cast.judge)


def claim(cast: Cast, case: Case, amount: str, *, before_end: bool = True) -> None:
    change_claim(
        case_id=case.pk, amount=Decimal(amount), before_end=before_end, reasons="变更请求", actor=cast.judge
    )


def end(cast: Cast, case: Case, outcome: str, **facts: Any) -> Closing:
    """The judge ends the case today."""
    return close_case(
        case_id=case.pk,
        outcome=outcome,
        actor=cast.judge,
        **{"decided_on": clock.today(), "words": "经审理查明"} | facts,
    )


def opened(cast: Cast, procedure: str, cause: str, amount: str | None, *, type_code: str = "民初") -> Case:
    """A case that is charged nothing beforehand, 张某 against 李某."""
    zhang = cast.users["zhang"]
    new = NewCase(
        court=cast.court,
        cause=Cause.objects.filter(name=cause).latest("id"),
        procedure=procedure,
        type_code=type_code,
        amount=None if amount is None else Decimal(amount),
        filing_public_id=uuid.uuid4(),
        parties=[
            NewParty(Side.PLAINTIFF, PartyKind.NATURAL, "张某", "id_card", people.ZHANG.id_number),
            NewParty(Side.DEFENDANT, PartyKind.LEGAL, "某某建筑工程有限公司", address="某市示例区2号"),
        ],
        fee_item="",
        papers=(),
    )
    return open_case(new=new, applicant_id=zhang.pk, actor=cast.clerk)
