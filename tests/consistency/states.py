"""Objects in every state that matters for who may see them, and everybody who might ask: the table of ``test_matrix`` (SEC-12).

Made once through the services. What somebody is to a case stands here in plain words and is not asked of the code under test.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.test import Client

from accounts.middleware import FACTOR, PROVED
from accounts.models import User, UserKind
from assistance.models import HelpKind
from assistance.services import Wish, ask_help
from casefiles.models import Entry, Ground, Section
from casefiles.services import Order, seal
from cases.assignment import reassign_judge
from cases.models import AccessBasis, Case, JudgeDraw, Outcome, PartyAccess, Side
from cases.services import close_case, grant_access
from common import clock
from common.actor import Actor, Kind, Role, ScanPass
from courts.services import end_post
from documents.models import Copy, Delivery
from eventlog.relay import run_due
from feedback.models import Topic
from feedback.services import ask
from filing import services as filing
from filing.models import Filing
from payments.models import Bill
from portal.demo import cast as people
from tests.cases import test_drafting as drafts
from tests.support.court import Cast, accepted, claimed, draft, everybody, submitted

STATES = ("open", "closed", "moved", "foreign")
"""Of a case: running, ended, given to another judge, of another court."""


@dataclass(frozen=True)
class Person:
    """``side``: P plaintiff, D defendant, for whom he stands now in every case. ``team``: cases he holds. ``court``: where his post is.
    ``gone``: account or post ended, so that no request of his is anybody's."""

    code: str
    name: str
    role: Role | None
    side: str = ""
    team: tuple[str, ...] = ()
    court: str = ""
    gone: bool = False


PERSONS = (
    Person("AN", "", None),
    Person("QS", "scan", Role.LITIGANT, "D"),  # of the open case alone
    Person("OT", "chen", Role.LITIGANT),
    Person("PA", "zhang", Role.LITIGANT, "P"),
    Person("PD", "li", Role.LITIGANT, "D"),
    Person("LA", "wang", Role.LAWYER, "P"),
    Person("LX", "expired", Role.LAWYER),
    Person("LW", "withdrawn", Role.LAWYER),
    Person("LF", "not yet", Role.LAWYER),
    Person("LD", "disabled", Role.LAWYER, "P", gone=True),
    Person("CK", "clerk", Role.INTAKE_CLERK, court="A"),
    Person("CX", "clerk2", Role.INTAKE_CLERK, court="A", gone=True),
    Person("CB", "clerk-b", Role.INTAKE_CLERK, court="B"),
    Person("JU", "judge", Role.JUDGE, team=("open", "closed"), court="A"),
    Person("J2", "judge2", Role.JUDGE, team=("moved",), court="A"),
    Person("FJ", "filing-judge", Role.JUDGE, court="A"),
    Person("JB", "judge-b", Role.JUDGE, team=("foreign",), court="B"),
    Person("CC", "caseclerk", Role.CASE_CLERK, team=("open", "closed", "moved"), court="A"),
    Person("HE", "head", Role.HEAD, court="A"),
    Person("FI", "finance1", Role.FINANCE, court="A"),
    Person("SU", "supervisor", Role.SUPERVISOR, court="A"),
    Person("DI", "discipline", Role.DISCIPLINE, court="A"),
    Person("AD", "admin", Role.ADMIN, court="A"),
    Person("AU", "auditor", Role.AUDITOR, court="A"),
)


@dataclass(frozen=True)
class Thing:
    """``case``: the state of its case, or "" for an application. ``owner``: the side it belongs to, "" for both. ``paths``: where the
    public and where the court reads it."""

    kind: str
    state: str
    pk: int
    court: str
    case: str = ""
    owner: str = ""
    paths: tuple[str, str] = ("", "")
    file: str = ""

    @property
    def key(self) -> str:
        return f"{self.kind} {self.state}"


@dataclass
class States:
    """The table, made."""

    cast: Cast
    cases: dict[str, Case]
    things: list[Thing]
    actors: dict[str, Actor]
    sessions: dict[str, str] = field(default_factory=dict)

    def browser(self, person: Person) -> Client:
        """A browser with this person's session."""
        client = Client(raise_request_exception=False)
        if person.code in self.sessions:
            client.cookies[settings.SESSION_COOKIE_NAME] = self.sessions[person.code]
        return client


