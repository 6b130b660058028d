"""Signed receipts: plain text a person can keep, and a signature that anyone can check (SEC-45).

ECDSA P-256 with the receipt key of the web process (DESIGN §9). The signature is over the UTF-8 text.
"""

from __future__ import annotations

import base64
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.utils.translation import gettext as _

from common import clock
from eventlog import offline
from eventlog.models import Event, Receipt
from eventlog.registry import NAMES


@lru_cache(maxsize=1)
def _key() -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(Path(settings.RECEIPT_KEY_FILE).read_bytes(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError("the receipt key must be an ECDSA P-256 key")
    return key


@lru_cache(maxsize=1)
def public_pem() -> str:
    """The public half of the key that signs receipts now."""
    encoding, form = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    return _key().public_key().public_bytes(encoding, form).decode()


@lru_cache(maxsize=1)
def key_id() -> str:
    """First 16 hex characters of the SHA-256 of the public key."""
    return offline.key_id_of(public_pem().encode())


def sign(event: Event, number: str) -> Receipt:
    """The receipt of ``event`` for the thing numbered ``number``; the caller stores it with the event."""
    when = event.happened_at.astimezone(clock.BEIJING)
    text = "\n".join(
        [
            _("%(service)s 电子回执") % {"service": settings.SERVICE_NAME},
            _("事项：%(label)s") % {"label": NAMES[event.name].label},
            _("编号：%(number)s") % {"number": number},
            _("时间：%(when)s（北京时间）") % {"when": when.strftime("%Y-%m-%d %H:%M:%S")},
            _("记录：%(stream)s 第 %(seq)s 条") % {"stream": event.public_id, "seq": event.seq},
            _("哈希：%(hash)s") % {"hash": event.hash},
            _("密钥：%(key)s") % {"key": key_id()},
        ]
    )
    return Receipt(event_id=event.pk, text=text, signature=signature_of(text), key_id=key_id())


def signature_of(text: str) -> str:
    """Our signature (base64) over the UTF-8 bytes of a text, for what anyone may check with :func:`is_genuine`."""
    return base64.b64encode(_key().sign(text.encode(), ec.ECDSA(hashes.SHA256()))).decode()


def is_genuine(text: str, signature: str) -> bool:
    """True when ``signature`` (base64) is ours over ``text``."""
    try:
        _key().public_key().verify(
            base64.b64decode(signature, validate=True), text.encode(), ec.ECDSA(hashes.SHA256())
        )
    except (InvalidSignature, ValueError):
        return False
    return True
