"""Whether the seals on a PDF hold: read in the inspecting process, because the file may come from anybody.

A seal is judged at its stamped time, with the revocation lists in the file and the current ones: one that was good when it was
used stays good, also when its certificate is over or was revoked later (PAdES B-LT). Without a valid stamp it is judged now.
A national seal (GB/T 38540) brings no lists of its own: the current ones count.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from pyhanko.pdf_utils.generic import DictionaryObject, EncryptedObjAccess
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.errors import NoDSSFoundError, SignatureValidationError
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from documents.inspect.limits import Refused
from documents.sealing import national, sm2
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
            nationals = _nationals(reader)
        except Exception as error:  # a foreign file can break its parser in any way
            raise Refused("broken") from error
        if len(seals) + len(nationals) > MAX_SEALS:
            raise Refused("too_heavy")
        content = source.read_bytes() if nationals else b""
        return [
            *(_judge_national(content, one, believed) for one in nationals),
            *(_judge(reader, seal, believed) for seal in seals),
        ]


def _nationals(reader: PdfFileReader) -> list[DictionaryObject]:
    """The signature dictionaries of national seals."""
    found = [
        signed.get_object() for _name, signed, _field in enumerate_sig_fields(reader, filled_status=True)
    ]
    return [one for one in found if one.get("/SubFilter") == national.SUB_FILTER]


def _judge_national(content: bytes, signed: DictionaryObject, believed: Trust) -> dict[str, str]:
    """The same words for a seal that a vendor made. What stands behind the signed bytes is told by whether it is PDF."""
    try:
        start, length, after, rest = (int(number) for number in signed["/ByteRange"])
        value = bytes(signed.raw_get("/Contents", decrypt=EncryptedObjAccess.RAW).original_bytes)
        gap = content[length:after]
        if start or min(length, after, rest) <= 0 or gap[:1] + gap[-1:] != b"<>":
            raise national.Tampered("the range leads somewhere else")
        if bytes.fromhex(gap[1:-1].decode("ascii")) != value:
            raise national.Tampered("the range leaves out something else")
        digest = sm2.sm3(content[:length] + content[after : after + rest])
        found = national.judge(value, digest, believed)
    except national.Revoked as error:
        return _told(REVOKED, error.signer, None)
    except national.Untrusted:
        return _told(UNTRUSTED, "", None)
    except (national.Tampered, ValueError):
        return _told(TAMPERED, "", None)
    except Exception:  # what cannot be read is said to be so
        return _told(UNREADABLE, "", None)
    behind = content[after + rest :]
    state = VALID if not behind else CHANGED_LATER if b"startxref" in behind else FOLLOWED
    return _told(state, found.signer, found.stamped_at)


def _told(state: str, signer: str, stamped_at: datetime | None) -> dict[str, str]:
    return {"state": state, "signer": signer, "stamped_at": stamped_at.isoformat() if stamped_at else ""}


def _judge(reader: PdfFileReader, seal: EmbeddedPdfSignature, believed: Trust) -> dict[str, str]:
    try:
        status = validate_pdf_signature(seal, believed.context(), believed.context())
        stamp = status.timestamp_validity
        moment = stamp.timestamp if stamp is not None and stamp.valid and stamp.trusted else None
        if moment is not None:
            then = _context_then(reader, believed, moment)
            status = validate_pdf_signature(seal, then, believed.context())
    except SignatureValidationError:
        return _told(TAMPERED, "", None)
    except Exception:  # the same: what cannot be read is said to be so
        return _told(UNREADABLE, "", None)
    state = _state(status)
    known = state in NAMED
    return _told(state, national.name_of(status.signing_cert) if known else "", moment if known else None)


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
    """As seen at ``moment``: the lists in the file count too."""
    arguments = believed.then(moment)
    try:
        return DocumentSecurityStore.read_dss(reader).as_validation_context(arguments)
    except NoDSSFoundError:
        return ValidationContext(**arguments)
