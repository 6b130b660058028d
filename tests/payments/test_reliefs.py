"""缓交、减交、免交: asked for on the bill, decided by the judge with reasons, the bill replaced by what is due now."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cases.models import Case, Stage
from common import clock
from common.errors import Conflict, InvalidInput, NotAllowed
from courts.calendar import deadline
from documents.models import StoredFile
from notifications.models import Message
from payments import services
from payments.models import Bill, BillStatus, Relief, ReliefState
from payments.services import Answer
from portal.demo.loan import photo
from tests.concurrency.together import at_once
from tests.filing.pages import client_of, refused, text_of
from tests.support.court import Cast, accepted


@pytest.fixture
def bill(cast: Cast) -> Bill:
    return Bill.objects.get(case=accepted(cast))


def asked(cast: Cast, bill: Bill, kind: str = "defer") -> Relief:
    ground = services.grounds_for(kind)[0]
    return services.ask_relief(bill_id=bill.pk, kind=kind, ground=ground, words="失业在家", actor=cast.zhang)


def address(bill: Bill, rest: str = "") -> str:
    return f"/my/bills/{bill.public_id}/relief/{rest}"


def judge_of(case: Case) -> Client:
    return client_of(case.staff.get(role="judge").post.user)


def test_a_payer_asks_hands_in_proofs_and_the_judge_lets_him_pay_half(
    cast: Cast, bill: Bill, run_outbox: Callable[..., int]
) -> None:
    zhang = cast.client("zhang")
    assert address(bill) in text_of(zhang.get(f"/my/bills/{bill.public_id}/"))
    kinds = text_of(zhang.get(address(bill)))
    assert all(f"?kind={kind}" in kinds for kind in ("defer", "reduce", "exempt"))
    form = f"{address(bill)}?kind=reduce"
    refused(zhang.post(form, {"words": "家里四口人，我失业"}), "请选择符合哪一种情形")
    ground = services.grounds_for("reduce")[0]
    assert zhang.post(form, {"ground": ground, "words": "家里四口人，我失业"}).status_code == 302
    assert zhang.post(form, {"ground": ground, "words": "又点了一次"}).status_code == 302
    relief = Relief.objects.get()
    assert relief.words == "家里四口人，我失业"
    slot = {"proofs_for": str(relief.public_id)}
    refused(zhang.post(address(bill), slot), "请先选照片或文件，再点上传")
    wrong = SimpleUploadedFile("低保证.exe", b"MZ", content_type="application/octet-stream")
    assert zhang.post(address(bill), slot | {"files": wrong}).status_code == 422
    assert zhang.post(address(bill), slot | {"files": photo(["低保证"], "低保证.jpg")}).status_code == 302
    assert "低保证.jpg" in text_of(zhang.get(address(bill)))
    run_outbox()
    assert Message.objects.filter(kind="relief_asked").exists()
    judge, desk = judge_of(bill.case), f"/desk/reliefs/{relief.public_id}/"
    assert desk in text_of(judge.get(f"/desk/cases/{bill.case.public_id}/"))
    page = text_of(judge.get(desk))
    assert "家里四口人，我失业" in page and ground in page
    proof = judge.get(f"/files/{StoredFile.objects.latest('id').public_id}/", follow=True)
    assert proof.status_code == 200 and b"".join(proof.streaming_content)
    proof.close()
    refused(judge.post(desk, {"granted": "yes", "reduce_pct": "20", "reasons": "家庭困难"}), "不低于30%")
    refused(judge.post(desk, {"granted": "yes", "reduce_pct": "50"}), "请填写理由")
    assert judge.post(desk, {"granted": "yes", "reduce_pct": "50", "reasons": "家庭困难"}).status_code == 302
    bill.refresh_from_db()
    new = Bill.objects.get(case=bill.case, status=BillStatus.OPEN)
    assert (bill.status, new.amount) == (BillStatus.VOID, bill.amount / 2)
    assert new.due_on == deadline("D07", clock.today(), court=cast.court).due
    run_outbox()
    assert Message.objects.filter(kind="relief_decided").exists()
    assert f"/my/bills/{new.public_id}/" in text_of(zhang.get(f"/my/bills/{bill.public_id}/"))
    shown = text_of(zhang.get(f"/my/bills/{new.public_id}/"))
    assert "减交 · 准予" in shown and "家庭困难" in shown and "准予减交50%" in shown
    assert "准予" in text_of(judge.get(desk)) and "作出决定" not in text_of(judge.get(desk))


@pytest.mark.parametrize(
    ("kind", "answer", "stage", "due"),
    [
        ("exempt", {"granted": True}, Stage.PAID, None),
        ("defer", {"granted": True, "defer_until": 60}, Stage.PAID, 60),
        ("defer", {"granted": False}, Stage.ACCEPTED, 7),
    ],
)
def test_what_is_due_after_the_decision(
    cast: Cast, bill: Bill, kind: str, answer: dict[str, Any], stage: Stage, due: int | None
) -> None:
    """Nothing; the whole sum later, and the case goes on; the whole sum in seven days from the answer."""
    if "defer_until" in answer:
        answer = answer | {"defer_until": clock.today() + timedelta(days=answer["defer_until"])}
    services.decide_relief(
        relief_id=asked(cast, bill, kind).pk, answer=Answer(reasons="查明属实", **answer), actor=cast.judge
    )
    bill.case.refresh_from_db()
    assert bill.case.stage == stage
    left = Bill.objects.filter(case=bill.case, status=BillStatus.OPEN)
    assert [row.amount for row in left] == ([] if due is None else [bill.amount])
    if due == 60:
        assert left[0].due_on == clock.today() + timedelta(days=60)
    if due == 7:
        assert left[0].due_on == deadline("D07", clock.today(), court=cast.court).due


def test_only_the_judge_of_the_case_decides_and_only_once(cast: Cast, bill: Bill) -> None:
    relief, no = asked(cast, bill), Answer(granted=False, reasons="有稳定收入")
    for name in ("clerk", "judge-b", "head", "zhang", "supervisor"):
        with pytest.raises(NotAllowed):
            services.decide_relief(relief_id=relief.pk, answer=no, actor=cast.actors[name])
    with pytest.raises(InvalidInput):
        services.decide_relief(
            relief_id=relief.pk, answer=Answer(granted=False, reasons=""), actor=cast.judge
        )
    services.decide_relief(relief_id=relief.pk, answer=no, actor=cast.judge)
    with pytest.raises(Conflict):
        services.decide_relief(relief_id=relief.pk, answer=no, actor=cast.judge)
    assert Bill.objects.filter(case=bill.case).count() == 2


def test_a_bill_paid_meanwhile_is_not_replaced(cast: Cast, bill: Bill) -> None:
    relief = asked(cast, bill)
    Bill.objects.filter(pk=bill.pk).update(status=BillStatus.PAID, paid_at=clock.now())
    with pytest.raises(Conflict):
        services.decide_relief(
            relief_id=relief.pk, answer=Answer(granted=False, reasons="有稳定收入"), actor=cast.judge
        )
    with pytest.raises(Conflict):
        asked(cast, Bill.objects.get(pk=bill.pk), "exempt")


def test_ten_clicks_ask_once_and_who_takes_it_back_may_ask_anew(cast: Cast, bill: Bill) -> None:
    results = at_once(*[lambda: asked(cast, bill)] * 10)
    assert len({relief.pk for relief in results}) == 1
    zhang = cast.client("zhang")
    assert zhang.post(address(bill, "withdraw/")).status_code == 302
    assert Relief.objects.get().state == ReliefState.WITHDRAWN
    assert asked(cast, bill, "exempt").state == ReliefState.ASKED


def test_a_company_is_not_exempted_and_nobody_else_asks(cast: Cast, bill: Bill) -> None:
    with pytest.raises(NotAllowed):
        services.ask_relief(bill_id=bill.pk, kind="defer", ground="其他", words="困难", actor=cast.li)
    party = bill.party
    party.kind = "legal"
    party.save(update_fields=["kind"])
    with pytest.raises(InvalidInput):
        asked(cast, Bill.objects.get(pk=bill.pk), "exempt")
    assert "kind=exempt" not in text_of(cast.client("zhang").get(address(bill)))


def test_who_waits_for_the_judge_is_not_reminded_to_pay(cast: Cast, bill: Bill) -> None:
    asked(cast, bill)
    Bill.objects.filter(pk=bill.pk).update(due_on=clock.today() + timedelta(days=1))
    assert services.remind_of_bills(cast.judge) == 0


def test_half_of_a_half_is_rounded_once(cast: Cast, bill: Bill) -> None:
    """Relief is taken off the exact sum, not off a rounded one."""
    answer = Answer(granted=True, reasons="优抚对象", reduce_pct=Decimal("33.33"))
    services.decide_relief(relief_id=asked(cast, bill, "reduce").pk, answer=answer, actor=cast.judge)
    new = Bill.objects.get(case=bill.case, status=BillStatus.OPEN)
    assert new.amount == (Decimal("695") * (1 - Decimal("0.3333"))).quantize(Decimal("0.01"))
