"""Reads of case files: the catalogue, one entry with what is hidden on it, the way from page to page, who opened what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.models import User
from casefiles import policies
from casefiles.images import Box
from casefiles.models import (
    ORDER,
    Archive,
    Entry,
    EntryKind,
    ReadingRequest,
    Restriction,
    Section,
    Volume,
)
from cases.models import Case, Party, ReasonedRead
from common import clock
from common.actor import Actor, Kind, Role
from common.case_numbers import normalize
from common.errors import NotVisible
from common.templatetags.time_words import exact
from common.text import mask_name, squeezed
from documents.models import Copy, PaperState, ScanState
from eventlog.models import Event

READERS = {
    Role.LITIGANT,
    Role.LAWYER,
    Role.INTAKE_CLERK,
    Role.CASE_CLERK,
    Role.JUDGE,
    Role.HEAD,
    Role.SUPERVISOR,
}
"""Whose openings are told. What the complaint zone does is told nowhere (SEC-35, SEC-69)."""

STAFF_WORDS: dict[str, str | Promise] = {
    Role.JUDGE.value: _lazy("法官"),
    Role.CASE_CLERK.value: _lazy("书记员"),
    Role.INTAKE_CLERK.value: _lazy("立案人员"),
    Role.SUPERVISOR.value: _lazy("院领导"),
    Role.HEAD.value: _lazy("庭长"),
}


@dataclass(frozen=True)
class Line:
    """One line of the catalogue, pages counted through the volume as this reader sees it."""

    entry: Entry
    serial: int
    first: int

    @property
    def last(self) -> int:
        return self.first + self.entry.pages - 1


@dataclass
class Part:
    """One section of a volume."""

    section: Section
    lines: list[Line] = field(default_factory=list)


@dataclass
class Book:
    """One volume with its sections in order."""

    label: str
    pages: int = 0
    parts: list[Part] = field(default_factory=list)

    @property
    def lines(self) -> list[Line]:
        return [line for part in self.parts for line in part.lines]


def case_to_open(actor: Actor, public_id: UUID | str) -> Case:
    """A case whose file the actor may open; NotVisible otherwise. One query."""
    rows = policies.readable_cases(actor).select_related("court", "cause")
    case = rows.filter(public_id=public_id).first()
    if case is None:
        raise NotVisible(_("没有这个页面。"))
    return case


def books(actor: Actor, case: Case) -> list[Book]:
    """The volumes this reader sees, each in the order of its sections, then of arrival. Two queries, three for the public."""
    rows = policies.visible_entries(actor).filter(case=case).select_related("file", "paper", "entered_by")
    found: dict[tuple[bool, str], list[Entry]] = {}
    for entry in rows:
        found.setdefault((entry.supplement, entry.volume), []).append(entry)
    return [
        _book(_label(volume, supplement), entries) for (supplement, volume), entries in sorted(found.items())
    ]


def _label(volume: str, supplement: bool) -> str:
    name = str(Volume(volume).label)
    return _("%(volume)s（归档后补充）") % {"volume": name} if supplement else name


def _book(label: str, entries: list[Entry]) -> Book:
    book = Book(label)
    for serial, entry in enumerate(
        sorted(entries, key=lambda one: (ORDER[one.section], one.number)), start=1
    ):
        if not book.parts or book.parts[-1].section != entry.section:
            book.parts.append(Part(Section(entry.section)))
        book.parts[-1].lines.append(Line(entry, serial, book.pages + 1))
        book.pages += entry.pages
    return book


@dataclass(frozen=True)
class Step:
    """A page to go to."""

    entry: Entry
    number: int


@dataclass(frozen=True)
class Spread:
    """The entry that is open, where it stands, and the pages before and after."""

    line: Line
    book: Book
    number: int
    before: Step | None
    after: Step | None


def spread(actor: Actor, case: Case, entry_public_id: UUID, number: int) -> Spread:
    """One page with its neighbours through all volumes the reader sees; NotVisible without such a page."""
    volumes = books(actor, case)
    lines = [(book, line) for book in volumes for line in book.lines]
    place = next(
        (i for i, (_book_, line) in enumerate(lines) if line.entry.public_id == entry_public_id), None
    )
    if place is None or not 1 <= number <= lines[place][1].entry.pages:
        raise NotVisible(_("没有这个页面。"))
    book, line = lines[place]
    before = after = None
    if number > 1:
        before = Step(line.entry, number - 1)
    elif place:
        last = lines[place - 1][1].entry
        before = Step(last, last.pages)
    if number < line.entry.pages:
        after = Step(line.entry, number + 1)
    elif place + 1 < len(lines):
        after = Step(lines[place + 1][1].entry, 1)
    return Spread(line, book, number, before, after)


def current_id(case: Case, public_id: UUID) -> UUID:
    """The entry that stands now in the place of one that was corrected meanwhile; itself when none did. Who may read it is asked by
    :func:`entry_for`. One query for each correction."""
    row = Entry.objects.filter(case=case, public_id=public_id).first()
    found = public_id
    while row is not None:
        found = row.public_id
        row = Entry.objects.filter(supersedes=row).first()
    return found


def entry_for(actor: Actor, case: Case, public_id: UUID) -> Entry:
    """One entry the actor may open, with its source; NotVisible otherwise."""
    rows = policies.visible_entries(actor).select_related(
        "case__court", "file__court", "paper__court", "copy__paper__court", "copy__delivery", "receipt"
    )
    entry = rows.filter(case=case, public_id=public_id).first()
    if entry is None:
        raise NotVisible(_("没有这个页面。"))
    return entry


Hidden = dict[int, list[Box]]
"""Per page what a reader does not get: boxes, or an empty list for the whole page."""


def hidden_from(actor: Actor, entries: Iterable[Entry]) -> dict[int, Hidden]:
    """What is hidden on pages of these entries from this reader, by entry. One query for the court, two for others, none
    for who reads everything."""
    if policies.reads_everything(actor):
        return {}
    own = {pk for pk, _public_id in policies.own_parties(actor)}
    found: dict[int, Hidden] = {}
    orders = policies.live_restrictions().filter(entry__in=list(entries)).exclude(page=None)
    for order in orders:
        if own & set(order.open_to):
            continue
        pages = found.setdefault(order.entry_id, {})
        number = order.page or 1
        known = pages.get(number)
        whole = not order.boxes or known == []
        pages[number] = [] if whole else [*(known or []), *order.boxes]
    return found


def copy_shown(actor: Actor, entry: Entry) -> Copy | None:
    """The copy of a paper that a reader is shown: his own, for the court the first one (each carries its addressee's
    code, DESIGN §9). One query, two for the public."""
    if entry.kind == EntryKind.RECORD:
        return entry.copy
    if entry.paper is None:
        return None
    copies = Copy.objects.filter(paper=entry.paper, state=PaperState.ISSUED).select_related("paper__court")
    if not actor.is_staff:
        own = [public_id for _pk, public_id in policies.own_parties(actor)]
        return copies.filter(addressee_public_id__in=own).order_by("-id").first()
    return copies.order_by("id").first()


def is_text(entry: Entry) -> bool:
    """Shown as text: a receipt, or a Word file, of which there are no page images."""
    return entry.receipt_id is not None or (entry.file is not None and not entry.file.preview_key)


def mark_for(actor: Actor) -> str:
    """What is written across the pages: who reads, masked, and when; "" for judge and clerk. One query."""
    if actor.is_staff and actor.role != Role.SUPERVISOR:
        return ""
    return f"{_reader(actor)} {exact(clock.now())} {_('仅供阅卷')}"


def _reader(actor: Actor) -> str:
    if actor.is_staff:
        return actor.name
    if actor.scan is not None:
        return mask_name(Party.objects.get(pk=actor.scan.party_id).name)
    return mask_name(User.objects.get(pk=actor.user_id or 0).name)


def restrictions_of(entry: Entry) -> list[Restriction]:
    """Orders that hold for an entry, newest first, with who gave them. One query."""
    rows = policies.live_restrictions().filter(entry=entry).select_related("decided_by__user")
    return list(rows.order_by("-id"))


def sealed_keys(case: Case) -> set[int]:
    """Keys of entries of a case for which an order holds, for the court's catalogue. One query."""
    rows = policies.live_restrictions().filter(entry__case=case)
    return set(rows.values_list("entry_id", flat=True))


