"""Money in suspense finds its bill or goes back; notices that cannot be true are closed with words."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from cases.models import Stage
from common.errors import Conflict, InvalidInput, NotAllowed
from notifications.models import Message
from payments.models import (
    Account,
    BillStatus,
    Journal,
    Refund,
    ReviewItem,
    Suspense,
    SuspenseState,
)
from payments.selectors import balance, fee_payment_of
from payments.services.recon import import_bank_list
from payments.services.suspense import apply_suspense, book_transfer, close_review
from tests.filing.pages import refused, text_of
from tests.payments.callbacks import order_for
from tests.payments.desks import bank_list, bill_of, credit, finance, notify, odd_money
from tests.support.court import Cast, accepted

WORDS = "与当事人电话核对过"


def unmatched(cast: Cast, amount: Any, number: str = "B1") -> Suspense:
    import_bank_list(content=bank_list(credit(number, amount, "转账")), actor=cast.finance1)
    return Suspense.objects.get(payment__transaction_no=f"{cast.court.code}-{number}")


@pytest.mark.req("REL-10")
def test_a_transfer_without_words_is_applied_and_the_case_goes_on(
    cast: Cast, run_outbox: Callable[..., int]
) -> None:
    case = accepted(cast)
    bill = bill_of(case)
    suspense = unmatched(cast, bill.amount)
    client, address = finance(cast), f"/desk/suspense/{suspense.public_id}/"
    assert address in text_of(client.get("/desk/suspense/"))
    page = text_of(client.get(address))
    assert bill.number in page and "转账" in page and "张某" in page
    refused(client.post(address, {"way": "apply", "note": WORDS}), "请选一张账单，或填一个缴费编号")
    refused(client.post(address, {"way": "apply", "bill": bill.number}), "请填写处理说明")
    refused(client.post(address, {"way": "apply", "number": "JF1", "note": WORDS}), "本院没有这个缴费编号")
    assert client.post(address, {"way": "apply", "bill": bill.number, "note": WORDS}).status_code == 302
    run_outbox()
    case.refresh_from_db()
    bill.refresh_from_db()
    assert (bill.status, case.stage, fee_payment_of(bill)) == (BillStatus.PAID, Stage.PAID, suspense.payment)
    assert suspense.payment.purpose == "suspense" and suspense.payment.order is None
    assert (balance(cast.court.pk, Account.SUSPENSE), balance(cast.court.pk, Account.FEES)) == (
        0,
        bill.amount,
    )
    assert Message.objects.filter(kind="bill_paid").exists()
    done = text_of(client.get(address))
    assert WORDS in done and "抵这张账单" not in done
    assert address in text_of(client.get("/desk/suspense/?view=done"))
    again = apply_suspense(suspense_id=suspense.pk, bill_id=bill.pk, note=WORDS, actor=cast.finance2)
    assert again.resolved_by_id == cast.finance1.post_id
    assert Journal.objects.count() == 2


def test_money_is_applied_only_where_it_fits(cast: Cast) -> None:
    case = accepted(cast)
    bill, other = bill_of(case), bill_of(accepted(cast))
    suspense = unmatched(cast, bill.amount)
    wrong = unmatched(cast, bill.amount + 1, "B2")
    keys = {"note": WORDS, "bill_id": bill.pk}
    with pytest.raises(InvalidInput, match="不能抵这张账单"):
        apply_suspense(suspense_id=wrong.pk, actor=cast.finance1, **keys)
    for name in ("clerk", "judge", "zhang", "admin"):
        with pytest.raises(NotAllowed):
            apply_suspense(suspense_id=suspense.pk, actor=cast.actors[name], **keys)
    for empty in ("", " ", "字" * 201):
        with pytest.raises(InvalidInput):
            apply_suspense(suspense_id=suspense.pk, actor=cast.finance1, bill_id=bill.pk, note=empty)
    apply_suspense(suspense_id=suspense.pk, actor=cast.finance1, **keys)
    with pytest.raises(Conflict, match="已经处理过"):
        apply_suspense(suspense_id=suspense.pk, bill_id=other.pk, note=WORDS, actor=cast.finance1)
    second = unmatched(cast, bill.amount, "B3")
    with pytest.raises(Conflict, match="已经不用交"):
        apply_suspense(suspense_id=second.pk, actor=cast.finance1, **keys)
    assert second.state == SuspenseState.OPEN


def test_another_currency_is_never_applied(cast: Cast) -> None:
    case = accepted(cast)
    assert notify(order_for(case), currency="USD") == "suspense"
    suspense = Suspense.objects.get()
    page = text_of(finance(cast).get(f"/desk/suspense/{suspense.public_id}/"))
    assert "抵这张账单" not in page and "退回这笔款" in page
    with pytest.raises(InvalidInput):
        apply_suspense(suspense_id=suspense.pk, bill_id=bill_of(case).pk, note=WORDS, actor=cast.finance1)


def test_a_wrong_sum_goes_back_as_a_refund(cast: Cast) -> None:
    suspense = odd_money(cast, accepted(cast))
    client, address = finance(cast), f"/desk/suspense/{suspense.public_id}/"
    assert "本院自己的钱" not in text_of(client.get(address))
    refused(client.post(address, {"way": "return"}), "请填写退回的原因")
    assert client.post(address, {"way": "return", "words": "多付了"}).status_code == 302
    suspense.refresh_from_db()
    assert (suspense.state, Refund.objects.get().amount) == (SuspenseState.RETURNING, Decimal("100.00"))


def test_what_a_gateway_settled_is_no_payment(cast: Cast) -> None:
    suspense = unmatched(cast, "12,000.00")
    client, address = finance(cast), f"/desk/suspense/{suspense.public_id}/"
    refused(client.post(address, {"way": "transfer", "note": WORDS}), "请选择这笔款是什么")
    assert client.post(address, {"way": "transfer", "out_of": "clearing", "note": WORDS}).status_code == 302
    court = cast.court.pk
    assert balance(court, Account.SUSPENSE) == 0
    assert (balance(court, Account.BANK), balance(court, Account.CLEARING)) == (-12000, 12000)
    with pytest.raises(NotAllowed):
        book_transfer(suspense_id=suspense.pk, out_of="cash", note=WORDS, actor=cast.clerk)
    online = odd_money(cast, accepted(cast))
    for row, account in ((online, "clearing"), (unmatched(cast, 5, "B5"), "fees")):
        with pytest.raises(InvalidInput):
            book_transfer(suspense_id=row.pk, out_of=account, note=WORDS, actor=cast.finance1)


def test_a_notice_that_cannot_be_true_is_closed_with_words(cast: Cast) -> None:
    order = order_for(accepted(cast))
    assert notify(order, out_no="T-nobody") == "review"
    assert notify(order, event_no="EV2", merchant="another") == "review"
    unknown, merchant = ReviewItem.objects.order_by("id")
    client = finance(cast)
    page = text_of(client.get("/desk/reviews/"))
    assert all(str(item.public_id) in page for item in (unknown, merchant))
    address = f"/desk/reviews/{unknown.public_id}/"
    assert "T-nobody" in text_of(client.get(address))
    assert order.out_no in text_of(client.get(f"/desk/reviews/{merchant.public_id}/"))
    refused(client.post(address, {"note": ""}), "请填写处理说明")
    assert client.post(address, {"note": "测试通知"}).status_code == 302
    unknown.refresh_from_db()
    assert (unknown.note, unknown.closed_by_id) == ("测试通知", cast.finance1.post_id)
    assert "测试通知" in text_of(client.get(address))
    with pytest.raises(Conflict):
        close_review(review_id=unknown.pk, note="又看了一次", actor=cast.finance2)
    with pytest.raises(NotAllowed):
        close_review(review_id=merchant.pk, note="看过", actor=cast.clerk)
