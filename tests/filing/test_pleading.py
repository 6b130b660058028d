"""The pleading as PDF and DOCX: everything that was written, as it stands for who reads it."""

from __future__ import annotations

import re
from io import BytesIO

from django.test import Client
from docx import Document
from pypdf import PdfReader

from common import clock
from filing import services
from filing.models import Filing
from portal.demo import cast as people
from tests.filing.pages import home
from tests.support.court import Cast, draft, submitted


def pdf_text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200 and answer["Content-Type"] == "application/pdf"
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(b"".join(answer))).pages)
    return "".join(text.split())


def docx_text(client: Client, filing: Filing) -> str:
    document = Document(BytesIO(b"".join(client.get(home(filing, "pleading.docx")))))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([paragraph.text for paragraph in document.paragraphs] + cells)


def test_a_draft_says_that_it_is_one_and_is_not_signed(cast: Cast) -> None:
    filing, client = draft(cast), cast.client("zhang")
    text = pdf_text(client, home(filing, "pleading.pdf"))
    assert "民事起诉状" in text and "草稿，还没有提交" in text and "¥60,000.00" in text
    assert 0 < text.index(people.ZHANG.name) < text.index(people.LI.name) and cast.court.name in text


def test_a_sent_one_bears_number_signature_and_day_in_both_forms(cast: Cast) -> None:
    filing = services.submit_filing(filing_id=draft(cast).pk, actor=cast.zhang, signed_name="张某")
    client, today = cast.client("zhang"), clock.today()
    day = f"{today.year}年{today.month}月{today.day}日"
    for text in (pdf_text(client, home(filing, "pleading.pdf")), docx_text(client, filing)):
        assert "草稿" not in text and "¥60,000.00" in text
        assert re.search(r"具状人（签名、盖章）：\s*张某", text) and day in "".join(text.split())


def test_what_a_person_writes_is_only_text(cast: Cast) -> None:
    filing = draft(cast)
    words = "#panic(1) $x$ *粗* <b>&amp;</b> \\ [a](b) 𠅤"
    services.save_page(filing_id=filing.pk, page="extras", values={"other_claims": words}, actor=cast.zhang)
    client = cast.client("zhang")
    assert "#panic(1)$x$*粗*<b>&amp;</b>" in pdf_text(client, home(filing, "pleading.pdf"))
    assert words in docx_text(client, filing)


def test_the_clerk_downloads_what_was_sent(cast: Cast) -> None:
    filing = submitted(cast)
    clerk = cast.client("clerk")
    assert "¥60,000.00" in pdf_text(clerk, f"/desk/filings/{filing.public_id}/pleading.pdf")
    assert clerk.get(f"/desk/filings/{draft(cast).public_id}/pleading.pdf").status_code == 404
