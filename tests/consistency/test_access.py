"""Every address × everybody: status, what a refusal looks like, methods, headers, and that reading changes nothing."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.http import HttpResponse

from accounts.forms import LostPhoneForm, NewPasswordForm
from assistance.forms import ActingDeskForm, ActingForm
from casefiles.forms import SealForm
from cases.forms import ParticipantForm, ServiceForm, SpokenServiceForm
from common import clock
from courts.people_forms import InviteForm, PostForm
from documents.forms import OfficeForm, OutcomeForm, PostedForm, SentForm
from eventlog.guards import is_walled
from filing.forms import AgentForm, PartyForm
from payments.refund_forms import AskForm, WayForm
from portal.live import LiveApplication
from portal.pages.agents import AppointForm
from portal.pages.organisations import MemberForm, OrganisationForm
from tests.consistency.access_table import Row, body_of, rows
from tests.consistency.addresses import OUTSIDE, all_addresses, path_of
from tests.consistency.world import EVERYBODY, World

ROWS = rows()
PAGES = [row for row in ROWS if not row.address.startswith("/live/")]
READ = [row for row in PAGES if row.method == "GET"]
REFUSALS = ("404", "403", "401", "in", "st")
DOORS = {"in": "/login/", "st": "/staff/login/"}
pytestmark = pytest.mark.django_db


def ask(
    world: World,
    row: Row,
    role: str,
    *,
    method: str = "",
    path: str = "",
    extra: dict[str, Any] | None = None,
    body: dict[str, Any] | None = None,
    look: Callable[[], Any] | None = None,
) -> HttpResponse:
    """One request in a browser of its own, with ``extra`` fields or another ``body`` (for a GET: what its address asks for);
    whatever it changes is rolled back, after a look."""
    method, path = method or row.method, path or path_of(world, row)
    if body is None and method == "POST":
        body = body_of(row, world.bodies)
    kind = {"content_type": "application/json"} if row.address.startswith("api:") else {}
    block = transaction.atomic()
    block._from_testcase = True  # a wrapper of the test, which outside calls do not count (REL-35)
    with block:
        send = getattr(world.browser(role), method.lower())
        answer: HttpResponse = (
            send(path, (extra or {}) | (body or {}), **kind)
            if method == "POST"
            else send(path, *filter(None, [body]))
        )
        answer.body = answer.getvalue() if answer.streaming else answer.content  # type: ignore[attr-defined]
        answer.seen = look() if look else None  # type: ignore[attr-defined]
        transaction.set_rollback(True)
    return answer


def cell_of(answer: HttpResponse, path: str) -> str:
    """What the table says for this answer."""
    if answer.status_code == 302:
        for cell, door in DOORS.items():
            if answer["Location"] == f"{door}?next={quote(path)}":
                return cell
    return str(answer.status_code)


def plain(answer: HttpResponse) -> bytes:
    """The body without what is new in every answer: nonce and form token."""
    body: bytes = answer.body  # type: ignore[attr-defined]
    body = re.sub(rb'nonce="[^"]*"', b"", body)
    return re.sub(rb'(name="csrfmiddlewaretoken" value=)"[^"]*"', rb"\1", body)


@pytest.mark.req("SEC-10")
def test_every_address_has_a_row() -> None:
    named = {row.address for row in ROWS}
    assert all_addresses() - named == set(), "addresses without a row in access_table"
    assert named - all_addresses() == set(), "rows for addresses that do not exist"
    doubles = [key for key, number in Counter(row.key for row in ROWS).items() if number > 1]
    assert doubles == []


@pytest.mark.req("SEC-10", "SEC-11", "SEC-22", "SEC-61", "SEC-62")
@pytest.mark.parametrize("row", PAGES, ids=lambda row: row.key)
def test_everybody_gets_the_expected_answer(world: World, row: Row) -> None:
    """Status and headers of each answer; refusals that say nothing; no trace of a reading in the database."""
    path = path_of(world, row)
    before = written()
    answers = {role: ask(world, row, role, path=path) for role in row.expected}
    changed = changed_since(before)
    wrong = [
        f"{role} ({EVERYBODY[role]}): {cell_of(answer, path)}, expected {row.expected[role]}"
        for role, answer in answers.items()
        if cell_of(answer, path) != row.expected[role]
    ]
    wrong += [f"{role}: {word}" for role, answer in answers.items() for word in header_problems(answer)]
    if row.about in WITH_AN_ID and path != path_of(world, row, unknown=True):
        wrong += refusals_that_tell(world, row, answers)
    if row.method == "GET":
        wrong += [
            f"{role}: {word}" for role, answer in answers.items() for word in unexplained(row, role, answer)
        ]
        wrong += [f"reading wrote to {name}" for name in changed - may_be_written(row)]
        wrong += bare_numbers(row, answers)
    assert not wrong, f"{row.key}: " + "; ".join(wrong)


ASKS_OF_SOMEBODY = re.compile(
    r'<(?:input|textarea)\b(?=[^>]*\bname="[\w-]*(?:phone|id_number|address)")(?![^>]*type="hidden")[^>]*>'
)
PUBLIC = {"AN", "SC", "ZH", "LI", "CH", "WA"}
SAMPLES = {"public:styleguide"}


def unexplained(row: Row, role: str, answer: HttpResponse) -> list[str]:
    """A page of the public that asks for a phone, an identity paper or an address says why (SEC-69)."""
    if role not in PUBLIC or answer.status_code != 200 or row.address in SAMPLES:
        return []
    page = answer.body.decode(errors="replace")  # type: ignore[attr-defined]
    asked = ASKS_OF_SOMEBODY.search(page)
    return [f"{asked[0]} without a purpose"] if asked and 'class="purpose' not in page else []


BARE = re.compile(
    rb"(?<![0-9A-Za-z])(?:(?P<phone>1[3-9][0-9]{9})"
    rb"|(?P<identity>[1-9][0-9]{5}(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9Xx])"
    rb"|(?P<account>62[0-9]{2}(?: ?[0-9]{4}){3}(?: ?[0-9]{1,3})?))(?![0-9A-Za-z])"
)
"""What is shaped like the number of somebody, whoever it is."""
IN_FULL = {
    "whoever wrote it checks or mends it before it is sent": {
        "GET filing:people draft": {"phone", "identity"},
        "GET filing:person draft": {"phone", "identity"},
        "GET filing:agents draft": {"phone"},
        "GET filing:agent draft": {"phone"},
        "GET filing:delivery draft": {"phone"},
        "GET filing:check draft": {"phone", "identity"},
        "GET filing:batch_agent batch": {"phone"},
        "GET filing:visit_book slot": {"phone"},
        "GET assistance:ask case": {"phone"},
        "GET pages:service case": {"phone"},
        "GET pages:desk_service case_party": {"phone"},
    },
    "whoever asked to be called sees at which number he will be": {
        "GET assistance:request li_help": {"phone"},
        "GET filing:visit visit": {"phone"},
    },
    "whoever of the court calls or visits this person": {
        "GET assistance:desk_one help_desk": {"phone"},
        "GET filing:visit_desk_one visit": {"phone"},
        "GET pages:participants case": {"phone"},
    },
    "the carrier's form asks for it beside the address": {
        "GET documents:print_desk -": {"phone"},
        "GET documents:delivery delivery": {"phone"},
    },
    "whoever examines the application compares it with the identity paper": {
        "GET filing:review sent": {"phone", "identity"},
        "GET filing:review refused_by": {"phone", "identity"},
    },
    "an invented example of what to type": {"GET filing:people_list draft": {"phone", "identity"}},
}
"""Why a page shows a number in full, and which; everywhere else it is masked (SEC-67). The account of a refund stands on its page in
full only while finance decides on it."""


def bare_numbers(row: Row, answers: dict[str, HttpResponse]) -> list[str]:
    """Pages and what programs read show numbers of people in full where the table says so, there and nowhere else."""
    shown: dict[str, set[str]] = {}
    for role, answer in answers.items():
        if answer.status_code == 200 and answer["Content-Type"].startswith(("text/html", "application/json")):
            for found in BARE.finditer(answer.body):  # type: ignore[attr-defined]
                shown.setdefault(str(found.lastgroup), set()).add(role)
    allowed = next((pages[row.key] for pages in IN_FULL.values() if row.key in pages), set())
    wrong = [f"{kind} in full for {sorted(shown[kind])}" for kind in shown.keys() - allowed]
    return wrong + [f"{kind} is masked, the table says in full" for kind in allowed - shown.keys()]


WITH_AN_ID = {row.about for row in PAGES} - {"-", "token", "gateway", "order", "outbox"}
SEEN = {(role, row.about) for row in ROWS for role, cell in row.expected.items() if cell == "200"}


def refusals_that_tell(world: World, row: Row, answers: dict[str, HttpResponse]) -> list[str]:
    """Whoever may not gets, byte for byte, what an id that does not exist gets; whoever may is told that it does not.

    One role of each kind of answer asks, and always the defendant's account and the clerk of another court.
    """
    nowhere, wrong = path_of(world, row, unknown=True), []
    for role in sorted({*{row.expected[role]: role for role in row.expected}.values(), "LI", "CB"}):
        cell, other = row.expected[role], ask(world, row, role, path=nowhere)
        if cell not in REFUSALS or (cell == "403" and (role, row.about) in SEEN):
            if other.status_code not in (403, 404, 422):
                wrong.append(f"{role}: an unknown id gives {other.status_code}")
        elif cell_of(other, nowhere) != cell or plain(other) != plain(answers[role]):
            wrong.append(f"{role}: the refusal differs from that of an unknown id")
    return wrong


def written() -> dict[str, list[int]]:
    """How many rows this connection wrote, changed and deleted per table lately, undone ones too; two of them tell
    what happened in between."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, n_tup_ins, n_tup_upd, n_tup_del FROM pg_stat_xact_user_tables"
            " WHERE n_tup_ins + n_tup_upd + n_tup_del > 0"
        )
        return {name: counts for name, *counts in cursor.fetchall()}


