"""Every paper template, from its sample and from the worst that may come: what stands on the pages. No database."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
import zxingcpp
from django.core.management import CommandError, call_command

from documents.rendering import codes, typeset
from documents.rendering.paper import render
from documents.rendering.samples import (
    CODES,
    NAMES,
    PLAIN,
    Sample,
    names,
    plain_sample,
    plain_torture,
    sample,
    torture,
)
from documents.rendering.templates import DIRECTORY, TEMPLATES, check

MOMENT = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
KINDS = pytest.mark.parametrize("made", [sample, torture], ids=["sample", "torture"])
EACH = pytest.mark.parametrize("template", TEMPLATES)
CODE_BLOCK = re.compile(r"某市某区人民法院扫一扫：.{100,240}有疑问请拨打12368。")
NOT_PRINTED = {
    "acceptance_notice": {"plaintiffs"},
    "application_notice": {"plaintiffs"},
    "refund_notice": {"plaintiffs", "accepted_on"},
    "fee_notice": {"plaintiffs"},
    "response_notice": {"defendants"},
    "appeal_notice": {"defendants"},
    "admin_response_notice": {"defendants"},
    "property_report_order": {"respondents"},
    "enforcement_notice": {"case_number"},
}
"""Keys a template shares with others of its kind and does not print."""
BRANCHES: list[tuple[str, dict[str, Any], str]] = [
    ("withdrawal_ruling", {"refused": True}, "不准许张某撤回起诉。"),
    ("preservation_ruling", {"before_suit": True}, "第一百零四条、第一百零五条"),
    ("enforcement_notice", {"days": 10}, "自收到本通知次日起10日内履行下列义务"),
    ("enforcement_notice", {"account": None}, "核对本案的专用账户"),
    ("appearance_notice", {"role": "鉴定人"}, "鉴定人应当到庭说明鉴定意见"),
    ("appearance_notice", {"role": "委托诉讼代理人"}, "带上授权委托书等代理手续"),
    ("appearance_notice", {"role": "证人"}, "误工损失按照国家上年度职工日平均工资标准计算"),
    ("appearance_notice", {"role": "有专门知识的人"}, "视为申请您出庭的当事人的陈述"),
    ("appearance_notice", {"role": "勘验人"}, "应当自行回避"),
    ("appearance_notice", {"role": "翻译人员"}, "不得增减、改变"),
    (
        "panel_notice",
        {"change": "审判员孙某因工作调动不再参加审理"},
        "审判员孙某因工作调动不再参加审理，依照",
    ),
    ("service_address_form", {"electronic": False}, "受送达人的选择：不同意电子送达，请邮寄或者当面送达"),
    ("summons", {"appear_at": "2026-12-15 12:05"}, "2026年12月15日（星期二）下午12时5分"),
    ("fee_notice", {"demand": "请补交", "otherwise": "强制执行", "matter": "申请保全"}, "请补交。"),
    ("mediation_paper", {"mediated_by": "某市某区人民调解委员会"}, "本案由某市某区人民调解委员会主持调解。"),
]


@lru_cache(maxsize=64)
def printed(made: Any, template: str) -> bytes:
    """One signed copy; each is printed once a run."""
    return pdf_of(made(template))


def pdf_of(one: Sample) -> bytes:
    return render(one.copy(), CODES, moment=MOMENT)


def pages_of(pdf: bytes) -> list[str]:
    """The text of each page without blanks and line ends, as a reader outside would extract it."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        texts = [page.get_textpage().get_text_range() for page in document]
    finally:
        document.close()
    return [re.sub(r"[ \r\n\u3000\ufffe]", "", text) for text in texts]


def text_of(pdf: bytes) -> str:
    """All pages on end, without the page numbers and the code block between them."""
    return on_end(pages_of(pdf))


def on_end(pages: list[str]) -> str:
    """The same of pages that somebody else has read."""
    footer = re.compile(r"某1234-2026-000123-1—\d+—")
    return CODE_BLOCK.sub("", "".join(footer.sub("", page) for page in pages))


def leaves(value: Any) -> list[str]:
    """Every text of the data as it has to stand on the paper."""
    if isinstance(value, bool) or value is None:
        return []
    if isinstance(value, dict):
        return [text for item in value.values() for text in leaves(item)]
    if isinstance(value, list):
        return [text for item in value for text in leaves(item)]
    text = str(value)
    if found := re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)(?: \d\d:\d\d)?", text):
        year, month, day = (int(part) for part in found.groups())
        return [f"{year}年{month}月{day}日"]
    if re.fullmatch(r"\d+\.\d\d", text):
        return [f"¥{float(text):,.2f}"]
    return [re.sub(r"[ \u3000]", "", line) for line in text.replace(NAMES[0][0], "〓").split("\n")]


def expected(one: Sample) -> list[str]:
    """What must be found: lists of more than three people are shortened as in 〓某等30人."""
    found = [one.addressee.replace(NAMES[0][0], "〓") + "："]
    for key, value in one.content.items():
        if key in NOT_PRINTED.get(one.template, ()):
            continue
        found += ["〓某等30人"] if value == names() else leaves(value)
    return found


