"""A national electronic seal (GB/T 38540, SM2 with SM3) on a PDF, and whether it may be believed (docs/adr/0022).

The same checks stand before a vendor's answer is used and behind the public page: who signed, for which file, with a seal that
its maker signed and that names the signer, both under a root we believe, neither on a revocation list.
"""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass
from datetime import datetime

from asn1crypto import cms, x509
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
from pyhanko.sign.validation.status import TimestampSignatureStatus
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import PathBuildingError, PathValidationError, RevokedError

from common import ses
from documents.sealing import sm2
from documents.sealing.trust import Trust

SUB_FILTER = "/GBT.38540"
"""How a signature dictionary says what it holds. Nobody has registered a name; PDF readers call it unknown."""


class NotBelieved(Exception):
    """Why a national seal does not count."""


class Tampered(NotBelieved):
    """It is not over this file, or the signature does not hold, or it cannot be read as one."""


class Revoked(NotBelieved):
    """A certificate is on a revocation list. ``signer`` is whose it is."""

    def __init__(self, signer: str) -> None:
        super().__init__("revoked")
        self.signer = signer


class Untrusted(NotBelieved):
    """The certificates lead to no root we believe, or the seal is not the signer's, or is not valid at that time."""


@dataclass(frozen=True)
class National:
    """A seal that holds: whose, and the time stamp authority's time (None without a stamp)."""

    signer: str
    stamped_at: datetime | None


def read(der: bytes) -> ses.Signature:
    """The signature in some bytes, which nothing but zeros may follow. Tampered when there is none."""
    try:
        found = ses.Signature.load(der)
        length = len(found.dump())
        if (
            any(der[length:])
            or ses.Signature.load(der[:length], strict=True).dump(force=True) != der[:length]
        ):
            raise Tampered("not DER")
        if found["to_sign"]["version"].native != ses.VERSION:
            raise Tampered("not version 4")
    except (ValueError, TypeError, KeyError) as error:
        raise Tampered("not readable") from error
    return found


def judge(der: bytes, digest: bytes, believed: Trust) -> National:
    """What a signature over the file with this SM3 digest is worth now, or at its stamped time. NotBelieved with the reason."""
    found = read(der)
    try:
        certificate = _check_signature(found, digest)
        moment = _stamped_at(found, believed)
        context = ValidationContext(**believed.then(moment)) if moment else believed.context()
        check_seal(found["to_sign"]["seal"], certificate, context)
    except (ValueError, TypeError, KeyError) as error:
        raise Tampered("not readable") from error
    return National(name_of(certificate), moment)


def _check_signature(found: ses.Signature, digest: bytes) -> x509.Certificate:
    """It is over this file, and of the key of the certificate in it."""
    certificate = x509.Certificate.load(found["certificate"].native, strict=True)
    signature = ses.octets(found["signature"])
    if ses.octets(found["to_sign"]["digest"]) != digest or found["algorithm"].dotted != sm2.WITH_SM3:
        raise Tampered("over something else")
    if not sm2.is_signed(signature, found["to_sign"].dump(), sm2.public_key(certificate)):
        raise Tampered("the signature does not hold")
    return certificate


def check_seal(seal: ses.Seal, certificate: x509.Certificate, context: ValidationContext) -> None:
    """The seal is its maker's, names this certificate, is valid at the context's time; both certificates hold. NotBelieved."""
    info, maker = seal["info"], x509.Certificate.load(seal["certificate"].native, strict=True)
    if seal["algorithm"].dotted != sm2.WITH_SM3 or not sm2.is_signed(
        ses.octets(seal["signature"]), info.dump(), sm2.public_key(maker)
    ):
        raise Untrusted("the seal is not of its maker")
    properties = info["properties"]
    if not _names(properties, certificate):
        raise Untrusted("the seal names another certificate")
    if not properties["valid_from"].native <= context.moment <= properties["valid_until"].native:
        raise Untrusted("the seal is not valid at that time")
    for one in (certificate, maker):
        _check_certificate(one, context)


def _names(properties: ses.Properties, certificate: x509.Certificate) -> bool:
    users, whole = properties["users"], certificate.dump()
    if isinstance(users, ses.Certificates):
        return whole in [one.native for one in users]
    if not isinstance(users, ses.CertificateDigests):
        return False
    digests = {"SM3": sm2.sm3(whole), "SHA256": hashlib.sha256(whole).digest()}
    return any(digests.get(one["type"].native) == one["value"].native for one in users)


def _check_certificate(certificate: x509.Certificate, context: ValidationContext) -> None:
    validator = CertificateValidator(certificate, validation_context=context)
    try:
        asyncio.run(validator.async_validate_usage({"digital_signature"}))
    except RevokedError as error:
        raise Revoked(name_of(certificate)) from error
    except (PathBuildingError, PathValidationError) as error:
        raise Untrusted(str(error)) from error


def _stamped_at(found: ses.Signature, believed: Trust) -> datetime | None:
    """The time of the stamp over the signature's value; None without one. Tampered when it is over something else."""
    if not found["stamp"]:
        return None
    signature = ses.octets(found["signature"])
    token = cms.ContentInfo.load(ses.octets(found["stamp"]), strict=True)["content"]
    try:
        told = asyncio.run(
            validate_tst_signed_data(
                token, believed.context(), lambda name: hashlib.new(name, signature).digest()
            )
        )
    except SignatureValidationError as error:
        raise Tampered("no time stamp") from error
    status = TimestampSignatureStatus(**told)
    if not (status.intact and status.valid):
        raise Tampered("the time stamp is over something else")
    return status.timestamp if status.trusted else None


def name_of(certificate: x509.Certificate) -> str:
    """Whose certificate it is, as far as a page shows it."""
    return str(certificate.subject.native.get("common_name") or "")[:100]
