"""The people of the demo court. All invented; identity numbers are computed, court codes begin with 某."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from accounts.models import IdKind, User
from accounts.services import register_staff, sign_in_by_phone, verify_real_name
from accounts.services.people import person_actor
from common.actor import Actor, Kind, Role, system
from common.identity import id_card_check_digit
from courts.models import Court, Division, StaffPost
from courts.services import start_post

SETUP = system("演示数据")


@dataclass(frozen=True)
class Person:
    """A litigant; ``seventeen`` are the first digits of an invented identity number."""

    phone: str
    name: str
    seventeen: str
    gender: str
    address: str

    @property
    def id_number(self) -> str:
        return self.seventeen + id_card_check_digit(self.seventeen)


_PEOPLE = json.loads((Path(__file__).resolve().parent / "people.json").read_text("utf-8"))
"""Everybody one can sign in as; the launcher prints the same file."""
PASSWORD: str = _PEOPLE["password"]

ZHANG, LI = (Person(**row) for row in _PEOPLE["litigants"])
(WANG,) = (Person(**row) for row in _PEOPLE["lawyers"])
OTHERS = [Person(**row) for row in _PEOPLE["others"]]


StaffRow = tuple[str, str, str, Role, str]
"""User name, name, staff number, role, division."""


def _staff(key: str) -> list[StaffRow]:
    return [(login, name, number, Role(role), place) for login, name, number, role, place in _PEOPLE[key]]


STAFF, ABOVE_STAFF, NEIGHBOUR_STAFF = _staff("staff"), _staff("above"), _staff("neighbour")


def hire(court: Court, rows: list[StaffRow]) -> dict[str, StaffPost]:
    """Staff accounts with their posts; divisions are made as needed. Returns posts by user name."""
    posts = {}
    for username, name, number, role, division_name in rows:
        division, _created = Division.objects.get_or_create(
            court=court,
            name=division_name,
            defaults={"kind": "filing" if division_name == "立案庭" else "other"},
        )
        user = register_staff(username=username, password=PASSWORD, name=name, staff_no=number, actor=SETUP)
        posts[username] = start_post(
            user_id=user.pk, court_id=court.pk, role=role, division=division, actor=SETUP
        )
    return posts


def enrol(person: Person, *, lawyer: bool = False) -> User:
    """A member of the public with a checked identity."""
    user = sign_in_by_phone(phone=person.phone)
    user = verify_real_name(
        user_id=user.pk,
        name=person.name,
        id_kind=IdKind.ID_CARD,
        id_number=person.id_number,
        actor=person_actor(user, Role.LITIGANT),
    )
    if lawyer:
        User.objects.filter(pk=user.pk).update(is_lawyer=True)
        user.is_lawyer = True
    return user


def as_litigant(user: User) -> Actor:
    """The actor of a litigant."""
    return person_actor(user, Role.LITIGANT)


def as_staff(post: StaffPost) -> Actor:
    """The actor of a member of staff in a post."""
    return Actor(
        kind=Kind.STAFF,
        role=Role(post.role),
        user_id=post.user_id,
        post_id=post.pk,
        court_id=post.court_id,
        division_id=post.division_id,
        name=post.user.name,
        staff_no=post.user.staff_no,
    )
