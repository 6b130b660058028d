"""A key of the tests that signs anchors in place of the signer, where the signer is not what is tested."""

from __future__ import annotations

import base64

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from common import clock
from eventlog import offline
from eventlog.anchors import note_key
from eventlog.models import Anchor, AnchorProof, KeyKind, ProofKind

KEY = ec.generate_private_key(ec.SECP256R1())


def public_pem(key: ec.EllipticCurvePrivateKey = KEY) -> str:
    """PEM of the public half."""
    encoding, form = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(encoding, form).decode()


def signature(text: str, key: ec.EllipticCurvePrivateKey = KEY) -> str:
    """Base64."""
    return base64.b64encode(key.sign(text.encode(), ec.ECDSA(hashes.SHA256()))).decode()


def sign(anchor: Anchor) -> None:
    """What ``anchors.complete_pending`` does with the signer's answer."""
    note_key(KeyKind.ANCHOR, public_pem())
    AnchorProof.objects.create(
        anchor_number=anchor.number,
        kind=ProofKind.SIGNATURE,
        value=signature(anchor.text),
        key_id=offline.key_id_of(public_pem().encode()),
        made_at=clock.now(),
    )