def changed_since(before: dict[str, list[int]]) -> set[str]:
    """Tables in which something was written since."""
    return {name for name, counts in written().items() if counts != before.get(name)}


MAY_COUNT = {"django_session", "accounts_ratecounter"}
OPENS_A_FILE = {
    "documents:file",
    "documents:preview",
    "documents:file_page",
    "documents:paper",
    "documents:paper_page",
    "casefiles:image",
    "casefiles:desk_image",
    "feedback:record",
    "feedback:bench_record",
}
ACCESS_RECORD = {"eventlog_event", "eventlog_streamhead", "documents_deliveryfact"}
"""Who opened a protected file, in the access stream; the first opening is a fact of its delivery (REL-23)."""


def may_be_written(row: Row) -> set[str]:
    """Tables a GET may touch (SEC-62)."""
    return MAY_COUNT | (ACCESS_RECORD if row.address in OPENS_A_FILE else set())


@pytest.mark.req("SEC-62")
def test_a_change_that_is_undone_is_seen(world: World) -> None:
    """Control: without it "reading changes nothing" would prove nothing."""
    row, before = next(row for row in ROWS if row.key == "POST feedback:new case"), written()
    assert ask(world, row, "ZH").status_code == 302
    assert {"feedback_thread", "feedback_message", "eventlog_event"} <= changed_since(before)


