"""Poppler, which shares no code with what made the papers, judges their seals and reads their text."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from documents.rendering.paper import pages
from documents.rendering.samples import CODES, sample, torture
from documents.rendering.templates import TEMPLATES
from tests.documents import poppler, test_rendering
from tests.documents.tampering import CHANGES
from tests.documents.test_outside_judge import CASES, _file_and_lists
from tests.documents.test_templates import MOMENT, expected, on_end

LESS = {
    "note added": "more behind it",
    "text overlaid": "more behind it",
    "junk at the end": "more behind it",
    "saved again": "not judged",
}
"""Where pdfsig says less than our judge: of what follows the signed bytes it says only that something does (``Not total
document signed``), and a byte range that leads nowhere it does not judge. In none of these it says that all is well."""


@pytest.mark.req("SEC-24")
@pytest.mark.parametrize("case", CASES)
def test_pdfsig_agrees(case: str, settings: Any, tmp_path: Path) -> None:
    content, roots, crls = _file_and_lists(case, settings, tmp_path)
    ours = {"another authority": "untrusted", "revoked": "revoked"}.get(case) or CHANGES[case][1]
    assert poppler.judge(content, roots, crls, tmp_path) == LESS.get(case, ours)


def test_control_without_our_root_nothing_is_trusted(tmp_path: Path) -> None:
    assert poppler.judge(test_rendering.make("fee_notice"), b"", b"", tmp_path) == "untrusted"


@pytest.mark.parametrize("made", [sample, torture], ids=["sample", "torture"])
@pytest.mark.parametrize("template", TEMPLATES)
def test_pdftotext_finds_the_data(template: str, made: Any, tmp_path: Path) -> None:
    one = made(template)
    text = on_end(poppler.pages_of(pages(one.copy(), CODES, moment=MOMENT).pdf, tmp_path))
    assert [words for words in expected(one) if words not in text] == []
    shutil.rmtree(tmp_path)
