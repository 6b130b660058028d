"""The fixed cast and the steps of the story, made through the services.

张某 plaintiff, 李某 defendant, 王律师 lawyer, 赵 judge, 郑 case clerk, 孙 division head, 钱 and 冯 intake clerks of the
court, 韩 clerk of another court, 陈某 somebody unrelated. Every access test asks them all.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import pytest
from django.test import Client

from accounts.models import User
from cases.models import Case
from common import clock
from common.actor import Actor
from courts.models import Court, StaffPost
from filing import services
from filing.models import Filing
from portal.demo import cast as people
from portal.demo.loan import draft_loan
from tests.support.database import Kept, Made


@dataclass
class Cast:
    """Everybody, with their actors by short name."""

    court: Court
    other_court: Court
    posts: dict[str, StaffPost]
    users: dict[str, User]
    actors: dict[str, Actor] = field(default_factory=dict)
    kept: Kept | None = None

    def client(self, name: str) -> Client:
        """A browser in which this litigant or member of staff is signed in."""
        client = Client()
        client.force_login(self.users[name] if name in self.users else self.posts[name].user)
        return client

    def __getattr__(self, name: str) -> Actor:
        try:
            return vars(self)["actors"][name.replace("_", "-")]
        except KeyError:
            raise AttributeError(name) from None


LITIGANTS = {"zhang": people.ZHANG, "li": people.LI, "wang": people.WANG, "chen": people.OTHERS[0]}


def everybody() -> Cast:
    """Two courts with their staff and four litigants, written to the database."""
    court, other = Court.objects.get(code="某1234"), Court.objects.get(code="某1235")
    Court.objects.filter(pk__in=[court.pk, other.pk]).update(is_open=True)
    posts = people.hire(court, people.STAFF) | people.hire(other, people.NEIGHBOUR_STAFF)
    users = {name: people.enrol(person, lawyer=name == "wang") for name, person in LITIGANTS.items()}
    actors = {name: people.as_staff(post) for name, post in posts.items()}
    actors |= {name: people.as_litigant(user) for name, user in users.items()}
    return Cast(court, other, posts, users, actors)


@pytest.fixture
def cast(transactional_db: None, made_once: Kept) -> Cast:
    """Everybody, for one test."""
    return replace(made_once("cast", everybody), kept=made_once)


def draft(cast: Cast, *, principal: int = 60000, without: tuple[str, ...] = (), **options: object) -> Filing:
    """张某's draft against 李某."""
    lent_on: date = clock.today() - timedelta(days=500)
    values = {"court": cast.court, "interest": 3600, "lent_on": lent_on, "other": people.LI} | options
    values |= {"principal": principal, "without": without}
    return _kept(
        cast,
        f"draft {sorted(values.items())}",
        lambda: draft_loan(user=cast.users["zhang"], me=people.ZHANG, **values),  # type: ignore[arg-type]
    )


def _kept(cast: Cast, name: str, make: Callable[[], Made]) -> Made:
    """The state of this name, of this moment where the clock stands still."""
    if cast.kept is None:
        return make()
    now = clock.now()
    moment = "" if abs(clock.process_now() - now) < timedelta(minutes=1) else f" at {now}"
    return cast.kept(f"{name}{moment}", make)


def submitted(cast: Cast, **options: object) -> Filing:
    """The same, sent."""
    filing = draft(cast, **options)  # type: ignore[arg-type]
    return services.submit_filing(filing_id=filing.pk, actor=cast.zhang)


def claimed(cast: Cast, filing: Filing, by: str = "clerk") -> Filing:
    """Taken by a clerk."""
    return services.claim_filing(filing_id=filing.pk, actor=cast.actors[by])


def accepted(cast: Cast, **options: object) -> Case:
    """The same, accepted by 钱."""

    def make() -> Case:
        filing = claimed(cast, submitted(cast, **options))
        return services.accept_filing(filing_id=filing.pk, fence=filing.fence, actor=cast.clerk)

    return _kept(cast, f"accepted {sorted(options.items())} {clock.today()}", make)


@pytest.fixture
def case(cast: Cast) -> Case:
    """张某 against 李某, accepted, nothing of it handled yet."""
    return accepted(cast)


def twins(filing: Filing, count: int) -> list[Filing]:
    """Copies of a sent application with the same people, as if ``count`` persons had filed the same thing."""
    parties = list(filing.parties.all())
    made = []
    for number in range(count):
        twin = Filing.objects.get(pk=filing.pk)
        twin.pk, twin.public_id, twin.number = None, uuid.uuid4(), f"{filing.number}-{number}"
        twin._state.adding = True
        twin.save()
        for party in parties:
            party.pk, party.public_id, party.filing = None, uuid.uuid4(), twin
            party._state.adding = True
            party.save()
        made.append(twin)
    return made
