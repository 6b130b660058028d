"""PDFs: opened by two engines; what runs by itself is refused, what is merely active, and what tells of its author, is
dropped from the preview."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2

from documents.inspect.limits import MAX_PAGES, Refused
from documents.inspect.marks import clean_picture
from documents.inspect.photos import PAGE_PIXELS, save_small

RUNS = {"/JavaScript", "/Launch", "/Rendition", "/Movie", "/Sound", "/RichMediaExecute"}
"""Actions that start something: refused."""
LEADS_OUT = {
    "/SubmitForm",
    "/ImportData",
    "/GoToE",
    "/GoToR",
    "/Hide",
    "/ResetForm",
    "/Named",
    "/URI",
    "/Trans",
}
"""Actions that a preview does not need: dropped."""
DROPPED_NOTES = {"/FileAttachment", "/RichMedia", "/Screen", "/Movie", "/Sound", "/3D"}
DEEPEST = 60


def clean(source: Path, target: Path) -> int:
    """Write the cleaned copy to ``target`` and return the number of pages.

    Refused: ``encrypted``, ``active``, ``too_many_pages``, ``no_pages``. Anything else that goes wrong: broken.
    """
    _refuse_cut(source)
    try:
        pdf = pikepdf.open(source)
    except pikepdf.PasswordError as error:
        raise Refused("encrypted") from error
    with pdf:
        declared = pdf.Root.Pages.get("/Count", 0)
        if int(declared) > MAX_PAGES:
            raise Refused("too_many_pages")
        pages = len(pdf.pages)
        if pages > MAX_PAGES:
            raise Refused("too_many_pages")
        if pages == 0:
            raise Refused("no_pages")
        for item in pdf.objects:
            for found in list(_dictionaries(item, 0)):
                _refuse_running(found)
                _strip(found)
            if isinstance(item, pikepdf.Stream):
                clean_picture(pdf, item)
        _strip_document(pdf.Root)
        for page in pdf.pages:
            _strip_notes(page)
        del pdf.docinfo
        pdf.save(target, encryption=False)
    _try_first_page(target)
    return pages


def _refuse_cut(source: Path) -> None:
    """A file whose end is missing can be mended by guessing, and then pages are missing without a word."""
    with source.open("rb") as raw:
        raw.seek(max(0, source.stat().st_size - 4096))
        if b"%%EOF" not in raw.read():
            raise Refused("broken")


def _strip_document(root: pikepdf.Object) -> None:
    names = root.get("/Names")
    if isinstance(names, pikepdf.Dictionary):
        if "/JavaScript" in names:
            raise Refused("active")
        if "/EmbeddedFiles" in names:
            del names["/EmbeddedFiles"]
    for key in ("/AF", "/Collection", "/OpenAction", "/AA", "/Metadata", "/PieceInfo"):
        if key in root:
            del root[key]
    form = root.get("/AcroForm")
    if isinstance(form, pikepdf.Dictionary) and "/XFA" in form:
        del form["/XFA"]


def _dictionaries(item: Any, depth: int) -> Iterator[pikepdf.Dictionary | pikepdf.Stream]:
    """Every dictionary inside one indirect object; what it refers to is met as an object of its own."""
    if depth > DEEPEST:
        raise Refused("broken")
    if isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
        yield item
        for key in list(item.keys()):
            child = item.get(key)
            if isinstance(child, pikepdf.Object) and not child.is_indirect:
                yield from _dictionaries(child, depth + 1)
    elif isinstance(item, pikepdf.Array):
        for child in item:
            if isinstance(child, pikepdf.Object) and not child.is_indirect:
                yield from _dictionaries(child, depth + 1)


def _refuse_running(found: pikepdf.Dictionary | pikepdf.Stream) -> None:
    kind = found.get("/S", None)
    if "/JS" in found or (isinstance(kind, pikepdf.Name) and str(kind) in RUNS):
        raise Refused("active")


def _strip(found: pikepdf.Dictionary | pikepdf.Stream) -> None:
    """Drop what a preview does not need. Nested dictionaries were looked at before."""
    for key in ("/AA", "/AF", "/Metadata", "/PieceInfo", "/LastModified"):
        if key in found:
            del found[key]
    if "/Rect" in found and str(found.get("/Subtype", "")) != "/Widget":  # who wrote a note, and when
        for key in ("/T", "/M", "/CreationDate"):
            if key in found:
                del found[key]
    action = found.get("/A")
    if isinstance(action, pikepdf.Dictionary) and str(action.get("/S", "")) in LEADS_OUT:
        del found["/A"]


def _strip_notes(page: pikepdf.Page) -> None:
    notes = page.obj.get("/Annots")
    if isinstance(notes, pikepdf.Array):
        kept = [note for note in notes if str(note.get("/Subtype", "")) not in DROPPED_NOTES]
        page.obj["/Annots"] = pikepdf.Array(kept)


def _try_first_page(path: Path) -> None:
    """The second engine must be able to show it."""
    document = pypdfium2.PdfDocument(path)
    try:
        document[0].render(scale=0.2).to_pil()
    finally:
        document.close()


def page_image(source: Path, target: Path, number: int) -> None:
    """One page (from 1) as a light JPEG."""
    document = pypdfium2.PdfDocument(source)
    try:
        if not 1 <= number <= len(document):
            raise Refused("no_such_page")
        page = document[number - 1]
        width, height = page.get_size()
        document.init_forms()
        scale = min(PAGE_PIXELS / max(width, 1), 2 * PAGE_PIXELS / max(height, 1), 4)
        save_small(page.render(scale=scale).to_pil(), target)
    finally:
        document.close()
