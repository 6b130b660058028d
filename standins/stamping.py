"""A time stamp authority as RFC 3161 describes it, for demo and tests: `python -m standins.stamping FD` serves it on an inherited
socket, so that papers can be stamped before any web process runs; ``standins.tsa`` answers the same at ``/demo/tsa/``.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import secrets
import socket
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from asn1crypto import algos, cms, core, pem, tsp, x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

QUERY, REPLY = "application/timestamp-query", "application/timestamp-reply"
POLICY = "1.3.6.1.4.1.55555.1.1"
"""Invented, like everything this authority says."""
ACCEPTED = {"sha256": 32, "sha384": 48, "sha512": 64}
MAX_BODY_BYTES = 4096


class Refusal(core.Sequence):
    """A response without a token, which RFC 3161 allows and asn1crypto's own class does not."""

    _fields = [("status", tsp.PKIStatusInfo)]


@dataclass(frozen=True)
class Authority:
    """Key and certificate of the stand-in."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @classmethod
    def load(cls, key_file: Path, certificate_file: Path) -> Authority:
        """From PEM files. TypeError when the key is no ECDSA key."""
        key = serialization.load_pem_private_key(key_file.read_bytes(), password=None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise TypeError(f"{key_file} is no ECDSA key")
        _kind, _headers, der = pem.unarmor(certificate_file.read_bytes())
        return cls(key, x509.Certificate.load(der))

    def answer(self, query: bytes) -> bytes:
        """A DER time stamp response, granted or refused, to a DER query; the time is this machine's own."""
        try:
            asked = tsp.TimeStampReq.load(query, strict=True)
            imprint = asked["message_imprint"]
            length = ACCEPTED.get(imprint["hash_algorithm"]["algorithm"].native)
            if length is None or len(imprint["hashed_message"].native) != length:
                return _refusal("bad_alg")
            wants_certificate = bool(asked["cert_req"].native)
            return self._grant(imprint, asked["nonce"], wants_certificate=wants_certificate)
        except (ValueError, TypeError, KeyError):
            return _refusal("bad_data_format")

    def _grant(self, imprint: tsp.MessageImprint, nonce: core.Integer, *, wants_certificate: bool) -> bytes:
        moment = datetime.now(UTC).replace(microsecond=0)
        fields = {
            "version": "v1",
            "policy": POLICY,
            "message_imprint": imprint,
            "serial_number": secrets.randbits(63),
            "gen_time": moment,
        }
        if nonce.native is not None:
            fields["nonce"] = nonce
        info = tsp.TSTInfo(fields).dump()
        digest = algos.DigestAlgorithm({"algorithm": "sha256"})
        attributes = self._attributes(info)
        signer = cms.SignerInfo(
            {
                "version": "v1",
                "sid": cms.SignerIdentifier(
                    {
                        "issuer_and_serial_number": cms.IssuerAndSerialNumber(
                            {
                                "issuer": self.certificate.issuer,
                                "serial_number": self.certificate.serial_number,
                            }
                        )
                    }
                ),
                "digest_algorithm": digest,
                "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}),
                "signed_attrs": attributes,
                "signature": self.key.sign(attributes.dump(), ec.ECDSA(hashes.SHA256())),
            }
        )
        signed = {
            "version": "v3",
            "digest_algorithms": cms.DigestAlgorithms((digest,)),
            "encap_content_info": {"content_type": "tst_info", "content": cms.ParsableOctetString(info)},
            "signer_infos": [signer],
        }
        if wants_certificate:
            signed["certificates"] = [self.certificate]
        token = cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData(signed)})
        status = tsp.PKIStatusInfo({"status": "granted"})
        return bytes(tsp.TimeStampResp({"status": status, "time_stamp_token": token}).dump())

    def _attributes(self, info: bytes) -> cms.CMSAttributes:
        named = tsp.ESSCertIDv2({"cert_hash": hashlib.sha256(self.certificate.dump()).digest()})
        values: dict[str, Any] = {
            "content_type": "tst_info",
            "message_digest": hashlib.sha256(info).digest(),
            "signing_certificate_v2": tsp.SigningCertificateV2({"certs": [named]}),
        }
        return cms.CMSAttributes(
            [cms.CMSAttribute({"type": kind, "values": [value]}) for kind, value in values.items()]
        )


def _refusal(reason: str) -> bytes:
    status = tsp.PKIStatusInfo({"status": "rejection", "fail_info": {reason}})
    return bytes(Refusal({"status": status}).dump())


Message = dict[str, Any]


def application(authority: Authority) -> Callable[..., Awaitable[None]]:
    """The authority alone as an ASGI application: every POST is a query."""

    async def answer(
        scope: Mapping[str, Any],
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        body, more = b"", True
        while more and len(body) <= MAX_BODY_BYTES:
            message = await receive()
            body += message.get("body", b"")
            more = bool(message.get("more_body"))
        headers = [(b"content-type", REPLY.encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": authority.answer(body)})

    return answer


def main() -> None:
    """Serve until SIGTERM."""
    import uvicorn

    authority = Authority.load(Path(os.environ["TSA_KEY_FILE"]), Path(os.environ["TSA_CERT_FILE"]))
    listening = socket.socket(fileno=int(sys.argv[1]))
    config = uvicorn.Config(
        application(authority), lifespan="off", log_config=None, access_log=False, server_header=False
    )
    asyncio.run(uvicorn.Server(config).serve(sockets=[listening]))


if __name__ == "__main__":
    main()
