"""A pleading that somebody wrote himself: read, offered piece by piece, taken over only where it is ticked."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from docx import Document

from cases.models import Side
from common import clock
from courts.models import Cause
from documents.inspect.texts import write_text
from documents.rendering.pleadings import Pleading, Row, Section, as_docx, as_pdf
from documents.services.texts import KINDS
from filing import services
from filing.models import Filing
from filing.reading import numbered, read_pleading
from portal.demo.cast import LI, ZHANG
from tests.filing.pages import home, text_of
from tests.support.court import Cast

TEXT = f"""民事起诉状
原告：{ZHANG.name}，男，1985年3月14日出生，汉族，住某省某市示例区和平路1号，公民身份号码：{ZHANG.id_number}，联系电话：{ZHANG.phone}。
被告：某某建材有限公司，住所地：某省某市开发区2号，法定代表人：王某，联系电话0311-86011111。
诉讼请求：
1．判令被告支付货款60,000元；
2．判令被告承担诉讼费。
事实与理由：
2025年1月被告向原告购买水泥，一直没有付款。
证据和证据来源：送货单。
此致
某市某区人民法院
具状人：{ZHANG.name}
"""

KINDS_BY_NAME = {name: content_type for content_type, name in KINDS.items()}


def written(text: str = TEXT) -> SimpleUploadedFile:
    document, stream = Document(), BytesIO()
    for line in text.splitlines():
        document.add_paragraph(line)
    document.save(stream)
    return SimpleUploadedFile("起诉状.docx", stream.getvalue(), KINDS_BY_NAME["docx"])


@pytest.fixture
def filing(cast: Cast) -> Filing:
    """张's empty draft in the form for every cause."""
    cause = Cause.objects.filter(name="服务合同纠纷", version="2025").first()
    assert cause is not None
    return services.start_filing(actor=cast.zhang, court=cast.court, cause=cause, form="general", precheck={})


def uploaded(cast: Cast, filing: Filing, file: SimpleUploadedFile) -> str:
    answer = cast.client("zhang").post(home(filing, "from-file/"), {"file": file})
    assert answer.status_code == 302
    return str(answer["Location"])


def test_a_word_file_is_read_and_only_what_is_ticked_is_taken_over(cast: Cast, filing: Filing) -> None:
    client = cast.client("zhang")
    address = uploaded(cast, filing, written())
    page = text_of(client.get(address))
    assert "某某建材有限公司" in page and ZHANG.id_number in page and "购买水泥" in page
    assert "checked" not in page
    answer = client.post(
        address, {"take": ["p1.name", "p1.legal_representative", "a.claims", "a.total_amount"]}
    )
    assert answer.status_code == 302
    filing.refresh_from_db()
    other = filing.parties.get()
    assert (other.side, other.kind, other.name) == (Side.DEFENDANT, "legal", "某某建材有限公司")
    assert (other.legal_representative, other.address) == ("王某", "")
    assert [row["claim"] for row in filing.answers["claims"]] == [
        "判令被告支付货款60,000元；",
        "判令被告承担诉讼费。",
    ]
    assert filing.answers["total_amount"] == "60000.00" and "story" not in filing.answers
    again = text_of(client.get(address))
    assert "购买水泥" in again and "判令被告支付货款" not in again, "what was taken over is not offered again"


def test_everything_or_nothing_and_the_sentence_names_the_field(cast: Cast, filing: Filing) -> None:
    wrong = TEXT.replace(ZHANG.id_number, ZHANG.id_number[:-1] + ("1" if ZHANG.id_number[-1] != "1" else "2"))
    client = cast.client("zhang")
    address = uploaded(cast, filing, written(wrong))
    answer = client.post(address, {"take": ["p0.name", "p0.id_number", "a.story"]})
    assert answer.status_code == 422 and "证件号码" in text_of(answer)
    filing.refresh_from_db()
    assert filing.answers == {} and not filing.parties.exists()
    lonely = client.post(address, {"take": ["p1.address"]})
    assert lonely.status_code == 422 and "姓名" in text_of(lonely)
    assert client.post(address, {"take": ["p9.name"]}).status_code == 422


def test_a_scan_says_nothing_and_is_kept_all_the_same(cast: Cast, filing: Filing) -> None:
    empty = as_pdf(Pleading("照片", "", (), "", "", "", None), moment=clock.now())
    blank = SimpleUploadedFile("扫描.pdf", empty, "application/pdf")
    page = text_of(cast.client("zhang").get(uploaded(cast, filing, blank)))
    assert "没有读到" in page
    assert filing.materials.filter(slot="WRITTEN").count() == 1


@pytest.mark.parametrize("kind", ["pdf", "docx"])
def test_what_this_portal_prints_it_can_read(kind: str) -> None:
    person = Section(
        "被告", (Row("姓名", LI.name), Row("住所地", "某市示例区2号"), Row("联系电话", LI.phone))
    )
    made = Pleading("民事起诉状", "", (person,), "某市某区人民法院", "具状人", "张某", None)
    with TemporaryDirectory() as folder:
        source, target = Path(folder) / "source", Path(folder) / "text"
        source.write_bytes(as_pdf(made, moment=clock.process_now()) if kind == "pdf" else as_docx(made))
        write_text(kind, source, target)
        [found] = read_pleading(target.read_text()).people
    assert found.values["name"] == LI.name and found.values["phone"] == LI.phone


def test_points_of_a_numbered_text() -> None:
    assert numbered("一、还钱；\n二、付利息") == ["还钱；", "付利息"]
    assert numbered("请判令还钱") == ["请判令还钱"]
