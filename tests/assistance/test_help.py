"""A party asks for a person; the service desk calls, arranges a meeting, ends it; others see nothing of it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.test import Client

from assistance.models import CallAttempt, HelpRequest, HelpState
from cases.models import AccessBasis, Case, Side
from cases.services import grant_access
from common import clock
from courts.services import change_setting
from eventlog.models import Event, Receipt
from eventlog.relay import run_due
from notifications.models import Message
from tests.support.court import Cast


@dataclass
class Told:
    """张's accepted case; nothing of the court's own is printed, nobody here reads it."""

    cast: Cast
    case: Case


WISH = {"kind": "companion", "phone": "13800000001", "when": "上午9点到11点", "words": "看不懂受理通知书"}


@pytest.fixture
def told(cast: Cast, case: Case) -> Told:
    return Told(cast, case)


@pytest.fixture
def zhang(told: Told) -> Client:
    return told.cast.client("zhang")


@pytest.fixture
def clerk(told: Told) -> Client:
    return told.cast.client("clerk")


def address(told: Told) -> str:
    return f"/my/cases/{told.case.public_id}/help/"


def asked(told: Told, zhang: Client, **changed: str) -> tuple[HelpRequest, str]:
    """A request made through the page, and its own page."""
    answer = zhang.post(address(told), WISH | {"form_key": str(uuid.uuid4())} | changed)
    made = HelpRequest.objects.latest("id")
    assert answer["Location"] == f"{address(told)}{made.public_id}/"
    return made, answer["Location"]


def work_off() -> None:
    while run_due():
        pass


def test_the_page_of_the_case_leads_to_help_with_its_promise(told: Told, zhang: Client) -> None:
    assert f'href="{address(told)}"' in zhang.get(f"/my/cases/{told.case.public_id}/").content.decode()
    page = zhang.get(address(told)).content.decode()
    assert "请人陪我办" in page and "请人带我找窗口" in page and "请法院打电话给我" in page
    assert 'value="13800000001"' in page and "法院最晚打电话给您" in page
    made, path = asked(told, zhang)
    assert clock.beijing_day(made.due_at) > clock.beijing_day(made.asked_at)
    page = zhang.get(path).content.decode()
    assert "法院最晚打电话给您" in page and "看不懂受理通知书" in page and "下载签名回执" in page
    assert Receipt.objects.filter(event_id=Event.objects.get(name="assistance.asked").pk).exists()


def test_the_court_sets_its_own_days(told: Told, zhang: Client) -> None:
    first, _path = asked(told, zhang)
    change_setting(court_id=told.case.court_id, key="help_workdays", value=5, actor=told.cast.admin)
    second, _path = asked(told, zhang, kind="call")
    assert second.due_at > first.due_at


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"kind": ""}, "请选择要什么帮助"),
        ({"kind": "lawyer"}, "请从列出的选项里选"),
        ({"phone": "12345"}, "手机号应为11位数字"),
        ({"when": ""}, "请填写什么时候方便"),
        ({"words": "  "}, "请填写要帮什么"),
        ({"words": "看" * 501}, "500"),
    ],
)
def test_bad_entries_are_explained_and_kept(
    told: Told, zhang: Client, changed: dict[str, str], sentence: str
) -> None:
    answer = zhang.post(address(told), WISH | changed)
    page = answer.content.decode()
    assert answer.status_code == 422 and sentence in page and "有误：" in page
    assert HelpRequest.objects.count() == 0
    if "when" not in changed:
        assert "上午9点到11点" in page


def test_asking_twice_is_one_request_and_a_second_of_the_kind_is_told_why(told: Told, zhang: Client) -> None:
    key = str(uuid.uuid4())
    first = zhang.post(address(told), WISH | {"form_key": key})["Location"]
    assert zhang.post(address(told), WISH | {"form_key": key})["Location"] == first
    again = zhang.post(address(told), WISH | {"form_key": str(uuid.uuid4())})
    assert again.status_code == 422 and "您已经请过" in again.content.decode()
    assert HelpRequest.objects.count() == 1


def test_somebody_is_named_and_both_are_told(told: Told, zhang: Client, clerk: Client) -> None:
    made, path = asked(told, zhang)
    work_off()
    desk = clerk.get("/desk/help/").content.decode()
    assert "请人陪我办" in desk and f"/desk/help/{made.public_id}/" in desk
    helper = told.cast.posts["clerk2"]
    day = clock.today() + timedelta(days=3)
    meeting = {
        "do": "arrange",
        "post": helper.pk,
        "day": day.isoformat(),
        "at": "9：30",
        "meet_place": "一楼大厅",
    }
    assert clerk.post(f"/desk/help/{made.public_id}/", meeting).status_code == 302
    work_off()
    page = zhang.get(path).content.decode()
    assert helper.user.name in page and "上午9:30" in page and "一楼大厅" in page
    kinds = Message.objects.filter(kind__startswith="help_", channel="inbox").values_list("user", "kind")
    assert set(kinds) == {
        (told.cast.users["zhang"].pk, "help_arranged"),
        (helper.user_id, "help_assigned"),
    }
    done = clerk.post(f"/desk/help/{made.public_id}/", {"do": "finish", "outcome": "陪同领取了文书"})
    assert done.status_code == 302
    made.refresh_from_db()
    assert made.state == HelpState.DONE and "陪同领取了文书" in zhang.get(path).content.decode()
    assert "没有人在等" in clerk.get("/desk/help/").content.decode()
    assert "陪我办" in clerk.get("/desk/help/?view=past").content.decode()


def test_a_meeting_needs_a_helper_of_the_court_a_time_to_come_and_a_place(
    told: Told, zhang: Client, clerk: Client
) -> None:
    made, _path = asked(told, zhang)
    path = f"/desk/help/{made.public_id}/"
    stranger = told.cast.posts["clerk-b"]
    answer = clerk.post(
        path, {"do": "arrange", "post": stranger.pk, "day": "", "at": "25:00", "meet_place": ""}
    )
    page = answer.content.decode()
    assert answer.status_code == 422 and "请从列出的选项里选" in page and "请按 9:00 这样填写时间" in page
    own = {"do": "arrange", "post": told.cast.posts["clerk"].pk}
    page = clerk.post(path, own).content.decode()
    assert "请填写哪一天见面" in page and "请填写在哪里见面" in page
    past = own | {"day": clock.today().isoformat(), "at": "0:00", "meet_place": "一楼"}
    assert "请填写今天以后的见面时间" in clerk.post(path, past).content.decode()
    made.refresh_from_db()
    assert made.state == HelpState.ASKED


def test_a_call_that_reaches_ends_it_and_three_that_do_not_tell_the_person(
    told: Told, zhang: Client, clerk: Client
) -> None:
    made, _path = asked(told, zhang, kind="call")
    path = f"/desk/help/{made.public_id}/"
    assert "请写明电话里说了什么" in clerk.post(path, {"do": "call", "reached": "yes"}).content.decode()
    assert clerk.post(path, {"do": "call", "reached": "yes", "words": "解释了举证期限"}).status_code == 302
    made.refresh_from_db()
    assert made.state == HelpState.DONE and made.outcome == "解释了举证期限"
    again, own = asked(told, zhang, kind="call")
    for _number in range(3):
        clerk.post(f"/desk/help/{again.public_id}/", {"do": "call", "reached": "no"})
    again.refresh_from_db()
    assert again.state == HelpState.UNREACHED and CallAttempt.objects.filter(help_request=again).count() == 3
    work_off()
    told_by_text = Message.objects.get(kind="help_unreached", channel="sms")
    assert told_by_text.phone == "13800000001" and "打了三次都没有接通" in told_by_text.body
    assert "打了三次电话都没有接通" in zhang.get(own).content.decode()
    late = clerk.post(f"/desk/help/{again.public_id}/", {"do": "call", "reached": "no"})
    assert late.status_code == 200 and CallAttempt.objects.filter(help_request=again).count() == 3


def test_cancelled_by_the_person_may_be_asked_again(told: Told, zhang: Client, clerk: Client) -> None:
    made, path = asked(told, zhang)
    assert zhang.post(f"{path}cancel/").status_code == 302
    made.refresh_from_db()
    assert made.state == HelpState.CANCELLED
    assert zhang.post(f"{path}cancel/").status_code == 409
    assert "没有人在等" in clerk.get("/desk/help/").content.decode()
    asked(told, zhang)


def test_the_other_side_and_the_judge_see_nothing_of_it(told: Told, zhang: Client) -> None:
    made, path = asked(told, zhang)
    users = told.cast.users | {name: told.cast.posts[name].user for name in ("judge", "head", "clerk-b")}
    defendant = told.case.parties.get(side=Side.DEFENDANT)
    grant_access(party=defendant, user=users["li"], basis=AccessBasis.REAL_NAME, actor=told.cast.clerk)
    for name, desk_answers in (("li", 403), ("chen", 403), ("judge", 403), ("head", 403), ("clerk-b", 404)):
        client = Client()
        client.force_login(users[name])
        assert client.get(path).status_code == 404, name
        assert client.get(f"/desk/help/{made.public_id}/").status_code == desk_answers, name
    li = Client()
    li.force_login(users["li"])
    page = li.get(address(told)).content.decode()
    assert "请人帮忙" in page and "以前请过的" not in page
