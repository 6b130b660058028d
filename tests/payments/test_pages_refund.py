"""The refund's pages: the person sees how much, why, by when and where it stands; finance everything it decides on."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.test import Client

from cases.models import Outcome
from common import clock
from common.actor import Role
from courts.services import change_setting
from payments.models import BankList, Bill, PartState, Refund, RefundState
from payments.services import refunds
from portal.demo import cast as people
from tests.payments.refunds import (
    account,
    approved,
    at_cashier,
    closed,
    confirmed,
    paid,
    ready,
    refund_mode,
    to_bank,
    withdrawn,
)
from tests.payments.test_refund_decisions import represent
from tests.support.court import Cast, accepted
from tests.support.servers import Live

ACCOUNT = {"holder": "张某", "bank": "某某银行示例支行", "number": "6222 0000 0000 1234"}


@pytest.fixture
def zhang(cast: Cast) -> Client:
    return cast.client("zhang")


@pytest.fixture
def finance(cast: Cast) -> Client:
    return cast.client("finance1")


@pytest.fixture
def second(cast: Cast) -> Client:
    return cast.client("finance2")


def mine(refund: Refund) -> str:
    return f"/my/refunds/{refund.public_id}/"


def desk(refund: Refund) -> str:
    return f"/desk/refunds/{refund.public_id}/"


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def post(client: Client, address: str, **data: str) -> Any:
    return client.post(address, data)


def press(client: Client, refund: Refund, action: str, **data: str) -> Any:
    fields = {f"{action}-{name}": value for name, value in data.items()}
    return client.post(desk(refund), {"action": action} | fields)


def state(refund: Refund) -> str:
    return Refund.objects.get(pk=refund.pk).state


# -- the person ------------------------------------------------------------------------------------------------------


def test_sum_reason_day_and_stages_are_told(cast: Cast, zhang: Client) -> None:
    refund = withdrawn(cast)
    page = text(zhang, mine(refund))
    for words in (
        "¥11,414.40",
        "人民币壹万壹仟肆佰壹拾肆元肆角",
        "撤诉，减半收取",
        "减半",
        "确认收款方式",
        "现在在这一步",
        refund.number,
        "原路退回",
        "24:00 前",
    ):
        assert words in page
    todo = text(zhang, "/my/")
    assert "确认怎么收退费 ¥11,414.40" in todo and mine(refund) in todo
    assert refund.case is not None
    case = text(zhang, f"/my/cases/{refund.case.public_id}/")
    assert "现在轮到您：确认怎么收退费" in case and "等您确认收款方式" in case
    timeline = text(zhang, f"/my/cases/{refund.case.public_id}/timeline/")
    assert "发起退费" in timeline


def test_one_click_takes_it_back_the_way_it_came(cast: Cast, zhang: Client) -> None:
    refund = withdrawn(cast)
    assert post(zhang, mine(refund), route="original").status_code == 302
    page = text(zhang, mine(refund))
    assert "财务复核" in page and "请确认怎么收款" not in page
    assert post(zhang, mine(refund), route="original").status_code == 302
    assert state(refund) == RefundState.CONFIRMED
    assert "确认怎么收退费" not in text(zhang, "/my/")


def test_a_bank_account_in_another_name_is_told_beside_the_field(cast: Cast, zhang: Client) -> None:
    refund = withdrawn(cast)
    answer = post(zhang, mine(refund), route="bank", **ACCOUNT | {"holder": "李某"})
    assert answer.status_code == 422 and "户名应和案件里登记的名称完全一样" in answer.content.decode()
    answer = post(zhang, mine(refund), route="bank")
    assert answer.status_code == 422 and "请填写银行账号" in answer.content.decode()
    answer = post(zhang, mine(refund))
    assert answer.status_code == 422 and "请选择怎么收款" in answer.content.decode()
    assert post(zhang, mine(refund), route="bank", **ACCOUNT).status_code == 302
    page = text(zhang, mine(refund))
    assert "1234" in page and "6222000000001234" not in page


def test_an_account_named_before_needs_one_click(cast: Cast, zhang: Client) -> None:
    refund = to_bank(cast)
    refunds.return_refund(refund_id=refund.pk, words="请再确认一次", actor=cast.finance1)
    page = text(zhang, mine(refund))
    assert "请再确认一次" in page and "尾号1234" in page
    assert post(zhang, mine(refund), route="kept").status_code == 302
    assert Refund.objects.get(pk=refund.pk).account == refund.account


def test_an_old_payment_asks_for_an_account_only(cast: Cast, zhang: Client) -> None:
    refund = withdrawn(cast, paid_at=clock.now() - timedelta(days=400))
    page = text(zhang, mine(refund))
    assert "原路退回" not in page and "银行账号" in page
    assert post(zhang, mine(refund), **ACCOUNT).status_code == 302


def test_a_lawyer_without_special_authority_sees_and_cannot_confirm(cast: Cast) -> None:
    refund = withdrawn(cast)
    represent(cast, refund, "general")
    wang = cast.client("wang")
    assert "您的代理权限不包括代收款项" in text(wang, mine(refund))
    assert post(wang, mine(refund), route="original").status_code == 403
    assert "确认怎么收退费" not in text(wang, "/my/")


@pytest.mark.parametrize("who", ["li", "chen", "finance1", "judge"])
def test_nobody_else_sees_it(cast: Cast, who: str) -> None:
    assert cast.client(who).get(mine(withdrawn(cast))).status_code == 404


def test_failed_money_may_take_another_way(
    cast: Cast, live: Live, zhang: Client, run_outbox: Callable[..., int], settings: Any
) -> None:
    refund = ready(cast, live)
    refund_mode("fail")
    run_outbox()
    with clock.at(clock.now() + timedelta(seconds=11)):
        refunds.poll_parts()
    assert "这笔钱没有退成" in text(zhang, mine(refund))
    assert "退费没有退成" in text(zhang, "/my/")
    address, settings.CASHIER_URL = settings.CASHIER_URL, "http://127.0.0.1:9/nobody"
    assert post(zhang, mine(refund), **ACCOUNT).status_code == 302
    assert state(refund) == RefundState.FAILED
    settings.CASHIER_URL = address
    assert post(zhang, mine(refund), **ACCOUNT).status_code == 302
    assert state(refund) == RefundState.CONFIRMED


def test_done_is_told_with_the_paper(cast: Cast, zhang: Client, run_outbox: Callable[..., int]) -> None:
    refund = approved(cast, to_bank(cast))
    refunds.make_bank_list(actor=cast.finance1)
    refunds.record_bank_result(part_id=refund.parts.get().pk, voucher="V77", actor=cast.finance2)
    run_outbox()
    page = text(zhang, mine(refund))
    assert "诉讼费已退给您" in page and "V77" in page
    assert refund.case is not None
    assert "退费通知书" in text(zhang, f"/my/cases/{refund.case.public_id}/files/")


def test_applying_by_hand(cast: Cast, zhang: Client) -> None:
    bill = Bill.objects.get(case=paid(cast))
    address = f"/my/bills/{bill.public_id}/refund/"
    assert address in text(zhang, f"/my/bills/{bill.public_id}/")
    assert "¥22,828.80" in text(zhang, address)
    answer = post(zhang, address, amount="99999", words="多交")
    assert answer.status_code == 422 and "最多可以申请退22828.80元" in answer.content.decode()
    answer = post(zhang, address, amount="0", words="")
    assert answer.status_code == 422
    assert post(zhang, address, amount="10", words="多算了").status_code == 302
    refund = Refund.objects.get()
    assert "您申请的退费，等财务核对" in text(zhang, mine(refund))
    assert mine(refund) in text(zhang, address)
    refunds.refuse_refund(refund_id=refund.pk, words="计算无误", actor=cast.finance1)
    page = text(zhang, mine(refund))
    assert "不予退费" in page and "计算无误" in page


def test_nothing_paid_nothing_to_apply_for(cast: Cast, zhang: Client) -> None:
    bill = Bill.objects.get(case=accepted(cast))
    assert "现在没有可以退的费用" in text(zhang, f"/my/bills/{bill.public_id}/refund/")


def test_nothing_to_apply_for(cast: Cast, zhang: Client) -> None:
    case = closed(cast, paid(cast), Outcome.DISMISSED, effective_on=clock.today())
    bill = Bill.objects.get(case=case)
    address = f"/my/bills/{bill.public_id}/refund/"
    page = text(zhang, address)
    assert "已经有的退费" in page and "提交申请" not in page
    answer = post(zhang, address, amount="10", words="多算了")
    assert answer.status_code == 422 and "都已经在退了" in answer.content.decode()
    assert cast.client("li").get(address).status_code == 404
    assert cast.client("finance1").get(address).status_code == 404


# -- the desk --------------------------------------------------------------------------------------------------------


def test_the_queue_by_what_is_to_be_done(cast: Cast, finance: Client) -> None:
    refund = confirmed(cast)
    page = text(finance, "/desk/refunds/")
    assert refund.number in page and "张某" in page
    for view in ("approve", "asked", "failed", "sending", "waiting", "ended", "late"):
        assert refund.number not in text(finance, f"/desk/refunds/?view={view}")
    assert refund.number in text(finance, "/desk/refunds/?view=nonsense")
    with clock.at(clock.now() + timedelta(days=40)):
        client = cast.client("finance1")
        assert refund.number in text(client, "/desk/refunds/?view=late")


def test_found_by_number_case_and_name(cast: Cast, finance: Client) -> None:
    refund = withdrawn(cast)
    assert refund.case is not None
    for words in (refund.number, refund.case.number.replace("（", "("), "张某"):
        assert refund.number in text(finance, f"/desk/refunds/?q={words}")
    assert refund.number not in text(finance, "/desk/refunds/?q=欧阳")


def test_two_people_decide_on_the_page(cast: Cast, finance: Client, second: Client) -> None:
    refund = to_bank(cast)
    page = text(finance, desk(refund))
    for words in ("怎么算出来的", "¥11,414.40", "6222000000001234", "某某银行示例支行", "复核"):
        assert words in page
    assert press(finance, refund, "check", account_words="").status_code == 302
    assert "审批要由另一位财务人员办" in text(finance, desk(refund))
    assert "6222000000001234" not in text(finance, desk(refund))
    assert press(finance, refund, "approve", account_words="").status_code == 403
    assert press(second, refund, "approve", account_words="").status_code == 302
    page = text(second, desk(refund))
    assert "何清" in page and "吕实" in page and "6222000000001234" not in page
    answer = press(second, refund, "approve", account_words="")
    assert answer.status_code == 422 and "这一步已经不能办了" in answer.content.decode()


def test_finance_writes_down_the_account_of_a_person_without_sign_in(
    cast: Cast, finance: Client, second: Client
) -> None:
    refund = withdrawn(cast)
    answer = press(finance, refund, "account", **ACCOUNT | {"holder": "李某"})
    assert answer.status_code == 422 and "户名应和案件里登记的名称完全一样" in answer.content.decode()
    assert press(finance, refund, "account", **ACCOUNT).status_code == 302
    assert "不能复核和审批" in text(finance, desk(refund))
    assert press(finance, refund, "check", account_words="").status_code == 403
    assert press(second, refund, "check", account_words="").status_code == 302


def test_returned_refused_and_explained_with_words(cast: Cast, finance: Client, second: Client) -> None:
    refund = confirmed(cast)
    assert press(finance, refund, "return", words="").status_code == 422
    assert press(finance, refund, "return", words="请再确认").status_code == 302
    bill = Bill.objects.get(case=paid(cast))
    asked = refunds.ask_refund(bill_id=bill.pk, amount=Decimal(10), words="多算了", actor=cast.zhang)
    assert "多算了" in text(finance, desk(asked))
    answer = press(finance, asked, "explain", amount="99999", words="算错了", article="")
    assert answer.status_code == 422
    fields = {"amount": "8", "words": "算错了", "article": "诉讼费用交纳办法第四十三条"}
    assert press(finance, asked, "explain", **fields).status_code == 302
    assert press(second, asked, "refuse", words="查明没有算错").status_code == 302
    assert state(asked) == RefundState.REFUSED
    assert "查明没有算错" in text(second, desk(asked))


def test_an_account_of_many_cases_is_warned_of(cast: Cast, finance: Client, second: Client) -> None:
    last = [to_bank(cast) for _number in range(3)][-1]
    assert "在 3 个不相关的案件里收款" in text(finance, desk(last))
    press(finance, last, "check", account_words="")
    answer = press(second, last, "approve", account_words="")
    assert answer.status_code == 422 and "请写明核实的情况" in answer.content.decode()
    assert press(second, last, "approve", account_words="已电话核实").status_code == 302
    assert "已电话核实" in text(second, desk(last))


def test_the_third_person_is_asked_for_on_the_page(cast: Cast, finance: Client, second: Client) -> None:
    change_setting(court_id=cast.court.pk, key="refund_third_above", value="10000", actor=cast.admin)
    refund = confirmed(cast)
    press(finance, refund, "check", account_words="")
    assert "第三位财务人员同意" in text(second, desk(refund))
    answer = press(second, refund, "approve", account_words="")
    assert answer.status_code == 422 and "先由第三位财务人员同意" in answer.content.decode()
    assert press(second, refund, "agree").status_code == 302
    assert "第三人同意" in text(second, desk(refund))


def test_a_changed_account_is_told_on_the_page(cast: Cast, finance: Client) -> None:
    refund = to_bank(cast)
    refunds.return_refund(refund_id=refund.pk, words="请核对", actor=cast.finance1)
    new = account(number="6222 0000 0000 9999")
    refunds.confirm_refund(refund_id=refund.pk, route="bank", account=new, actor=cast.zhang)
    assert "满24小时才能审批" in text(finance, desk(refund))
    assert "满24小时才能审批" in text(cast.client("zhang"), mine(refund))


def test_what_is_no_act_changes_nothing(cast: Cast, finance: Client) -> None:
    refund = confirmed(cast)
    assert finance.post(desk(refund), {"action": "dance"}).status_code == 200
    assert state(refund) == RefundState.CONFIRMED


def test_lists_for_the_bank_on_their_pages(cast: Cast, finance: Client, second: Client) -> None:
    refund = approved(cast, to_bank(cast))
    assert "¥11,414.40" in text(finance, "/desk/refunds/bank/")
    assert post(finance, "/desk/refunds/bank/").status_code == 302
    made = BankList.objects.get()
    address = f"/desk/refunds/bank/{made.public_id}/"
    assert made.number in text(finance, "/desk/refunds/bank/")
    answer = post(second, "/desk/refunds/bank/")
    assert answer.status_code == 302 and BankList.objects.count() == 1
    part = refund.parts.get()
    assert part.out_no in text(finance, address)
    for kind in ("csv", "xlsx"):
        answer = finance.get(f"{address}{kind}/")
        assert answer.status_code == 200 and "no-store" in answer["Cache-Control"]
        assert "6222000000001234" in cells(answer, kind)
    assert finance.get(f"{address}pdf/").status_code == 404
    prefix = f"r{part.public_id.hex}"
    wrong = post(finance, address, part=str(part.public_id))
    assert wrong.status_code == 422 and "只填一项" in wrong.content.decode()
    fields = {"part": str(part.public_id), f"{prefix}-voucher": "V9"}
    assert post(finance, address, **fields).status_code == 302
    assert "V9" in text(finance, address)
    assert part.refund.parts.get().state == PartState.DONE
    failed = {"part": str(part.public_id), f"{prefix}-failure": "退票"}
    assert post(finance, address, **failed).status_code == 422
    assert post(finance, address, part="nobody").status_code == 200


def test_a_list_of_another_court_does_not_exist(cast: Cast) -> None:
    approved(cast, to_bank(cast))
    made = refunds.make_bank_list(actor=cast.finance1)
    rows = [("finance-b", "邻财", "5301", Role.FINANCE, "财务")]
    client = Client()
    client.force_login(people.hire(cast.other_court, rows)["finance-b"].user)
    assert client.get(f"/desk/refunds/bank/{made.public_id}/").status_code == 404


def cells(answer: Any, kind: str) -> list[str]:
    body = b"".join(answer.streaming_content)
    if kind == "csv":
        return [cell for row in csv.reader(io.StringIO(body.decode("utf-8-sig"))) for cell in row]
    sheet = openpyxl.load_workbook(io.BytesIO(body)).active
    assert sheet is not None
    return [str(cell) for row in sheet.iter_rows(values_only=True) for cell in row]


def test_a_failed_refund_is_repeated_from_the_page(
    cast: Cast, live: Live, finance: Client, run_outbox: Callable[..., int]
) -> None:
    refund = Refund.objects.get(case=closed(cast, at_cashier(cast, live)))
    refunds.confirm_refund(refund_id=refund.pk, route="original", actor=cast.zhang)
    approved(cast, refund)
    refund_mode("fail")
    run_outbox()
    with clock.at(clock.now() + timedelta(seconds=11)):
        refunds.poll_parts()
    assert refund.number in text(finance, "/desk/refunds/?view=failed")
    assert press(finance, refund, "repeat").status_code == 302
    assert state(refund) == RefundState.SENDING


@pytest.mark.parametrize("who", ["zhang", "clerk", "judge", "supervisor"])
def test_the_desk_is_for_finance(cast: Cast, who: str) -> None:
    refund, client = confirmed(cast), cast.client(who)
    for address in ("/desk/refunds/", desk(refund), "/desk/refunds/bank/"):
        assert client.get(address).status_code == 403
