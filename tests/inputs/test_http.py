"""What machines and attackers do around a form (RELIABILITY §6, 35–54): refused or ignored in words, never a 5xx."""

from __future__ import annotations

import gzip
import json
import socket
from typing import Any

import pytest
from django.test import Client

from cases.models import Side
from filing.models import Filing
from tests.filing.outside import application
from tests.filing.test_api import send, token_of
from tests.support.court import Cast, accepted, submitted
from tests.support.servers import Live

LOOK_UP = "/api/v1/fees/quote"
GOOD = {"item": "property", "amount": "60000"}


def quoted(body: bytes, **more: Any) -> Any:
    return Client().generic("POST", LOOK_UP, body, content_type="application/json", **more)


@pytest.mark.req("B-38")
@pytest.mark.django_db
def test_a_packed_body_is_not_unpacked() -> None:
    """A hundred megabytes of blanks in a few bytes: nobody opens it."""
    bomb = gzip.compress(b'{"item": "property", "amount": "' + b" " * 100_000_000)
    answer = quoted(bomb, headers={"Content-Encoding": "gzip"})
    assert (answer.status_code, answer.json()["code"]) == (400, "parse_error")
    assert quoted(gzip.compress(json.dumps(GOOD).encode())).status_code == 400
    assert quoted(json.dumps(GOOD).encode()).status_code == 200, "control: the same in plain is read"


@pytest.mark.req("B-41")
@pytest.mark.django_db
@pytest.mark.parametrize("value", [["60000"], {"is": "60000"}, [[]], True])
def test_something_else_than_a_scalar(value: Any) -> None:
    answer = quoted(json.dumps(GOOD | {"amount": value}).encode())
    assert (answer.status_code, list(answer.json()["fields"])) == (422, ["amount"])


@pytest.mark.req("B-11")
@pytest.mark.django_db
@pytest.mark.parametrize("path", ["identity/check", "assistant/ask"])
def test_half_a_character(path: str) -> None:
    """A lone surrogate is no text: JSON can write it, UTF-8 and the database cannot."""
    body = {"kind": "id_card", "value": "\ud800"} if path == "identity/check" else {"question": "退\ud800费"}
    answer = Client().post(f"/api/v1/{path}", json.dumps(body), content_type="application/json")
    assert answer.status_code in (200, 422)


@pytest.mark.req("B-43")
def test_a_method_is_what_it_is(cast: Cast) -> None:
    """No header or field turns a POST into something else; TRACE is not spoken."""
    filing = submitted(cast)
    zhang = cast.client("zhang")
    for more in (
        {"headers": {"X-HTTP-Method-Override": "DELETE"}},
        {"headers": {"X-Method-Override": "PUT"}},
    ):
        assert zhang.get(f"/my/filings/{filing.public_id}/", **more).status_code == 200
    assert zhang.post("/my/", {"_method": "DELETE"}).status_code == 405
    assert zhang.trace("/my/").status_code == 405
    assert Filing.objects.filter(pk=filing.pk).exists()


@pytest.mark.req("B-44")
@pytest.mark.django_db
@pytest.mark.parametrize(
    "host", ["evil.example", "testserver.evil.example", "testserver:80@evil.example", "", "a b"]
)
def test_a_foreign_host_is_not_served(host: str) -> None:
    answer = Client().get("/login/", headers={"Host": host})
    assert answer.status_code == 400
    assert b"evil" not in answer.content


@pytest.mark.req("B-44")
def test_nobody_chooses_his_address(cast: Cast, settings: Any) -> None:
    """Ten wrong passwords from one address close it for this name, whatever address the browser claims to have."""
    for number in range(11):
        answer = Client().post(
            "/staff/login/",
            {"username": "judge", "password": "wrong-password"},
            headers={"X-Forwarded-For": f"203.0.113.{number}", "X-Real-IP": f"203.0.113.{number}"},
        )
    assert answer.status_code == 429


def spoken(live: Live, request: bytes) -> bytes:
    """What the server says to these bytes."""
    port = int(str(live).rpartition(":")[2].strip("/"))
    with socket.create_connection(("127.0.0.1", port), timeout=10) as link:
        link.sendall(request)
        answer = b""
        while piece := link.recv(65536):
            answer += piece
    return answer


