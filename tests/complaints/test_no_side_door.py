"""The differential crawl (SEC-32): with and without a complaint and its files the named judge and the case's clerk see the
same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from accounts.models import User
from common import clock
from complaints.models import Finding, Kind
from complaints.services import authors, handling, identities, interference, openings
from complaints.services.files import keep
from complaints.services.intake import take_in
from portal.zone.notices import use_inbox
from tests.complaints.conftest import inside
from tests.complaints.test_door import a_photo, code_in, send
from tests.complaints.test_files import stored_files, unlock
from tests.consistency.access_table import rows
from tests.consistency.addresses import path_of
from tests.consistency.world import World, world_of
from tests.support.database import Kept

pytestmark = pytest.mark.django_db
NAMED = ("JU", "CC", "HE")
"""The judge, the clerk of the case, and the judge's own head, who is named beside him."""
NEW_EACH_TIME = ("/metrics", "/readyz", "public:outage_record", "public:styleguide", "standins:")
"""Counters of the operator, and pages of demo and test mode that make something new at each visit."""
READ = [
    row for row in rows() if row.method == "GET" and not row.address.startswith(("/live/", *NEW_EACH_TIME))
]
ZONE_PATHS = ("/my/complaints/", "/oversight/complaints/", "/oversight/complaints/?kind=interference")


@pytest.fixture(scope="module")
def world(made_once: Kept, django_db_blocker: Any) -> Iterator[World]:
    """The world of the access table, of this module's own."""
    yield from world_of(made_once, django_db_blocker)


LINK_SEAL = re.compile(r"(?<=[\w-]):[\w-]{6}:[\w-]{20,}(?=/|$)")
"""Second and signature of the link to a file; what the link carries stands before them and is compared."""


def plain(answer: Any) -> tuple[int, dict[str, str], bytes, int]:
    """Everything of an answer but what is new each time: nonce, form tokens and keys, request id, the seal of a link, and the
    secret and challenge of a new second step."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    body = re.sub(rb'nonce="[^"]*"', b"", body)
    body = re.sub(rb'(name="csrfmiddlewaretoken" value=)"[^"]*"', rb"\1", body)
    body = re.sub(rb'(name="(?:form_key|letter|sealed)" value=)"[^"]*"', rb"\1", body)
    body = re.sub(rb"&quot;challenge&quot;: &quot;[^&]*", b"", body)
    if b"data-secret>" in body:
        body = re.sub(rb"data-secret>[^<]*", b"", re.sub(rb'(<path[^>]* d=)"[^"]*"', rb"\1", body))
    headers = {
        name: LINK_SEAL.sub("", re.sub(r"'nonce-[^']*'", "", value))
        for name, value in answer.headers.items()
        if name not in ("X-Request-ID", "Content-Length", "Date")
    }
    return answer.status_code, headers, body, len(body)


def crawl(world: World, settings: Any, moment: Any) -> dict[str, Any]:
    """Every page of the portal and of the zone for the named, at one moment; what a visit writes is undone."""
    found: dict[str, Any] = {}
    with clock.at(moment):
        for role in NAMED:
            for row in READ:
                found[f"{role} {row.key}"] = _ask(world.browser(role), path_of(world, row))
            for query in ("?q=%E8%B5%B5%E6%98%8E", "?view=all", "?sort=-due", "?complaint__id=1"):
                for path in ("/bench/", "/desk/cases/", "/desk/filings/"):
                    found[f"{role} {path}{query}"] = _ask(world.browser(role), path + query)
            with inside(settings):
                for path in (*ZONE_PATHS, *sealed_paths(world)):
                    found[f"{role} zone {path}"] = _ask(world.browser(role), path)
    return found


def _ask(client: Client, path: str) -> Any:
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined]
    with block:
        answer = plain(client.get(path))
        transaction.set_rollback(True)
    return answer


def complain(world: World, settings: Any, case_number: str) -> Any:
    """李 and somebody anonymous about judge and head; a colleague's record about the judge; all of it worked on."""
    cast = world.cast
    client = Client()
    client.force_login(User.objects.get(pk=cast.users["li"].pk))
    signed = send(
        cast, client, account="yes", confidential="yes", who="赵明和孙正", case_number=case_number,
        files=[a_photo(), a_photo("第二张.jpg")],
    )  # fmt: skip
    hidden = send(cast, Client(), who="赵明、郑书、孙正", case_number=case_number)
    with inside(settings):
        take_in()
        for answer in (signed, hidden):
            matter = authors.matter_of_receipt(code_in(answer))
            assert matter is not None
            handling.take_up(matter_id=matter.pk, actor=cast.discipline)
            handling.reply(matter_id=matter.pk, text="正在查", form_key="k", actor=cast.discipline)
            added = keep(a_photo("补充.jpg"), others=[], counted_as="test").box
            authors.write_more(matter=matter, text="补充一点", form_key="k", files=[added])
        handling.pass_up(matter_id=matter.pk, actor=cast.discipline)
        handling.propose_close(matter_id=matter.pk, finding=Finding.FOUNDED, actor=cast.discipline)
        first = authors.matter_of_receipt(code_in(signed))
        assert first is not None
        identities.ask_unlock(matter_id=first.pk, reason="需要当面核实情况", actor=cast.discipline)
        identities.agree_unlock(matter_id=first.pk, actor=cast.discipline2)
        unlock(first, cast)
        for file in first.enclosures.all():
            where = {"matter_id": first.pk, "public_id": file.public_id, "actor": cast.discipline}
            for opened in (openings.open_shown(**where), openings.open_original(**where)):
                assert sum(map(len, opened.content)) == opened.size_bytes > 0
        content = {"who": "赵明", "office": "本院法官", "how": "call", "day": "2026-01-02", "words": "打听"}
        interference.record(
            content=content | {"case_number": case_number}, form_key="k", actor=cast.actors["filing-judge"]
        )
    return first


