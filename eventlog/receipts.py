"""Signed receipts: plain text a person can keep, and a signature that anyone can check (SEC-45).

With the receipt key of the web process (DESIGN §9): ECDSA P-256, or SM2 where the file holds such a key (docs/adr/0041). The signature is
over the UTF-8 text.
"""

from __future__ import annotations

import base64
import logging
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from common import clock
from common.errors import GatewayUnavailable
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
from signer import keys

logger = logging.getLogger(__name__)


@lru_cache(maxsize=4)
def _key(path: Path) -> tuple[keys.Key, str, str]:
    """Key, public half and id. ``signer.store.BadStore`` when nobody can sign with it here; settings looked at who may read the file."""
    key = keys.read(path, production=False)
    public = key.public_pem
    return key, public, offline.key_id_of(public.encode())


def public_pem() -> str:
    """The public half of the key that signs receipts now. ``signer.store.BadStore`` when it cannot sign."""
    return _key(settings.RECEIPT_KEY_FILE)[1]


def key_id() -> str:
    """First 16 hex characters of the SHA-256 of the public key."""
    return _key(settings.RECEIPT_KEY_FILE)[2]


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
    """Our signature (base64) over the UTF-8 bytes of a text, for what anyone may check with :func:`is_genuine`.

    GatewayUnavailable when an SM2 key's program does not answer: what was to be proven is then not done either.
    """
    key, _public, own = _key(settings.RECEIPT_KEY_FILE)
    try:
        return base64.b64encode(key.sign(text.encode())).decode()
    except keys.NotSigned as error:
        logger.error("no receipt can be signed", extra={"key": own, "reason": str(error)})
        raise GatewayUnavailable(
            _("现在签不了回执，所以刚才这一步没有办，也没有存下一半。请过几分钟再试。"),
            code="receipt_unavailable",
        ) from error


def is_genuine(text: str, signature: str) -> bool:
    """True when ``signature`` (base64) is ours over ``text``: of the key it names, also one that signs no more (SEC-66)."""
    named = offline.key_named(text)
    pem = public_pem()
    if named != key_id():
        older = TrailKey.objects.filter(kind=KeyKind.RECEIPT, key_id=named)
        pem = older.values_list("public_pem", flat=True).first() or pem
    found = offline.read_key(pem)
    return found is not None and offline.is_signed(found[1], text, signature)


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
