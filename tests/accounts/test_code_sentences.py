"""One-time codes, sentence by sentence, for every purpose there is (SEC-02)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from accounts.models import CodePurpose, OneTimeCode, RateCounter
from accounts.services import check_code, start_code
from common import clock
from portal.demo.cast import LI, ZHANG
from standins.models import SentText
from tests.notifications.test_mail import server  # noqa: F401
from tests.support.court import Cast
from tests.support.servers import Live

pytestmark = [pytest.mark.req("SEC-02"), pytest.mark.usefixtures("server")]
SAYS = {
    CodePurpose.SIGN_IN: "登录",
    CodePurpose.SCAN: "核对身份",
    CodePurpose.STEP_UP: "确认办理重要事项",
    CodePurpose.NEW_PHONE: "换登录手机号",
    CodePurpose.MAIL: "确认邮箱",
    CodePurpose.ACTING: "同意手机尾号0011的人在2小时内代您办理：立案",
}
A_CASE_NUMBER = re.compile(r"[（(]\d{4}[）)]")


def address_of(purpose: CodePurpose, phone: str = ZHANG.phone) -> str:
    return f"a{phone}@mail.example" if purpose == CodePurpose.MAIL else phone


def sent(purpose: CodePurpose, browser: str = "b") -> tuple[OneTimeCode, str, str]:
    """A code that went out: its row, itself, the text."""
    RateCounter.objects.all().delete()  # how often is SEC-03
    about = SAYS[CodePurpose.ACTING] if purpose == CodePurpose.ACTING else ""
    row = start_code(purpose=purpose, phone=address_of(purpose), browser=browser, about=about)
    text = SentText.objects.latest("id").text
    found = re.search(r"验证码 (\d+)", text)
    assert found is not None
    return row, found[1], text


def test_the_text_names_purpose_and_host_and_nobody(cast: Cast, live: Live) -> None:
    assert set(SAYS) == set(CodePurpose)
    for number, purpose in enumerate(CodePurpose):
        with clock.at(clock.now() + timedelta(minutes=2 * number)):
            _row, code, text = sent(purpose)
        assert SAYS[purpose] in text and settings.SITE_HOST in text and "5分钟" in text
        assert re.fullmatch(r"\d{6}", code)
        assert not any(word in text for word in ("http", "://", ZHANG.name, LI.name, ZHANG.phone))
        assert not A_CASE_NUMBER.search(text)
    rows = list(OneTimeCode.objects.order_by("id"))
    assert all(row.expires_at - row.created_at == timedelta(minutes=5) for row in rows)


def test_it_opens_with_all_four_that_it_is_bound_to_once_and_not_after_five_tries(
    cast: Cast, live: Live
) -> None:
    for number, purpose in enumerate(CodePurpose):
        with clock.at(clock.now() + timedelta(minutes=10 * number)):
            row, code, _text = sent(purpose)
            right: dict[str, Any] = {
                "challenge": row.challenge, "code": code, "browser": "b", "purpose": purpose,
                "phone": address_of(purpose),
            }  # fmt: skip
            wrong_purpose = next(one for one in CodePurpose if one != purpose)
            other_row = OneTimeCode.objects.create(
                browser=row.browser, created_at=row.created_at, expires_at=row.expires_at, purpose=purpose
            )
            for wrong in (
                {"purpose": wrong_purpose},
                {"browser": "another"},
                {"phone": address_of(purpose, LI.phone)},
                {"challenge": other_row.challenge},
            ):
                assert check_code(**right | wrong) is None, (purpose, wrong)
            assert check_code(**right) is not None, purpose
            assert check_code(**right) is None, "once"
        with clock.at(clock.now() + timedelta(minutes=10 * number + 2)):
            row, code, _text = sent(purpose)
            guess = right | {"challenge": row.challenge}
            for _try in range(5):
                assert check_code(**guess | {"code": f"{(int(code) + 1) % 10**6:06d}"}) is None
            assert check_code(**guess | {"code": code}) is None, "five tries are over"


def test_a_new_one_ends_the_old_and_neither_lies_in_the_database(cast: Cast, live: Live) -> None:
    row, old, _text = sent(CodePurpose.SIGN_IN)
    with clock.at(clock.now() + timedelta(minutes=1, seconds=1)):
        newer, new, _text = sent(CodePurpose.SIGN_IN, browser="another")
        asked: dict[str, Any] = {"purpose": CodePurpose.SIGN_IN, "phone": ZHANG.phone}
        assert check_code(challenge=str(row.challenge), code=old, browser="b", **asked) is None
        with connection.cursor() as cursor:
            cursor.execute("SELECT string_agg(t::text, ' ') FROM accounts_onetimecode t")
            kept = cursor.fetchone()[0]
        assert len(newer.code_hash) >= 64
        assert not any(f"({one}" in kept or f",{one}," in kept for one in (old, new, ZHANG.phone))
        assert check_code(challenge=str(newer.challenge), code=new, browser="another", **asked) is not None
