"""How many queries a page costs: the same with one row of everything and with thirty, and never more than allowed."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, models
from django.test.utils import CaptureQueriesContext

from accounts.models import RateCounter
from cases.models import Case, CaseDeadline, CaseStaff, Party, PartyAccess, Side
from common import clock
from common.fields import PublicIdField
from documents.models import Copy, Delivery, DeliveryFact, Paper, StoredFile
from eventlog.models import Event, Outbox, OutboxState
from feedback.models import Message, ReadMark, ReplyTemplate, Thread
from filing.models import CorrectionItem, Filing, FilingMaterial, FilingParty
from notifications.models import Message as Notice
from payments.models import Bill, Order
from qrlinks.models import Visit
from tests.consistency.access_table import Row, rows
from tests.consistency.addresses import path_of
from tests.consistency.world import World, world_of
from tests.support.database import Cleaner, Kept, Rows

MANY = 30
MOST, MOST_OF_BUSY = 30, 20
BUSY = {"public:home", "qrlinks:landing", "pages:case", "filing:queue", "feedback:bench"}
"""The pages everybody comes by; the fifth of them, sending a message, has a test of its own."""
WHO = ("AN", "SC", "ZH", "CK", "JU", "CC", "HE", "FI", "SU", "AD")
FOR_EVERYBODY = ("AN", "ZH", "CK")
PAGES = [row for row in rows() if row.method == "GET" and not row.address.startswith(("/", "standins:"))]


def seen_by(role: str) -> list[Row]:
    """The pages of this one; those that answer everybody alike are asked by three."""
    return [
        row
        for row in PAGES
        if row.expected[role] == "200" and (role in FOR_EVERYBODY or len(set(row.expected.values())) > 1)
    ]


def asked(world: World, row: Row, role: str) -> list[str]:
    """The statements of one page, the second time this person opens it."""
    RateCounter.objects.all().delete()  # one address asks for everything here
    path = path_of(world, row)
    browser = world.browser(role)
    browser.get(path).close()
    with CaptureQueriesContext(connection) as queries:
        answer = browser.get(path)
        answer.close()
    assert answer.status_code == 200, path
    return statements(queries)


def statements(queries: CaptureQueriesContext) -> list[str]:
    """What was asked; the borders of transactions ask nothing."""
    return [query["sql"] for query in queries if query["sql"] not in ("BEGIN", "COMMIT")]


def more(row: models.Model, count: int = MANY - 1, /, **changes: Any) -> list[Any]:
    """Twins of a row, past the services. ``changes`` are values, or functions from a twin's number to one."""
    made = []
    for place in range(count):
        twin = type(row)()
        for column in row._meta.local_concrete_fields:
            if not column.primary_key:
                value = uuid.uuid4() if isinstance(column, PublicIdField) else getattr(row, column.attname)
                setattr(twin, column.attname, value)
        for name, change in changes.items():
            setattr(twin, name, change(place) if callable(change) else change)
        twin.save(force_insert=True)
        made.append(twin)
    return made


def unique(text: str, length: int = 40) -> Any:
    """A text for every twin."""
    return lambda place: f"{text[: length - 4]}-{place}"


def _more_cases(case: Case) -> None:
    """Cases of the same people, each with a bill and a question."""
    zhang, staff = case.parties.get(side=Side.PLAINTIFF), list(case.staff.all())
    li = case.parties.filter(side=Side.DEFENDANT)[0]
    access, bill = PartyAccess.objects.get(party=zhang), Bill.objects.get(case=case)
    order = Order.objects.filter(bill=bill).latest("id")
    waiting = Thread.objects.filter(case=case, state="open", level="judge").earliest("id")
    question = Message.objects.filter(thread=waiting)[0]
    cases = more(
        case,
        number=unique(case.number, 60),
        sequence=lambda place: 5000 + place,
        filing_public_id=lambda _place: uuid.uuid4(),
    )
    for twin in cases:
        [party] = more(zhang, 1, case=twin)
        more(li, 1, case=twin)
        more(access, 1, party=party)
        [owed] = more(bill, 1, case=twin, party=party, number=unique(f"F{twin.pk}"))
        more(order, 1, bill=owed, out_no=unique(f"O{twin.pk}"))
        [thread] = more(waiting, 1, case=twin, party=party)
        more(question, 1, thread=thread)
        for holder in staff:
            more(holder, 1, case=twin)


def _more_inside(case: Case) -> None:
    """More of everything in the one case: papers, questions, answers, periods, visits, entries, people."""
    zhang = case.parties.get(side=Side.PLAINTIFF)
    for copy in Copy.objects.filter(paper__subject_public_id=case.public_id).select_related(
        "paper", "delivery"
    ):
        fact = DeliveryFact.objects.filter(delivery=copy.delivery)[0]
        for place in range(MANY - 1):
            [paper] = more(copy.paper, 1, number=f"{copy.pk}-{place}", dedupe_key=f"{copy.pk}-{place}")
            codes = {"token_hash": f"t{copy.pk}-{place}", "service_code_hash": f"s{copy.pk}-{place}"}
            [twin] = more(copy, 1, paper=paper, serial=f"{copy.pk}-{place}", **codes)
            [delivery] = more(copy.delivery, 1, copy=twin)
            more(fact, 1, delivery=delivery)
    for thread in Thread.objects.filter(case=case):
        question = Message.objects.filter(thread=thread)[0]
        answered = Message.objects.filter(thread=thread, author_post__isnull=False).first()
        more(question)
        for answer in more(answered) if answered else []:
            ReadMark.objects.create(message=answer, read_at=clock.now())
        for twin in more(thread):
            more(question, 1, thread=twin)
    more(CaseDeadline.objects.filter(case=case)[0])
    more(case.parties.get(side=Side.DEFENDANT), order=lambda place: place + 2)
    event = Event.objects.filter(stream=f"case:{case.public_id}").latest("id")
    more(event, seq=lambda place: 1000 + place)
    Visit.objects.bulk_create(
        Visit(case=case, party=zhang, copy=None, happened_at=clock.now()) for _place in range(MANY)
    )
    ReplyTemplate.objects.bulk_create(
        ReplyTemplate(court_id=case.court_id, title=f"模板{place}", text="收到") for place in range(MANY)
    )


