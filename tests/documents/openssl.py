"""An outside judge of sealed papers: OpenSSL on the command line, with a reader of byte ranges of a few lines.

Chosen over ``endesive`` (shares the ASN.1 and path library of the one that signs). OpenSSL is on every machine that runs the tests,
shares no line with pyHanko, and checks chain, revocation list, ESS attribute and time stamp. ``pdfsig`` stands beside it
(``tests.documents.poppler``): it reads the PDF by itself, and knows less of time stamps and of what was added.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from asn1crypto import cms

RANGE = re.compile(rb"/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*\]")


@dataclass(frozen=True)
class Judgement:
    """A word for the seal, like the portal's; the certificate's subject and whether the time stamp holds when it does."""

    state: str
    subject: str = ""
    stamped: bool = False


def _openssl(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    program = shutil.which("openssl")
    if program is None:
        pytest.fail("The outside judge is OpenSSL's command: apt-get install openssl")
    command = [program, *(str(argument) for argument in arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def judge(content: bytes, roots: bytes, crls: bytes, folder: Path) -> Judgement:
    """What OpenSSL says of the (only) seal in a PDF."""
    found = RANGE.search(content)
    if found is None:
        return Judgement("none")
    start, length, after, rest = (int(number) for number in found.groups())
    try:
        signature = cms.ContentInfo.load(
            bytes.fromhex(content[start + length + 1 : after - 1].decode("ascii"))
        )
    except ValueError:  # the range leads somewhere else: the file was written anew
        return Judgement("tampered")
    files = {
        "signed": content[start : start + length] + content[after : after + rest],
        "seal.der": signature.dump(),
        "known.pem": roots + crls,
    }
    for name, data in files.items():
        (folder / name).write_bytes(data)
    checked = _openssl(
        "cms", "-verify", "-binary", "-cades", "-inform", "DER", "-in", folder / "seal.der", "-content",
        folder / "signed", "-CAfile", folder / "known.pem", "-crl_check", "-purpose", "any", "-out", "/dev/null",
    )  # fmt: skip
    if checked.returncode:
        return Judgement(_why(checked.stderr))
    end = after + rest
    if end == len(content):
        state = "valid"
    else:
        state = "changed_later" if b"startxref" in content[end:] else "followed"
    return Judgement(state, _subject(folder), _stamp_holds(folder))


def _why(said: str) -> str:
    if "certificate revoked" in said:
        return "revoked"
    if "local issuer" in said or "certificate signature failure" in said or "self-signed" in said:
        return "untrusted"
    return "tampered" if "verification failure" in said or "digest" in said else said


def _subject(folder: Path) -> str:
    shown = _openssl(
        "cms", "-cmsout", "-print", "-noout", "-nameopt", "utf8", "-inform", "DER", "-in", folder / "seal.der"
    )
    return shown.stdout


def _stamp_holds(folder: Path) -> bool:
    """The token in the seal is over the seal's own signature, by an authority we believe."""
    (signer,) = cms.ContentInfo.load((folder / "seal.der").read_bytes())["content"]["signer_infos"]
    kinds = {one["type"].native: one["values"][0] for one in signer["unsigned_attrs"]}
    (folder / "token.der").write_bytes(kinds["signature_time_stamp_token"].dump())
    (folder / "signature").write_bytes(signer["signature"].native)
    done = _openssl(
        "ts", "-verify", "-token_in", "-in", folder / "token.der", "-data", folder / "signature",
        "-CAfile", folder / "known.pem",
    )  # fmt: skip
    return done.returncode == 0
