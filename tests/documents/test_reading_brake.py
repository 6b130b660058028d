"""Who reads unusually much: slowed, told of once an hour, and every document on a list (SEC-18, F-35)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from accounts.models import User
from common import clock
from common.actor import Actor
from courts.models import Court
from documents.models import StoredFile
from documents.services.made import made_file
from eventlog.models import Event
from tests.documents import craft
from tests.support.length import FULL_LENGTH

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 1_000 if FULL_LENGTH else 30
FREE = 200 if FULL_LENGTH else 20


@pytest.fixture
def files(court: Court, owners: dict[str, Any]) -> list[StoredFile]:
    """So many files of one case that everybody here may open."""
    owners["filing.filing"] = lambda actor, owner: True
    made = [
        made_file(
            pdf=craft.pdf(),
            name=f"{n}.pdf",
            court_id=court.pk,
            owner_kind="filing.filing",
            owner_public_id=uuid.UUID(int=5),
        )
        for n in range(MANY)
    ]
    for file in made:
        file.save()
    return made


def statuses(client: Client, files: list[StoredFile]) -> list[int]:
    return [client.get(f"/files/{file.public_id}/").status_code for file in files]


@pytest.mark.req("SEC-18", "F-35")
def test_who_pulls_everything_is_slowed_told_of_and_listed(
    files: list[StoredFile], clerk: tuple[User, Actor], signed_in: Callable[..., Client], settings: Any
) -> None:
    settings.READS_AN_HOUR = FREE
    client = signed_in(clerk)
    with clock.at(clock.now()):
        told = statuses(client, files)
        assert set(told[:FREE]) == {302}
        assert statuses(client, files[:2]) == [302, 302], "what he had open already is not another document"
        assert told[FREE] == 302 and set(told[FREE + 1 :]) == {429}, "one more, then a pause"
        refused = client.get(f"/files/{files[-1].public_id}/")
        assert refused["Retry-After"] == "20" and "下载案卷" in refused.content.decode()
    assert Event.objects.filter(name="documents.read_much", actor_id=clerk[0].pk).count() == 1
    opened = [str(file.public_id) for file, status in zip(files, told, strict=True) if status == 302]
    opened += [str(file.public_id) for file in files[:2]]
    out = StringIO()
    call_command("list_reads", clerk[0].username, stdout=out)
    assert [line.split("  ")[3] for line in out.getvalue().splitlines()[:-1]] == opened
    assert out.getvalue().splitlines()[-1] == f"{len(opened)} documents"


@pytest.mark.req("SEC-18")
def test_after_the_pause_one_more(
    files: list[StoredFile], clerk: tuple[User, Actor], signed_in: Callable[..., Client], settings: Any
) -> None:
    """Slow, not locked out: every pause lets one document through, and after the hour it is over."""
    settings.READS_AN_HOUR = FREE
    client, now = signed_in(clerk), clock.now()
    with clock.at(now):
        statuses(client, files[: FREE + 2])
    with clock.at(now + timedelta(seconds=21)):
        assert statuses(client, files[-2:]) == [302, 429]
    with clock.at(now + timedelta(seconds=3700)):
        assert set(statuses(client, files[:5])) == {302}


@pytest.mark.req("SEC-18")
@pytest.mark.parametrize(("usual", "slowed"), [(1, True), (20, False)])
def test_five_times_the_usual_day(
    files: list[StoredFile],
    clerk: tuple[User, Actor],
    signed_in: Callable[..., Client],
    monkeypatch: pytest.MonkeyPatch,
    usual: int,
    slowed: bool,
) -> None:
    """Who reads one document a day is unusual at fifty; who reads twenty is not."""
    monkeypatch.setattr("documents.services.reading_brake.FEWEST_A_DAY", 10)
    monkeypatch.setattr("documents.services.reading_brake.LOOK_EVERY", 5)
    client, today = signed_in(clerk), clock.now()
    with clock.at(today - timedelta(days=2)):
        statuses(signed_in(clerk), files[:usual])
    with clock.at(today):
        told = statuses(client, files[:20])
    assert (429 in told) is slowed


def test_others_are_not_slowed(
    files: list[StoredFile],
    clerk: tuple[User, Actor],
    litigant: tuple[User, Actor],
    signed_in: Callable[..., Client],
    settings: Any,
) -> None:
    settings.READS_AN_HOUR = FREE
    with clock.at(clock.now()):
        statuses(signed_in(clerk), files[: FREE + 3])
        assert set(statuses(signed_in(litigant), files[:3])) == {302}