@pytest.mark.req("SEC-62")
@pytest.mark.parametrize("row", READ, ids=lambda row: row.key)
def test_head_is_a_get_without_body_and_without_traces(world: World, row: Row) -> None:
    """Pages with a form answer 405: a view that takes GET and POST must not take a HEAD for a POST."""
    before = written()
    answer = ask(world, row, row.main, method="HEAD")
    cell = row.expected[row.main]
    assert answer.status_code in (302 if cell in DOORS else int(cell), 405)
    assert answer.body == b""  # type: ignore[attr-defined]
    assert changed_since(before) <= MAY_COUNT


def header_problems(answer: HttpResponse) -> list[str]:
    """What an answer's headers lack (SEC-61). Files bring a policy of their own, and theirs forbids everything too."""
    policy = dict(part.strip().partition(" ")[::2] for part in answer["Content-Security-Policy"].split(";"))
    is_file = answer.streaming
    needed = {
        "default-src": policy.get("default-src") == "'none'",
        "unsafe": is_file or "unsafe" not in str(policy),
        "frame-ancestors": policy.get("frame-ancestors") == "'none'" or (is_file and "sandbox" in policy),
        "base-uri": is_file or policy.get("base-uri") == "'none'",
        "form-action": is_file or policy.get("form-action", "").split()[:1] == ["'self'"],
        "nosniff": answer.get("X-Content-Type-Options") == "nosniff",
        "frames": answer.get("X-Frame-Options") == "DENY",
        "referrer": answer.get("Referrer-Policy") in ("same-origin", "no-referrer", "strict-origin"),
        "opener": answer.get("Cross-Origin-Opener-Policy") == "same-origin",
        "no-store": "no-store" in answer.get("Cache-Control", ""),
        "no trace of the framework": not {"Server", "X-Powered-By"} & set(answer.headers),
    }
    return [name for name, good in needed.items() if not good]


