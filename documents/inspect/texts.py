"""Text of a PDF or Word file, for pre-filling only: a character of a fallback font may stand elsewhere (measured)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

MAX_PAGES, MAX_CHARACTERS = 40, 100_000


def write_text(kind: str, source: Path, target: Path) -> int:
    """Write the text as UTF-8, at most 100,000 characters; returns how many. Scans have none: 0."""
    text = "\n".join(_word(source) if kind == "docx" else _pdf(source))[:MAX_CHARACTERS]
    text = text.encode("utf-8", "ignore").decode()
    target.write_text(text, encoding="utf-8")
    return len(text.strip())


def _pdf(source: Path) -> Iterator[str]:
    from pypdf import PdfReader

    for page in PdfReader(source).pages[:MAX_PAGES]:
        yield page.extract_text()


def _word(source: Path) -> Iterator[str]:
    """Paragraphs and table rows in reading order; cells of a row joined by a tab."""
    from docx import Document
    from docx.table import Table

    for block in Document(str(source)).iter_inner_content():
        if isinstance(block, Table):
            for row in block.rows:
                yield "\t".join(dict.fromkeys(cell.text.strip() for cell in row.cells))
        else:
            yield block.text
