"""Signatures by SM2 with SM3 in certificates, lists and national seals (GB/T 38540).

The check itself is the one of ``eventlog.offline``, the file that strangers get and that must stand alone (docs/adr/0041).
"""

from __future__ import annotations

from asn1crypto import x509

from eventlog import offline
from eventlog.offline import sm3

__all__ = ["WITH_SM3", "is_signed", "public_key", "sm3"]
WITH_SM3 = "1.2.156.10197.1.501"
"""The algorithm's OID in certificates, lists and seals (GB/T 33560)."""


def is_signed(signature: bytes, data: bytes, public: bytes) -> bool:
    """Whether a DER signature over ``data`` was made with the key of ``public`` (04 ‖ x ‖ y). False for whatever is malformed."""
    key = offline.sm2_key(public)
    return key is not None and offline.sm2_holds(key, data, signature)


def public_key(certificate: x509.Certificate) -> bytes:
    """The key of a certificate as :func:`is_signed` takes it."""
    return bytes(certificate.public_key["public_key"].contents[1:])
