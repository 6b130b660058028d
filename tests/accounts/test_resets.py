"""A lost second step is reset by two administrators of the court; the owner hears of it (SEC-04)."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.models import FactorReset, RecoveryCode, User
from accounts.services.factors import live_factors, make_recovery_codes
from accounts.services.people import staff_themselves
from eventlog.models import Event
from eventlog.relay import run_due
from notifications.models import Message
from portal.demo import cast as people
from tests.filing.pages import text_of
from tests.support.court import Cast
from tests.support.sign_in import new_app, sign_in_staff

pytestmark = pytest.mark.req("SEC-04")
PAGE = "/manage/resets/"
ASKED = {"username": "clerk", "reason": "手机丢了，当面核对了工作证"}


@pytest.fixture
def second(cast: Cast) -> Client:
    """Another administrator of the court."""
    return cast.client("admin2")


def proposed(cast: Cast) -> FactorReset:
    assert cast.client("admin").post(PAGE, ASKED)["Location"] == PAGE
    return FactorReset.objects.get(state="proposed")


def told(user: User) -> list[str]:
    run_due()
    return list(Message.objects.filter(user_id=user.pk).order_by("id").values_list("kind", flat=True))


def test_two_administrators_reset_and_the_owner_is_told_and_out(cast: Cast, second: Client) -> None:
    clerk = cast.posts["clerk"].user
    client = Client()
    sign_in_staff(client, "clerk")
    make_recovery_codes(user_id=clerk.pk, actor=staff_themselves(clerk))
    row = proposed(cast)
    assert told(clerk) == ["factor_reset_proposed"]
    assert live_factors(clerk.pk).exists() and client.get("/desk/filings/").status_code == 200
    assert "手机丢了" in text_of(second.get(PAGE))
    assert second.post(PAGE, {"do": "agree", "proposal": str(row.public_id)})["Location"] == PAGE
    assert not live_factors(clerk.pk).exists()
    assert not RecoveryCode.objects.filter(user=clerk, ended_at=None).exists()
    assert client.get("/desk/filings/").status_code == 302, "every sign-in of the owner has ended"
    assert told(clerk) == ["factor_reset_proposed", "factors_reset"]
    client.post("/staff/login/", {"username": "clerk", "password": people.PASSWORD})
    assert client.get("/staff/login/second/")["Location"] == "/staff/factors/app/"
    names = Event.objects.filter(name__contains="factor").order_by("id").values_list("name", flat=True)
    assert list(names)[-2:] == ["accounts.factor_reset_proposed", "accounts.factors_reset"]


def test_nobody_decides_what_he_proposed_or_what_is_his_own(cast: Cast, second: Client) -> None:
    row = proposed(cast)
    sent = {"proposal": str(row.public_id)}
    admin = cast.client("admin")
    assert [admin.post(PAGE, sent | {"do": do}).status_code for do in ("agree", "refuse")] == [403, 403]
    assert second.post(PAGE, sent | {"do": "withdraw"}).status_code == 403
    for rule in ({"decided_by": row.proposed_by}, {"decided_by": row.user}, {"proposed_by": row.user}):
        with pytest.raises(IntegrityError), transaction.atomic():
            FactorReset.objects.filter(pk=row.pk).update(
                **{"state": "agreed", "decided_at": row.proposed_at, "decided_by": cast.posts["head"].user}
                | rule
            )
    own = admin.post(PAGE, ASKED | {"username": "admin"})
    assert own.status_code == 422 and "没有用这个用户名的其他人" in text_of(own)


@pytest.mark.parametrize("do", ["refuse", "withdraw"])
def test_refused_or_withdrawn_changes_nothing(cast: Cast, second: Client, do: str) -> None:
    factor, row = new_app(cast.posts["clerk"].user), proposed(cast)
    by = second if do == "refuse" else cast.client("admin")
    assert by.post(PAGE, {"do": do, "proposal": str(row.public_id)})["Location"] == PAGE
    assert list(live_factors(factor.user_id)) == [factor]
    assert second.post(PAGE, {"do": "agree", "proposal": str(row.public_id)}).status_code == 409


@pytest.mark.parametrize(
    ("values", "status", "words"),
    [
        ({"reason": "丢"}, 422, "写清楚为什么"),
        ({"username": "nobody"}, 422, "没有用这个用户名"),
        ({"username": "clerk-b"}, 422, "没有用这个用户名"),
        ({"do": "agree", "proposal": "x"}, 404, ""),
        ({"do": "agree", "proposal": "7b0f8a0e-0000-4000-8000-000000000000"}, 404, ""),
    ],
)
def test_wrong_names_and_reasons(cast: Cast, values: dict[str, str], status: int, words: str) -> None:
    """Somebody of another court is as unknown as nobody."""
    answer = cast.client("admin").post(PAGE, ASKED | values)
    assert answer.status_code == status and words in text_of(answer)
    assert not FactorReset.objects.exists()


def test_one_waits_at_a_time(cast: Cast) -> None:
    proposed(cast)
    again = cast.client("admin").post(PAGE, ASKED)
    assert again.status_code == 422 and "在等另一位管理员" in text_of(again)