@pytest.mark.req("SEC-10")
@pytest.mark.parametrize("address", sorted({row.address for row in PAGES} - set(OUTSIDE)))
def test_other_methods_are_refused(world: World, address: str) -> None:
    """405 for the person the address is made for; nobody else learns even that."""
    about = [row for row in PAGES if row.address == address]
    row, known = about[0], {row.method for row in about}
    path = path_of(world, row)
    for method in {"GET", "POST", "PUT", "DELETE"} - known:
        answer = ask(world, row, row.main, method=method, path=path)
        assert answer.status_code == 405, f"{method} {path} as {row.main}: {answer.status_code}"
        assert header_problems(answer) == []


FORMS = [
    row
    for row in PAGES
    if row.method == "POST" and not row.address.startswith(("api:", "standins:", "demo/"))
]
WITHOUT_TOKEN = {
    "payments:notify",
    "notifications:sms_receipt",
    "notifications:mail_receipt",
    "pages:scan_display",
}
"""Signed by the gateway or the provider; stores a display setting on pages that must be the same for every code (SEC-21)."""


@pytest.mark.req("SEC-62")
@pytest.mark.parametrize("row", FORMS, ids=lambda row: row.key)
def test_forms_need_the_token(world: World, row: Row) -> None:
    client = world.browser(row.main, enforce_csrf_checks=True)
    answer = client.post(path_of(world, row), body_of(row, world.bodies) or {})
    assert (answer.status_code == 403) == (row.address not in WITHOUT_TOKEN), answer.status_code


DECIDED_HERE = {
    "court_id", "deciding_court_id", "division_id", "post_id", "applicant_id", "author_kind", "role", "kind", "status",
    "state", "stage", "level", "round", "purpose", "is_active", "is_lawyer", "is_open", "is_on", "is_internal",
    "real_name_level", "amount", "procedure", "due_on", "phone_origin", "basis", "wants_reopening", "fence",
}  # fmt: skip
"""Columns that say who somebody is, whose something is, how far it has come and what it costs."""


def decided() -> dict[str, Counter[tuple[str, ...]]]:
    """How many rows of each table have which of these values."""
    found = {}
    for model in apps.get_models():
        if is_walled(model):
            continue
        names = sorted({field.column for field in model._meta.concrete_fields} & DECIDED_HERE)
        if names:
            columns = ", ".join(f"{name}::text" for name in names)
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT {columns} FROM {model._meta.db_table}")
                found[model._meta.label] = Counter(cursor.fetchall())
    return found


@pytest.fixture(scope="module")
def wishes(world: World) -> dict[str, Any]:
    """Every field of every model with a value somebody would like to have."""
    names = {field.name for model in apps.get_models() for field in model._meta.concrete_fields}
    names |= {field.attname for model in apps.get_models() for field in model._meta.concrete_fields}
    liked = {
        "role": "admin", "kind": "staff", "status": "accepted", "state": "paid", "stage": "closed", "level": "head",
        "amount": "0.01", "purpose": "fee", "real_name_level": "real_name", "procedure": "retrial", "is_active": "",
        "paid_at": "2026-01-01T00:00:00Z", "decided_at": "2026-01-01T00:00:00Z", "due_on": "2099-01-01", "fence": "99",
        "court": world.cast.other_court.pk, "court_id": world.cast.other_court.pk, "post": world.cast.posts["admin"].pk,
        "applicant": world.cast.users["li"].pk, "is_internal": "on", "wants_reopening": "on", "basis": "counter",
    }  # fmt: skip
    return {name: liked.get(name, "1") for name in names} | {"is_staff": "on", "is_superuser": "on"}


