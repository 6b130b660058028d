"""Two processes: the public one gives and cannot read, the zone's reads; nothing of a visitor goes on (SEC-30, SEC-34)."""

from __future__ import annotations

import os
import re
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from django.conf import settings as django_settings
from django.contrib.sessions.models import Session

from accounts.middleware import PUBLIC_IDLE
from accounts.unsent import UNSENT
from common import clock
from complaints.models import Submission
from portal import intake
from tests.complaints.conftest import inside
from tests.complaints.test_door import code_in, form_of
from tests.documents import craft
from tests.support.court import Cast
from tests.support.servers import Live, Site, Zone


@pytest.fixture
def visitor(live: Live) -> Iterator[httpx.Client]:
    """Somebody without scripts and account on the live portal."""
    with httpx.Client(base_url=live.url, follow_redirects=False, timeout=60) as client:
        yield client


def token(page: httpx.Response) -> str:
    """The form's token."""
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    assert found, page.text[:500]
    return found.group(1)


def given(client: httpx.Client, cast: Cast, **changes: str) -> str:
    """A complaint through the page; its code."""
    page = client.get("/complaints/")
    answer = client.post("/complaints/", data=form_of(cast, csrfmiddlewaretoken=token(page), **changes))
    assert answer.status_code == 200, answer.text
    return code_in(answer)


@pytest.mark.req("SEC-30", "SEC-34")
def test_read_with_the_code_through_the_zone(
    cast: Cast, zone_process: Zone, visitor: httpx.Client, settings: Any
) -> None:
    code = given(visitor, cast)
    with inside(settings):
        from complaints.services.intake import take_in

        take_in()
    page = visitor.get("/complaints/receipt/")
    assert page.status_code == 200, zone_process.log()
    form = {"csrfmiddlewaretoken": token(page)}
    wrong = visitor.post("/complaints/receipt/", data=form | {"code": "0" * 26})
    assert wrong.status_code == 422 and "没有查到" in wrong.text
    right = visitor.post("/complaints/receipt/", data=form | {"code": code.lower().replace("-", " ")})
    assert right.status_code == 200 and "三次开庭都迟到" in right.text
    assert right.headers["cache-control"] == "no-store" and "session" not in right.headers.get(
        "set-cookie", ""
    )
    assert "default-src 'none'" in right.headers["content-security-policy"]
    log = zone_process.log()
    assert not [word for word in ("127.0.0.1", "receipt", "portal.access", "python-httpx") if word in log], (
        log
    )


@pytest.mark.req("SEC-30", "SEC-34")
def test_files_go_on_to_the_zone_and_too_much_is_said(
    cast: Cast, zone_process: Zone, visitor: httpx.Client, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A photo of some megabytes with an addition, through both processes; above the limit a page says what to do."""
    code = given(visitor, cast)
    with inside(settings):
        from complaints.services.intake import take_in

        take_in()
    form = {"csrfmiddlewaretoken": token(visitor.get("/complaints/receipt/")), "code": code, "form_key": "k"}
    photo = craft.photo(size=(2400, 1800), quality=95)
    assert len(photo) > 2 * 1024 * 1024
    taken = {"files": ("一.jpg", photo, "image/jpeg")}
    answer = visitor.post("/complaints/receipt/", data=form | {"text": "见照片"}, files=taken)
    assert answer.status_code == 200 and "随这条收到1个文件" in answer.text, zone_process.log()
    monkeypatch.setattr(intake, "FILES_BYTES", 1024 * 1024)
    answer = visitor.post("/complaints/receipt/", data=form | {"text": "再来"}, files=taken)
    assert answer.status_code == 413 and "少选几个文件" in answer.text
    assert visitor.get("/complaints/receipt/").status_code == 200


@pytest.mark.req("SEC-30")
def test_a_public_process_without_the_key_takes_and_cannot_read(
    cast: Cast, site: Site, settings: Any
) -> None:
    """A process started as in production: no private key in its environment, no zone beside it."""
    assert not [name for name in site.child.environment if name.startswith("ZONE_PRIVATE")]
    with httpx.Client(base_url=site.url, timeout=60) as client:
        given(client, cast)
        assert client.get("/complaints/receipt/").status_code in (404, 503)
    with inside(settings):
        assert Submission.objects.count() == 1


@pytest.mark.req("SEC-30")
def test_while_the_zone_is_away_giving_goes_on_and_reading_says_so(
    cast: Cast, zone_process: Zone, visitor: httpx.Client
) -> None:
    zone_process.stop()
    zone_process.socket.close()
    os.unlink(zone_process.place)
    assert given(visitor, cast)
    answer = visitor.get("/complaints/receipt/")
    assert answer.status_code == 503 and answer.headers["retry-after"]


@pytest.mark.req("SEC-30")
def test_what_was_written_too_long_in_the_zone_stays_nowhere_outside(
    cast: Cast, zone_process: Zone, visitor: httpx.Client
) -> None:
    """A session is read by every process: no word of a complaint is kept in one while its author signs in again."""
    signed_in = cast.client("zhang")
    session = signed_in.session
    for name in ("started_at", "seen_at"):
        session[name] = (clock.process_now() - PUBLIC_IDLE - timedelta(seconds=1)).isoformat()
    session.save()
    visitor.cookies.set(django_settings.SESSION_COOKIE_NAME, str(session.session_key))
    form = {"csrfmiddlewaretoken": token(visitor.get("/complaints/")), "text": "他又威胁了我"}
    address = f"/my/complaints/{uuid.uuid4()}/"
    answer = visitor.post(address, data=form)
    assert answer.headers["location"] == f"/login/?next={address}", zone_process.log()
    assert [row.get_decoded() for row in Session.objects.all() if UNSENT in row.get_decoded()] == []


@pytest.mark.req("SEC-04", "SEC-36")
def test_the_network_of_staff_is_asked_for_before_the_zone(
    cast: Cast, zone_process: Zone, visitor: httpx.Client, settings: Any
) -> None:
    """The zone knows no address, so it cannot; with the networks named its desk opens from there and from nowhere else."""
    key = cast.client("discipline").session.session_key
    visitor.cookies.set(settings.SESSION_COOKIE_NAME, str(key))
    settings.STAFF_DOOR_NETWORKS = ["10.1.0.0/16"]
    for path in ("/oversight/complaints/", "/interference/"):
        assert visitor.get(path).status_code == 404
    settings.STAFF_DOOR_NETWORKS = ["127.0.0.0/8"]
    assert visitor.get("/oversight/complaints/").status_code == 200, zone_process.log()


@pytest.mark.req("SEC-30")
def test_the_zone_answers_nothing_but_its_own(cast: Cast, zone_process: Zone) -> None:
    transport = httpx.HTTPTransport(uds=zone_process.place)
    with httpx.Client(transport=transport, base_url="http://testserver", timeout=60) as client:
        assert client.get("/healthz").status_code == 200, zone_process.log()
        for path in ("/", "/my/", "/complaints/", "/api/v1/courts", "/readyz", "/desk/filings/"):
            answer = client.get(path)
            assert (answer.status_code, answer.content) == (404, b""), path
