"""Whether the seals on a PDF hold: read in the inspecting process, because the file may come from anybody.

A seal is judged at its stamped time, with the revocation lists in the file and the current ones: one that was good when it was
used stays good, also when its certificate is over or was revoked later (PAdES B-LT). Without a valid stamp it is judged now.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.errors import NoDSSFoundError, SignatureValidationError
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from documents.inspect.limits import Refused
from documents.sealing.trust import Trust, read

MAX_SEALS = 10
VALID, TAMPERED, CHANGED_LATER, FOLLOWED = "valid", "tampered", "changed_later", "followed"
UNTRUSTED, REVOKED, UNREADABLE = "untrusted", "revoked", "unreadable"
NAMED = {VALID, CHANGED_LATER, FOLLOWED, REVOKED}
"""Of these we know who sealed: the signature holds, and the certificate is, or was, of an authority we believe."""


def check(source: Path, roots: Path, crls: Path) -> list[dict[str, str]]:
    """``{"state", "signer", "stamped_at"}`` of every seal in the file, oldest first; empty when there is none.

    ``signer`` and ``stamped_at`` (ISO) are "" where they are not proven. Refused("broken") when the file cannot be read.
    """
    believed = read(roots, crls)
    with source.open("rb") as opened:
        try:
            reader = PdfFileReader(opened, strict=False)
            seals = list(reader.embedded_regular_signatures)
        except Exception as error:  # a foreign file can break its parser in any way
            raise Refused("broken") from error
        if len(seals) > MAX_SEALS:
            raise Refused("too_heavy")
        return [_judge(reader, seal, believed) for seal in seals]


def _judge(reader: PdfFileReader, seal: EmbeddedPdfSignature, believed: Trust) -> dict[str, str]:
    try:
        status = validate_pdf_signature(seal, believed.context(), believed.context())
        stamp = status.timestamp_validity
        moment = stamp.timestamp if stamp is not None and stamp.valid and stamp.trusted else None
        if moment is not None:
            then = _context_then(reader, believed, moment)
            status = validate_pdf_signature(seal, then, believed.context())
    except SignatureValidationError:
        return {"state": TAMPERED, "signer": "", "stamped_at": ""}
    except Exception:  # the same: what cannot be read is said to be so
        return {"state": UNREADABLE, "signer": "", "stamped_at": ""}
    state = _state(status)
    known = state in NAMED
    return {
        "state": state,
        "signer": _name(status.signing_cert) if known else "",
        "stamped_at": moment.isoformat() if known and moment is not None else "",
    }


def _state(status: PdfSignatureStatus) -> str:
    if not (status.intact and status.valid):
        return TAMPERED
    if status.revoked:
        return REVOKED
    if not status.trusted:
        return UNTRUSTED
    if status.coverage != SignatureCoverageLevel.ENTIRE_FILE:
        changed = status.coverage != SignatureCoverageLevel.ENTIRE_REVISION or not status.docmdp_ok
        return CHANGED_LATER if changed else FOLLOWED
    return VALID if status.bottom_line else CHANGED_LATER


def _context_then(reader: PdfFileReader, believed: Trust, moment: datetime) -> ValidationContext:
    """As seen at ``moment``: the lists in the file count, and a newer one that names an earlier day of revocation does too."""
    arguments: dict[str, Any] = {
        "trust_roots": list(believed.roots),
        "crls": list(believed.crls),
        "moment": moment,
        "allow_fetching": False,
        "revocation_mode": "require",
        "retroactive_revinfo": True,
    }
    try:
        return DocumentSecurityStore.read_dss(reader).as_validation_context(arguments)
    except NoDSSFoundError:
        return ValidationContext(**arguments)


def _name(certificate: Any) -> str:
    return str(certificate.subject.native.get("common_name") or "")[:100]
