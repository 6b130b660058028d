"""The paper itself: what a person, a phone and a validator find on it. No database."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
import zxingcpp
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import PdfSignatureStatus, validate_pdf_signature

from documents.rendering import codes, fonts, seal, typeset
from documents.rendering.paper import CopyToPrint, render
from documents.rendering.templates import check
from documents.sealing.trust import trust
from tests.documents.conftest import DATA, TITLES

MOMENT = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
CODES = codes.CopyCodes("0123456789ABCDEFGHJKMNPQRS", "ABCDEFGHJK", "QRSTUV")
RARE = ["㛃", "䶮", "阿卜杜拉·买买提", "〇", "𠅤", "𬭎", "王" * 100, "欧阳㛃䶮"]


def make(template: str, addressee: str = "张某", **changes: Any) -> bytes:
    copy = CopyToPrint(
        template=template,
        title=TITLES[template],
        number="某9234-2026-000123",
        serial="某9234-2026-000123-1",
        addressee=addressee,
        court_name="某市某区人民法院",
        court_address="某市某区某路1号",
        court_phone="0000-1234567",
        content=DATA[template] | changes,
    )
    return render(copy, CODES, moment=MOMENT)


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return "".join(page.get_textpage().get_text_range() for page in document).replace("\r\n", "")
    finally:
        document.close()


def pictures(pdf: bytes, dpi: int) -> list[Any]:
    document = pypdfium2.PdfDocument(pdf)
    document.init_forms()
    try:
        return [page.render(scale=dpi / 72).to_pil() for page in document]
    finally:
        document.close()


def validate(pdf: bytes) -> list[PdfSignatureStatus]:
    reader = PdfFileReader(io.BytesIO(pdf))
    return [
        validate_pdf_signature(signature, trust().context(), trust().context())
        for signature in reader.embedded_signatures
    ]


@pytest.mark.parametrize("template", DATA)
def test_text_of_every_template(template: str) -> None:
    text = text_of(make(template))
    for words in ("（2026）某1234民初56号", TITLES[template], "张某：", "民间借贷纠纷", "特此通知。"):
        assert words in text
    for words in (
        CODES.service_code,
        CODES.check_code,
        "某9234-2026-000123-1",
        "12368",
        "/scan/",
        "我的案件",
    ):
        assert words in text
    assert "二〇二六年十一月二十一日" in text
    assert CODES.token not in text, "the token is never printed as text"


def test_what_the_law_wants_said() -> None:
    names = ("acceptance_notice", "fee_notice", "response_notice")
    acceptance, fee, response = (text_of(make(name)) for name in names)
    assert "第一百二十六条" in acceptance and "由民事审判第一庭承办法官赵某办理，书记员为周某" in acceptance
    for words in (
        "¥1,300.00",
        "人民币壹仟叁佰元整",
        "七日内",
        "按撤诉处理",
        "缓交、减交或者免交",
        "¥1,250.00",
    ):
        assert words in fee
    for words in ("第一百二十八条", "十五日内提交答辩状", "不影响本案审理", "第一百三十条", "起诉状副本一份"):
        assert words in response


@pytest.mark.parametrize("name", RARE)
def test_rare_and_long_names_are_printed(name: str) -> None:
    text = text_of(make("response_notice", addressee=name, plaintiffs=[name]))
    assert name in text
    assert "〓" not in text


def test_a_radical_typed_for_a_character_is_read_as_the_character() -> None:
    text = text_of(make("acceptance_notice", addressee="王⼀⽰"))
    assert "王一示" in text


def test_a_character_in_no_font_does_not_lose_the_paper() -> None:
    text = text_of(make("acceptance_notice", addressee="王\ue123"))
    assert "王〓：" in text
    assert "U+E123" in text


def test_many_parties_are_shortened() -> None:
    assert "甲某等4人诉你方" in text_of(make("response_notice", plaintiffs=["甲某", "乙某", "丙某", "丁某"]))


@pytest.mark.parametrize("template", DATA)
def test_the_code_is_read_from_the_printed_page(template: str) -> None:
    first = pictures(make(template), 300)[0]
    found = zxingcpp.read_barcodes(first)
    assert [code.text for code in found] == [codes.printed_address(CODES.token)]
    assert found[0].text == found[0].text.upper()
    assert "L" not in str(found[0].ec_level)
    corners = found[0].position
    width_mm = abs(corners.top_right.x - corners.top_left.x) / 300 * 25.4
    assert 29.5 <= width_mm <= 30.5


def test_the_code_survives_a_poor_printer() -> None:
    first = pictures(make("response_notice"), 110)[0].convert("L")
    assert zxingcpp.read_barcodes(first)


@pytest.mark.parametrize("template", DATA)
def test_archive_format_and_a4(template: str) -> None:
    with pikepdf.open(io.BytesIO(make(template))) as pdf:
        with pdf.open_metadata() as metadata:
            assert metadata.pdfa_status == "2A"
            assert metadata["pdfuaid:part"] == "1"
            assert TITLES[template] in metadata["dc:title"]
        assert pdf.Root.MarkInfo.Marked
        width, height = (float(side) / 72 * 25.4 for side in pdf.pages[0].mediabox[2:])
        assert (round(width), round(height)) == (210, 297)


def test_no_page_holds_the_signature_alone() -> None:
    for template in DATA:
        document = pypdfium2.PdfDocument(make(template))
        last = document[len(document) - 1].get_textpage().get_text_range()
        document.close()
        assert "特此通知。" in last
        assert len(last) > 60


def test_signature_is_valid_and_allows_no_change() -> None:
    (status,) = validate(make("acceptance_notice"))
    assert status.intact and status.valid and status.trusted
    assert status.docmdp_ok and status.bottom_line
    assert status.md_algorithm == "sha256"
    assert status.signer_reported_dt == MOMENT


def test_a_tampered_paper_does_not_validate() -> None:
    pdf = make("fee_notice")
    place = pdf.index(b"endstream") - 20
    changed = pdf[:place] + bytes([pdf[place] ^ 1]) + pdf[place + 1 :]
    (status,) = validate(changed)
    assert not status.intact and not status.bottom_line


def test_an_added_note_is_found() -> None:
    pdf = pikepdf.open(io.BytesIO(make("fee_notice")))
    pdf.pages[0].Annots = pikepdf.Array([])
    again = io.BytesIO()
    pdf.save(again)
    assert not any(status.bottom_line for status in validate(again.getvalue()))


def test_seal_is_drawn_once_as_outlines() -> None:
    pdf = make("acceptance_notice")
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        (field,) = opened.Root.AcroForm.Fields
        drawing = field.AP.N.read_bytes()
    assert b"BT" not in drawing.split()
    picture = pictures(pdf, 100)[-1].convert("RGB")
    red = sum(1 for r, g, b in picture.get_flattened_data() if r > 180 and g < 80 and b < 80)
    assert red > 1500
    assert text_of(pdf).count("演示电子章") == 0


def test_a_court_with_a_long_name_gets_a_seal() -> None:
    assert len(seal.appearance("某某自治区某某市某某经济技术开发区人民法院", "")) > 5_000


def test_data_is_never_evaluated() -> None:
    text = text_of(make("response_notice", addressee='#panic("x") #read("/etc/passwd")'))
    assert '#panic("x")' in text


def test_an_installation_without_own_fonts_prints_too(
    monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path
) -> None:
    settings.FONT_DIR = tmp_path
    caches = (fonts.fonts, fonts.stacks, fonts._covered, typeset._compiler)
    for cached in caches:
        cached.cache_clear()
    try:
        assert "张某：" in text_of(make("acceptance_notice"))
    finally:
        for cached in caches:
            cached.cache_clear()


def test_data_a_template_cannot_print_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="amount"):
        check("fee_notice", {**DATA["fee_notice"], "amount": ""})
    with pytest.raises(LookupError):
        check("unknown", {})


def test_codes_are_random_readable_and_fit() -> None:
    made = [codes.new_codes() for _ in range(200)]
    assert len({code.token for code in made}) == len({code.service_code for code in made}) == 200
    for code in made:
        assert len(code.token) == 26 and len(code.service_code) == 10 and len(code.check_code) == 6
        assert not set(code.service_code + code.check_code) & set("0O1IL")
        assert len(codes.printed_address(code.token)) <= 60


def test_a_host_too_long_for_the_code_is_refused_at_start(settings: Any) -> None:
    from documents.checks import printed_address_fits

    assert printed_address_fits(None) == []
    settings.PUBLIC_URL = "https://a-very-long-host-name-of-a-court.example"
    assert [error.id for error in printed_address_fits(None)] == ["documents.E001"]


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("abcde fghjk", "ABCDEFGHJK"),
        ("ＡＢＣＤＥ－ＦＧＨＪＫ", "ABCDEFGHJK"),
        ("ABCDEFGHJ", ""),
        ("ABCDEFGHJ0", ""),
        ("A" * 10_000, ""),
        ("", ""),
    ],
)
def test_service_codes_as_people_type_them(typed: str, read: str) -> None:
    assert codes.read_service_code(typed) == read


def test_tokens_are_read_in_any_case() -> None:
    assert codes.read_token(CODES.token.lower()) == CODES.token
    assert codes.read_token("o" + CODES.token[1:]) == CODES.token
    for wrong in ("", CODES.token[:-1], CODES.token + "A", "U" * 26, "A" * 10_000):
        assert codes.read_token(wrong) == ""
