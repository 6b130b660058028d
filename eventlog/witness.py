"""The two services outside of the portal that make an anchor count: the signer, and a time stamp authority (docs/adr/0024)."""

from __future__ import annotations

import base64
import hashlib
import secrets

import httpx
from asn1crypto import tsp
from django.conf import settings
from django.utils.translation import gettext as _

from common.errors import GatewayUnavailable
from common.gateways.house import ask
from eventlog import offline
from signer import protocol


def _away() -> GatewayUnavailable:
    return GatewayUnavailable(
        _("留痕锚点的签名服务暂停，记录照常写入，恢复后自动补上。"), code="anchor_pending"
    )


def _ask(address: str, method: str, path: str, content: bytes, headers: dict[str, str]) -> httpx.Response:
    """One request; GatewayUnavailable when nothing came back or the service says that it cannot."""
    return ask(
        address,
        lambda client: client.request(method, path, content=content, headers=headers),
        away=_away,
    )


class AnchorRefused(RuntimeError):
    """The signer does not sign this anchor: asking again helps nothing, somebody must look."""


def signature_of(text: str) -> tuple[str, str]:
    """Base64 signature of an anchor and the public key (PEM) it verifies with.

    GatewayUnavailable while the signer is away; AnchorRefused when it refuses or signs with another key than it shows.
    """
    body = text.encode()
    key = _ask(settings.SIGNER_URL, "GET", protocol.ANCHOR, b"", {})
    proof = {protocol.PROOF: protocol.proof(settings.SIGNER_SECRET, body)}
    answer = _ask(settings.SIGNER_URL, "POST", protocol.ANCHOR, body, proof)
    if answer.status_code != httpx.codes.OK or key.status_code != httpx.codes.OK:
        raise AnchorRefused(f"the signer refuses an anchor: {answer.text[:80]}")
    try:
        signature, pem = str(answer.json()["signature"]), str(key.json()["key"])
        known = offline.read_keys(pem).get(offline.key_id_of(pem.encode()))
    except (ValueError, KeyError, TypeError) as error:
        raise AnchorRefused("the signer's answer is none") from error
    if not offline.is_signed(known, text, signature):
        raise AnchorRefused("the signer signed an anchor with another key than it shows")
    return signature, pem


def stamp_of(text: str) -> str:
    """Base64 of a time stamp's token (RFC 3161) over the text. GatewayUnavailable when there is none to be had.

    The portal looks only whether the token is over this text; whether the authority is to be believed is for those to
    judge who check it (``openssl ts -verify -token_in``).
    """
    imprint, nonce = hashlib.sha256(text.encode()).digest(), secrets.randbits(63)
    query = tsp.TimeStampReq(
        {
            "version": "v1",
            "message_imprint": {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": imprint},
            "nonce": nonce,
            "cert_req": True,
        }
    )
    path = "/" if settings.TSA_URL.startswith("unix:") else ""
    headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
    answer = _ask(settings.TSA_URL, "POST", path, query.dump(), headers)
    try:
        token = tsp.TimeStampResp.load(answer.content, strict=True)["time_stamp_token"]
        info = token["content"]["encap_content_info"]["content"].parsed
        stamped = info["message_imprint"]["hashed_message"].native, info["nonce"].native
    except (ValueError, TypeError, KeyError) as error:
        raise _away() from error
    if stamped != (imprint, nonce):
        raise _away()
    return base64.b64encode(token.dump()).decode()
