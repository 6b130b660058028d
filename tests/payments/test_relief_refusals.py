"""What is not asked, not taken back and not decided about relief: through the pages and at the door of the services."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from common import clock
from common.actor import Actor, Kind, Role, ScanPass
from common.errors import Conflict, InvalidInput, NotAllowed
from documents.models import StoredFile
from payments import services
from payments.models import Bill, Relief, ReliefPaper
from payments.policies import visible_bills, visible_orders, visible_reliefs
from payments.services import reliefs
from portal.demo.loan import photo
from tests.filing.pages import client_of, refused, text_of
from tests.payments.callbacks import order_for
from tests.payments.closings import case_over, open_bills, pay
from tests.support.court import Cast


@pytest.fixture
def bill(cast: Cast) -> Bill:
    return open_bills(case_over(cast, 60000))[0]


def ask(cast: Cast, bill: Bill, **changed: Any) -> Relief:
    values = {"kind": "defer", "ground": services.grounds_for("defer")[0], "words": "失业"} | changed
    return services.ask_relief(bill_id=bill.pk, actor=cast.zhang, **values)


@pytest.mark.parametrize(
    ("changed", "named"),
    [({"kind": "gift"}, "kind"), ({"ground": "不想交"}, "ground"), ({"words": ""}, "words")],
)
def test_what_is_missing_is_named(cast: Cast, bill: Bill, changed: dict[str, str], named: str) -> None:
    with pytest.raises(InvalidInput) as error:
        ask(cast, bill, **changed)
    assert named in error.value.fields


def test_others_ask_nothing_hand_nothing_in_and_take_nothing_back(cast: Cast, bill: Bill) -> None:
    relief = ask(cast, bill)
    for name in ("li", "chen", "clerk", "judge"):
        actor = cast.actors[name]
        with pytest.raises(NotAllowed):
            services.ask_relief(bill_id=bill.pk, kind="defer", ground="x", words="x", actor=actor)
        with pytest.raises(NotAllowed):
            services.add_relief_paper(relief_id=relief.pk, upload=photo(["证"], "证.jpg"), actor=actor)
        with pytest.raises(NotAllowed):
            services.withdraw_relief(relief_id=relief.pk, actor=actor)


def test_a_proof_that_comes_while_the_judge_decides_is_not_kept(
    cast: Cast, bill: Bill, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is there, the decision falls, the row is refused: the file goes too."""
    relief = ask(cast, bill)
    before = StoredFile.objects.count()
    receive = reliefs.receive_file

    def receive_and_be_decided(**values: Any) -> StoredFile:
        stored = receive(**values)
        answer = services.Answer(granted=False, reasons="有稳定收入")
        services.decide_relief(relief_id=relief.pk, answer=answer, actor=cast.judge)
        return stored

    monkeypatch.setattr(reliefs, "receive_file", receive_and_be_decided)
    with pytest.raises(Conflict):
        services.add_relief_paper(relief_id=relief.pk, upload=photo(["证"], "证.jpg"), actor=cast.zhang)
    assert (ReliefPaper.objects.count(), StoredFile.objects.count()) == (0, before)


@pytest.mark.parametrize("days", [None, 0])
def test_a_deferral_needs_a_coming_day(cast: Cast, bill: Bill, days: int | None) -> None:
    until = None if days is None else clock.today() + timedelta(days=days)
    relief = ask(cast, bill)
    answer = services.Answer(granted=True, reasons="属实", defer_until=until, installments=2)
    with pytest.raises(InvalidInput) as error:
        services.decide_relief(relief_id=relief.pk, answer=answer, actor=cast.judge)
    assert "defer_until" in error.value.fields


def test_a_settled_bill_has_no_such_page_and_others_find_none(cast: Cast, bill: Bill) -> None:
    zhang, address = cast.client("zhang"), f"/my/bills/{bill.public_id}/relief/"
    assert zhang.post(f"{address}withdraw/").status_code == 404, "nothing was asked"
    form = f"{address}?kind=defer"
    wrong = SimpleUploadedFile("a.txt", b"x")
    assert zhang.post(form, {"ground": "x", "words": "y", "files": wrong}).status_code == 422
    assert cast.client("finance1").get(address).status_code == 404
    assert cast.client("li").get(address).status_code == 404
    desk = f"/desk/reliefs/{uuid.uuid4()}/"
    assert cast.client("clerk").get(desk).status_code == 403
    judge = client_of(bill.case.staff.get(role="judge").post.user)
    assert judge.get(desk).status_code == 404
    assert judge.get(f"/desk/overdue/{uuid.uuid4()}/").status_code == 404
    assert cast.client("clerk").get(f"/desk/overdue/{uuid.uuid4()}/").status_code == 403
    pay(bill)
    assert zhang.get(address).status_code == 302


def test_a_request_with_too_many_words_keeps_them(cast: Cast, bill: Bill) -> None:
    zhang = cast.client("zhang")
    form = f"/my/bills/{bill.public_id}/relief/?kind=defer"
    answer = zhang.post(form, {"ground": services.grounds_for("defer")[0], "words": "失" * 1001})
    refused(answer, "1000")
    assert "失" * 50 in text_of(answer)


def test_a_request_without_words_is_refused_beside_the_field(cast: Cast, bill: Bill) -> None:
    """A ground of another kind, sent past the page."""
    zhang = cast.client("zhang")
    foreign = next(
        ground for ground in services.grounds_for("exempt") if ground not in services.grounds_for("defer")
    )
    answer = zhang.post(
        f"/my/bills/{bill.public_id}/relief/?kind=defer", {"ground": foreign, "words": "失业"}
    )
    refused(answer, "请从列出的选项里选")
    assert not Relief.objects.exists()


def test_nobody_without_a_judges_post_sees_requests(cast: Cast, bill: Bill) -> None:
    ask(cast, bill)
    assert [visible_reliefs(cast.actors[name]).count() for name in ("zhang", "judge", "clerk", "head")] == [
        1,
        1,
        0,
        0,
    ]


def test_a_scan_login_sees_no_bill(cast: Cast, bill: Bill) -> None:
    scan = ScanPass(bill.case_id, bill.party_id, 1, clock.process_now() + timedelta(minutes=5))
    visitor = Actor(kind=Kind.SCAN, role=Role.LITIGANT, scan=scan, channel="scan")
    assert not visible_bills(visitor).exists() and not visible_orders(visitor).exists()
    order_for(bill.case, bill=bill)
    assert visible_orders(cast.zhang).count() == 1 and visible_orders(cast.li).count() == 0
