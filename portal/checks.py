"""System checks of `manage.py check`: keys are of the right kind and fit together."""

from collections.abc import Sequence
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.apps.config import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register


@register
def keys_are_usable(app_configs: Sequence[AppConfig] | None, **_kwargs: Any) -> list[CheckMessage]:
    """Receipt and paper keys are P-256, and the certificate belongs to its key and its CA."""
    problems: list[CheckMessage] = []
    keys: dict[str, ec.EllipticCurvePrivateKey] = {}
    for name in ("RECEIPT_KEY_FILE", "SIGNER_KEY_FILE"):
        try:
            key = load_pem_private_key(getattr(settings, name).read_bytes(), password=None)
        except (ValueError, TypeError):
            problems.append(Error(f"{name} holds no readable private key.", id="portal.E001"))
            continue
        if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
            problems.append(Error(f"{name} must hold an ECDSA P-256 key.", id="portal.E002"))
            continue
        keys[name] = key
    try:
        certificate = x509.load_pem_x509_certificate(settings.SIGNER_CERT_FILE.read_bytes())
        authority = x509.load_pem_x509_certificate(settings.SIGNER_CA_FILE.read_bytes())
    except ValueError:
        return [
            *problems,
            Error("SIGNER_CERT_FILE or SIGNER_CA_FILE holds no certificate.", id="portal.E003"),
        ]
    signer = keys.get("SIGNER_KEY_FILE")
    if signer is not None and certificate.public_key() != signer.public_key():
        problems.append(
            Error("SIGNER_CERT_FILE belongs to another key than SIGNER_KEY_FILE.", id="portal.E004")
        )
    try:
        certificate.verify_directly_issued_by(authority)
    except (ValueError, TypeError, InvalidSignature):
        problems.append(Error("SIGNER_CERT_FILE was not issued by SIGNER_CA_FILE.", id="portal.E005"))
    return problems