def build() -> States:
    """The objects, in the order in which their states come about."""
    cast = everybody()
    cases = {name: accepted(cast) for name in STATES[:3]}
    cases["foreign"] = _foreign(cast)
    while run_due():
        pass
    cast.posts |= people.hire(cast.court, [("judge2", "周衡", "2103", Role.JUDGE, "民事审判第一庭")])
    users = cast.users | {
        name: people.enrol(person, lawyer=True)
        for name, person in zip(
            ("expired", "withdrawn", "not yet", "disabled"), people.OTHERS[1:5], strict=True
        )
    }
    for case in cases.values():
        _bind(case, users, cast)
    table = States(cast, cases, [], _actors(cast, users, cases["open"]))
    for name, case in cases.items():
        table.things += _things_of(table, name, case)
    table.things += _applications(cast)
    _change(cast, cases)
    while run_due():
        pass
    table.sessions = _sessions(users, cast, table.actors["QS"])
    User.objects.filter(pk=users["disabled"].pk).update(is_active=False)
    end_post(post_id=cast.posts["clerk2"].pk, actor=cast.admin)
    return table


def _foreign(cast: Cast) -> Case:
    sent = claimed(cast, submitted(cast, court=cast.other_court), by="clerk-b")
    return filing.accept_filing(filing_id=sent.pk, fence=sent.fence, actor=cast.actors["clerk-b"])


def _bind(case: Case, users: dict[str, User], cast: Cast) -> None:
    """李 to his side; five agents to 张's, of whom one acts."""
    zhang, li = (case.parties.get(side=side) for side in (Side.PLAINTIFF, Side.DEFENDANT))
    grant_access(party=li, user=users["li"], basis=AccessBasis.REAL_NAME, actor=cast.judge)
    now, day = clock.now(), timedelta(days=1)
    for name, starts, ends in (
        ("wang", now, None),
        ("disabled", now, None),
        ("expired", now - 30 * day, now - day),
        ("withdrawn", now - 2 * day, now - day / 2),
        ("not yet", now + 30 * day, None),
    ):
        PartyAccess.objects.create(
            party=zhang, user=users[name], basis=AccessBasis.REPRESENTATION, starts_at=starts, ends_at=ends
        )


def _actors(cast: Cast, users: dict[str, User], scanned: Case) -> dict[str, Actor]:
    li = scanned.parties.get(side=Side.DEFENDANT)
    copy = Copy.objects.filter(addressee_public_id=li.public_id).latest("id")
    scan = ScanPass(scanned.pk, li.pk, copy.pk, clock.process_now() + timedelta(hours=6))
    found = {}
    for person in PERSONS:
        if person.name in cast.posts:
            found[person.code] = people.as_staff(cast.posts[person.name])
        elif person.name in users:
            found[person.code] = people.person_actor(users[person.name], person.role or Role.NONE)
        elif person.code == "QS":
            found["QS"] = Actor(kind=Kind.SCAN, role=Role.LITIGANT, scan=scan, channel="scan")
        else:
            found[person.code] = Actor(kind=Kind.ANONYMOUS)
    return found


def _things_of(table: States, name: str, case: Case) -> list[Thing]:
    """One of each kind in a case; in the open one also what is sealed, what belongs to one side, what is being written."""
    cast, court = table.cast, "B" if name == "foreign" else "A"
    my, desk = f"/my/cases/{case.public_id}/", f"/desk/cases/{case.public_id}/"
    zhang, li = (case.parties.get(side=side) for side in (Side.PLAINTIFF, Side.DEFENDANT))

    def thing(kind: str, row: Any, owner: str = "", paths: tuple[str, str] = ("", ""), state: str = "", file: str = "") -> Thing:  # fmt: skip
        return Thing(kind, state or name, row.pk, court, name, owner, paths, file)

    made = [thing("case", case, paths=(my, desk))]
    made += [thing("party", row, owner, state=f"{name} {owner}") for row, owner in ((zhang, "P"), (li, "D"))]
    for party, owner, actor in ((zhang, "P", cast.zhang), (li, "D", cast.li)):
        asked = ask(
            case_id=case.pk, party_id=party.pk, topic=Topic.OTHER, text="请问什么时候开庭？", actor=actor
        )
        paths = (f"{my}messages/{asked.public_id}/", f"/bench/messages/{asked.public_id}/")
        made.append(thing("thread", asked, owner, paths, f"{name} {owner}"))
    bill = Bill.objects.get(case=case)
    made.append(thing("bill", bill, "P", (f"/my/bills/{bill.public_id}/", f"/my/bills/{bill.public_id}/")))
    copy = Copy.objects.filter(addressee_public_id=li.public_id).earliest("id")
    posted = Delivery.objects.get(copy=copy)
    paper_paths = (f"/papers/{copy.public_id}/", f"/papers/{copy.public_id}/")
    made.append(thing("paper", copy, "D", paper_paths))
    made.append(thing("delivery", posted, "D", ("", f"/desk/print/{posted.public_id}/")))
    wish = Wish(HelpKind.COMPANION, "13800000001", "上午", "看不懂")
    help_asked = ask_help(case_id=case.pk, party_id=zhang.pk, wish=wish, actor=cast.zhang)
    made.append(thing("help", help_asked, "P", ("", f"/desk/help/{help_asked.public_id}/")))
    evidence = list(Entry.objects.filter(case=case, section=Section.EVIDENCE).order_by("id"))
    proof = Entry.objects.filter(case=case, section=Section.IDENTITY).earliest("id")
    made.append(_entry(thing, evidence[0], my, desk))
    if name == "open":
        made.append(_entry(thing, proof, my, desk, owner="P", state="open, of one side"))
        order = Order(Ground.PRIVACY, "涉及隐私", open_to=[zhang.pk])
        seal(entry_public_id=evidence[-1].public_id, order=order, actor=cast.judge)
        made.append(_entry(thing, evidence[-1], my, desk, owner="P", state="sealed"))
        paper = drafts.written(case, "summons", cast.caseclerk, drafts.SUMMONS)
        made.append(thing("draft", paper, paths=("", f"/desk/drafts/{paper.public_id}/")))
    return made