@EACH
def test_every_template_has_a_sample_that_it_can_print(template: str) -> None:
    for made in (sample(template), torture(template)):
        check(template, made.content)
    known = (DIRECTORY / f"{template}.typ").read_text(encoding="utf-8")
    known += (DIRECTORY / "base.typ").read_text(encoding="utf-8")
    assert not [key for key in sample(template).content if not re.search(rf"\b{key}\b", known)]
    assert set(torture(template).content) <= TEMPLATES[template].required | {"reasons"}


def test_no_sample_without_template() -> None:
    there = {path.stem for path in (DIRECTORY / "samples").glob("*.json")}
    assert there == set(TEMPLATES) | set(PLAIN)
    assert {path.stem for path in DIRECTORY.glob("*.typ")} == there | {
        "base",
        "record",
        "cover",
    }  # the frames, and what goes around


@KINDS
@EACH
def test_the_text_is_the_data(template: str, made: Any) -> None:
    text = text_of(printed(made, template))
    assert not [words for words in expected(made(template)) if words not in text]
    assert TEMPLATES[template].title in text
    assert "二〇二六年十一月二十一日" in text
    assert ("U+31350" in text) == (made is torture)


@KINDS
@EACH
def test_plain_words_come_first(template: str, made: Any) -> None:
    first = pages_of(printed(made, template))[0]
    assert first.index("这份文书说什么") < first.index("您要做什么") < first.index("以下面的正文为准")


@KINDS
@EACH
def test_code_block_page_numbers_and_signature(template: str, made: Any) -> None:
    pdf = printed(made, template)
    pages = pages_of(pdf)
    assert CODES.service_code in pages[0] and CODES.check_code in pages[0]
    assert not any(CODES.service_code in page for page in pages[1:])
    for number, page in enumerate(pages, start=1):
        assert f"某1234-2026-000123-1—{number}—" in page
    (signed,) = [page for page in pages if "二〇二六年十一月二十一日" in page]
    before = signed.partition("某市某区人民法院二〇二六年")[0]
    assert len(before) >= 20, "a page with nothing but the signature"


@KINDS
@EACH
def test_the_seal_stands_inside_its_page(template: str, made: Any) -> None:
    with pikepdf.open(io.BytesIO(printed(made, template))) as pdf:
        (field,) = pdf.Root.AcroForm.Fields
        left, bottom, right, top = (float(side) for side in field.Rect)
        assert 0 < left < right < 595 and 60 < bottom < top < 842


@KINDS
@EACH
def test_archive_and_accessible_format(template: str, made: Any) -> None:
    with pikepdf.open(io.BytesIO(printed(made, template))) as pdf:
        with pdf.open_metadata() as metadata:
            assert metadata.pdfa_status == "2A"
            assert metadata["pdfuaid:part"] == "1"
            assert TEMPLATES[template].title in metadata["dc:title"]
        assert pdf.Root.MarkInfo.Marked


@EACH
def test_the_code_is_read_from_the_page(template: str) -> None:
    document = pypdfium2.PdfDocument(printed(sample, template))
    try:
        picture = document[0].render(scale=150 / 72).to_pil()
    finally:
        document.close()
    assert [code.text for code in zxingcpp.read_barcodes(picture)] == [codes.printed_address(CODES.token)]


@pytest.mark.parametrize("template", ["refusal_ruling", "mediation_paper", "preservation_ruling"])
def test_long_reasons_go_on_over_twelve_pages(template: str) -> None:
    assert len(pages_of(printed(torture, template))) >= 12


@pytest.mark.parametrize(("template", "changes", "words"), BRANCHES)
def test_optional_parts(template: str, changes: dict[str, Any], words: str) -> None:
    one = sample(template)
    assert words in text_of(pdf_of(Sample(template, one.addressee, one.content | changes)))


@pytest.mark.parametrize("count", [3, 40])
def test_enclosures_few_and_many(count: int) -> None:
    one = sample("evidence_notice")
    listed = [f"第{number}份证据材料清单的复印件一份" for number in range(1, count + 1)]
    text = text_of(pdf_of(Sample(one.template, one.addressee, one.content | {"enclosures": listed})))
    assert "附：" + "；".join(listed) in text


@pytest.mark.parametrize("made", [plain_sample, plain_torture])
@pytest.mark.parametrize("name", PLAIN)
def test_pages_that_are_no_court_paper(name: str, made: Any) -> None:
    data = made(name)
    pages = pages_of(typeset.plain_pdf(name, data, moment=MOMENT))
    for number, page in enumerate(pages, start=1):
        assert f"第{number}页，共{len(pages)}页" in page
    text = "".join(pages)
    assert data["title"] in pages[0]
    assert ("U+31350" in pages[-1]) == (made is plain_torture)
    wanted = [name.replace(NAMES[0][0], "〓") for name in names()] if made is plain_torture else ["张某"]
    assert not [name for name in wanted if name not in text]


def test_preview_command(tmp_path: Path, settings: Any) -> None:
    call_command("preview_papers", tmp_path / "new", only="summons")
    call_command("preview_papers", tmp_path / "new", only="pleading")
    made = sorted(path.name for path in (tmp_path / "new").iterdir())
    assert made == ["pleading.pdf", "pleading.torture.pdf", "summons.pdf", "summons.torture.pdf"]
    with pytest.raises(CommandError, match="No paper template"):
        call_command("preview_papers", tmp_path / "new", only="unknown")
    settings.PORTAL_MODE = "production"
    with pytest.raises(CommandError, match="production"):
        call_command("preview_papers", tmp_path / "never")
    assert not (tmp_path / "never").exists()
