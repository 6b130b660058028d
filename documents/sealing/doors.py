"""The two services that take part in a seal, over HTTP: the signer of the house and the time stamp authority."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import lru_cache
from typing import Any

import httpx
from asn1crypto import pem as armor
from asn1crypto import tsp, x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.utils.translation import gettext as _
from pyhanko.sign.signers.pdf_cms import Signer
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError, set_tsp_headers
from pyhanko_certvalidator.registry import SimpleCertificateStore

from common.errors import GatewayUnavailable
from common.gateways import breaker
from common.gateways.house import TROUBLE, ask
from signer import protocol

SIGNATURE_BYTES = 72
"""The longest DER form of an ECDSA P-256 signature."""
CERTIFICATE_SECONDS = 300


def forget_failures() -> None:
    """Ask again at once (tests, a command that a person started)."""
    for address in (settings.SIGNER_URL, settings.TSA_URL, settings.VENDOR_SEAL_URL):
        breaker.IN_MEMORY.close(address)


def unavailable() -> GatewayUnavailable:
    """What is raised whichever part of sealing does not work just now."""
    return GatewayUnavailable(_("电子签章服务暂停，文书在排队，恢复后自动发出。"), code="sealing_paused")


def _ask(address: str, request: Callable[[httpx.Client], httpx.Response]) -> httpx.Response:
    """One request; GatewayUnavailable when nothing came back or the service says it cannot (5xx)."""
    return ask(address, request, away=unavailable)


def answering(address: str) -> AbstractContextManager[None]:
    """Around one request; GatewayUnavailable for one that fails, and while the service is left alone (REL-59): thousands may wait,
    and each would wait for it anew."""
    return breaker.guarded(address, TROUBLE, unavailable)


def certificate_of(seal: str) -> x509.Certificate:
    """The certificate of a seal as the signer has it, asked for anew after five minutes. LookupError when it has no such seal."""
    return _certificate(settings.SIGNER_URL, seal, int(time.monotonic() // CERTIFICATE_SECONDS))


@lru_cache(maxsize=64)
def _certificate(address: str, seal: str, _age: int) -> x509.Certificate:
    response = _ask(address, lambda client: client.get(f"{protocol.SEALS}{seal}"))
    if response.status_code == httpx.codes.NOT_FOUND:
        raise LookupError(f"the signer has no seal {seal}")
    _kind, _headers, der = armor.unarmor(response.json()["certificate"].encode())
    return x509.Certificate.load(der)


class RemoteSigner(Signer):
    """pyHanko's view of the signer process: everything but the raw signature is done here."""

    def __init__(self, seal: str, reference: str) -> None:
        store = SimpleCertificateStore()
        self.certificate = certificate_of(seal)
        super().__init__(signing_cert=self.certificate, cert_registry=store, embed_roots=False)
        self.seal, self.reference = seal, reference

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        """Ask the signer, and believe the answer only when it verifies with the seal's certificate."""
        if dry_run:
            return bytes(SIGNATURE_BYTES)
        body = json.dumps(
            {
                "seal": self.seal,
                "reference": self.reference,
                "attributes": base64.b64encode(data).decode(),
            }
        ).encode()
        headers = {
            "Content-Type": "application/json",
            protocol.PROOF: protocol.proof(settings.SIGNER_SECRET, body),
        }
        response = _ask(
            settings.SIGNER_URL,
            lambda client: client.post(protocol.SIGN, content=body, headers=headers),
        )
        if response.status_code != httpx.codes.OK:
            raise RuntimeError(f"the signer refuses: {response.json().get('code')}")
        signature = base64.b64decode(response.json()["signature"])
        public = serialization.load_der_public_key(self.certificate.public_key.dump())
        try:
            if not isinstance(public, ec.EllipticCurvePublicKey):
                raise RuntimeError("the seal's certificate holds no ECDSA key")
            public.verify(signature, data, ec.ECDSA(hashes.SHA256()))
        except InvalidSignature:
            raise RuntimeError("the signer signed with another key than that of the certificate") from None
        return signature


class HttpTimeStamper(TimeStamper):
    """RFC 3161 over HTTP with our time-outs. A token for another document is not taken."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """One query."""
        local = self.address.startswith("unix:")
        response = _ask(
            self.address,
            lambda client: client.post("/" if local else "", content=req.dump(), headers=set_tsp_headers({})),
        )
        kind = response.headers.get("Content-Type", "").partition(";")[0]
        if response.status_code != httpx.codes.OK or kind != "application/timestamp-reply":
            raise unavailable()
        try:
            return tsp.TimeStampResp.load(response.content, strict=True)
        except ValueError as error:
            raise unavailable() from error

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> Any:
        """The token; GatewayUnavailable when the authority refuses or stamps something else."""
        try:
            token = await super().async_timestamp(message_digest, md_algorithm)
            info = token["content"]["encap_content_info"]["content"].parsed
            imprint = info["message_imprint"]["hashed_message"].native
        except (TimestampRequestError, ValueError, TypeError, KeyError) as error:
            raise unavailable() from error
        if imprint != message_digest:
            raise unavailable()
        return token