def archive_of(case: Case) -> Archive | None:
    """How the file was bound; None while it grows. One query."""
    return Archive.objects.filter(case=case).select_related("archived_by__user").first()


@dataclass(frozen=True)
class Opening:
    """Somebody opened something: when, who in words, what."""

    at: datetime
    who: str
    what: str


MOST_OPENINGS = 300


def openings_of(actor: Actor, case: Case) -> list[Opening]:
    """谁看过我的案卷, newest first: for the parties alone (SEC-35), and only of entries this party sees itself.

    An entry is told by its newest name, whatever it was called when it was opened. Files that lie in other cases too are
    known by their entry alone. A reading with a reason is told without the reason, which is for those who hold the case
    (docs/adr/0015). Ten queries.
    """
    own = policies.own_parties(actor)
    entries = list(policies.visible_entries(actor).filter(case=case).select_related("paper", "file", "copy"))
    files = {one.file_id: one.title for one in entries if one.file_id}
    elsewhere = (
        Entry.objects.filter(file__in=list(files)).exclude(case=case).values_list("file_id", flat=True)
    )
    titles = {("documents.storedfile", pk): files[pk] for pk in files.keys() - set(elsewhere)}
    papers = {one.paper_id: one.title for one in entries if one.paper_id}
    copies = Copy.objects.filter(
        paper__in=list(papers), addressee_public_id__in=[public_id for _pk, public_id in own]
    )
    titles |= {("documents.copy", pk): papers[paper] for pk, paper in copies.values_list("pk", "paper_id")}
    now = {one.source_key: one.title for one in entries}
    rows = Entry.objects.filter(case=case, source_key__in=list(now)).values_list("pk", "source_key")
    titles |= {("casefiles.entry", pk): now[key] for pk, key in rows}
    found = [
        Opening(event.happened_at, _opener(event, actor), titles[event.subject_kind, event.subject_id])
        for event in _opened(titles)
    ]
    read = ReasonedRead.objects.filter(case=case).select_related("post__user").order_by("-opened_at")
    found += [
        Opening(
            row.opened_at,
            _("法院院领导 %(name)s") % {"name": row.post.user.name},
            _("写明理由查阅了本案（理由由法院记录）"),
        )
        for row in read[:MOST_OPENINGS]
    ]
    return sorted(found, key=lambda one: one.at, reverse=True)[:MOST_OPENINGS]