@pytest.mark.req("SEC-32", "SEC-31", "SEC-35")
def test_the_named_see_the_same_bytes_with_and_without(world: World, settings: Any) -> None:
    import uuid

    from cases.models import Case

    use_inbox()
    moment = clock.now() + timedelta(minutes=1)
    case = Case.objects.get(public_id=world.things["case"]["public_id"])
    world.things["sealed"] = world.things["sealed_file"] = uuid.uuid4()  # type: ignore[assignment]
    before, kept = crawl(world, settings, moment), stored_files()
    first = complain(world, settings, case.number)
    assert first.case_id == case.pk and first.kind == Kind.COMPLAINT
    with inside(settings):
        assert first.enclosures.count() == 3
    assert stored_files() == kept, "no file of a complaint lies with the portal's own"
    before_unknown = {key for key in before if "zone /oversight/complaints/" in key and "?" not in key}
    again = crawl(world, settings, moment)
    different = [key for key in before if before[key] != again[key]]
    assert len(before) > 3 * 150
    assert not different, "; ".join(
        f"{key}: {first_difference(before[key], again[key])}" for key in different
    )
    # the address of the complaint itself is like one that does not exist
    unknown = world.things["sealed"]
    with inside(settings):
        file = first.enclosures.order_by("id")[0].public_id
    world.things["sealed"], world.things["sealed_file"] = first.public_id, file
    sealed = crawl_zone(world, settings, moment)
    assert before_unknown and sealed == {
        key: before[key.replace(str(first.public_id), str(unknown)).replace(str(file), str(unknown))]
        for key in sealed
    }


def first_difference(one: Any, other: Any) -> str:
    """Where two answers part, for the report."""
    left, right = (
        f"{one[:2]}{one[2].decode(errors='replace')}",
        f"{other[:2]}{other[2].decode(errors='replace')}",
    )
    at = next((i for i, pair in enumerate(zip(left, right, strict=False)) if pair[0] != pair[1]), 0)
    return f"…{left[at - 60 : at + 40]!r} / {right[at - 60 : at + 40]!r}"


def crawl_zone(world: World, settings: Any, moment: Any) -> dict[str, Any]:
    """The complaint's own address, for the named."""
    found = {}
    with clock.at(moment), inside(settings):
        for role in NAMED:
            for path in sealed_paths(world):
                found[f"{role} zone {path}"] = _ask(world.browser(role), path)
    return found


def sealed_paths(world: World) -> list[str]:
    """The complaint's own page and its first file, cleaned and as it came."""
    place = f"/oversight/complaints/{world.things['sealed']}/"
    return [
        place,
        f"{place}files/{world.things['sealed_file']}/",
        f"{place}files/{world.things['sealed_file']}/original/",
    ]


@pytest.mark.req("SEC-32")
def test_the_crawl_would_notice(world: World, settings: Any) -> None:
    """The control: the discipline office, which may see it, gets other bytes than before a further complaint."""
    cast, moment = world.cast, clock.now() + timedelta(minutes=1)

    def look() -> Any:
        with clock.at(moment), inside(settings):
            return _ask(world.browser("DI"), "/oversight/complaints/")

    before = look()
    assert before == look()
    send(cast, Client(REMOTE_ADDR="10.1.1.1"), who="何清", words="乱收费")
    with inside(settings):
        take_in()
    assert before != look()
