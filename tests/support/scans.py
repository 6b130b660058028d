"""Papers of an accepted case, their printed codes read from the picture, and a visitor with a browser of its own."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
from django.core.files.storage import default_storage
from django.http import HttpResponse
from django.test import Client

from cases.models import Case, Party, Side
from documents.models import Copy
from portal.demo.cast import Person
from standins.models import SentText
from tests.journeys.people import read_code
from tests.support.court import Cast, accepted
from tests.support.database import Kept
from tests.support.servers import Live


@dataclass
class Told:
    """张 against 李, accepted, all papers made: 张's in the inbox, 李's at the print desk."""

    cast: Cast
    case: Case
    plaintiff: Party
    defendant: Party

    def copy(self, party: Party, template: str = "") -> Copy:
        """The newest copy addressed to a party."""
        found = (
            Copy.objects.filter(addressee_public_id=party.public_id).select_related("paper").order_by("-id")
        )
        return found.filter(paper__template=template)[0] if template else found[0]


def printed_path(copy: Copy) -> str:
    """Path of the address in the QR code, read from the rendered page."""
    with default_storage.open(copy.file_key) as pdf:
        return urlsplit(read_code(pdf.read())).path


def printed_service_code(copy: Copy) -> str:
    """The 服务码 as printed beside the QR code."""
    import pypdfium2

    with default_storage.open(copy.file_key) as pdf:
        document = pypdfium2.PdfDocument(pdf.read())
    text = "".join(document[number].get_textpage().get_text_bounded() for number in range(len(document)))
    found = re.search(r"服务码[：:\s]*([0-9A-Z\-\s]{10,14})", text)
    assert found is not None, text
    return found.group(1)


def codes_sent(phone: str) -> list[str]:
    """Codes for a scan that reached a phone, newest first."""
    texts = SentText.objects.filter(to=phone, text__contains="核对身份").order_by("-id")
    return [match.group(1) for text in texts if (match := re.search(r"验证码 (\d{6})", text.text))]


class Visitor:
    """Somebody with a phone: an own browser, an own address."""

    number = 0

    def __init__(self) -> None:
        type(self).number += 1
        self.client = Client(REMOTE_ADDR=f"10.{self.number >> 8 & 255}.{self.number & 255}.1")

    def claims(self, path: str, person: Person, *, name: str = "") -> HttpResponse:
        """Say at a code that one is this person."""
        facts = {"name": name or person.name, "last_six": person.id_number[-6:]}
        return self.client.post(f"{path}verify/", facts)

    def enters(self, code: str) -> HttpResponse:
        """Type the code of the text message."""
        return self.client.post("/scan/code/", {"code": code})

    def scans(self, path: str, person: Person) -> HttpResponse:
        """The whole way in with the newest code of this person's phone."""
        self.claims(path, person)
        return self.enters(codes_sent(person.phone)[0])


@pytest.fixture
def told(live: Live, cast: Cast, run_outbox: Callable[..., int], made_once: Kept) -> Told:
    """An accepted case on a running portal that takes text messages."""

    def make() -> Case:
        case = accepted(cast)
        run_outbox()
        return case

    case = made_once("told", make)
    parties = {party.side: party for party in case.parties.all()}
    return Told(cast, case, parties[Side.PLAINTIFF], parties[Side.DEFENDANT])
