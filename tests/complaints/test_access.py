"""Every address of the zone × everybody: the expected answer (SEC-10, SEC-31). 404 is that of an unknown address."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse

from accounts.models import User
from complaints.models import Enclosure
from courts.models import StaffPost
from tests.complaints.conftest import inside
from tests.complaints.test_door import a_photo
from tests.complaints.test_zone import received
from tests.consistency.addresses import of_resolver
from tests.support.court import Cast

PEOPLE = (
    "",
    "li",
    "zhang",
    "clerk",
    "judge",
    "caseclerk",
    "head",
    "finance1",
    "supervisor",
    "discipline",
    "admin",
)
STAFF = frozenset(PEOPLE[3:])
"""Nobody, the author, another litigant, staff. The complaint is about the judge: the discipline office of the court has it."""
DESK = {"supervisor": 200, "discipline": 200}
TABLE: dict[str, dict[str, int]] = {
    "mine": {name: 200 for name in PEOPLE if name} | {"": 302},
    "one": {"li": 200, "": 302},
    "receipt": dict.fromkeys(PEOPLE, 200),
    "desk": DESK | {"": 302},
    "matter": {"discipline": 200, "": 302},
    "interference": dict.fromkeys(STAFF, 200) | {"": 302},
    "interference_new": dict.fromkeys(STAFF, 200) | {"": 302},
}
"""What a GET answers; 404 for whoever is not named."""
POSTS = {
    "take", "reply", "note", "name", "up", "close", "decide", "unlock", "unlock_agree", "originals", "originals_agree",
}  # fmt: skip
FILES = {"file": 200, "original": 403}
"""What the discipline office gets; two people have not agreed."""
ONLY_POST = POSTS | {"interference_none"}


def browser(cast: Cast, name: str) -> Client:
    """A browser of this person."""
    client = Client(raise_request_exception=False)
    if name in cast.users:
        client.force_login(cast.users[name])
    elif name:
        client.force_login(User.objects.get(pk=StaffPost.objects.get(pk=cast.posts[name].pk).user_id))
    return client


def plain(answer: Any) -> bytes:
    """The body without nonce and form token."""
    body = re.sub(rb'nonce="[^"]*"', b"", answer.content)
    return re.sub(rb'(name="csrfmiddlewaretoken" value=)"[^"]*"', rb"\1", body)


@pytest.mark.req("SEC-10", "SEC-31", "SEC-32")
def test_every_address_of_the_zone(cast: Cast, zone: Any, settings: Any) -> None:
    matter, _code = received(cast, zone, by="li", who="赵明", files=a_photo())
    names = {
        name.removeprefix("zone:")
        for name, _r in of_resolver(get_resolver("portal.zone.urls"))
        if name.startswith("zone:")
    }
    assert names == TABLE.keys() | ONLY_POST | FILES.keys()
    wrong = []
    clients = {name: browser(cast, name) for name in PEOPLE}
    with inside(settings):
        nowhere = {name: plain(client.get("/my/no-such-page/")) for name, client in clients.items()}
        for address, expected in TABLE.items():
            path = reverse(f"zone:{address}", args=[matter.public_id] if address in ("one", "matter") else [])
            for name, client in clients.items():
                answer = client.get(path)
                if answer.status_code != expected.get(name, 404):
                    wrong.append(f"{address} {name}: {answer.status_code}")
                elif answer.status_code == 404 and plain(answer) != nowhere[name]:
                    wrong.append(f"{address} {name}: the refusal differs from an unknown address")
        file = Enclosure.objects.get(matter=matter)
        for address, allowed in FILES.items():
            path = reverse(f"zone:{address}", args=[matter.public_id, file.public_id])
            for name, client in clients.items():
                expected_status = {"": 302, "discipline": allowed}.get(name, 404)
                status = client.get(path).status_code
                if status != expected_status:
                    wrong.append(f"{address} {name}: {status}")
        for address in sorted(POSTS):
            path = reverse(f"zone:{address}", args=[matter.public_id])
            for name, client in clients.items():
                if name == "discipline":
                    continue
                status = client.post(path, {}).status_code
                if status != (302 if not name else 404):
                    wrong.append(f"POST {address} {name}: {status}")
    assert not wrong, wrong


def test_the_desk_by_its_pages(cast: Cast, zone: Any, settings: Any) -> None:
    """The discipline office works through the pages; what is missing in a form is said there."""
    matter, _code = received(cast, zone, by="li")
    first, second = browser(cast, "discipline"), browser(cast, "discipline2")
    author = browser(cast, "li")

    def path(name: str) -> str:
        return reverse(f"zone:{name}", args=[matter.public_id])

    with inside(settings):
        assert first.post(path("reply"), {"reply-text": "", "form_key": "k"}).status_code == 422
        for name, data in {
            "take": {},
            "reply": {"reply-text": "已经核实，谈话提醒", "form_key": "k"},
            "note": {"note-text": "录音已存", "form_key": "k"},
            "unlock": {"unlock-text": "需要当面向反映人核实"},
            "close": {"close-finding": "founded"},
        }.items():
            answer = first.post(path(name), data)
            assert (answer.status_code, answer["Location"]) == (302, path("matter")), name
        assert first.post(path("name"), {"name-staff_no": "99999"}).status_code == 422
        assert first.post(path("decide"), {"agreed": "yes"}).status_code == 403
        assert "李某" not in first.get(path("matter")).content.decode()
        assert second.post(path("unlock_agree"), {}).status_code == 302
        assert "李某" in second.get(path("matter")).content.decode()
        assert second.post(path("decide"), {"agreed": "yes"}).status_code == 302
        page = author.get(path("one")).content.decode()
        assert "谈话提醒" in page and "反映的情况属实" in page and "查看过您的身份" in page
        assert "录音已存" not in page and "施严" not in page
        assert author.post(path("one"), {"text": "谢谢", "form_key": "k"}).status_code == 422, "closed"


@pytest.mark.req("SEC-31")
def test_who_names_himself_out_of_it_comes_back_to_the_list(cast: Cast, zone: Any, settings: Any) -> None:
    matter, _code = received(cast, zone)
    client = browser(cast, "discipline")
    with inside(settings):
        answer = client.post(reverse("zone:name", args=[matter.public_id]), {"name-staff_no": "4001"})
        assert answer["Location"] == "/oversight/complaints/"
        assert client.get(reverse("zone:matter", args=[matter.public_id])).status_code == 404


@pytest.mark.req("SEC-38")
def test_recording_an_interference_by_its_pages(cast: Cast, zone: Any, settings: Any) -> None:
    """All fields are needed; the one recorded, though court leader, finds nothing at any address."""
    judge, leader = browser(cast, "judge"), browser(cast, "supervisor")
    form = {
        "who": "魏平", "office": "本院副院长", "day": "2026-03-02", "how": "call", "case_number": "（2026）某1234民初9号",
        "words": "问能不能快点判", "form_key": "key-of-this-form",
    }  # fmt: skip
    with inside(settings):
        before = plain(leader.get("/oversight/complaints/?kind=interference"))
        for name in ("who", "office", "day", "how", "case_number", "words"):
            assert judge.post("/interference/new/", form | {name: ""}).status_code == 422, name
        for _twice in range(2):
            assert judge.post("/interference/new/", form).status_code == 302
        page = judge.get("/interference/").content.decode()
        assert page.count("问能不能快点判") == 1
        month = re.search(r'name="month" value="([^"]+)"', page)
        assert month and judge.post("/interference/none/", {"month": month.group(1)}).status_code == 302
        assert judge.post("/interference/none/", {"month": "x"}).status_code == 404
        assert plain(leader.get("/oversight/complaints/?kind=interference")) == before


def test_pages_of_the_zone_ask_little(cast: Cast, zone: Any, settings: Any) -> None:
    """At most thirty queries a page, however many complaints and files there are."""
    for number in range(3):
        matter, _code = received(cast, zone, by="li", files=[a_photo(), a_photo(f"{number}.jpg")])
    author, officer, judge = (browser(cast, name) for name in ("li", "discipline", "judge"))
    asked = {}
    with inside(settings):
        for client, path in (
            (author, "/my/complaints/"),
            (author, f"/my/complaints/{matter.public_id}/"),
            (officer, "/oversight/complaints/"),
            (officer, f"/oversight/complaints/{matter.public_id}/"),
            (judge, "/interference/"),
        ):
            with CaptureQueriesContext(connection) as queries:
                assert client.get(path).status_code == 200
            asked[path] = len(queries)
    assert max(asked.values()) <= 30, asked
