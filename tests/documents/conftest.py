"""A court with its people, papers for one case, and everything kept in a folder of the test."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.core.files.storage import default_storage
from django.test import Client

from accounts.models import User, UserKind
from common import clock
from common.actor import Actor, Kind, Role, system
from courts.models import Court, CourtLevel
from courts.services import start_post
from documents import access
from documents.models import Paper
from documents.rendering.templates import TEMPLATES
from documents.services import Addressee, issue
from eventlog.models import Outbox
from eventlog.relay import run_due

CASE = {
    "case_number": "（2026）某1234民初56号",
    "cause": "民间借贷纠纷",
    "plaintiffs": ["张某"],
    "defendants": ["李某"],
    "accepted_on": "2026-11-20",
    "judge": "赵某",
    "clerk": "周某",
    "division": "民事审判第一庭",
}
FEE = {
    "amount": "1300.00",
    "amount_capitals": "人民币壹仟叁佰元整",
    "steps": [
        {"text": "不超过1万元的部分，每件交纳50元", "amount": "50.00"},
        {"text": "超过1万元至6万元的部分，50000元×2.5%", "amount": "1250.00"},
        {"text": "按起诉时的请求金额计算", "article": "13", "amount": None},
    ],
}
DATA: dict[str, dict[str, Any]] = {
    "acceptance_notice": CASE | {"received_on": "2026-11-18"},
    "fee_notice": CASE | FEE,
    "payment_receipt": CASE
    | FEE
    | {
        "payer": "张某",
        "item": "案件受理费",
        "paid_at": "2026年11月22日 10:31",
        "way": "微信支付",
        "transaction_no": "4200001234202611220000000001",
        "bill_number": "JF1234-2026-000001",
    },
    "response_notice": CASE,
    "application_notice": CASE | {"matter": "申请支付令"},
    "appeal_notice": CASE,
    "admin_response_notice": CASE,
}
TITLES = {name: TEMPLATES[name].title for name in DATA}


@pytest.fixture(autouse=True)
def files_root(tmp_path: Path, settings: Any) -> Iterator[Path]:
    """Stored files of this test only."""
    root = tmp_path / "files"
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "documents.storage.LocalFiles",
            "OPTIONS": {"location": root},
        }
    }
    yield root


@pytest.fixture
def stored(files_root: Path) -> Callable[[str], list[str]]:
    """Names of the stored files in a folder."""

    def names(folder: str) -> list[str]:
        return sorted(default_storage.listdir(folder)[1]) if default_storage.exists(folder) else []

    return names


def make_court(code: str, name: str) -> Court:
    return Court.objects.create(
        code=code,
        name=name,
        level=CourtLevel.BASIC,
        address="某市某区某路1号",
        phone="0000-1234567",
        is_open=True,
    )


@pytest.fixture
def court(db: None) -> Court:
    return make_court("某9234", "某市某区人民法院")


@pytest.fixture
def other_court(db: None) -> Court:
    return make_court("某9235", "某市某县人民法院")


def make_staff(court: Court, role: Role, name: str) -> tuple[User, Actor]:
    user = User.objects.create(
        kind=UserKind.STAFF,
        username=f"{role}-{uuid.uuid4().hex[:8]}",
        name=name,
        password=make_password(None),
        created_at=clock.now(),
    )
    post = start_post(user_id=user.pk, court_id=court.pk, role=role, division=None, actor=system("tests"))
    actor = Actor(kind=Kind.STAFF, role=role, user_id=user.pk, post_id=post.pk, court_id=court.pk, name=name)
    return user, actor


@pytest.fixture
def clerk(court: Court) -> tuple[User, Actor]:
    """钱, intake clerk of the court."""
    return make_staff(court, Role.INTAKE_CLERK, "钱某")


@pytest.fixture
def foreign_clerk(other_court: Court) -> tuple[User, Actor]:
    """孙, clerk of another court."""
    return make_staff(other_court, Role.INTAKE_CLERK, "孙某")


@pytest.fixture
def litigant(db: None) -> tuple[User, Actor]:
    user = User.objects.create(
        kind=UserKind.PUBLIC,
        username=f"p-{uuid.uuid4().hex[:8]}",
        phone_index=uuid.uuid4().hex,
        password=make_password(None),
        created_at=clock.now(),
    )
    return user, Actor(kind=Kind.PUBLIC, role=Role.LITIGANT, user_id=user.pk)


@pytest.fixture
def signed_in() -> Callable[[tuple[User, Actor]], Client]:
    """A browser in which somebody is signed in."""

    def browser(person: tuple[User, Actor]) -> Client:
        client = Client()
        client.force_login(person[0])
        return client

    return browser


@pytest.fixture
def owners(monkeypatch: pytest.MonkeyPatch) -> dict[str, access.MayOpen]:
    """The access registry of this test: kinds of owner of other apps do not count here."""
    registry: dict[str, access.MayOpen] = {}
    monkeypatch.setattr(access, "_registry", registry)
    return registry


@pytest.fixture
def run_outbox(run_outbox: Callable[..., int]) -> Callable[..., int]:
    """Works off the effects of this app; the cases that others would look for do not exist here."""

    def run() -> int:
        done = 0
        others = Outbox.objects.exclude(handler__startswith="documents.")
        while others.delete()[0] or run_due(limit=1):
            done += 1
        failed = list(Outbox.objects.exclude(last_error="").values_list("handler", "last_error"))
        assert not failed, f"outbox handlers failed: {failed}"
        return done

    return run


ZHANG, LI = (
    Addressee(uuid.UUID(int=1), "张某", "某市某区某小区1号", by_inbox=True, due_on=date(2026, 11, 25)),
    Addressee(uuid.UUID(int=2), "李某", "某市某区某村2号", by_inbox=False, due_on=date(2026, 11, 25)),
)


@pytest.fixture
def issue_paper(court: Court) -> Callable[..., Paper]:
    """Ask for a paper of one case; the pages come with ``run_outbox()``."""
    case_id = uuid.uuid4()

    def ask(
        template: str = "response_notice", *addressees: Addressee, key: str = "", **changes: Any
    ) -> Paper:
        return issue(
            template=template,
            subject_kind="cases.case",
            subject_public_id=case_id,
            court_id=court.pk,
            title=TITLES[template],
            data=DATA[template] | changes,
            addressees=list(addressees or (LI,)),
            stream=f"case:{case_id}",
            actor=system("tests"),
            dedupe_key=key or uuid.uuid4().hex,
        )

    return ask


def later(addressee: Addressee, **changes: Any) -> Addressee:
    return replace(addressee, **changes)
