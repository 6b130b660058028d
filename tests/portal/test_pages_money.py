"""案件的钱: the page explains every sum to its owner and shows the court what it may see."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from cases.models import AccessBasis, Case, Side
from cases.services import grant_access
from common import clock
from documents.models import Copy
from payments.models import Payment, Suspense
from payments.services import receive_notice
from tests.filing.pages import text_of
from tests.payments.callbacks import callback, order_for
from tests.payments.closings import case_over, claim, end, open_bills, opened, paid
from tests.support.court import Cast


@pytest.fixture
def case(cast: Cast) -> Case:
    return case_over(cast, 60000)


def page_of(cast: Cast, case: Case, name: str = "zhang") -> str:
    return text_of(cast.client(name).get(f"/my/cases/{case.public_id}/money/"))


def test_open_paid_topped_up_void_and_shared(cast: Cast, case: Case, run_outbox: Callable[..., int]) -> None:
    page = page_of(cast, case)
    assert "还要交" in page and "¥1,300.00" in page and "人民币壹仟叁佰元整" in page
    assert f"/my/bills/{open_bills(case)[0].public_id}/" in page
    paid(case)
    run_outbox()
    payment = Payment.objects.get()
    page = page_of(cast, case)
    assert payment.transaction_no in page and "看收据" in page and "/receipts/" in page
    claim(cast, case, "160000")
    page = page_of(cast, case)
    assert "¥2,200.00" in page and "变更诉讼请求，补交差额" in page
    end(cast, case, "judged", fee_borne=Decimal("500.05"), effective_on=clock.today())
    page = page_of(cast, case)
    assert "作废的账单" in page
    assert "¥3,500.00" in page and "原告方负担" in page and "¥500.05" in page and "¥2,999.95" in page
    assert "正在退" in page and "¥799.95" in page
    assert f"/my/cases/{case.public_id}/money/" in text_of(
        cast.client("zhang").get(f"/my/cases/{case.public_id}/")
    )


def test_each_side_sees_its_own_money(cast: Cast, case: Case) -> None:
    paid(case)
    grant_access(
        party=case.parties.get(side=Side.DEFENDANT),
        user=cast.users["li"],
        basis=AccessBasis.REAL_NAME,
        actor=cast.clerk,
    )
    assert "现在没有要交的诉讼费" in page_of(cast, case, "li")
    assert Payment.objects.get().transaction_no not in page_of(cast, case, "li")
    end(cast, case, "judged", fee_borne=Decimal(0), effective_on=clock.today())
    page = page_of(cast, case, "li")
    assert "¥1,300.00" in page and "强制执行" in page
    assert "怎么算出来的" in page and "其余由对方负担" in page


def test_the_judge_reads_it_masked_and_the_clerk_whole(cast: Cast, case: Case) -> None:
    paid(case)
    number = Payment.objects.get().transaction_no
    address = f"/desk/cases/{case.public_id}/money/"
    for name, whole in (("judge", False), ("caseclerk", False), ("clerk", True)):
        page = text_of(cast.client(name).get(address))
        assert (f">{number}<" in "".join(page.split())) == whole, name
        assert "¥1,300.00" in page
        assert "/my/bills/" not in page
    assert cast.client("judge-b").get(address).status_code == 404
    assert cast.client("finance1").get(address).status_code == 403


def test_nothing_is_charged_and_nothing_decided(cast: Cast) -> None:
    case = opened(cast, "RETRIAL", "民间借贷纠纷", "60000", type_code="民申")
    end(cast, case, "judged", fee_borne=Decimal(0))
    page = page_of(cast, case)
    assert "现在没有要交的诉讼费" in page and "还没有生效" in page and "对方负担" not in page
    other = paid(case_over(cast, 50000))
    end(cast, other, "terminated")
    assert "终结诉讼" in page_of(cast, other) and "对方负担" not in page_of(cast, other)


def test_money_out_of_suspense_stands_at_its_bill(cast: Cast, case: Case) -> None:
    bill = open_bills(case)[0]
    order = order_for(case, bill=bill)
    message = callback(order, amount=Decimal("1299.99"))
    assert receive_notice(code="sandbox", headers=message.headers, body=message.body) == "suspense"
    number = Payment.objects.get().transaction_no
    assert number not in page_of(cast, case)
    Suspense.objects.update(bill=bill, state="applied")
    assert number in page_of(cast, case)


def test_a_receipt_with_the_sum_in_capitals_for_each_payment(
    cast: Cast, case: Case, run_outbox: Callable[..., int]
) -> None:
    paid(case)
    run_outbox()
    run_outbox()
    copy = Copy.objects.get(paper__template="payment_receipt")
    data = copy.paper.data
    assert (data["amount"], data["amount_capitals"]) == ("¥1,300.00", "人民币壹仟叁佰元整")
    assert (data["payer"], data["transaction_no"]) == ("张某", Payment.objects.get().transaction_no)
    answer = cast.client("zhang").get(f"/papers/{copy.public_id}/", follow=True)
    assert answer.status_code == 200 and b"".join(answer.streaming_content).startswith(b"%PDF")
    answer.close()
    assert str(copy.public_id) in page_of(cast, case)
    bill = text_of(cast.client("zhang").get(f"/my/bills/{case.bills.latest('id').public_id}/"))
    assert str(copy.public_id) in bill
    assert cast.client("li").get(f"/papers/{copy.public_id}/").status_code == 404
