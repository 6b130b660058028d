"""Signed receipts: plain text a person can keep, and a signature that anyone can check (SEC-45).

ECDSA P-256 with the receipt key of the web process (DESIGN §9). The signature is over the UTF-8 text.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.utils.translation import gettext as _

from common import clock
from eventlog import offline
from eventlog.models import (
    Anchor,
    AnchorMark,
    AnchorProof,
    Event,
    KeyKind,
    ProofKind,
    Receipt,
    TrailKey,
)
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
    label, when = str(NAMES[event.name].label), event.happened_at
    text = words(label, number, when, record=str(event.public_id), seq=event.seq, hashed=event.hash)
    return Receipt(event_id=event.pk, text=text, signature=signature_of(text), key_id=key_id())


def words(label: str, number: str, when: datetime, *, record: str, seq: int, hashed: str) -> str:
    """What a receipt says, as ``offline.claim_of`` reads it."""
    at = when.astimezone(clock.BEIJING).strftime("%Y-%m-%d %H:%M:%S")
    return "\n".join(
        [
            _("%(service)s 电子回执") % {"service": settings.SERVICE_NAME},
            _("事项：%(label)s") % {"label": label},
            _("编号：%(number)s") % {"number": number},
            _("时间：%(when)s（北京时间）") % {"when": at},
            _("记录：%(stream)s 第 %(seq)s 条") % {"stream": record, "seq": seq},
            _("哈希：%(hash)s") % {"hash": hashed},
            _("密钥：%(key)s") % {"key": key_id()},
        ]
    )


def signature_of(text: str) -> str:
    """Our signature (base64) over the UTF-8 bytes of a text, for what anyone may check with :func:`is_genuine`."""
    return base64.b64encode(_key().sign(text.encode(), ec.ECDSA(hashes.SHA256()))).decode()


def is_genuine(text: str, signature: str) -> bool:
    """True when ``signature`` (base64) is ours over ``text``: of the key it names, also one that signs no more (SEC-66)."""
    named = offline.key_named(text)
    pem = public_pem()
    if named != key_id():
        older = TrailKey.objects.filter(kind=KeyKind.RECEIPT, key_id=named)
        pem = older.values_list("public_pem", flat=True).first() or pem
    (key,) = offline.read_keys(pem).values()
    return offline.is_signed(key, text, signature)


@dataclass(frozen=True)
class Checked:
    """What can be said of a receipt to anybody who holds it: nothing of its content or kind."""

    genuine: bool
    recorded: bool = False
    anchor: Anchor | None = None


def check(text: str, signature: str) -> Checked:
    """Whether a receipt is ours, whether its entry stands in the trail unchanged, and in which anchor. At most six queries."""
    claim = offline.claim_of(text)
    if claim is None or not is_genuine(text, signature):
        return Checked(genuine=False)
    event = Event.objects.filter(public_id=claim.event).first()
    if event is None or (event.seq, event.hash, offline.entry_hash(event.entry())) != (
        claim.seq, claim.hash, claim.hash
    ):  # fmt: skip
        return Checked(genuine=True)
    return Checked(genuine=True, recorded=True, anchor=anchor_of(event))


def anchor_of(event: Event) -> Anchor | None:
    """The signed anchor that holds this entry; None as long as it waits for one. Two queries."""
    mark = AnchorMark.objects.filter(stream=event.stream, first__lte=event.seq, last__gte=event.seq).first()
    if mark is None:
        return None
    signed = AnchorProof.objects.filter(kind=ProofKind.SIGNATURE).values("anchor_number")
    return Anchor.objects.filter(number=mark.anchor_number, number__in=signed).first()