PERSON = set(PartyForm.base_fields)
ASKED = {
    "accounts:role": {"role", "post"},
    "feedback:rate": {"level"},
    "filing:person": PERSON,
    "filing:person_new": PERSON,
    "filing:agent": set(AgentForm.base_fields),
    "filing:agent_new": set(AgentForm.base_fields),
    "filing:capacity": {"capacity"},
    "filing:start": {"capacity"},
    "payments:pay": {"way"},
    "payments:refund": set(WayForm.base_fields),
    "payments:refund_ask": set(AskForm.base_fields),
    "pages:agents": set(AppointForm.base_fields),
    "pages:organisation": set(MemberForm.base_fields),
    "pages:organisations": set(OrganisationForm.base_fields),
    "pages:service": set(ServiceForm.base_fields),
    "pages:desk_service": set(SpokenServiceForm.base_fields),
    "pages:participants": {*ParticipantForm.base_fields, "asked_by"},
    "casefiles:seal": set(SealForm.base_fields),
    "courts:person": {*PostForm.base_fields, "change-what", "change-reason"},
    "courts:person_new": set(InviteForm.base_fields),
    "accounts:password_sign_in": {"phone", "password"},
    "accounts:password": set(NewPasswordForm.base_fields),
    "accounts:kiosk": {"name"},
    "accounts:phone": {"phone", "code"},
    "assistance:acting": set(ActingForm.base_fields),
    "assistance:acting_desk": set(ActingDeskForm.base_fields),
    "notifications:mail": {"mail", "code"},
    "accounts:phones": {*LostPhoneForm.base_fields, "code"},
    "accounts:welcome": set(NewPasswordForm.base_fields),
    "documents:office": set(OfficeForm.base_fields),
    "documents:office_new": set(OfficeForm.base_fields),
    "documents:posted": set(PostedForm.base_fields),
    "documents:sent": set(SentForm.base_fields),
    "documents:outcome": set(OutcomeForm.base_fields),
}
"""Fields of a form that are called like a column."""


@pytest.mark.req("SEC-14", "SEC-15", "B-39")
@pytest.mark.parametrize("row", FORMS, ids=lambda row: row.key)
def test_what_a_form_does_not_ask_for_changes_nothing(world: World, wishes: dict[str, Any], row: Row) -> None:
    """Role, court, amount and state come from the row and the actor, never from what is sent along."""
    extra = {name: value for name, value in wishes.items() if name not in ASKED.get(row.address, set())}
    with clock.at(clock.now()):  # a silent gateway is probed every half minute: both ask in the same one
        plain_answer = ask(world, row, row.main, look=decided)
        answer = ask(world, row, row.main, extra=extra, look=decided)
    assert answer.status_code == plain_answer.status_code
    assert answer.seen == plain_answer.seen  # type: ignore[attr-defined]


LIVE = [row for row in ROWS if row.address.startswith("/live/")]


@pytest.mark.req("SEC-10")
@pytest.mark.parametrize("row", LIVE, ids=lambda row: row.key)
def test_live_streams_ask_the_same_policies(world: World, row: Row) -> None:
    with ThreadPoolExecutor(1) as thread:  # a loop of its own: Chromium's may be running in this thread
        found = {role: thread.submit(listen, world, row, role).result() for role in row.expected}
    assert found == {role: int(cell) for role, cell in row.expected.items()}


def listen(world: World, row: Row, role: str) -> int:
    """Status of the stream; who asks hangs up at once."""
    session = world.sessions.get(role, "")
    headers = [(b"host", b"testserver"), (b"cookie", f"{settings.SESSION_COOKIE_NAME}={session}".encode())]
    scope = {"method": "GET", "path": path_of(world, row), "headers": headers, "client": ("127.0.0.1", 1)}
    told: list[int] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            told.append(message["status"])

    asyncio.run(LiveApplication()(scope, receive, send))
    return told[0]
