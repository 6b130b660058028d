"""Poppler as a judge and reader of papers: ``pdfsig`` with NSS's certificates and lists, and ``pdftotext``. launcher/poppler.py brings both."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from asn1crypto import pem

from launcher.poppler import HELP


def run(name: str, *arguments: str | Path) -> str:
    """What a program says on both channels, whatever its exit code."""
    place = os.environ.get("POPPLER_BIN")
    program = shutil.which(name, path=place)
    if program is None:
        pytest.fail(f"No {name}: {HELP}")
    variables = dict(os.environ) | {"LC_ALL": "C.UTF-8"}
    if place:
        variables["LD_LIBRARY_PATH"] = os.environ["POPPLER_LIBRARIES"]
    command = [program, *(str(argument) for argument in arguments)]
    done = subprocess.run(command, env=variables, capture_output=True, check=False, timeout=60)
    return (done.stdout + done.stderr).decode("utf-8", "replace")


def judge(content: bytes, roots: bytes, crls: bytes, folder: Path) -> str:
    """What pdfsig says of the (only) seal: its own words on signature, certificate and coverage as one of ours.

    ``more behind it``: the signature holds and something follows the signed bytes; pdfsig does not look at what.
    ``not judged``: the byte range of the signature leads nowhere, and pdfsig leaves it at that.
    """
    store = folder / "nss"
    store.mkdir()
    run("certutil", "-N", "-d", f"sql:{store}", "--empty-password")
    for number, der in enumerate(_ders(roots)):
        place = folder / f"root-{number}.der"
        place.write_bytes(der)
        run("certutil", "-A", "-d", f"sql:{store}", "-n", f"root {number}", "-t", "CT,C,C", "-i", place)
    for number, der in enumerate(_ders(crls)):
        place = folder / f"list-{number}.der"
        place.write_bytes(der)
        run("crlutil", "-I", "-d", f"sql:{store}", "-i", place)
    (folder / "judged.pdf").write_bytes(content)
    said = run("pdfsig", "-nssdir", f"sql:{store}", folder / "judged.pdf")
    if "does not contain any signatures" in said:
        return "none"
    signature = _line(said, "Signature Validation")
    if signature == "Digest Mismatch.":
        return "tampered"
    if signature == "Signature has not yet been verified.":
        return "not judged"
    certificate = _line(said, "Certificate Validation")
    if (signature, certificate) == ("Signature is Valid.", "Certificate is Trusted."):
        return "valid" if re.search(r"^\s*- Total document signed", said, re.M) else "more behind it"
    states = {"Certificate issuer is unknown.": "untrusted", "Certificate has been Revoked.": "revoked"}
    return states.get(certificate, said)


def pages_of(pdf: bytes, folder: Path) -> list[str]:
    """The text of each page without blanks and line ends, as pdftotext reads it."""
    source, target = folder / "read.pdf", folder / "read.txt"
    source.write_bytes(pdf)
    run("pdftotext", "-enc", "UTF-8", source, target)
    text = target.read_text(encoding="utf-8")
    return [re.sub(r"\s|\ufffe|\u00ad", "", page) for page in text.split("\f")]


def _line(said: str, name: str) -> str:
    found = re.search(rf"- {name}: (.*)$", said, re.M)
    return found.group(1).strip() if found else ""


def _ders(armored: bytes) -> list[bytes]:
    return [der for _kind, _headers, der in pem.unarmor(armored, multiple=True)] if armored else []
