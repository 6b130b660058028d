"""System checks of `manage.py check`: keys and certificates are of the right kind. Whether key and certificate of a seal fit
together is checked by the signer, the only one that has both.
"""

from collections.abc import Sequence
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.apps.config import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from documents.sealing.trust import trust


@register
def keys_are_usable(app_configs: Sequence[AppConfig] | None, **_kwargs: Any) -> list[CheckMessage]:
    """The receipt key is P-256; roots and revocation lists can be read, and each root has its list."""
    problems: list[CheckMessage] = []
    try:
        key = load_pem_private_key(settings.RECEIPT_KEY_FILE.read_bytes(), password=None)
    except (ValueError, TypeError):
        problems.append(Error("RECEIPT_KEY_FILE holds no readable private key.", id="portal.E001"))
    else:
        if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
            problems.append(Error("RECEIPT_KEY_FILE must hold an ECDSA P-256 key.", id="portal.E002"))
    try:
        believed = trust()
        lists = {made.issuer.hashable for made in believed.crls}
        bare = [root for root in believed.roots if root.subject.hashable not in lists]
    except ValueError:
        return [*problems, Error("SEAL_TRUST_FILE or SEAL_CRL_FILE cannot be read.", id="portal.E003")]
    if bare:
        sentence = "A root in SEAL_TRUST_FILE has no list in SEAL_CRL_FILE: nothing can be sealed under it."
        problems.append(Warning(sentence, id="portal.W004"))
    return problems
