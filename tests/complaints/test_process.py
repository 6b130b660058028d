"""Two processes: the public one gives and cannot read, the zone's reads; nothing of a visitor goes on (SEC-30, SEC-34)."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

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
def test_the_zone_answers_nothing_but_its_own(cast: Cast, zone_process: Zone) -> None:
    transport = httpx.HTTPTransport(uds=zone_process.place)
    with httpx.Client(transport=transport, base_url="http://testserver", timeout=60) as client:
        assert client.get("/healthz").status_code == 200, zone_process.log()
        for path in ("/", "/my/", "/complaints/", "/api/v1/courts", "/readyz", "/desk/filings/"):
            answer = client.get(path)
            assert (answer.status_code, answer.content) == (404, b""), path
