"""The eight things that can be true of a paper with a seal (measured): each makes a file of a sealed one."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pikepdf
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter


def untouched(content: bytes) -> bytes:
    return content


def byte_flipped(content: bytes) -> bytes:
    """In the last stream of the first revision: a picture or font, which still opens."""
    place = content.index(b"endstream") - 20
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


def note_added(content: bytes) -> bytes:
    """A note on top of the first page, saved the way editors do: behind the signed bytes."""
    writer = IncrementalPdfFileWriter(BytesIO(content), strict=False)
    page = writer.root["/Pages"]["/Kids"][0].get_object()
    rectangle = generic.ArrayObject([generic.NumberObject(number) for number in (100, 700, 300, 760)])
    note = generic.DictionaryObject(
        {
            generic.NameObject("/Type"): generic.NameObject("/Annot"),
            generic.NameObject("/Subtype"): generic.NameObject("/FreeText"),
            generic.NameObject("/Rect"): rectangle,
            generic.NameObject("/Contents"): generic.pdf_string("99999元"),
            generic.NameObject("/DA"): generic.pdf_string("/Helv 12 Tf 0 g"),
        }
    )
    notes = page.get("/Annots", generic.ArrayObject())
    notes = generic.ArrayObject([*notes, writer.add_object(note)])
    page[generic.NameObject("/Annots")] = notes
    writer.update_container(page)
    output = BytesIO()
    writer.write(output)
    return output.getvalue()


def text_overlaid(content: bytes) -> bytes:
    """Another amount painted over the page, behind the signed bytes."""
    writer = IncrementalPdfFileWriter(BytesIO(content), strict=False)
    painted = generic.StreamObject(stream_data=b"q 1 1 1 rg 100 600 200 40 re f Q")
    writer.add_stream_to_page(0, writer.add_object(painted))
    output = BytesIO()
    writer.write(output)
    return output.getvalue()


def saved_again(content: bytes) -> bytes:
    output = BytesIO()
    with pikepdf.open(BytesIO(content)) as document:
        document.save(output)
    return output.getvalue()


def junk_at_the_end(content: bytes) -> bytes:
    return content + b"\n% and more\n" + b"x" * 200


def seal_taken_out(content: bytes) -> bytes:
    output = BytesIO()
    with pikepdf.open(BytesIO(content)) as document:
        for name in {"/AcroForm", "/Perms", "/DSS"} & set(document.Root.keys()):
            del document.Root[name]
        for page in document.pages:
            if "/Annots" in page:
                del page["/Annots"]
        document.save(output)
    return output.getvalue()


Change = Callable[[bytes], bytes]
CHANGES: dict[str, tuple[Change, str]] = {
    "untouched": (untouched, "valid"),
    "byte flipped": (byte_flipped, "tampered"),
    "note added": (note_added, "changed_later"),
    "text overlaid": (text_overlaid, "changed_later"),
    "saved again": (saved_again, "tampered"),
    "junk at the end": (junk_at_the_end, "followed"),
    "no seal": (seal_taken_out, "none"),
}
"""Name → how it is made, and what is said of the seal. The two cases of certificates are made otherwise."""
