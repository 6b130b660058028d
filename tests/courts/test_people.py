"""The staff of a court: invited, given and taken posts by two, switched off by one (row 37, SEC-08, SEC-15, SEC-63)."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Invitation, User
from accounts.services import staff
from accounts.services.people import register_staff
from common import clock
from common.actor import Role
from common.errors import InvalidInput, NotAllowed
from courts.models import StaffChange, StaffPost
from courts.people_services import NewPost, propose_post
from courts.posts import live_posts
from courts.services import end_post, start_post
from eventlog.models import Event
from eventlog.relay import run_due
from notifications.models import Message
from portal.demo.cast import SETUP
from tests.filing.pages import text_of
from tests.support.court import Cast
from tests.support.sign_in import sign_in_staff

LIST = "/manage/people/"
NEW = {"name": "新某", "staff_no": "9901", "username": "new-1", "company": ""}
WORDS = "海边的石头会唱歌 2026"
REASON = "任命文件12号"


def page(user: User) -> str:
    return f"{LIST}{user.public_id}/"


def invited(cast: Cast, **more: str) -> tuple[User, str]:
    """A new colleague and the path of the invitation, as its one showing says."""
    admin = cast.client("admin")
    shown = admin.post(f"{LIST}new/", NEW | more, follow=True)
    user = User.objects.get(username=NEW["username"])
    assert shown.request["PATH_INFO"] == page(user)
    _before, _mark, rest = text_of(shown).partition("/staff/welcome/")
    token = rest.split("/")[0]
    assert token and token not in text_of(admin.get(page(user))), "shown once"
    return user, f"/staff/welcome/{token}/"


def propose(cast: Cast, user: User, by: str = "admin", **fields: str) -> HttpResponse:
    sent = {"do": "post", "role": "judge", "reason": REASON} | fields
    return cast.client(by).post(page(user), sent)


def change(cast: Cast, user: User, what: str, by: str = "admin") -> HttpResponse:
    return cast.client(by).post(page(user), {"do": "change", "change-what": what, "change-reason": REASON})


def decide(cast: Cast, do: str, by: str = "admin2") -> HttpResponse:
    row = StaffChange.objects.latest("id")
    return cast.client(by).post(page(row.user), {"do": do, "proposal": str(row.public_id)})


def roles(user: User) -> list[str]:
    return sorted(live_posts().filter(user=user).values_list("role", flat=True))


def names(user: User) -> list[str]:
    rows = Event.objects.filter(stream=f"person:{user.public_id}").order_by("id")
    return list(rows.values_list("name", flat=True))


@pytest.mark.req("SEC-15")
def test_a_colleague_is_invited_sets_a_password_and_gets_a_post_by_two(cast: Cast) -> None:
    user, address = invited(cast)
    assert not user.has_usable_password() and "等本人设置密码" in text_of(cast.client("admin").get(LIST))
    client = Client()
    assert "新某" in text_of(client.get(address))
    assert client.post(address, {"password": WORDS, "again": WORDS})["Location"] == "/staff/login/"
    assert client.get(address).status_code == client.post(address, {"password": WORDS}).status_code == 404
    answer = client.post("/staff/login/", {"username": "new-1", "password": WORDS})
    assert answer["Location"] == "/staff/login/second/"
    assert client.get("/staff/login/second/")["Location"] == "/staff/factors/app/"
    assert propose(cast, user, role="judge", until_on=str(clock.today() + timedelta(days=90)))[
        "Location"
    ] == page(user)
    assert roles(user) == [], "nothing changes before another agrees"
    assert decide(cast, "agree", by="admin").status_code == 403
    assert decide(cast, "agree")["Location"] == page(user)
    assert roles(user) == ["judge"]
    post = StaffPost.objects.get(user=user)
    assert clock.beijing_day(post.ends_at or clock.now()) == clock.today() + timedelta(days=90)
    told = [
        "accounts.staff_invited",
        "accounts.password_set",
        "courts.staff_change_proposed",
        "courts.staff_changed",
    ]
    assert [name for name in names(user) if name in told] == told


@pytest.mark.req("SEC-15")
def test_an_invitation_is_dead_after_24_hours_or_when_there_is_a_newer_one(cast: Cast) -> None:
    user, first = invited(cast)
    row = Invitation.objects.get(user=user)
    assert first.split("/")[3] not in row.token_hash
    with clock.at(row.made_at + staff.GOOD_FOR + timedelta(seconds=1)):
        assert staff.invited_by(first.split("/")[3]) is None
    token = staff.new_invitation(user=user, court_id=cast.court.pk, actor=cast.admin)
    assert Client().get(first).status_code == 404
    assert Client().get(f"/staff/welcome/{token}/").status_code == 200


@pytest.mark.req("SEC-01")
@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("short-one", "至少要12个字符"),
        ("1234567890123", "很容易被猜到"),
        ("password1234", "很容易被猜到"),
        ("某省某市示例区人民法院2026", "很容易被猜到"),
        ("新某new-1新某new-1", "很容易被猜到"),
        ("x" * 129, "最多128个字符"),
    ],
)
def test_a_weak_password_is_refused_with_the_reason(cast: Cast, password: str, words: str) -> None:
    user, address = invited(cast)
    answer = Client().post(address, {"password": password, "again": password})
    assert answer.status_code == 422 and words in text_of(answer)
    user.refresh_from_db()
    assert not user.has_usable_password()


@pytest.mark.req("SEC-01")
@pytest.mark.parametrize(
    "password", ["  两个 空格 也 算 ab  ", "🐟🐠🐡🦈🐙🐚🦀🦐🦑🐬🐳🐋", "correct horse battery"]
)
def test_any_characters_count(cast: Cast, password: str) -> None:
    _user, address = invited(cast)
    assert Client().post(address, {"password": password, "again": password}).status_code == 302
    answer = Client().post("/staff/login/", {"username": "new-1", "password": password})
    assert answer["Location"] == "/staff/login/second/"


def test_two_different_passwords_and_bad_names(cast: Cast) -> None:
    _user, address = invited(cast)
    assert "两次填的不一样" in text_of(Client().post(address, {"password": WORDS, "again": WORDS + "x"}))
    admin = cast.client("admin")
    assert "已经有人用了" in text_of(admin.post(f"{LIST}new/", NEW))
    assert "小写字母" in text_of(admin.post(f"{LIST}new/", NEW | {"username": "New One"}))


def test_what_is_settled_costs_the_page_no_query_each(cast: Cast) -> None:
    user, admin = cast.posts["clerk"].user, cast.client("admin2")

    def cost() -> int:
        assert change(cast, user, "password").status_code == 302
        assert decide(cast, "refuse").status_code == 302
        with CaptureQueriesContext(connection) as asked:
            assert admin.get(page(user)).status_code == 200
        return len(asked)

    cost()  # the first visit notes that somebody is there
    assert cost() == cost()


@pytest.mark.req("SEC-15")
@pytest.mark.parametrize(("do", "by"), [("refuse", "admin2"), ("withdraw", "admin")])
def test_refused_or_withdrawn_changes_nothing(cast: Cast, do: str, by: str) -> None:
    user = cast.posts["clerk"].user
    assert propose(cast, user).status_code == 302
    again = propose(cast, user)
    assert again.status_code == 422 and "等另一人同意" in text_of(again)
    assert "任职" in text_of(cast.client("admin2").get(LIST))
    other = "admin" if by == "admin2" else "admin2"
    assert decide(cast, do, by=other).status_code == 403
    assert decide(cast, do, by=by).status_code == 302
    assert roles(user) == ["intake_clerk"]
    late = cast.client("admin2").post(
        page(user), {"do": "agree", "proposal": str(StaffChange.objects.latest("id").public_id)}, follow=True
    )
    assert "已经不能办了" in text_of(late) and roles(user) == ["intake_clerk"]


def test_a_post_ends_by_two_and_its_owner_is_out(cast: Cast) -> None:
    user, client = cast.posts["clerk"].user, cast.client("clerk")
    assert change(cast, user, str(cast.posts["clerk"].public_id)).status_code == 302
    assert client.get("/desk/filings/").status_code == 200
    decide(cast, "agree")
    assert roles(user) == [] and client.get("/desk/filings/").status_code == 302
    assert user.name in text_of(cast.client("admin").get(LIST)), "whose post ended here stays on the list"


def test_one_person_switches_an_account_off_and_two_switch_it_on(cast: Cast) -> None:
    user, client = cast.posts["clerk"].user, cast.client("clerk")
    assert change(cast, user, "disable").status_code == 302
    assert client.get("/desk/filings/").status_code == 302
    assert "用户名或密码不对" in text_of(Client().post("/staff/login/", {"username": "clerk", "password": "portal-demo-2026"}))  # fmt: skip
    assert "已停用" in text_of(cast.client("admin").get(page(user)))
    assert change(cast, user, "enable").status_code == 302
    user.refresh_from_db()
    assert not user.is_active
    decide(cast, "agree")
    assert sign_in_staff(Client(), "clerk").status_code == 302
    assert {"accounts.disabled", "accounts.enabled"} <= set(names(user))


@pytest.mark.req("SEC-15")
def test_who_forgot_the_password_is_invited_again_by_two_and_told_before(cast: Cast) -> None:
    user, client = cast.posts["clerk"].user, cast.client("clerk")
    assert change(cast, user, "password").status_code == 302
    run_due()
    assert Message.objects.filter(user=user).latest("id").kind == "password_reset_proposed"
    assert client.get("/desk/filings/").status_code == 200
    shown = cast.client("admin2").post(
        page(user), {"do": "agree", "proposal": str(StaffChange.objects.latest("id").public_id)}, follow=True
    )
    assert "/staff/welcome/" in text_of(shown)
    assert client.get("/desk/filings/").status_code == 302, "every sign-in has ended"
    refused = Client().post("/staff/login/", {"username": "clerk", "password": "portal-demo-2026"})
    assert refused.status_code == 422
    address = "/staff/welcome/" + text_of(shown).partition("/staff/welcome/")[2].split("/")[0] + "/"
    Client().post(address, {"password": WORDS, "again": WORDS})
    run_due()
    assert Message.objects.filter(user=user).latest("id").kind == "password_set"


def test_nobody_decides_about_himself(cast: Cast) -> None:
    admin = cast.posts["admin"].user
    assert "由别人办理" in text_of(cast.client("admin").get(page(admin)))
    assert propose(cast, admin).status_code == 403 and change(cast, admin, "disable").status_code == 403
    assert propose(cast, cast.posts["admin2"].user).status_code == 302
    assert decide(cast, "agree", by="admin2").status_code == 403
    row = StaffChange.objects.get()
    for wrong in ({"decided_by": row.proposed_by}, {"decided_by": row.user}, {"proposed_by": row.user}):
        with pytest.raises(IntegrityError), transaction.atomic():
            done = {"state": "agreed", "decided_at": row.proposed_at, "decided_by": cast.posts["head"].user}
            StaffChange.objects.filter(pk=row.pk).update(**done | wrong)


@pytest.mark.req("SEC-63")
def test_discipline_posts_are_decided_by_two_of_discipline(cast: Cast) -> None:
    judge, officer = cast.posts["judge"].user, cast.posts["discipline"].user
    assert propose(cast, judge, role="discipline").status_code == 403
    assert propose(cast, judge, by="discipline", role="judge").status_code == 403
    assert change(cast, officer, "password").status_code == 403, "nor is a way in opened by administrators"
    assert propose(cast, judge, by="discipline", role="discipline").status_code == 302
    assert decide(cast, "agree", by="admin").status_code == 403
    assert decide(cast, "agree", by="discipline2").status_code == 302
    assert roles(judge) == ["discipline", "judge"]


@pytest.mark.req("SEC-63")
@pytest.mark.parametrize(
    ("who", "role"),
    [
        ("admin2", Role.AUDITOR),
        ("auditor", Role.ADMIN),
        ("discipline2", Role.ADMIN),
        ("admin2", Role.DISCIPLINE),
    ],
)
def test_system_security_and_audit_are_three_people(cast: Cast, who: str, role: Role) -> None:
    user = cast.posts[who].user
    with pytest.raises(InvalidInput, match="三个人"):
        start_post(user_id=user.pk, court_id=cast.court.pk, role=role, division=None, actor=SETUP)
    with pytest.raises(InvalidInput, match="三个人"):
        start_post(user_id=user.pk, court_id=cast.other_court.pk, role=role, division=None, actor=SETUP)
    with pytest.raises(IntegrityError), transaction.atomic():
        StaffPost.objects.create(user=user, court=cast.other_court, role=role, starts_at=clock.now())
    end_post(post_id=cast.posts[who].pk, actor=SETUP)
    start_post(user_id=user.pk, court_id=cast.court.pk, role=role, division=None, actor=SETUP)
    assert roles(user) == [role]


@pytest.mark.req("SEC-63")
def test_a_proposal_that_joins_two_administrations_says_so(cast: Cast) -> None:
    user = cast.posts["auditor"].user
    assert propose(cast, user, role="admin").status_code == 302
    said = cast.client("admin2").post(
        page(user), {"do": "agree", "proposal": str(StaffChange.objects.get().public_id)}, follow=True
    )
    assert "三个人" in text_of(said) and roles(user) == ["auditor"]
    assert StaffChange.objects.get().state == "proposed"


@pytest.mark.req("SEC-63")
def test_a_supplier_is_named_ends_within_30_days_and_keeps_no_people(cast: Cast) -> None:
    user, address = invited(cast, company="某某科技有限公司")
    Client().post(address, {"password": WORDS, "again": WORDS})
    assert "某某科技" in text_of(cast.client("admin").get(LIST))
    today, soon = clock.today(), str(clock.today() + timedelta(days=20))
    for fields, words in (
        ({"role": "judge", "until_on": soon}, "只能做系统管理"),
        ({"role": "admin"}, "最长30天"),
        ({"role": "admin", "until_on": str(today + timedelta(days=31))}, "最长30天"),
    ):
        propose(cast, user, **fields)
        row = StaffChange.objects.latest("id")
        said = cast.client("admin2").post(
            page(user), {"do": "agree", "proposal": str(row.public_id)}, follow=True
        )
        assert words in text_of(said) and roles(user) == []
        decide(cast, "withdraw", by="admin")
    propose(cast, user, role="admin", until_on=soon)
    decide(cast, "agree")
    client = Client()
    user.refresh_from_db()
    client.force_login(user)
    assert client.get(LIST).status_code == 200
    assert client.post(f"{LIST}new/", NEW | {"username": "x-1"}).status_code == 403
    post = StaffPost.objects.get(user=user)
    for wrong in ({"ends_at": None}, {"ends_at": post.starts_at + timedelta(days=31)}):
        with pytest.raises(IntegrityError), transaction.atomic():
            StaffPost.objects.filter(pk=post.pk).update(**wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=user.pk).update(valid_until=None)
    User.objects.filter(pk=user.pk).update(valid_until=clock.now() - timedelta(seconds=1))
    assert client.get(LIST).status_code == 302, "the account has ended by itself"
    refused = Client().post("/staff/login/", {"username": user.username, "password": WORDS})
    assert refused.status_code == 422


def test_a_post_may_begin_later_with_a_division_and_a_deputy(cast: Cast) -> None:
    user, later = cast.posts["clerk"].user, clock.today() + timedelta(days=3)
    place, deputy = cast.posts["judge"].division, cast.posts["judge"]
    fields = {
        "from_on": str(later),
        "division": str(place.pk if place else ""),
        "deputy": str(deputy.public_id),
    }
    assert propose(cast, user, **fields).status_code == 302
    decide(cast, "agree")
    post = StaffPost.objects.get(user=user, role="judge")
    assert (clock.beijing_day(post.starts_at), post.division, post.deputy) == (later, place, deputy)
    assert roles(user) == ["intake_clerk"]
    wrong = propose(cast, user, role="finance", until_on=str(later), from_on=str(later + timedelta(days=1)))
    assert wrong.status_code == 422 and "不应早于第一天" in text_of(wrong)
    other = propose(cast, user, role="head", deputy=str(deputy.public_id))
    assert "同样的岗位" in text_of(other)


def test_the_list_is_searched_and_ends_at_the_court(cast: Cast) -> None:
    admin, other = cast.client("admin"), cast.posts["clerk-b"].user
    assert other.name not in text_of(admin.get(LIST)) and admin.get(page(other)).status_code == 404
    for words in ("赵明", "2101", "judge"):
        found = text_of(admin.get(LIST, {"q": words}))
        assert "赵明" in found and "钱立" not in found
    assert "没有找到" in text_of(admin.get(LIST, {"q": "没有这个人"}))
    auditor = cast.client("auditor")
    assert "提出新的岗位" not in text_of(auditor.get(page(cast.posts["clerk"].user)))


def test_roles_of_the_public_are_no_posts(cast: Cast) -> None:
    user = cast.posts["clerk"].user
    assert propose(cast, user, role="litigant").status_code == 422
    with pytest.raises(InvalidInput):
        propose_post(user_id=user.public_id, wish=NewPost(Role.SYSTEM), reason=REASON, actor=cast.admin)
    with pytest.raises(NotAllowed):
        propose_post(user_id=user.public_id, wish=NewPost(Role.DISCIPLINE), reason=REASON, actor=cast.admin)
    assert "写清楚理由" in text_of(propose(cast, user, reason="调"))
    stranger = register_staff(username="far", password=None, name="远某", staff_no="1", actor=SETUP)
    assert propose(cast, stranger).status_code == 404


@pytest.mark.req("SEC-63")
def test_the_first_two_of_a_court_come_by_command(cast: Cast) -> None:
    """Until two can decide about others."""
    named = {"court": cast.other_court.code, "name": "首某", "staff_no": "9001"}
    for number in (1, 2):
        told = StringIO()
        call_command("first_staff", username=f"first-{number}", **named, stdout=told)
        address = told.getvalue().strip()
        assert Client().get("/staff/welcome/" + address.split("/")[-2] + "/").status_code == 200
        assert roles(User.objects.get(username=f"first-{number}")) == ["admin"]
    for wrong in (named, named | {"court": "无此院"}, named | {"court": cast.court.code}):
        with pytest.raises(CommandError):
            call_command("first_staff", username="first-3", **wrong)
    assert not User.objects.filter(username="first-3").exists()


@pytest.mark.req("SEC-01")
def test_staff_passwords_need_three_kinds_where_the_policy_says_so(cast: Cast, settings: Any) -> None:
    _user, address = invited(cast)
    settings.STAFF_PASSWORD_COMPLEX = True
    plain = Client().post(address, {"password": "correcthorsebattery", "again": "correcthorsebattery"})
    assert plain.status_code == 422 and "三种" in text_of(plain)
    assert (
        Client().post(address, {"password": "Correct horse 7", "again": "Correct horse 7"}).status_code == 302
    )
