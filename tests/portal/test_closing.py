"""Closing an account: asked for by its owner, checked by one, decided by another; what may go is gone, what stays says why, and the
trail still verifies (SEC-68)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from accounts.models import ApiToken, User
from accounts.services import sign_in_by_phone
from accounts.services.tokens import issue_token
from cases.models import Case
from common import clock
from common.errors import Conflict, InvalidInput, NotAllowed, NotVisible
from eventlog.models import Event
from eventlog.offline import Verdict
from eventlog.relay import run_due
from eventlog.verify import verify
from filing.models import Filing
from notifications.models import Message, NoticeWishes
from portal import closing_services as closings
from portal.demo.cast import ZHANG, as_litigant
from portal.models import AccountClosing, HeldKind, LegalHold
from portal.retention.holds import place_hold
from tests.filing.pages import text_of
from tests.support.court import Cast, draft, submitted

pytestmark = [pytest.mark.req("SEC-68"), pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def place(tmp_path: Path, settings: Any) -> Path:
    """Where closings are told outside: this test's own."""
    settings.ANCHORS_DIR = str(tmp_path / "outside")
    return tmp_path / "outside"


OWN, DESK = "/my/data/", "/manage/closings/"


def asked(cast: Cast) -> AccountClosing:
    return closings.ask_closing(actor=cast.zhang)


def press(cast: Cast, who: str, row: AccountClosing, do: str, **more: str) -> Any:
    return cast.client(who).post(DESK, {"closing": str(row.public_id), "do": do} | more)


def everything(word: str) -> list[str]:
    """Tables of the running portal in which this word stands."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        names = [name for (name,) in cursor.fetchall() if not name.startswith("django_session")]
        found = []
        for name in names:
            cursor.execute(f"SELECT 1 FROM {name} t WHERE t::text LIKE %s LIMIT 1", [f"%{word}%"])
            found += [name] if cursor.fetchone() else []
    return found


def test_from_the_owners_page_to_the_end(cast: Cast) -> None:
    user, owner = cast.users["zhang"], cast.client("zhang")
    name = "欧阳测某"  # found nowhere else in the tables
    User.objects.filter(pk=user.pk).update(name=name)
    filing = draft(cast)
    issue_token(user_id=user.pk, name="办案软件", scopes=["cases"], days=30, actor=cast.zhang)
    NoticeWishes.objects.create(user=user, muted=[], quiet="none", changed_at=clock.now())
    while run_due():
        pass
    page = text_of(owner.get(OWN))
    assert "注销账号" in page and "没有提交过的草稿：1项" in page
    assert owner.post(OWN, {"do": "close"})["Location"] == OWN
    assert "等法院核对" in text_of(owner.get(OWN))
    row = AccountClosing.objects.get()
    shown = text_of(cast.client("admin").get(DESK))
    assert ZHANG.phone not in shown and name not in shown and "没有提交过的草稿：1项" in shown
    assert press(cast, "admin", row, "propose").status_code == 302
    with pytest.raises(NotAllowed):  # not by the one who checked it
        closings.decide(public_id=row.public_id, move="agree", actor=cast.admin)
    assert Filing.objects.filter(pk=filing.pk).exists()
    assert press(cast, "supervisor", row, "agree").status_code == 302
    user.refresh_from_db()
    assert (user.name, user.phone, user.id_number, user.id_number_index) == ("", "", "", "")
    assert not user.is_active and not user.has_usable_password()
    assert not ApiToken.objects.exists() and not NoticeWishes.objects.exists()
    assert not Filing.objects.filter(pk=filing.pk).exists()
    assert everything(name) == []
    assert owner.get("/my/").status_code == 302, "signed out everywhere"
    assert sign_in_by_phone(phone=ZHANG.phone).pk != user.pk, "the number begins anew"
    event = Event.objects.get(name="portal.account_closed")
    assert event.payload["gone"]["drafts"] == 1 and event.payload["user"] == user.pk
    assert [one for one in verify() if one.verdict == Verdict.BROKEN] == []


@pytest.mark.parametrize("why", ["case", "filing", "hold", "hold of the draft"])
def test_what_comes_first(cast: Cast, why: str) -> None:
    """Asked, checked and decided: each time it is looked at anew."""
    user = cast.users["zhang"]
    row = asked(cast)
    closings.propose(public_id=row.public_id, actor=cast.admin)
    if why == "case":
        words = "没有结束的案件"
        from tests.support.court import accepted

        accepted(cast)
    elif why == "filing":
        words = "法院在办的立案申请"
        submitted(cast)
    else:
        words = "依法保全"
        kind, thing = (HeldKind.PERSON, user) if why == "hold" else (HeldKind.FILING, draft(cast))
        place_hold(kind=kind, thing=thing.public_id, reason="法院要求保全", actor=cast.supervisor)
    refused = press(cast, "supervisor", row, "agree")
    assert refused.status_code == 422 and words in text_of(refused)
    user.refresh_from_db()
    assert user.phone == ZHANG.phone and user.is_active
    closings.take_back(actor=cast.zhang)
    page = text_of(cast.client("zhang").get(OWN))
    assert words in page, "the owner reads it before he asks"
    with pytest.raises(Conflict):
        asked(cast)
    assert LegalHold.objects.count() == (1 if "hold" in why else 0)


def test_a_refusal_says_why_and_may_be_followed_by_another_try(cast: Cast) -> None:
    row = asked(cast)
    with pytest.raises(Conflict):
        asked(cast)
    assert press(cast, "supervisor", row, "propose").status_code == 302
    assert press(cast, "admin", row, "refuse").status_code == 422
    assert press(cast, "admin", row, "refuse", reason="还有一笔退款在查").status_code == 302
    while run_due():
        pass
    assert "还有一笔退款在查" in text_of(cast.client("zhang").get(OWN))
    assert Message.objects.filter(user=cast.users["zhang"], kind="closing_refused").exists()
    assert asked(cast).pk != row.pk


def test_many_wait_and_one_is_looked_at(cast: Cast, django_assert_max_num_queries: Any) -> None:
    rows = [closings.ask_closing(actor=as_litigant(cast.users[name])) for name in ("zhang", "chen", "li")]
    page = cast.client("admin")
    for row in rows:
        with django_assert_max_num_queries(45):  # of them a dry run and the step-up
            shown = page.get(DESK, {"closing": str(row.public_id)}).content.decode()
        assert shown.count('name="closing"') == 1 and f'value="{row.public_id}"' in shown
        assert shown.count("看删什么、留什么") == 2


def test_nobody_closes_for_another(cast: Cast, case: Case) -> None:
    with pytest.raises(NotVisible):
        closings.take_back(actor=cast.zhang)
    row = closings.ask_closing(actor=as_litigant(cast.users["chen"]))
    for actor in (cast.zhang, cast.judge, cast.clerk, cast.head):
        with pytest.raises(NotVisible):
            closings.propose(public_id=row.public_id, actor=actor)
        with pytest.raises(NotVisible):
            closings.decide(public_id=row.public_id, move="agree", actor=actor)
    with pytest.raises(InvalidInput):
        closings.decide(public_id=row.public_id, move="withdraw", actor=cast.admin)
    with pytest.raises(NotAllowed):
        closings.ask_closing(actor=cast.clerk)
