"""A vendor's sealing service for demo and tests: national seals (GB/T 38540) with real SM2 keys, over HTTP (docs/adr/0022).

`python -m standins.vendor_seal FD` serves it on an inherited socket. Keys, certificates and the revocation list are made on first
use in ``VENDOR_SEAL_DIRECTORY`` (`python -m standins.vendor_seal DIRECTORY` makes only them), by the command of OpenSSL, which also signs: nothing of the portal's own checking is
used here.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from asn1crypto import pem, x509

from common import ses
from common.gateways import proofs
from common.gateways import seals as protocol

SM2_WITH_SM3 = "1.2.156.10197.1.501"
IDENTITY = "distid:1234567812345678"
ROOT = "码上通演示国密根证书"
MAKER = "码上通演示制章机构"
SEALS = {
    "court": "某省某市示例区人民法院国密电子签章(演示)",
    "filing": "某省某市示例区人民法院立案庭国密电子签章(演示)",
    "neighbour": "某省某市样本县人民法院国密电子签章(演示)",
    "above": "某省某市中级人民法院国密电子签章(演示)",
}
DAYS = 3650
SETTINGS = """
[req]
distinguished_name = name
[name]
[ca]
default_ca = list
[list]
database = {place}/index.txt
crlnumber = {place}/crlnumber
default_md = sm3
default_crl_days = 3650
crl_extensions = of_list
[of_list]
authorityKeyIdentifier = keyid
[root]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[user]
basicConstraints = critical,CA:false
keyUsage = critical,digitalSignature,nonRepudiation
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
"""


def openssl(*arguments: str | Path) -> bytes:
    """One command; RuntimeError with what it said when it fails."""
    command = ["openssl", *(str(argument) for argument in arguments)]
    done = subprocess.run(command, capture_output=True, check=False, timeout=60)  # noqa: S603
    if done.returncode:
        raise RuntimeError(f"openssl {arguments[0]}: {done.stderr.decode('utf-8', 'replace')}")
    return done.stdout


class Keys:
    """An authority with SM2 keys and what it certified, in one directory."""

    def __init__(self, place: Path) -> None:
        self.place = place
        if (place / "crl.pem").exists():
            return
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        (place / "openssl.cnf").write_text(SETTINGS.format(place=place))
        (place / "index.txt").write_text("")
        (place / "crlnumber").write_text("01\n")
        self._key("root")
        openssl(
            "req", "-x509", "-utf8", "-new", "-key", place / "root.key", "-sm3", "-sigopt", IDENTITY, "-subj",
            f"/C=CN/O=码上通演示/CN={ROOT}", "-days", str(DAYS), "-config", place / "openssl.cnf",
            "-extensions", "root", "-out", place / "root.pem",
        )  # fmt: skip
        for name, subject in {"maker": MAKER, **SEALS}.items():
            self._certify(name, subject)
        self.revoke()

    def _key(self, name: str) -> None:
        openssl(
            "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:SM2", "-out",
            self.place / f"{name}.key",
        )  # fmt: skip

    def _certify(self, name: str, subject: str) -> None:
        self._key(name)
        place = self.place
        openssl(
            "req", "-utf8", "-new", "-key", place / f"{name}.key", "-sm3", "-sigopt", IDENTITY, "-subj",
            f"/C=CN/O=码上通演示/CN={subject}", "-config", place / "openssl.cnf", "-out", place / f"{name}.csr",
        )  # fmt: skip
        openssl(
            "x509", "-req", "-in", place / f"{name}.csr", "-CA", place / "root.pem", "-CAkey", place / "root.key",
            "-CAcreateserial", "-sm3", "-vfyopt", IDENTITY, "-sigopt", IDENTITY, "-extfile", place / "openssl.cnf",
            "-extensions", "user", "-days", str(DAYS), "-out", place / f"{name}.pem",
        )  # fmt: skip

    def revoke(self, *names: str, since: datetime | None = None) -> None:
        """Write the list; certificates of these names are on it from now on, or from an earlier day."""
        common: list[str | Path] = [
            "ca", "-config", self.place / "openssl.cnf", "-keyfile", self.place / "root.key", "-cert",
            self.place / "root.pem", "-sigopt", IDENTITY,
        ]  # fmt: skip
        for name in names:
            openssl(*common, "-revoke", self.place / f"{name}.pem")
        if since is not None:
            index = self.place / "index.txt"
            lines = [line.split("\t") for line in index.read_text().splitlines()]
            dated = [[*line[:2], f"{since:%y%m%d%H%M%SZ}", *line[3:]] for line in lines]
            index.write_text("".join("\t".join(line) + "\n" for line in dated))
        openssl(*common, "-gencrl", "-out", self.place / "crl.pem")

    def sign(self, name: str, data: bytes) -> bytes:
        """SM2 with SM3, as DER."""
        with tempfile.NamedTemporaryFile() as written:
            written.write(data)
            written.flush()
            return openssl(
                "pkeyutl", "-sign", "-inkey", self.place / f"{name}.key", "-rawin", "-in", written.name, "-digest",
                "sm3", "-pkeyopt", IDENTITY,
            )  # fmt: skip

    def certificate(self, name: str) -> bytes:
        """As DER."""
        _kind, _headers, der = pem.unarmor((self.place / f"{name}.pem").read_bytes())
        return bytes(der)


@dataclass
class Service:
    """The vendor: its keys, who may ask, and the seals it made."""

    keys: Keys
    app: str
    secret: str
    seen: set[str] = field(default_factory=set)

    def seal(self, name: str) -> ses.Seal:
        """The seal of this name, made by the maker on first use and kept."""
        kept = self.keys.place / f"{name}.seal"
        if not kept.exists():
            kept.write_bytes(self._make(name).dump())
        return ses.Seal.load(kept.read_bytes())

    def _make(self, name: str) -> ses.Seal:
        certificate = self.keys.certificate(name)
        begins = x509.Certificate.load(certificate).not_valid_before
        info = ses.SealInfo(
            {
                "header": {"id": "ES", "version": ses.VERSION, "vendor": "DEMO"},
                "id": f"demo-{name}",
                "properties": {
                    "type": 1,
                    "name": SEALS[name],
                    "users_type": ses.CERTIFICATES,
                    "users": ses.Certificates([certificate]),
                    "made_at": begins,
                    "valid_from": begins,
                    "valid_until": begins + timedelta(days=DAYS),
                },
                "picture": {"type": "PNG", "data": b"", "width": 42, "height": 42},
            }
        )
        return ses.Seal(
            {
                "info": info,
                "certificate": self.keys.certificate("maker"),
                "algorithm": SM2_WITH_SM3,
                "signature": ses.bits(self.keys.sign("maker", info.dump())),
            }
        )

    def signature(self, name: str, digest: bytes, original: str) -> ses.Signature:
        """A seal on a digest, now."""
        signed = ses.ToSign(
            {
                "version": ses.VERSION,
                "seal": self.seal(name),
                "signed_at": datetime.now(UTC).replace(microsecond=0),
                "digest": ses.bits(digest),
                "original": original,
            }
        )
        return ses.Signature(
            {
                "to_sign": signed,
                "certificate": self.keys.certificate(name),
                "algorithm": SM2_WITH_SM3,
                "signature": ses.bits(self.keys.sign(name, signed.dump())),
            }
        )

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
        """Status and JSON of one request."""
        if not self._is_proven(method, path, headers, body):
            return 401, json.dumps({"code": "not_proven"}).encode()
        name, _slash, rest = path.removeprefix(protocol.SEALS).partition("/")
        if not path.startswith(protocol.SEALS) or name not in SEALS:
            return 404, json.dumps({"code": "unknown_seal"}).encode()
        if method == "GET" and not rest:
            told = {"seal": self.seal(name).dump(), "certificate": self.keys.certificate(name)}
        elif method == "POST" and f"/{rest}" == protocol.SIGNATURES:
            asked = json.loads(body)
            digest = base64.b64decode(asked["digest"], validate=True)
            told = {"signature": self.signature(name, digest, asked["original"]).dump()}
        else:
            return 404, json.dumps({"code": "unknown_address"}).encode()
        return 200, json.dumps(
            {key: base64.b64encode(value).decode() for key, value in told.items()}
        ).encode()

    def _is_proven(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> bool:
        """Of who knows the secret, now, and not sent before."""
        app, moment, nonce, given = (
            headers.get(name.lower(), "") for name in (proofs.APP, proofs.TIME, proofs.NONCE, proofs.PROOF)
        )
        proof = proofs.request_proof(
            self.secret, method=method, path=path, app=app, moment=moment, nonce=nonce, body=body
        )
        fresh = moment.isdigit() and abs(time.time() - int(moment)) <= proofs.SKEW_SECONDS
        if app != self.app or not fresh or nonce in self.seen or not proofs.is_same(proof, given):
            return False
        self.seen.add(nonce)
        return True

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """The ASGI application."""
        body, more = b"", True
        while more and len(body) <= protocol.MAX_BODY_BYTES:
            message = await receive()
            body += message.get("body", b"")
            more = bool(message.get("more_body"))
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        status, content = self.answer(scope["method"], scope["path"], headers, body)
        nonce = headers.get(proofs.NONCE.lower(), "")
        proof = proofs.answer_proof(self.secret, nonce=nonce, status=status, body=content)
        sent = [(b"content-type", b"application/json"), (proofs.PROOF.lower().encode(), proof.encode())]
        await send({"type": "http.response.start", "status": status, "headers": sent})
        await send({"type": "http.response.body", "body": content})


def main() -> None:
    """Serve until SIGTERM; with a directory instead of a socket only make its keys."""
    import uvicorn

    if not sys.argv[1].isdigit():
        Keys(Path(sys.argv[1]))
        return
    service = Service(
        Keys(Path(os.environ["VENDOR_SEAL_DIRECTORY"])),
        os.environ["VENDOR_SEAL_APP"],
        os.environ["VENDOR_SEAL_SECRET"],
    )
    listening = socket.socket(fileno=int(sys.argv[1]))
    config = uvicorn.Config(service, lifespan="off", log_config=None, access_log=False, server_header=False)
    asyncio.run(uvicorn.Server(config).serve(sockets=[listening]))


if __name__ == "__main__":
    main()
