"""Role × action × object × state over every door, each expected answer from the access matrix and the table of ``states`` (SEC-12).

A cell is one person, one object in one state and one door. Their number follows from the table and is asserted, so that no cell is lost.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from accounts.access import MATRIX, SCAN_ACTIONS
from assistance.policies import visible_help
from casefiles.policies import visible_entries
from cases.policies import visible_cases, visible_drafts, visible_parties
from common.actor import Role
from documents.policies import visible_deliveries
from eventlog.relay import run_due
from feedback.models import Thread
from feedback.policies import visible_threads
from feedback.services import answer
from filing.models import Filing
from filing.policies import visible_filings
from notifications.models import Message
from payments.policies import visible_bills
from tests.consistency.states import PERSONS, STATES, Person, States, Thing, build
from tests.support.database import Kept

pytestmark = [pytest.mark.django_db, pytest.mark.req("SEC-12")]
SELECTORS: dict[str, Callable[..., Any]] = {
    "case": visible_cases,
    "party": visible_parties,
    "filing": visible_filings,
    "thread": visible_threads,
    "entry": visible_entries,
    "bill": visible_bills,
    "draft": visible_drafts,
    "help": visible_help,
    "delivery": visible_deliveries,
}
ACTIONS = {
    "case": "case.read",
    "party": "case.read",
    "filing": "filing.review",
    "thread": "message.read",
    "entry": "file.read",
    "bill": "payment.read",
    "draft": "paper.draft",
    "help": "help.ask",
    "delivery": "service.send",
    "paper": "service.read",
}
"""The row of the matrix that says who reads such a thing at all; ``STAFF_ACTIONS`` where the court's is another."""
STAFF_ACTIONS = {"help": "help.keep"}
PUBLIC_ACTIONS = {"filing": "filing.edit"}
PUBLIC = (Role.LITIGANT, Role.LAWYER)
TEAM = (Role.JUDGE, Role.CASE_CLERK)


@pytest.fixture(scope="module")
def states(made_once: Kept, django_db_blocker: Any) -> Iterator[States]:
    """Committed before the module's first test, deleted after its last."""
    with django_db_blocker.unblock():
        made_once.cleaner.clean()
        try:
            yield made_once("states", build)
        finally:
            made_once.cleaner.clean()


def in_principle(person: Person, kind: str) -> bool:
    """The matrix: whether this role reads such a thing at all."""
    if person.role is None or person.gone:
        return False
    action = (PUBLIC_ACTIONS if person.role in PUBLIC else STAFF_ACTIONS).get(kind, ACTIONS[kind])
    if person.code == "QS":
        return action in SCAN_ACTIONS
    return person.role in MATRIX[action]


def expected(person: Person, thing: Thing) -> bool:
    """Whether he sees this one: the matrix, and what he is to it."""
    if not in_principle(person, thing.kind):
        return False
    if person.role in PUBLIC:
        return _of_public(person, thing)
    if thing.kind == "filing":
        return person.court == thing.court and thing.state != "draft"
    if person.role in TEAM:
        return thing.case in person.team
    if person.role in (Role.INTAKE_CLERK, Role.FINANCE):
        hidden = thing.kind == "draft" or thing.state == "sealed"  # papers of the judge; closed by an order
        return person.court == thing.court and not hidden
    return False  # heads and supervisors: what was brought before them, or with a reason; nothing here was


def _of_public(person: Person, thing: Thing) -> bool:
    if thing.kind == "filing":
        return person.code == "PA"
    if thing.kind == "draft":
        return False
    if person.code == "QS":  # one case, one party, and of its file what is addressed to it
        return thing.case == "open" and thing.kind != "entry" and thing.owner in ("", "D")
    return person.side != "" and thing.owner in ("", person.side)


Cell = tuple[str, str, str]
"""Person, thing, door."""


def held_against(told: dict[Cell, bool], states: States, *kinds: str) -> list[str]:
    """What is not as the matrix has it."""
    by_key = {thing.key: thing for thing in states.things if not kinds or thing.kind in kinds}
    by_code = {person.code: person for person in PERSONS}
    return [
        f"{code} {key} by {door}: {'seen' if seen else 'not seen'}"
        for (code, key, door), seen in told.items()
        if seen is not expected(by_code[code], by_key[key])
    ]


