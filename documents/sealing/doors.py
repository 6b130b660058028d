"""The two services that take part in a seal, over HTTP: the signer of the house and the time stamp authority."""

from __future__ import annotations

import base64
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import httpcore
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
from common.gateways.sms import refuse_inside_transaction
from signer import protocol

PAUSE_SECONDS = 5.0
"""How long a process leaves a service alone that did not answer: thousands may wait, and each would wait for it anew."""
SIGNATURE_BYTES = 72
"""The longest DER form of an ECDSA P-256 signature."""
CERTIFICATE_SECONDS = 300


class BadAnswer(Exception):
    """A service answered, and not as it should."""


TROUBLE = (
    httpx.HTTPError,
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.UnsupportedProtocol,
    BadAnswer,
)

_left_alone: dict[str, float] = {}


def forget_failures() -> None:
    """Ask again at once (tests, a command that a person started)."""
    _left_alone.clear()


@lru_cache(maxsize=8)
def _client(address: str, _process: int) -> httpx.Client:
    """One client for each service and process; it keeps its connections."""
    path = address.removeprefix("unix:")
    is_local = path != address
    timeout = httpx.Timeout(settings.OUTSIDE_READ_SECONDS, connect=settings.OUTSIDE_CONNECT_SECONDS)
    transport = httpx.HTTPTransport(uds=path if is_local else None)
    base = "http://localhost" if is_local else address
    return httpx.Client(
        transport=transport, base_url=base, timeout=timeout, trust_env=False, follow_redirects=False
    )


def unavailable() -> GatewayUnavailable:
    """What is raised whichever part of sealing does not work just now."""
    return GatewayUnavailable(_("电子签章服务暂停，文书在排队，恢复后自动发出。"), code="sealing_paused")


def _ask(address: str, ask: Callable[[httpx.Client], httpx.Response]) -> httpx.Response:
    """One request; GatewayUnavailable when nothing came back or the service says it cannot (5xx)."""
    refuse_inside_transaction()
    with answering(address):
        response = ask(_client(address, os.getpid()))
        if response.is_server_error:
            raise BadAnswer(str(response.status_code))
    return response


@contextmanager
def answering(address: str) -> Iterator[None]:
    """Around one request. One that fails closes the service to this process for a while; GatewayUnavailable then and meanwhile."""
    if time.monotonic() < _left_alone.get(address, 0.0):
        raise unavailable()
    try:
        yield
    except TROUBLE as error:
        _left_alone[address] = time.monotonic() + PAUSE_SECONDS
        raise unavailable() from error
    _left_alone.pop(address, None)


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
