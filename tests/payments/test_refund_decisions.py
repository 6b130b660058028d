"""Who says where the money goes and who decides about it: never one person alone, never the one who gets it (REL-14)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import User
from cases.models import AccessBasis, Case, CaseLink, LinkKind, PartyAccess, Representative, Side
from cases.services import grant_access
from common import clock
from common.actor import Actor, Kind, Role
from common.errors import Conflict, InvalidInput, InvalidTransition, NotAllowed
from courts.services import change_setting
from eventlog.models import Event
from notifications.models import Message
from payments.models import (
    Account,
    Bill,
    Journal,
    PartState,
    PayeeAccount,
    Refund,
    RefundState,
    Route,
    Suspense,
    SuspenseState,
)
from payments.refund_policies import visible_refunds
from payments.refund_selectors import bank_lists
from payments.selectors import balance
from payments.services import receive_notice, refunds
from portal.demo import cast as people
from tests.payments.callbacks import callback, order_for
from tests.payments.refunds import (
    FULL,
    account,
    approved,
    closed,
    confirmed,
    paid,
    to_bank,
    withdrawn,
)
from tests.support.court import Cast, accepted

HALF = Decimal("11414.40")


def again(refund: Refund) -> Refund:
    return Refund.objects.get(pk=refund.pk)


def names(refund: Refund) -> list[str]:
    events = Event.objects.filter(subject_kind="payments.refund", subject_id=refund.pk).order_by("id")
    return [event.name.removeprefix("payments.refund_") for event in events]


# -- the person ------------------------------------------------------------------------------------------------------


def test_the_party_takes_it_back_the_way_it_was_paid(cast: Cast) -> None:
    refund = confirmed(cast)
    assert (refund.state, refund.route, refund.account) == (RefundState.CONFIRMED, Route.ORIGINAL, None)
    assert refund.confirmed_by_id == cast.users["zhang"].pk
    with pytest.raises(InvalidTransition):
        refunds.confirm_refund(refund_id=refund.pk, route="original", actor=cast.zhang)


@pytest.mark.parametrize("who", ["li", "chen", "wang", "clerk", "judge", "finance1"])
def test_nobody_else_says_where_the_money_goes_the_way_it_came(cast: Cast, who: str) -> None:
    refund = withdrawn(cast)
    with pytest.raises(NotAllowed):
        refunds.confirm_refund(refund_id=refund.pk, route="original", actor=cast.actors[who])
    assert again(refund).state == RefundState.PROPOSED


@pytest.mark.parametrize(("power", "may"), [("special", True), ("general", False)])
def test_a_lawyer_needs_special_authority(cast: Cast, power: str, may: bool) -> None:
    refund = withdrawn(cast)
    assert refund.party is not None
    represent(cast, refund, power)
    if may:
        refunds.confirm_refund(refund_id=refund.pk, route="original", actor=cast.wang)
    else:
        with pytest.raises(NotAllowed):
            refunds.confirm_refund(refund_id=refund.pk, route="original", actor=cast.wang)


def represent(cast: Cast, refund: Refund, power: str) -> PartyAccess:
    assert refund.party is not None
    access = grant_access(
        party=refund.party, user=cast.users["wang"], basis=AccessBasis.REPRESENTATION, actor=cast.clerk
    )
    Representative.objects.create(
        party=refund.party, name="王律师", kind="lawyer", power=power, access=access, starts_at=clock.now()
    )
    return access


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"holder": "李某"}, "holder"),
        ({"holder": ""}, "holder"),
        ({"number": "1234"}, "number"),
        ({"number": "62220000x0001234"}, "number"),
        ({"bank": ""}, "bank"),
    ],
)
def test_an_account_bears_the_name_of_the_party(cast: Cast, wrong: dict[str, str], field: str) -> None:
    refund = withdrawn(cast)
    with pytest.raises(InvalidInput) as raised:
        refunds.confirm_refund(refund_id=refund.pk, route="bank", account=account(**wrong), actor=cast.zhang)
    assert list(raised.value.fields) == [field]
    assert (again(refund).state, PayeeAccount.objects.count()) == (RefundState.PROPOSED, 0)


def test_a_bank_account_is_kept_sealed_and_its_parts_go_to_the_bank(
    cast: Cast, owner_connection: Any
) -> None:
    refund = to_bank(cast)
    kept = PayeeAccount.objects.get()
    assert (refund.account, kept.tail, kept.number) == (kept, "1234", "6222000000001234")
    assert refund.parts.get().route == Route.BANK
    with owner_connection.cursor() as cursor:
        cursor.execute("SELECT number, holder FROM payments_payeeaccount")
        row = cursor.fetchone()
    assert "6222" not in row[0] and "张" not in row[1]


def test_neither_way_nor_account_is_told_beside_the_choice(cast: Cast) -> None:
    refund = withdrawn(cast)
    with pytest.raises(InvalidInput) as raised:
        refunds.confirm_refund(refund_id=refund.pk, route="bank", actor=cast.zhang)
    assert list(raised.value.fields) == ["route"]


@pytest.mark.req("REL-13")
def test_after_365_days_only_a_bank_account_is_left(cast: Cast) -> None:
    refund = withdrawn(cast, paid_at=clock.now() - timedelta(days=366))
    assert refund.parts.get().route == Route.BANK
    with pytest.raises(InvalidInput):
        refunds.confirm_refund(refund_id=refund.pk, route="original", actor=cast.zhang)
    refunds.confirm_refund(refund_id=refund.pk, route="bank", account=account(), actor=cast.zhang)


def test_day_365_still_goes_back_the_way_it_came(cast: Cast) -> None:
    refund = withdrawn(cast, paid_at=clock.now() - timedelta(days=364, hours=23))
    assert refund.parts.get().route == Route.ORIGINAL


# -- applying by hand ------------------------------------------------------------------------------------------------


def asked(cast: Cast, amount: Decimal = Decimal("100.00")) -> Refund:
    bill = Bill.objects.get(case=paid(cast))
    return refunds.ask_refund(bill_id=bill.pk, amount=amount, words="多算了", actor=cast.zhang)


def test_what_is_asked_for_by_hand_is_explained_by_finance(cast: Cast) -> None:
    refund = asked(cast)
    assert refund.state == RefundState.ASKED and refund.parts.count() == 0
    same = refunds.ask_refund(
        bill_id=refund.bill_id or 0, amount=Decimal("5.00"), words="再来", actor=cast.zhang
    )
    assert same == refund
    refunds.explain_asked(
        refund_id=refund.pk,
        amount=Decimal("60.00"),
        words="只多算了60元",
        article="诉讼费用交纳办法第四十三条",
        actor=cast.finance1,
    )
    refund = again(refund)
    assert (refund.state, refund.amount, refund.parts.get().amount) == (
        RefundState.PROPOSED,
        Decimal("60.00"),
        Decimal("60.00"),
    )
    assert refund.steps[-1]["text"] == "只多算了60元"
    refunds.confirm_refund(refund_id=refund.pk, route="original", actor=cast.zhang)
    refunds.check_refund(refund_id=refund.pk, actor=cast.finance1)
    with pytest.raises(NotAllowed):
        refunds.approve_refund(refund_id=refund.pk, actor=cast.finance1)
    refunds.approve_refund(refund_id=refund.pk, actor=cast.finance2)
    assert names(refund) == ["asked", "proposed", "confirmed", "checked", "approved"]


@pytest.mark.parametrize(
    ("amount", "words", "field"),
    [("0", "多算了", "amount"), ("22828.81", "多算了", "amount"), ("5", "", "words")],
)
def test_asking_for_too_much_or_without_words_is_told(
    cast: Cast, amount: str, words: str, field: str
) -> None:
    bill = Bill.objects.get(case=paid(cast))
    with pytest.raises(InvalidInput) as raised:
        refunds.ask_refund(bill_id=bill.pk, amount=Decimal(amount), words=words, actor=cast.zhang)
    assert list(raised.value.fields) == [field]


def test_nothing_paid_nothing_to_ask_for(cast: Cast) -> None:
    bill = Bill.objects.get(case=accepted(cast))
    with pytest.raises(Conflict):
        refunds.ask_refund(bill_id=bill.pk, amount=Decimal(1), words="退", actor=cast.zhang)


@pytest.mark.parametrize("who", ["li", "wang", "finance1"])
def test_only_who_may_take_money_asks(cast: Cast, who: str) -> None:
    bill = Bill.objects.get(case=paid(cast))
    with pytest.raises(NotAllowed):
        refunds.ask_refund(bill_id=bill.pk, amount=Decimal(1), words="退", actor=cast.actors[who])


@pytest.mark.parametrize(
    ("amount", "words", "field"), [("0", "x", "amount"), ("22828.81", "x", "amount"), ("5", "", "words")]
)
def test_finance_explains_within_what_was_paid(cast: Cast, amount: str, words: str, field: str) -> None:
    refund = asked(cast)
    with pytest.raises(InvalidInput) as raised:
        refunds.explain_asked(
            refund_id=refund.pk, amount=Decimal(amount), words=words, article="", actor=cast.finance1
        )
    assert list(raised.value.fields) == [field]


def test_only_finance_of_the_court_explains(cast: Cast) -> None:
    refund = asked(cast)
    for who in (cast.zhang, cast.judge, stranger(cast)):
        with pytest.raises(NotAllowed):
            refunds.explain_asked(refund_id=refund.pk, amount=Decimal(1), words="x", article="", actor=who)


def stranger(cast: Cast) -> Actor:
    """Finance of the neighbour court."""
    rows = [("finance-b", "邻财", "5301", Role.FINANCE, "财务")]
    return people.as_staff(people.hire(cast.other_court, rows)["finance-b"])


def third(cast: Cast) -> Actor:
    """A third person of finance."""
    rows = [("finance3", "华三", "3103", Role.FINANCE, "司法行政装备管理处")]
    return people.as_staff(people.hire(cast.court, rows)["finance3"])


def test_what_was_asked_for_can_be_refused_with_words(cast: Cast, run_outbox: Callable[..., int]) -> None:
    refund = asked(cast)
    with pytest.raises(InvalidInput):
        refunds.refuse_refund(refund_id=refund.pk, words="", actor=cast.finance1)
    refunds.refuse_refund(refund_id=refund.pk, words="计算无误", actor=cast.finance1)
    assert (again(refund).state, again(refund).answer) == (RefundState.REFUSED, "计算无误")
    run_outbox()
    assert Message.objects.filter(kind="refund_refused", channel="inbox").count() == 1
    assert asked_again(cast, refund) != refund


def asked_again(cast: Cast, refund: Refund) -> Refund:
    return refunds.ask_refund(
        bill_id=refund.bill_id or 0, amount=Decimal(1), words="再看看", actor=cast.zhang
    )


# -- finance ---------------------------------------------------------------------------------------------------------


@pytest.mark.req("REL-14")
def test_two_people_decide_and_the_ledger_owes_the_sum_from_then_on(cast: Cast) -> None:
    refund = confirmed(cast)
    refunds.check_refund(refund_id=refund.pk, actor=cast.finance1)
    with pytest.raises(NotAllowed):
        refunds.approve_refund(refund_id=refund.pk, actor=cast.finance1)
    assert balance(cast.court.pk, Account.PAYABLE) == 0
    refunds.approve_refund(refund_id=refund.pk, actor=cast.finance2)
    refund = again(refund)
    assert (refund.state, refund.checked_by_id, refund.approved_by_id) == (
        RefundState.APPROVED,
        cast.finance1.post_id,
        cast.finance2.post_id,
    )
    assert balance(cast.court.pk, Account.PAYABLE) == HALF
    assert balance(cast.court.pk, Account.FEES) == FULL - HALF
    with pytest.raises(InvalidTransition):
        refunds.approve_refund(refund_id=refund.pk, actor=cast.finance2)
    assert Journal.objects.filter(kind="refund_due").count() == 1


@pytest.mark.req("REL-14")
@pytest.mark.parametrize("who", ["zhang", "clerk", "judge", "head", "supervisor", "admin"])
def test_others_decide_nothing(cast: Cast, who: str) -> None:
    refund = confirmed(cast)
    for act in (refunds.check_refund, refunds.approve_refund, refunds.agree_refund, refunds.repeat_refund):
        with pytest.raises(NotAllowed):
            act(refund_id=refund.pk, actor=cast.actors[who])
    for words in (refunds.return_refund, refunds.refuse_refund):
        with pytest.raises(NotAllowed):
            words(refund_id=refund.pk, words="不", actor=cast.actors[who])


def test_finance_of_another_court_sees_and_decides_nothing(cast: Cast) -> None:
    refund = confirmed(cast)
    with pytest.raises(NotAllowed):
        refunds.check_refund(refund_id=refund.pk, actor=stranger(cast))


@pytest.mark.req("REL-14")
def test_who_wrote_the_account_down_decides_nothing(cast: Cast) -> None:
    refund = withdrawn(cast)
    refunds.confirm_refund(refund_id=refund.pk, route="bank", account=account(), actor=cast.finance1)
    for act in (refunds.check_refund, refunds.approve_refund):
        with pytest.raises(NotAllowed, match="登记过"):
            act(refund_id=refund.pk, actor=cast.finance1)
    refunds.check_refund(refund_id=refund.pk, actor=cast.finance2)
    with pytest.raises(NotAllowed):
        refunds.approve_refund(refund_id=refund.pk, actor=cast.finance2)
    refunds.approve_refund(refund_id=refund.pk, actor=third(cast))


@pytest.mark.req("REL-14")
def test_who_gets_the_money_decides_nothing(cast: Cast) -> None:
    """An officer who is the party himself, by his identity number."""
    refund = confirmed(cast)
    index = cast.users["zhang"].id_number_index
    User.objects.filter(pk=cast.finance1.user_id).update(id_number_index=index)
    with pytest.raises(NotAllowed):
        refunds.check_refund(refund_id=refund.pk, actor=cast.finance1)


@pytest.mark.req("REL-14")
def test_above_the_limit_a_third_person_agrees_first(cast: Cast) -> None:
    change_setting(court_id=cast.court.pk, key="refund_third_above", value="10000", actor=cast.admin)
    refund, other = confirmed(cast), third(cast)
    with pytest.raises(Conflict):
        refunds.agree_refund(refund_id=refund.pk, actor=other)
    refunds.check_refund(refund_id=refund.pk, actor=cast.finance1)
    with pytest.raises(Conflict):
        refunds.approve_refund(refund_id=refund.pk, actor=cast.finance2)
    with pytest.raises(NotAllowed):
        refunds.agree_refund(refund_id=refund.pk, actor=cast.finance1)
    refunds.agree_refund(refund_id=refund.pk, actor=other)
    with pytest.raises(NotAllowed):
        refunds.approve_refund(refund_id=refund.pk, actor=other)
    refunds.approve_refund(refund_id=refund.pk, actor=cast.finance2)
    assert again(refund).third_by_id == other.post_id


def test_below_the_limit_nobody_third_is_asked(cast: Cast) -> None:
    refund = confirmed(cast)
    refunds.check_refund(refund_id=refund.pk, actor=cast.finance1)
    with pytest.raises(Conflict):
        refunds.agree_refund(refund_id=refund.pk, actor=cast.finance2)


def test_returned_to_the_person_with_words(cast: Cast, run_outbox: Callable[..., int]) -> None:
    refund = to_bank(cast)
    refunds.check_refund(refund_id=refund.pk, actor=cast.finance1)
    with pytest.raises(InvalidInput):
        refunds.return_refund(refund_id=refund.pk, words="", actor=cast.finance2)
    refunds.return_refund(refund_id=refund.pk, words="开户行没写到支行", actor=cast.finance2)
    refund = again(refund)
    assert (refund.state, refund.checked_by, refund.answer) == (
        RefundState.PROPOSED,
        None,
        "开户行没写到支行",
    )
    run_outbox()
    assert Message.objects.filter(kind="refund_returned", user=cast.users["zhang"]).exists()
    refunds.confirm_refund(refund_id=refund.pk, route="original", actor=cast.zhang)
    assert again(refund).parts.get().route == Route.ORIGINAL


def test_what_the_law_gives_back_cannot_be_refused(cast: Cast) -> None:
    refund = confirmed(cast)
    with pytest.raises(NotAllowed):
        refunds.refuse_refund(refund_id=refund.pk, words="不退", actor=cast.finance1)


@pytest.mark.req("REL-14")
def test_a_changed_account_waits_a_day_and_the_party_is_told(
    cast: Cast, run_outbox: Callable[..., int]
) -> None:
    refund = to_bank(cast)
    refunds.return_refund(refund_id=refund.pk, words="请核对", actor=cast.finance1)
    new = account(number="6222 0000 0000 9999")
    refunds.confirm_refund(refund_id=refund.pk, route="bank", account=new, actor=cast.zhang)
    run_outbox()
    assert Message.objects.filter(kind="account_changed", channel="inbox").count() == 1
    refunds.check_refund(refund_id=refund.pk, actor=cast.finance1)
    with pytest.raises(Conflict, match="24小时"):
        refunds.approve_refund(refund_id=refund.pk, actor=cast.finance2)
    with clock.at(clock.now() + timedelta(hours=24, seconds=1)):
        refunds.approve_refund(refund_id=refund.pk, actor=cast.finance2)
    assert PayeeAccount.objects.filter(ended_at=None).get().tail == "9999"


def test_the_same_account_named_again_does_not_wait(cast: Cast) -> None:
    refund = to_bank(cast)
    refunds.return_refund(refund_id=refund.pk, words="请核对", actor=cast.finance1)
    refunds.confirm_refund(refund_id=refund.pk, route="bank", account=account(), actor=cast.zhang)
    assert PayeeAccount.objects.count() == 1
    approved(cast, refund)


@pytest.mark.req("REL-14")
def test_one_account_of_three_cases_stops_until_somebody_says_why(cast: Cast) -> None:
    first, second, last = (to_bank(cast) for _number in range(3))
    approved_refund = refunds.check_refund(refund_id=last.pk, actor=cast.finance1)
    with pytest.raises(InvalidInput) as raised:
        refunds.approve_refund(refund_id=approved_refund.pk, actor=cast.finance2)
    assert list(raised.value.fields) == ["account_words"]
    assert refunds.cases_of_account(last.account) == 3  # type: ignore[arg-type]
    words = "本人三件案子，已电话核实"
    refunds.approve_refund(refund_id=last.pk, account_words=words, actor=cast.finance2)
    assert again(last).account_words == words
    assert {first.case_id, second.case_id} != {last.case_id}


def test_cases_that_follow_from_each_other_count_as_one(cast: Cast) -> None:
    first, second, last = (to_bank(cast) for _number in range(3))
    assert first.case and second.case and last.account
    link = {"kind": LinkKind.APPEAL, "created_at": clock.now()}
    CaseLink.objects.create(earlier=first.case, later=second.case, **link)
    CaseLink.objects.create(
        earlier=first.case, later=second.case, kind=LinkKind.RELATED, created_at=clock.now()
    )
    assert refunds.cases_of_account(last.account) == 2
    refunds.check_refund(refund_id=last.pk, actor=cast.finance1)
    refunds.approve_refund(refund_id=last.pk, actor=cast.finance2)


def test_a_scan_login_and_other_desks_see_no_refund(cast: Cast) -> None:
    refund = withdrawn(cast)
    assert list(visible_refunds(cast.zhang)) == list(visible_refunds(cast.finance1)) == [refund]
    scan = Actor(kind=Kind.SCAN, role=Role.LITIGANT)
    for actor in (scan, cast.clerk, cast.judge, cast.li, stranger(cast)):
        assert not visible_refunds(actor).exists()
        assert not bank_lists(actor).exists()


def test_money_in_suspense_that_is_refused_stays_and_may_be_given_back_later(cast: Cast) -> None:
    refund = overpaid(cast)
    refunds.refuse_refund(refund_id=refund.pk, words="可以抵另一张账单", actor=cast.finance1)
    suspense = Suspense.objects.get()
    assert (suspense.state, refund.parts.get().state) == (SuspenseState.OPEN, PartState.DROPPED)
    later = refunds.give_back_suspense(suspense_id=suspense.pk, actor=cast.finance2)
    assert later != refund and later.state == RefundState.CONFIRMED


def overpaid(cast: Cast) -> Refund:
    message = callback(order_for(accepted(cast), state="closed"))
    receive_notice(code="sandbox", headers=message.headers, body=message.body)
    return Refund.objects.get()


def test_applied_money_is_not_given_back(cast: Cast) -> None:
    refund = overpaid(cast)
    refunds.refuse_refund(refund_id=refund.pk, words="抵账单", actor=cast.finance1)
    suspense = Suspense.objects.get()
    Suspense.objects.filter(pk=suspense.pk).update(state="applied", bill=refund.bill)
    with pytest.raises(Conflict):
        refunds.give_back_suspense(suspense_id=suspense.pk, actor=cast.finance2)
    with pytest.raises(NotAllowed):
        refunds.give_back_suspense(suspense_id=suspense.pk, actor=stranger(cast))


def test_an_overpayment_is_owed_out_of_suspense(cast: Cast) -> None:
    refund = approved(cast, overpaid(cast))
    assert balance(cast.court.pk, Account.SUSPENSE) == 0
    assert balance(cast.court.pk, Account.PAYABLE) == refund.amount


def test_refunds_of_several_parties_keep_apart(cast: Cast) -> None:
    """Both sides paid: the plaintiff's half is his, nobody else's money is touched."""
    case = paid(cast)
    assert isinstance(case, Case)
    defendant = case.parties.get(side=Side.DEFENDANT)
    closed(cast, case)
    assert not Refund.objects.filter(party=defendant).exists()