@pytest.mark.req("B-45", "B-46")
def test_oversized_and_contradicting_requests_end_at_the_door(live: Live) -> None:
    """Headers, addresses and cookies beyond all measure; two lengths, a length and pieces; and the server lives on."""
    head = b" HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
    for request in (
        b"GET /" + b"a" * 200_000 + head + b"\r\n",
        b"GET /" + head + b"X-Long: " + b"a" * 200_000 + b"\r\n\r\n",
        b"GET /" + head + b"Cookie: sessionid=" + b"a" * 200_000 + b"\r\n\r\n",
        b"POST /login/" + head + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nphone",
        b"POST /login/" + head + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /login/" + head + b"Content-Length: -1\r\n\r\n",
    ):
        status = spoken(live, request).split(b" ", 2)[1:2]
        assert not status or status[0].startswith(b"4"), request[:40]
    assert spoken(live, b"GET /healthz" + head + b"\r\n").split(b" ", 2)[1] == b"200"


@pytest.mark.req("B-48")
@pytest.mark.parametrize("key", ["", "k" * 300, "钥匙", "a\tb"])
def test_a_key_that_is_no_key(cast: Cast, key: str) -> None:
    answer = send(token_of(cast), application(), key=key)
    assert answer.status_code in (400, 422) and set(json.loads(answer.content)) == {
        "code",
        "message",
        "fields",
    }
    assert not Filing.objects.exists()


@pytest.mark.req("B-48")
def test_a_key_belongs_to_its_holder_and_its_body(cast: Cast) -> None:
    """Another body under the same key is refused; another person's equal key is his own."""
    mine, other = token_of(cast), token_of(cast, "chen")
    assert send(mine, application(), key="one").status_code == 201
    assert send(mine, application() | {"e_delivery": False}, key="one").status_code == 422
    assert send(other, application(), key="one").content != send(mine, application(), key="one").content
    assert Filing.objects.filter(applicant=cast.users["zhang"]).count() == 1


@pytest.mark.req("B-49", "B-50")
def test_a_form_with_a_foreign_token_or_origin_is_refused(cast: Cast) -> None:
    zhang, li = Client(enforce_csrf_checks=True), Client(enforce_csrf_checks=True)
    zhang.force_login(cast.users["zhang"])
    li.force_login(cast.users["li"])
    own, foreign = (client.get("/my/real-name/").context["csrf_token"] for client in (zhang, li))
    assert zhang.post("/logout/", {"csrfmiddlewaretoken": str(foreign)}).status_code == 403
    assert (
        zhang.post("/logout/", {"csrfmiddlewaretoken": str(own)}, headers={"Origin": "null"}).status_code
        == 403
    )
    away = {"Origin": "https://evil.example"}
    assert zhang.post("/logout/", {"csrfmiddlewaretoken": str(own)}, headers=away).status_code == 403
    assert zhang.post("/logout/", {"csrfmiddlewaretoken": str(own)}).status_code == 302, (
        "control: the own one does"
    )


@pytest.mark.req("B-54")
@pytest.mark.parametrize(
    "target", ["//evil.example/", "https://evil.example/", "javascript:alert(1)", "/\\evil.example"]
)
def test_signing_in_leads_nowhere_else(cast: Cast, target: str) -> None:
    """Whoever is signed in already is sent on, but only inside the house."""
    assert cast.client("zhang").get("/login/", {"next": target})["Location"] == "/my/"
    assert cast.client("judge").get("/staff/login/", {"next": target})["Location"] == "/desk/"


@pytest.mark.req("B-40")
def test_ids_of_another_case_inside_a_form(cast: Cast) -> None:
    """A party of another case and a message of another thread, named in a body for one's own."""
    mine, other = accepted(cast), accepted(cast, principal=30000)
    foreign = other.parties.get(side=Side.DEFENDANT)
    zhang = cast.client("zhang")
    body = {"text": "什么时候开庭？", "party": str(foreign.pk), "corrects": "1", "form_key": "k1"}
    answer = zhang.post(f"/my/cases/{mine.public_id}/messages/new/?topic=material", body)
    assert answer.status_code < 500
    assert not other.threads.exists()
    assert {thread.party.case_id for thread in mine.threads.all()} <= {mine.pk}