def _more_applications(world: World) -> None:
    """More applications in every state, and more people, files and notices in each of them."""
    for name in ("draft", "returned", "sent"):
        filing = Filing.objects.get(public_id=world.things[name]["public_id"])
        parties = list(filing.parties.all())
        for twin in more(filing, number=unique(filing.number, 20) if filing.number else None):
            for party in parties:
                more(party, 1, filing=twin)
            for notice in filing.notices.all():
                more(
                    CorrectionItem.objects.filter(notice=notice)[0], 1, notice=more(notice, 1, filing=twin)[0]
                )
        material = FilingMaterial.objects.filter(filing=filing).select_related("file")[0]
        with default_storage.open(material.file.storage_key) as kept:
            content = kept.read()
        for place in range(MANY - 1):
            key = default_storage.save(f"{material.file_id}-{place}", ContentFile(content))
            [file] = more(material.file, 1, storage_key=key)
            more(material, 1, file=file)
        for side in (Side.PLAINTIFF, Side.DEFENDANT):
            people = FilingParty.objects.filter(filing=filing, side=side)
            if people:
                more(people[0], order=lambda place: place + 10)
        for item in CorrectionItem.objects.filter(notice__filing=filing)[:1]:
            more(item)


def _more_of_everything(world: World) -> None:
    case = Case.objects.get(public_id=world.things["case"]["public_id"])
    _more_inside(case)
    _more_cases(case)
    _more_applications(world)
    for user in [*world.cast.users.values(), *(post.user for post in world.cast.posts.values())]:
        for notice in Notice.objects.filter(user=user)[:1]:
            more(notice, event_id=lambda place: 10**6 + place)
    _dead_effects(MANY)


def _dead_effects(count: int) -> None:
    for _place in range(count):
        Outbox.objects.create(
            event_id=10**6 + Outbox.objects.count(),
            handler="nobody",
            state=OutboxState.DEAD,
            next_at=clock.now(),
        )


@dataclass
class Sizes:
    """The world with few rows and with many."""

    world: World
    cleaner: Cleaner
    few: Rows
    many: Rows

    def counts(self, size: Rows, role: str) -> dict[str, list[str]]:
        """The statements of every page that this one sees."""
        self.cleaner.put(size)
        return {f"{row.address} {row.about}": asked(self.world, row, role) for row in seen_by(role)}


@pytest.fixture(scope="module")
def sizes(made_once: Kept, django_db_blocker: Any) -> Iterator[Sizes]:
    """Both, made once."""
    cleaner = made_once.cleaner
    for world in world_of(made_once, django_db_blocker):
        _dead_effects(1)
        few, before = cleaner.take(), _sizes()
        _more_of_everything(world)
        assert all(now >= was + MANY - 1 for was, now in zip(before, _sizes(), strict=True)), (
            "something did not grow"
        )
        yield Sizes(world, cleaner, few, cleaner.take())


def _sizes() -> list[int]:
    grown = (
        Case,
        Party,
        CaseStaff,
        Bill,
        Thread,
        Message,
        Paper,
        Copy,
        Delivery,
        Filing,
        FilingMaterial,
        StoredFile,
    )
    grown += (Notice, Visit, Event, CaseDeadline, Outbox)
    return [model.objects.count() for model in grown]


@pytest.mark.req("REL-55")
@pytest.mark.parametrize("role", WHO)
def test_thirty_rows_cost_no_more_queries_than_one(sizes: Sizes, role: str) -> None:
    few, many = sizes.counts(sizes.few, role), sizes.counts(sizes.many, role)
    wrong = []
    for page, queries in many.items():
        most = MOST_OF_BUSY if page.partition(" ")[0] in BUSY else MOST
        if len(queries) > min(len(few[page]), most):
            listing = "\n".join(f"  {sql[:300]}" for sql in queries)
            wrong.append(f"{page}: {len(few[page])} became {len(queries)} of {most} allowed\n{listing}")
    assert many and not wrong, "\n".join(wrong)


@pytest.mark.parametrize("role", ["ZH", "SC"])
def test_sending_a_message_stays_within_its_budget(sizes: Sizes, role: str) -> None:
    sizes.cleaner.put(sizes.many)
    case = sizes.world.things["case"]["public_id"]
    browser = sizes.world.browser(role)
    for _again in range(2):
        body = {"text": "请问什么时候开庭？", "form_key": str(uuid.uuid4())}
        with CaptureQueriesContext(connection) as queries:
            answer = browser.post(f"/my/cases/{case}/messages/new/?topic=other", body)
        assert answer.status_code == 302
    one_for_software = 1  # the row from which webhooks are told after commit
    assert len(statements(queries)) <= MOST_OF_BUSY + one_for_software, "\n".join(statements(queries))
