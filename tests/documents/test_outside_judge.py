"""An outside judge agrees with ours on all eight cases, and outside readers find the data a paper was made from."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import pypdf
import pypdfium2
import pytest

from documents.services import inspection
from portal.authority import demo_authorities, make_demo, public_pem
from tests.documents import test_rendering
from tests.documents.conftest import DATA
from tests.documents.openssl import Judgement, judge
from tests.documents.tampering import CHANGES

CASES = [*CHANGES, "another authority", "revoked"]


def _with(settings: Any, folder: Path, roots: bytes, crls: bytes) -> None:
    settings.SEAL_TRUST_FILE, settings.SEAL_CRL_FILE = folder / "roots.pem", folder / "crls.pem"
    settings.SEAL_TRUST_FILE.write_bytes(roots)
    settings.SEAL_CRL_FILE.write_bytes(crls)


def _file_and_lists(case: str, settings: Any, folder: Path) -> tuple[bytes, bytes, bytes]:
    """The paper of a case, and the roots and lists by which it is judged."""
    content = test_rendering.make("fee_notice")
    keys = settings.SEAL_CRL_FILE.parent
    roots, crls = settings.SEAL_TRUST_FILE.read_bytes(), settings.SEAL_CRL_FILE.read_bytes()
    if case == "another authority":  # the very same names: judged by the roots of another one
        make_demo(folder / "other", b"")
        return content, *(
            (folder / "other" / name).read_bytes() for name in ("seal-trust.pem", "seal-crls.pem")
        )
    if case == "revoked":
        seals, stamps = demo_authorities(keys, b"")
        serial = _serial_of(content)
        return content, roots, public_pem(seals.crl([serial])) + public_pem(stamps.crl())
    return CHANGES[case][0](content), roots, crls


def _serial_of(content: bytes) -> int:
    from pyhanko.pdf_utils.reader import PdfFileReader

    (signature,) = PdfFileReader(BytesIO(content)).embedded_signatures
    return int(signature.signer_cert.serial_number)


@pytest.mark.req("SEC-24")
@pytest.mark.parametrize("case", CASES)
def test_both_judges_agree(case: str, settings: Any, tmp_path: Path) -> None:
    content, roots, crls = _file_and_lists(case, settings, tmp_path)
    expected = {"another authority": "untrusted", "revoked": "revoked"}.get(case) or CHANGES[case][1]
    outside = judge(content, roots, crls, tmp_path)
    _with(settings, tmp_path, roots, crls)
    path = tmp_path / "paper.pdf"
    path.write_bytes(content)
    found = inspection.read_seals(path)
    assert found is not None
    assert (found[0]["state"] if found else "none") == outside.state == expected
    if expected == "valid":
        assert outside.stamped and found[0]["signer"] in outside.subject


def test_the_outside_judge_can_say_no(tmp_path: Path, settings: Any) -> None:
    """Control: an empty set of roots makes the same file untrusted."""
    content = test_rendering.make("fee_notice")
    make_demo(tmp_path / "other", b"")
    foreign = (tmp_path / "other" / "seal-trust.pem").read_bytes()
    assert judge(content, foreign, b"", tmp_path) == Judgement("untrusted")


def _leaves(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [leaf for entry in value.values() for leaf in _leaves(entry)]
    if isinstance(value, list):
        return [leaf for entry in value for leaf in _leaves(entry)]
    return [value] if isinstance(value, str) and value else []


def _plain(text: str) -> str:
    return "".join(text.split())


PRINTED = {
    "acceptance_notice": ("case_number", "cause", "plaintiffs", "defendants", "division", "judge"),
    "fee_notice": ("case_number", "cause", "amount_capitals"),
    "response_notice": ("case_number", "cause", "plaintiffs", "division", "judge"),
}


@pytest.mark.parametrize("template", PRINTED)
def test_outside_readers_find_every_value(template: str) -> None:
    """PDFium and pypdf, neither of which made the file; days and sums are printed in words and looked at elsewhere."""
    content = test_rendering.make(template)
    document = pypdfium2.PdfDocument(content)
    texts = [
        _plain("".join(page.get_textpage().get_text_range() for page in document)),
        _plain("".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(content)).pages)),
    ]
    document.close()
    wanted = [leaf for name in PRINTED[template] for leaf in _leaves(DATA[template][name])]
    assert len(wanted) >= len(PRINTED[template])
    for text in texts:
        assert [leaf for leaf in wanted if _plain(leaf) not in text] == []