def _entry(thing: Any, row: Entry, my: str, desk: str, *, owner: str = "", state: str = "") -> Thing:
    assert row.file is not None
    paths = tuple(f"{place}file/{row.public_id}/1/" for place in (my, desk))
    made: Thing = thing("entry", row, owner, paths, state, str(row.file.public_id))
    return made


def _applications(cast: Cast) -> list[Thing]:
    """张's, in each state that is no case yet, one of them at the other court."""
    rows: dict[str, tuple[Filing, str]] = {
        "draft": (draft(cast, principal=61000), "A"),
        "sent": (submitted(cast, principal=62000), "A"),
        "sent elsewhere": (submitted(cast, principal=63000, court=cast.other_court), "B"),
    }
    return [
        Thing(
            "filing",
            state,
            row.pk,
            court,
            owner="P",
            paths=(f"/my/filings/{row.public_id}/", f"/desk/filings/{row.public_id}/"),
        )
        for state, (row, court) in rows.items()
    ]


def _change(cast: Cast, cases: dict[str, Case]) -> None:
    """One case ends, one is given to the other judge."""
    close_case(
        case_id=cases["closed"].pk,
        outcome=Outcome.JUDGED,
        decided_on=clock.today(),
        fee_borne=Decimal(0),
        words="被告偿还借款",
        actor=cast.judge,
    )
    drawn = JudgeDraw.objects.filter(case=cases["moved"]).latest("id")
    taken = reassign_judge(
        case_id=cases["moved"].pk, seen_draw_id=drawn.pk, reason="原法官调离，由他人承办", actor=cast.head
    )
    assert taken.pk == cast.posts["judge2"].pk


def _sessions(users: dict[str, User], cast: Cast, scan: Actor) -> dict[str, str]:
    """As the sign-in writes them; those of accounts and posts that end later were good once."""
    made = {}
    for person in PERSONS[1:]:
        store = import_module(settings.SESSION_ENGINE).SessionStore()
        if scan.scan is not None and person.code == "QS":
            store["scan_pass"] = {
                "case_id": scan.scan.case_id,
                "party_id": scan.scan.party_id,
                "copy_id": scan.scan.copy_id,
                "expires_at": scan.scan.expires_at.isoformat(),
            }
        else:
            known = users[person.name] if person.name in users else cast.posts[person.name].user
            user, now = User.objects.get(pk=known.pk), clock.process_now()
            seen = (now + timedelta(hours=6)).isoformat()
            both = {FACTOR: "totp"} if user.kind == UserKind.STAFF else {}
            store.update(
                {
                    SESSION_KEY: str(user.pk),
                    BACKEND_SESSION_KEY: "django.contrib.auth.backends.ModelBackend",
                    HASH_SESSION_KEY: user.get_session_auth_hash(),
                    "started_at": now.isoformat(),
                    "seen_at": seen,
                    PROVED: seen,
                }
                | both
            )
        store.create()
        made[person.code] = str(store.session_key)
    return made
