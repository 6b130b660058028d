"""Whom we believe: roots and revocation lists from files, never fetched from anywhere."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from asn1crypto import algos, crl, keys, pem, x509
from cryptography.exceptions import InvalidSignature
from django.conf import settings
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.sig_validate import (
    DEFAULT_VALIDATION_CONTEXT,
    DefaultSignatureValidator,
    SignatureValidationContext,
)

from documents.sealing import sm2


class Signatures(DefaultSignatureValidator):
    """How signatures of certificates and lists are checked: as the library does, and those with SM2 as well."""

    def validate_signature(
        self,
        signature: bytes,
        signed_data: bytes,
        public_key_info: keys.PublicKeyInfo,
        signature_algorithm: algos.SignedDigestAlgorithm,
        context: SignatureValidationContext = DEFAULT_VALIDATION_CONTEXT,
    ) -> None:
        """InvalidSignature when it does not hold."""
        if signature_algorithm["algorithm"].dotted != sm2.WITH_SM3:
            super().validate_signature(signature, signed_data, public_key_info, signature_algorithm, context)
        elif not sm2.is_signed(signature, signed_data, bytes(public_key_info["public_key"].contents[1:])):
            raise InvalidSignature


@dataclass(frozen=True)
class Trust:
    """Root certificates and revocation lists; ``mark`` changes when a file did."""

    roots: tuple[x509.Certificate, ...]
    crls: tuple[crl.CertificateList, ...]
    mark: tuple[int, ...]

    def context(self, others: Iterable[x509.Certificate] = ()) -> ValidationContext:
        """For one validation, now: every certificate must be on no list, and a list that is too old counts as none."""
        return ValidationContext(
            trust_roots=list(self.roots),
            crls=list(self.crls),
            other_certs=list(others),
            allow_fetching=False,
            revocation_mode="require",
            signature_validator=Signatures(),
        )

    def then(self, moment: datetime) -> dict[str, Any]:
        """Arguments of a context as seen at ``moment``; a newer list that names an earlier day of revocation counts too."""
        return {
            "trust_roots": list(self.roots),
            "crls": list(self.crls),
            "moment": moment,
            "allow_fetching": False,
            "revocation_mode": "require",
            "retroactive_revinfo": True,
            "signature_validator": Signatures(),
        }


def trust() -> Trust:
    """What the settings name, read again when a file has changed."""
    return read(settings.SEAL_TRUST_FILE, settings.SEAL_CRL_FILE)


def read(roots: Path, crls: Path) -> Trust:
    """Roots and lists of two PEM files."""
    return _read(roots, crls, (roots.stat().st_mtime_ns, crls.stat().st_mtime_ns))


@lru_cache(maxsize=4)
def _read(roots: Path, crls: Path, mark: tuple[int, ...]) -> Trust:
    found_roots = tuple(x509.Certificate.load(der) for der in _ders(roots))
    found_crls = tuple(crl.CertificateList.load(der) for der in _ders(crls))
    return Trust(found_roots, found_crls, mark)


def _ders(path: Path) -> list[bytes]:
    """Every PEM block of a file; a first line that is none (the mark of the demo) is passed over."""
    content = path.read_bytes()
    return [der for _kind, _headers, der in pem.unarmor(content, multiple=True)]