def _opened(titles: dict[tuple[str, int], str]) -> Sequence[Event]:
    by_kind: dict[str, list[int]] = {}
    for kind, pk in titles:
        by_kind.setdefault(kind, []).append(pk)
    found: list[Event] = []
    for kind, keys in by_kind.items():
        rows = Event.objects.filter(
            subject_kind=kind,
            subject_id__in=keys,
            name__in=("documents.opened", "casefiles.opened"),
            actor_role__in=READERS,
        )
        found += rows.order_by("-id")[:MOST_OPENINGS]
    return found


def _opener(event: Event, viewer: Actor) -> str:
    if event.actor_kind == Kind.STAFF:
        role = STAFF_WORDS.get(event.actor_role, _("法院工作人员"))
        return f"{role} {event.actor_name}"
    if event.actor_kind == Kind.SCAN:
        return str(_("扫码进入的人"))
    if event.actor_id is not None and event.actor_id == viewer.user_id:
        return str(_("您的账号"))
    return str(_("当事人或者代理人的账号"))


def requests_of(actor: Actor) -> QuerySet[ReadingRequest]:
    """Requests the actor may know of, newest first, with case, asker and who answered."""
    rows = policies.visible_requests(actor).select_related("case", "court", "asked_by", "decided_by__user")
    return rows.order_by("-id")


def request_for(actor: Actor, public_id: UUID) -> ReadingRequest:
    """One of these; NotVisible otherwise. One query."""
    found = requests_of(actor).filter(public_id=public_id).first()
    if found is None:
        raise NotVisible(_("没有这个页面。"))
    return found


MOST_FOUND = 50
SHORTEST_WORD = 2
CLOSED_STATES = (ScanState.CHECKING, ScanState.INFECTED)


def found_in_files(actor: Actor, words: str) -> list[Entry]:
    """Entries of the own files whose name or case number has these words or what is written in them, newest first: for papers
    what they were made of, for uploaded files what the inspecting process could read, which of a scan is nothing.

    Only what the reader sees is searched, and of an entry with hidden parts only the name: otherwise a search would tell
    what stands there. Nor is a file searched that the scanner has not let through. Two queries for the public.
    """
    if len(words) < SHORTEST_WORD:
        return []
    keys = [pk for pk, _public_id in policies.own_parties(actor)]
    orders = policies.live_restrictions().filter(entry=OuterRef("pk")).exclude(page=None)
    closed = Exists(orders.exclude(open_to__overlap=keys))
    rows = policies.visible_entries(actor).annotate(written=Cast("paper__data", TextField()))
    by_name = Q(title__icontains=words) | Q(case__number__contains=normalize(words))
    open_file = ~Q(file__scan_state__in=CLOSED_STATES)
    of_file = Q(~closed, open_file, file__words__words__icontains=squeezed(words))
    found = rows.filter(by_name | Q(~closed, written__icontains=words) | of_file)
    return list(found.select_related("case").order_by("-filed_at", "-id")[:MOST_FOUND])
