"""The web server dies while somebody writes or uploads: he goes on where he was, nothing kept is lost, nothing half is kept."""

from __future__ import annotations

import hashlib
import re
import socket
from collections.abc import Iterator

import httpx
import pytest
from django.conf import settings

from documents.models import StoredFile
from filing.models import Filing, FilingMaterial
from portal.demo.loan import photo
from tests.filing.pages import home, seen_on
from tests.support.court import Cast, draft
from tests.support.servers import Site

pytestmark = pytest.mark.req("REL-50")


class Visitor:
    """One browser with its cookies, whose requests can be left half sent."""

    def __init__(self, site: Site, cast: Cast) -> None:
        self.site = site
        session = cast.client("zhang").cookies[settings.SESSION_COOKIE_NAME].value
        self.http = httpx.Client(
            base_url=site.url, cookies={settings.SESSION_COOKIE_NAME: session}, timeout=25
        )

    def page(self, path: str) -> str:
        answer = self.http.get(path, follow_redirects=True)
        assert answer.status_code == 200
        return answer.text

    def token(self, path: str) -> str:
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.page(path))
        assert found
        return found[1]

    def half(self, path: str, request: httpx.Request) -> socket.socket:
        """Send the head and half of the body of a request, and keep the connection."""
        body = request.read()
        cookies = "; ".join(
            f"{name}={value}" for name, value in {c.name: c.value for c in self.http.cookies.jar}.items()
        )
        head = (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.site.port}\r\nCookie: {cookies}\r\n"
            f"Content-Type: {request.headers['Content-Type']}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        link = socket.create_connection(("127.0.0.1", self.site.port))
        link.sendall(head.encode() + body[: len(body) // 2])
        return link


@pytest.fixture
def visitor(cast: Cast, site: Site) -> Iterator[Visitor]:
    """张 with his session, in front of the site."""
    visitor = Visitor(site, cast)
    yield visitor
    visitor.http.close()


def test_killed_in_the_middle_of_a_form(cast: Cast, site: Site, visitor: Visitor) -> None:
    filing = draft(cast)
    address = home(filing, "facts/contract/")
    wanted = {"contract_facts": "第一遍写的经过", "lender": "张某", "borrower": "李某"}
    wanted["seen"] = seen_on(visitor.page(address), address)
    visitor.http.post(address, data={"csrfmiddlewaretoken": visitor.token(address)} | wanted)
    kept = Filing.objects.get(pk=filing.pk).answers
    request = httpx.Request(
        "POST",
        site.url,
        data={"csrfmiddlewaretoken": visitor.token(address), "contract_facts": "没写完" * 500},
    )
    with visitor.half(address, request):
        site.kill()
    assert Filing.objects.get(pk=filing.pk).answers == kept
    site.start()
    assert "第一遍写的经过" in visitor.page(address)


@pytest.mark.req("F-01", "F-25")
def test_killed_in_the_middle_of_an_upload(cast: Cast, site: Site, visitor: Visitor) -> None:
    filing = draft(cast, without=("IOU",))
    address = home(filing, "evidence/")
    before = FilingMaterial.objects.count(), StoredFile.objects.count()
    picture = photo(["借条"], "借条.jpg").read()

    def request() -> httpx.Request:
        fields = {"csrfmiddlewaretoken": visitor.token(address), "slot": "IOU"}
        return httpx.Request(
            "POST", site.url, data=fields, files={"files": ("借条.jpg", picture, "image/jpeg")}
        )

    with visitor.half(address, request()):
        site.kill()
    assert (FilingMaterial.objects.count(), StoredFile.objects.count()) == before
    site.start()
    whole = request()
    answer = visitor.http.post(
        address, content=whole.read(), headers={"Content-Type": whole.headers["Content-Type"]}
    )
    assert answer.status_code == 302
    assert filing.materials.filter(slot="IOU", removed_at=None).count() == 1
    kept = StoredFile.objects.latest("pk")
    assert kept.sha256 == hashlib.sha256(picture).hexdigest()
    assert "借条.jpg" in visitor.page(address)