def test_the_table_has_every_state_and_role(states: States) -> None:
    assert set(states.cases) == set(STATES)
    assert {person.role for person in PERSONS} >= set(Role) - {Role.NONE, Role.SYSTEM}
    assert {thing.kind for thing in states.things} == set(ACTIONS)
    assert len({thing.key for thing in states.things}) == len(states.things)
    assert {"draft", "sealed", "closed", "moved", "foreign", "sent elsewhere"} <= {
        thing.state for thing in states.things
    }
    seen = Counter(expected(person, thing) for person in PERSONS for thing in states.things)
    assert min(seen.values()) > 100, "both answers are asked for often"


def test_selectors_say_what_the_matrix_says(states: States) -> None:
    """Every list, count, search and filter begins at one of these."""
    told: dict[Cell, bool] = {}
    askers = [person for person in PERSONS if not person.gone]
    for person in askers:
        for kind, visible in SELECTORS.items():
            things = [thing for thing in states.things if thing.kind == kind]
            rows = visible(states.actors[person.code])
            found = set(rows.filter(pk__in=[thing.pk for thing in things]).values_list("pk", flat=True))
            told |= {(person.code, thing.key, "selector"): thing.pk in found for thing in things}
    behind = [thing for thing in states.things if thing.kind in SELECTORS]
    assert len(told) == len(askers) * len(behind)
    assert held_against(told, states) == []


def sees(answered: Any) -> bool:
    """Anything but a refusal or a way to the sign-in."""
    if answered.status_code in (301, 302):
        return "/files/links/" in answered["Location"]
    return answered.status_code in (200, 206)


def address(person: Person, thing: Thing) -> str:
    return thing.paths[0 if person.role in (None, *PUBLIC) else 1]


def opened(client: Client, method: str, path: str, **headers: Any) -> Any:
    """One request, whatever it writes undone."""
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined]
    with block:
        answered = getattr(client, method)(path, **headers)
        answered.body = answered.getvalue() if answered.streaming else answered.content
        transaction.set_rollback(True)
    return answered


PAGES = ("case", "filing", "thread", "entry", "bill", "draft", "help", "delivery", "paper")


def test_pages_and_heads_say_what_the_matrix_says(states: States) -> None:
    told: dict[Cell, bool] = {}
    things = [thing for thing in states.things if thing.kind in PAGES]
    asked = 0
    for person in PERSONS:
        client = states.browser(person)
        for thing in things:
            path = address(person, thing)
            if not path:
                continue
            asked += 2
            got, head = opened(client, "get", path), opened(client, "head", path)
            told[person.code, thing.key, "detail"] = sees(got)
            assert head.body == b"" and head.status_code in (got.status_code, 405), (person.code, path)
            told[person.code, thing.key, "head"] = sees(got if head.status_code == 405 else head)
    assert len(told) == asked > 1000
    assert held_against(told, states, *PAGES) == []


def test_a_thing_is_not_found_below_another_case(states: States) -> None:
    """Nested addresses: whoever may see both still does not find one below the other."""
    threads = [thing for thing in states.things if thing.kind in ("thread", "entry")]
    asked = 0
    for person in (one for one in PERSONS if one.side or one.team or one.code == "CK"):
        client = states.browser(person)
        for thing in threads:
            mine, other = states.cases[thing.case].public_id, states.cases[_after(thing.case)].public_id
            path = address(person, thing).replace(str(mine), str(other))
            if path == address(person, thing):  # the bench's threads stand alone
                continue
            asked += 1
            assert not sees(opened(client, "get", path)), (person.code, path)
    assert asked > 80


def _after(state: str) -> str:
    return STATES[(STATES.index(state) + 1) % len(STATES)]


def test_lists_counts_and_searches_say_what_the_matrix_says(states: States) -> None:
    told: dict[Cell, bool] = {}
    things = {thing.case: thing for thing in states.things if thing.kind == "case"}
    asked = 0
    for person in (one for one in PERSONS if one.code != "QS"):  # one case, no list
        client, home = states.browser(person), "/my/" if person.role in (None, *PUBLIC) else "/desk/cases/"
        listed = opened(client, "get", home)
        page = listed.body.decode() if listed.status_code == 200 else ""
        for state, thing in things.items():
            told[person.code, thing.key, "list"] = str(states.cases[state].public_id) in page
            asked += 1
        if home == "/my/":
            continue
        count = listed.context["page"].paginator.count if listed.status_code == 200 else 0
        assert count == sum(expected(person, thing) for thing in things.values()), f"{person.code}: count"
        for state, thing in things.items():
            case = states.cases[state]
            found = opened(client, "get", f"/desk/cases/?q={case.number}")
            page = found.body.decode() if found.status_code == 200 else ""
            told[person.code, thing.key, "search"] = str(case.public_id) in page
            asked += 1
    assert len(told) == asked
    assert held_against(told, states, "case") == []


