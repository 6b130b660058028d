"""Sign-in of the public by phone code and of staff by password, over the real pages and the real provider."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.http import HttpResponse
from django.test import Client

from accounts.models import CodePurpose, IdempotencyKey, OneTimeCode, User
from accounts.services import check_code, sign_in_by_phone, start_code
from common import clock
from portal.demo import cast as people
from standins.models import SentText
from tests.concurrency.together import at_once
from tests.filing.pages import refused, text_of
from tests.support.court import Cast
from tests.support.servers import Live
from tests.support.sign_in import sign_in_staff

KNOWN, UNKNOWN = "13800000001", "13900000001"


def code_of(phone: str) -> str:
    """The code in the newest text to this phone."""
    newest = SentText.objects.filter(to=phone).order_by("-id").first()
    assert newest is not None
    found = re.search(r"验证码 (\d{6})", newest.text)
    assert found is not None
    return found.group(1)


def other(code: str, by: int = 1) -> str:
    """Six digits that are not this code."""
    return f"{(int(code) + by) % 10**6:06d}"


def ask(client: Client, phone: str, **values: str) -> HttpResponse:
    """Send the first form."""
    return client.post("/login/", {"phone": phone} | values)


def without_secrets(response: HttpResponse) -> str:
    """The page without what differs on every page anyway."""
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", text_of(response))


@pytest.fixture
def person(cast: Cast, live: Live) -> Client:
    """A visitor of a portal that can send texts."""
    return Client()


# --- the way that works --------------------------------------------------------------------------------------------
def test_phone_then_code_then_the_page_that_was_wanted(person: Client) -> None:
    answer = ask(person, " +86 138-0000 0001 ", next="/my/notices/")
    assert answer["Location"] == "/login/code/"
    page = text_of(person.get("/login/code/"))
    assert "138****0001" in page and "第 2 步，共 2 步" in page
    before = person.session.session_key
    answer = person.post("/login/code/", {"code": "".join(chr(ord(d) + 0xFEE0) for d in code_of(KNOWN))})
    assert answer["Location"] == "/my/notices/"
    assert person.session.session_key != before, "a new session id at sign-in (SEC-07)"
    assert person.get("/my/").status_code == 200
    assert person.get("/login/")["Location"] == "/my/"


def test_text_names_purpose_and_host_and_carries_no_name_or_link(person: Client) -> None:
    ask(person, KNOWN)
    text = SentText.objects.get(to=KNOWN).text
    assert "登录" in text and "5分钟" in text and "http" not in text and "张" not in text
    assert code_of(KNOWN) not in str(list(OneTimeCode.objects.values()))


def test_session_id_of_a_visitor_does_not_survive_sign_in(person: Client) -> None:
    """Session fixation: an id that was planted before sign-in opens nothing afterwards."""
    ask(person, KNOWN)
    planted = person.cookies["session"].value
    person.post("/login/code/", {"code": code_of(KNOWN)})
    thief = Client()
    thief.cookies["session"] = planted
    assert thief.get("/my/").status_code == 302


def test_sign_out_ends_the_session(person: Client) -> None:
    person.force_login(User.objects.get(username__startswith="p-", name="张某"))
    assert person.get("/logout/").status_code == 405
    assert person.post("/logout/")["Location"] == "/"
    assert person.get("/my/").status_code == 302


# --- nobody learns whether a phone is known -------------------------------------------------------------------------
def test_known_and_unknown_phones_get_the_same_answers(cast: Cast, live: Live) -> None:
    pages = []
    for phone in (KNOWN, UNKNOWN):
        client = Client()
        sent = ask(client, phone)
        shown = client.get("/login/code/")
        typed = other(code_of(phone))
        wrong = client.post("/login/code/", {"code": typed})
        same = [
            without_secrets(page)
            .replace(phone, "PHONE")
            .replace(typed, "CODE")
            .replace(f"{phone[:3]}****0001", "MASKED")
            for page in (shown, wrong)
        ]
        pages.append((sent.status_code, sent["Location"], shown.status_code, wrong.status_code, same))
    assert pages[0] == pages[1]
    assert not User.objects.by_phone(UNKNOWN).exists(), "no account before the code was right"


def test_staff_names_that_exist_and_that_do_not_get_the_same_answer(cast: Cast) -> None:
    answers = [
        Client().post("/staff/login/", {"username": name, "password": "wrong-password"})
        for name in ("clerk", "nobody")
    ]
    assert [answer.status_code for answer in answers] == [422, 422]
    first, second = (
        without_secrets(answer).replace("clerk", "X").replace("nobody", "X") for answer in answers
    )
    assert first == second and "用户名或密码不对" in first


@pytest.mark.req("B-68")
# --- wrong codes ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "请填写短信里的6位数字"),
        ("1234567", "验证码是6位数字"),
        ("12345", "验证码是6位数字"),
        ("12345a", "验证码是6位数字"),
        ("١٢٣٤٥٦", "验证码是6位数字"),
        ("1\x0023456", "验证码是6位数字"),
        ("1" * 10_000, "验证码是6位数字"),
        ("<svg>", "验证码是6位数字"),
    ],
)
def test_what_is_no_code_is_said_and_costs_no_try(person: Client, typed: str, sentence: str) -> None:
    ask(person, KNOWN)
    refused(person.post("/login/code/", {"code": typed}), sentence)
    assert OneTimeCode.objects.get().tries == 0


def test_right_on_the_sixth_try_is_too_late(person: Client) -> None:
    ask(person, KNOWN)
    code = code_of(KNOWN)
    for by in range(1, 6):
        refused(person.post("/login/code/", {"code": other(code, by)}), "验证码不对或已过期")
    refused(person.post("/login/code/", {"code": code}), "验证码不对或已过期")
    assert person.get("/my/").status_code == 302


def test_right_on_the_fifth_try_is_in_time(person: Client) -> None:
    ask(person, KNOWN)
    code = code_of(KNOWN)
    for by in range(1, 5):
        person.post("/login/code/", {"code": other(code, by)})
    assert person.post("/login/code/", {"code": code}).status_code == 302


def test_a_code_works_once(person: Client) -> None:
    ask(person, KNOWN)
    code, pending = code_of(KNOWN), person.session["sign_in"]
    browser = person.session["browser"]
    assert person.post("/login/code/", {"code": code}).status_code == 302
    used = check_code(challenge=pending["challenge"], code=code, browser=browser, purpose=CodePurpose.SIGN_IN)
    assert used is None


def test_an_older_code_is_closed_by_a_newer_one(person: Client) -> None:
    ask(person, KNOWN)
    older = code_of(KNOWN)
    with clock.at(clock.now() + timedelta(seconds=61)):
        start_code(purpose=CodePurpose.SIGN_IN, phone=KNOWN, browser="another browser")
    refused(person.post("/login/code/", {"code": older}), "验证码不对或已过期")


def test_a_code_ends_after_five_minutes(person: Client) -> None:
    ask(person, KNOWN)
    browser, pending = person.session["browser"], person.session["sign_in"]
    values = {"challenge": pending["challenge"], "browser": browser, "purpose": CodePurpose.SIGN_IN}
    with clock.at(clock.now() + timedelta(minutes=5)):
        assert check_code(code=code_of(KNOWN), **values) is None
    assert check_code(code=code_of(KNOWN), **values) is not None


def test_a_code_is_bound_to_purpose_browser_and_phone(person: Client) -> None:
    ask(person, KNOWN)
    code, pending, browser = code_of(KNOWN), person.session["sign_in"], person.session["browser"]
    challenge = pending["challenge"]
    assert check_code(challenge=challenge, code=code, browser=browser, purpose=CodePurpose.SCAN) is None
    assert (
        check_code(challenge=challenge, code=code, browser="elsewhere", purpose=CodePurpose.SIGN_IN) is None
    )
    with clock.at(clock.now() + timedelta(seconds=61)):
        ask(person, UNKNOWN)
    mixed = person.post("/login/code/", {"code": code})
    assert mixed.status_code == (302 if code == code_of(UNKNOWN) else 422), "the code went to the other phone"


def test_a_code_without_a_phone_step_goes_back_to_it(person: Client) -> None:
    assert person.get("/login/code/")["Location"] == "/login/"
    assert person.post("/login/code/", {"code": "123456"})["Location"] == "/login/"


def test_two_phones_at_once_sign_in_each_its_own_person(cast: Cast, live: Live) -> None:
    def sign_in(phone: str) -> str:
        client = Client()
        ask(client, phone)
        client.post("/login/code/", {"code": code_of(phone)})
        return text_of(client.get("/my/"))

    zhang, li = at_once(lambda: sign_in(KNOWN), lambda: sign_in("13800000002"))
    assert "张**" in zhang and "李**" not in zhang
    assert "李**" in li and "张**" not in li


def test_a_first_sign_in_at_the_same_moment_makes_one_account(cast: Cast) -> None:
    users = at_once(*[lambda: sign_in_by_phone(phone=UNKNOWN)] * 5)
    assert len({user.pk for user in users}) == 1
    assert User.objects.by_phone(UNKNOWN).count() == 1


# --- limits ---------------------------------------------------------------------------------------------------------
def test_one_code_a_minute_for_a_phone_with_the_page_kept(person: Client) -> None:
    ask(person, KNOWN)
    again = ask(person, KNOWN)
    assert again.status_code == 429 and 0 < int(again["Retry-After"]) <= 60
    page = text_of(again)
    assert "1分钟后再试" in page and f'value="{KNOWN}"' in page and "已经收到验证码，去填写" in page
    assert person.post("/login/code/", {"code": code_of(KNOWN)}).status_code == 302


def test_five_codes_an_hour_for_a_phone_also_from_other_browsers(cast: Cast, live: Live) -> None:
    start = clock.now().replace(minute=1, second=0)
    statuses = []
    for minute in range(6):
        with clock.at(start + timedelta(minutes=minute * 2)):
            statuses.append(ask(Client(), UNKNOWN).status_code)
    assert statuses == [302] * 5 + [429]


def test_twenty_codes_an_hour_for_a_network(cast: Cast, live: Live) -> None:
    with clock.at(clock.now().replace(minute=30)):
        statuses = [ask(Client(), f"139000010{number:02d}").status_code for number in range(21)]
        assert statuses == [302] * 20 + [429]
        forged = Client(headers={"X-Forwarded-For": "203.0.113.7"})
        assert ask(forged, "13900002000").status_code == 429, "a forged header is not believed"


def test_ten_wrong_passwords_lock_the_door_for_this_name_here(cast: Cast) -> None:
    client = Client()
    with clock.at(clock.now().replace(minute=5)):
        for _number in range(10):
            client.post("/staff/login/", {"username": "clerk", "password": "wrong-password"})
        right = client.post("/staff/login/", {"username": "clerk", "password": people.PASSWORD})
        assert right.status_code == 429 and "15分钟后再试" in text_of(right)
        assert (
            client.post("/staff/login/", {"username": "judge", "password": people.PASSWORD}).status_code
            == 302
        )


def test_a_provider_that_does_not_answer_is_said_and_another_try_is_possible(
    cast: Cast, settings: object
) -> None:
    settings.SMS_URL = "http://127.0.0.1:9/sms"  # type: ignore[attr-defined]
    answer = ask(Client(), KNOWN)
    assert (
        answer.status_code == 503
        and "短信现在发不出去" in text_of(answer)
        and f'value="{KNOWN}"' in text_of(answer)
    )


# --- where to go on -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "https://evil.example/",
        "http:///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "https:evil.example",
        " //evil.example",
        "\t//evil.example",
        "//evil.example\x00",
    ],
)
def test_sign_in_never_leads_to_another_host(person: Client, target: str) -> None:
    person.get("/login/", {"next": target})
    ask(person, KNOWN, next=target)
    answer = person.post("/login/code/", {"code": code_of(KNOWN)})
    assert answer["Location"] == "/my/"
    assert not urlsplit(answer["Location"]).netloc
    staff = sign_in_staff(Client(), "clerk", next=target)
    assert staff["Location"] == "/desk/"


def test_closed_pages_ask_for_the_sign_in_that_fits(client: Client, cast: Cast) -> None:
    assert client.get("/my/")["Location"] == "/login/?next=/my/"
    assert client.get("/desk/filings/?view=due")["Location"].startswith("/staff/login/?next=/desk/filings/")
    page = text_of(client.get("/login/?next=/my/notices/"))
    assert '<input type="hidden" name="next" value="/my/notices/">' in page


# --- bad phones -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "请填写手机号"),
        ("\u3000\u200b", "请填写手机号"),
        ("1380000000", "手机号应为11位数字"),
        ("23800000001", "手机号应为11位数字"),
        ("0311-86011111", "座机收不到短信"),
        ("13800000001; DROP TABLE", "手机号应为11位数字"),
        ("<script>", "手机号应为11位数字"),
        ("1" * 100_000, "内容过长"),
    ],
)
def test_bad_phones_are_said_and_kept(client: Client, cast: Cast, typed: str, sentence: str) -> None:
    response = ask(client, typed)
    refused(response, sentence)
    assert not OneTimeCode.objects.exists()
    assert "<script>" not in text_of(response).replace('<script src="', "")


# --- real name ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("values", "sentences"),
    [
        ({"name": "", "id_number": "1"}, ("请填写姓名", "身份证号应为18位")),
        ({"id_number": "130102198503140011"}, ("最后一位与前面的数字对不上",)),
        ({"id_number": "130102850314001"}, ("15位身份证号已停用",)),
        ({"id_number": "13010221270101001X"}, ("晚于今天",)),
        ({"id_kind": "uscc", "id_number": "91130102MA0F0F0F0E"}, ("请从列表中选择证件类型",)),
        ({"id_kind": "taiwan_permit", "id_number": "12"}, ("台湾居民来往大陆通行证号码应为",)),
        ({"name": "张\x00", "id_number": "\x00"}, ("请填写证件号码",)),
        ({"name": "阿" * 101}, ("内容过长",)),
    ],
)
def test_real_name_says_everything_at_once_and_keeps_what_was_typed(
    cast: Cast, values: dict[str, str], sentences: tuple[str, ...]
) -> None:
    client, user = Client(), sign_in_by_phone(phone=UNKNOWN)
    client.force_login(user)
    typed = {"name": "买买提·某", "id_kind": "id_card", "id_number": "130102198503140018"} | values
    response = client.post("/my/real-name/", typed)
    refused(response, *sentences)
    if len(typed["name"]) > 1 and "\x00" not in typed["name"]:
        assert f'value="{typed["name"]}"' in text_of(response)
    user.refresh_from_db()
    assert (user.name, user.id_number) == ("", "")


def test_real_name_is_given_once_and_shown_masked(cast: Cast) -> None:
    client = cast.client("zhang")
    page = text_of(client.get("/my/real-name/"))
    assert "张**" in page and "0018" in page and cast.users["zhang"].id_number not in page
    again = {"name": "李某", "id_kind": "id_card", "id_number": people.LI.id_number}
    assert client.post("/my/real-name/", again).status_code == 422
    cast.users["zhang"].refresh_from_db()
    assert cast.users["zhang"].name == "张某"


def test_staff_have_no_real_name_page_and_extra_fields_change_nothing(cast: Cast, live: Live) -> None:
    client = cast.client("clerk")
    assert client.get("/my/real-name/").status_code == 403
    user = sign_in_by_phone(phone=UNKNOWN)
    client = Client()
    client.force_login(user)
    values = {"name": "陈某", "id_kind": "id_card", "id_number": "130102198503140050"}
    extra = {"is_lawyer": "1", "kind": "staff", "is_active": "0", "real_name_level": "x", "role": "judge"}
    assert client.post("/my/real-name/", values | extra)["Location"] == "/my/"
    user.refresh_from_db()
    assert (user.is_lawyer, user.kind, user.is_active, user.name) == (False, "public", True, "陈某")


# --- role -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("post", ["", "abc", "-1", "9" * 30, "１", "\x00"])
def test_a_post_that_is_none_changes_nothing(cast: Cast, post: str) -> None:
    client = cast.client("clerk")
    before = client.session.session_key
    assert client.post("/role/", {"post": post})["Location"] == "/desk/"
    assert client.session.session_key != before
    assert client.get("/desk/filings/").status_code == 200


def test_litigant_cannot_become_a_lawyer_or_staff_by_asking(cast: Cast) -> None:
    client = cast.client("zhang")
    assert client.post("/role/", {"role": "lawyer"}).status_code == 422
    client.post("/role/", {"role": "judge", "post": str(cast.posts["judge"].pk)})
    assert client.get("/bench/").status_code in (302, 403, 404)
    assert not IdempotencyKey.objects.exists()
