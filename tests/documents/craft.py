"""Files that people and attackers send."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

import pikepdf
import pillow_heif
from PIL import Image

WORD_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def photo(kind: str = "JPEG", size: tuple[int, int] = (400, 300), **options: Any) -> bytes:
    image = Image.effect_noise(size, 40).convert("RGB")
    image.paste((200, 30, 30), (0, 0, size[0] // 2, size[1] // 4))
    buffer = io.BytesIO()
    if kind == "HEIF":
        pillow_heif.register_heif_opener()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def photo_with_position() -> bytes:
    """Lying on its side, with GPS and the phone's name in EXIF."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "SecretPhone"
    exif.get_ifd(0x8825)[1] = "N"
    return photo(exif=exif.tobytes(), comment=b"SecretComment")


def png_bomb(side: int = 30_000) -> bytes:
    """A tiny file that says it is 30 000 pixels wide and high."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * (side // 8 + 1) * side, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def pdf(change: Callable[[pikepdf.Pdf], None] | None = None, *, pages: int = 1, **options: Any) -> bytes:
    with pikepdf.new() as made:
        for _ in range(pages):
            made.add_blank_page(page_size=(595, 842))
        if change is not None:
            change(made)
        buffer = io.BytesIO()
        made.save(buffer, **options)
    return buffer.getvalue()


def locked_pdf(password: str) -> bytes:
    return pdf(encryption=pikepdf.Encryption(owner="owner", user=password))


def _action(kind: str, **more: Any) -> pikepdf.Dictionary:
    return pikepdf.Dictionary(S=pikepdf.Name(f"/{kind}"), **more)


def javascript_on_opening(made: pikepdf.Pdf) -> None:
    made.Root.OpenAction = _action("JavaScript", JS="app.alert(1)")


def javascript_by_name(made: pikepdf.Pdf) -> None:
    tree = pikepdf.Dictionary(Names=pikepdf.Array(["x", _action("JavaScript", JS="app.alert(1)")]))
    made.Root.Names = pikepdf.Dictionary(JavaScript=tree)


def javascript_in_a_field(made: pikepdf.Pdf) -> None:
    field = pikepdf.Dictionary(T="f", FT=pikepdf.Name("/Tx"))
    field.AA = pikepdf.Dictionary(K=_action("JavaScript", JS="app.alert(1)"))
    made.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array([made.make_indirect(field)]))


def launches(made: pikepdf.Pdf) -> None:
    note = pikepdf.Dictionary(
        Type=pikepdf.Name("/Annot"), Subtype=pikepdf.Name("/Link"), Rect=pikepdf.Array([0, 0, 9, 9])
    )
    note.A = _action("Launch", F="calc.exe")
    made.pages[0].Annots = pikepdf.Array([made.make_indirect(note)])


def attachment_and_links(made: pikepdf.Pdf) -> None:
    """An electronic invoice with its data attached, links and a jump on opening: clean, but not wanted in a preview."""
    spec = pikepdf.AttachedFileSpec(made, b"<invoice/>", filename="invoice.xml")
    made.attachments["invoice.xml"] = spec
    made.Root.AF = pikepdf.Array([made.attachments["invoice.xml"].obj])
    made.Root.OpenAction = pikepdf.Array([made.pages[0].obj, pikepdf.Name("/Fit")])
    link = pikepdf.Dictionary(
        Type=pikepdf.Name("/Annot"), Subtype=pikepdf.Name("/Link"), Rect=pikepdf.Array([0, 0, 9, 9])
    )
    link.A = _action("URI", URI="https://evil.example/")
    pinned = pikepdf.Dictionary(
        Type=pikepdf.Name("/Annot"), Subtype=pikepdf.Name("/FileAttachment"), Rect=pikepdf.Array([0, 0, 9, 9])
    )
    made.pages[0].Annots = pikepdf.Array([made.make_indirect(link), made.make_indirect(pinned)])


def many_pages(made: pikepdf.Pdf) -> None:
    """A page tree that claims a hundred thousand pages."""
    page = made.pages[0].obj
    made.Root.Pages.Kids = pikepdf.Array([page] * 3_000)
    made.Root.Pages.Count = 100_000


def looped_pdf() -> bytes:
    """A page tree that contains itself."""
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[2 0 R]/Count 1>>endobj\n"
        b"xref\n0 3\n0000000000 65535 f \n0000000009 00000 n \n0000000052 00000 n \n"
        b"trailer<</Size 3/Root 1 0 R>>\nstartxref\n98\n%%EOF\n"
    )


def archive(members: dict[str, bytes], *, links: tuple[str, ...] = ()) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in members.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            if name in links:
                info.external_attr = 0o120777 << 16
            made.writestr(info, data)
    return buffer.getvalue()


def word(
    extra: dict[str, bytes] | None = None,
    *,
    main: str = WORD_MAIN,
    body: bytes = b"",
    links: tuple[str, ...] = (),
) -> bytes:
    types = (
        '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{main}"/></Types>'
    )
    text = (
        body
        or f"<w:document {W}><w:body><w:p><w:r><w:t>借条</w:t></w:r></w:p></w:body></w:document>".encode()
    )
    members = {"[Content_Types].xml": types.encode(), "word/document.xml": text}
    return archive(members | (extra or {}), links=links)


def relationship(kind: str, target: str) -> bytes:
    base = "http://schemas.openxmlformats.org"
    return (
        f'<Relationships xmlns="{base}/package/2006/relationships"><Relationship Id="r1" '
        f'Type="{base}/officeDocument/2006/relationships/{kind}" Target="{target}" TargetMode="External"/>'
        "</Relationships>"
    ).encode()


def encrypted_archive() -> bytes:
    """A Word file whose members say they are encrypted."""
    raw = bytearray(word())
    place = 0
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = 0
        while (place := raw.find(mark, place)) >= 0:
            raw[place + offset] |= 1
            place += 4
    return bytes(raw)


def pdf_of_a_photo(photo_bytes: bytes, *, packed: bool = False) -> bytes:
    """A photo put into a PDF byte by byte, as scanner programs do, with its EXIF; ``packed`` once more by Flate."""

    def put(made: pikepdf.Pdf) -> None:
        raw = zlib.compress(photo_bytes) if packed else photo_bytes
        names = ["/FlateDecode", "/DCTDecode"] if packed else ["/DCTDecode"]
        width, height = Image.open(io.BytesIO(photo_bytes)).size
        picture = pikepdf.Stream(made, raw)
        picture.Type, picture.Subtype = pikepdf.Name("/XObject"), pikepdf.Name("/Image")
        picture.Width, picture.Height, picture.BitsPerComponent = width, height, 8
        picture.ColorSpace = pikepdf.Name("/DeviceRGB")
        picture.Filter = pikepdf.Array([pikepdf.Name(name) for name in names])
        picture.Metadata = made.make_stream(b"<x>SecretAuthor</x>")
        page = made.pages[0]
        page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=picture))
        page.Contents = made.make_stream(b"q 300 0 0 300 50 50 cm /Im0 Do Q")
        page.LastModified = "D:20260101"
        note = pikepdf.Dictionary(
            Type=pikepdf.Name("/Annot"), Subtype=pikepdf.Name("/Text"), Rect=pikepdf.Array([0, 0, 9, 9])
        )
        note.T, note.Contents = "SecretAuthor", "look here"
        page.Annots = pikepdf.Array([made.make_indirect(note)])
        made.docinfo["/Author"] = "SecretAuthor"

    return pdf(put)