@pytest.mark.parametrize(
    "query", ["", "view=open&sort=-due", "view=all&sort=amount", "view=open&q=某", "size=100&sort=-sent"]
)
def test_the_queue_says_what_the_matrix_says(states: States, query: str) -> None:
    """Whatever view, order and filter are asked for: nothing of another court, no draft, nothing for other roles."""
    sent = {thing.pk: thing for thing in states.things if thing.kind == "filing"}
    ids = dict(Filing.objects.filter(pk__in=sent).values_list("pk", "public_id"))
    for person in (one for one in PERSONS if one.role not in PUBLIC):
        page = opened(states.browser(person), "get", f"/desk/filings/?{query}")
        text = page.body.decode() if page.status_code == 200 else ""
        shown = {sent[pk].key for pk, public_id in ids.items() if str(public_id) in text}
        allowed = {thing.key for thing in sent.values() if expected(person, thing)}
        assert shown <= allowed, (person.code, query)
        assert shown == allowed or query not in ("", "view=open&sort=-due"), person.code


def test_files_ranges_and_exports_say_what_the_matrix_says(states: States) -> None:
    """The bytes: the file of each entry, a range of it and its HEAD by the link, and the whole file of a case taken home."""
    told: dict[Cell, bool] = {}
    entries = [thing for thing in states.things if thing.kind == "entry"]
    cases = {thing.case: thing for thing in states.things if thing.kind == "case"}
    asked = 0
    for person in PERSONS:
        client = states.browser(person)
        for thing in entries:
            first = opened(client, "get", f"/files/{thing.file}/")
            if not sees(first):
                told[person.code, thing.key, "file"] = False
            else:
                link = first["Location"]
                part = opened(client, "get", link, HTTP_RANGE="bytes=0-9")
                whole = opened(client, "head", link)
                assert (part.status_code, len(part.body)) == (206, 10), person.code
                assert (whole.status_code, whole.body) == (200, b""), person.code
                told[person.code, thing.key, "file"] = True
                for stranger in ("OT", "CB"):
                    other = next(one for one in PERSONS if one.code == stranger)
                    if other.code != person.code:
                        assert not sees(opened(states.browser(other), "get", link, HTTP_RANGE="bytes=0-9"))
            asked += 1
    # an original is opened by who sent it and by the court; his lawyer and the other side have its cleaned pages only (SEC-52)
    pages_only = [("LA", thing.key) for thing in entries]
    pages_only += [("PD", thing.key) for thing in entries if thing.owner == ""]
    assert sorted(held_against(told, states, "entry")) == sorted(
        f"{code} {key} by file: not seen" for code, key in pages_only
    )
    assert asked == len(PERSONS) * len(entries)
    taken = {}
    for person in PERSONS:
        client = states.browser(person)
        for state, thing in cases.items():
            answered = opened(client, "post", f"/my/cases/{states.cases[state].public_id}/file/download/")
            taken[person.code, thing.key, "export"] = answered.status_code == 200
    may = {(one.code, thing.key, "export"): one.side != "" and not one.gone and one.code != "QS" for one in PERSONS for thing in cases.values()}  # fmt: skip
    assert taken == may


def test_notices_reach_nobody_else(states: States) -> None:
    """The court answers every thread: who hears of it may read it, and the parties it belongs to do hear."""
    threads = {thing.pk: thing for thing in states.things if thing.kind == "thread"}
    before = set(Message.objects.values_list("pk", flat=True))
    for row in Thread.objects.filter(pk__in=threads).order_by("pk"):
        judge = next(one for one in PERSONS if one.role == Role.JUDGE and threads[row.pk].case in one.team)
        answer(thread_id=row.pk, text="已经排期。", actor=states.actors[judge.code])
    while run_due():
        pass
    notices = Message.objects.exclude(pk__in=before).exclude(user=None)
    heard = {(notice.user_id, notice.link) for notice in notices}
    people = {states.actors[one.code].user_id: one for one in PERSONS if states.actors[one.code].user_id}
    reached = set()
    for user_id, link in heard:
        person = people[user_id]
        here = [thing for thing in threads.values() if any(path and path in link for path in thing.paths)]
        assert not person.gone and all(expected(person, thing) for thing in here), (person.code, link)
        reached |= {(person.code, thing.key) for thing in here}
    assert reached >= {("PA", "thread open P"), ("PD", "thread open D")}
