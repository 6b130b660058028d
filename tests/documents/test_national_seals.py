"""A vendor's national seal on a paper: what stands in the file, what the public page says of it, which answers are not believed."""

from __future__ import annotations

import base64
import io
import json
import socket
import subprocess
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from asn1crypto import x509
from pyhanko.pdf_utils.generic import EncryptedObjAccess
from pyhanko.pdf_utils.reader import PdfFileReader

from common import clock, ses
from common.actor import system
from common.errors import GatewayUnavailable, InvalidInput
from common.gateways import proofs
from common.gateways import seals as protocol
from common.gateways.breaker import FAILURES
from documents.models import Copy, Paper
from documents.rendering import paper as rendering
from documents.sealing import doors, national, sm2, vendor
from documents.services import take_seal_into_use
from portal.authority import DEMO_SEALS
from standins.vendor_seal import SEALS, Keys, Service
from tests.documents import test_rendering
from tests.documents.tampering import CHANGES
from tests.documents.test_seals_on_files import ask, page
from tests.support.rude import Rude
from tests.support.servers import VENDOR_SECRET, VendorSeals

pytestmark = pytest.mark.django_db(transaction=True)
SIGNER = "某省某市示例区人民法院国密电子签章(演示)"


@pytest.fixture
def running(vendor_seals: VendorSeals) -> VendorSeals:
    vendor_seals.start()
    return vendor_seals


def signature_in(content: bytes) -> tuple[bytes, bytes]:
    """The value of /Contents and the signed bytes."""
    reader = PdfFileReader(io.BytesIO(content))
    signed = reader.root["/AcroForm"]["/Fields"][0]["/V"]
    _start, length, after, rest = (int(number) for number in signed["/ByteRange"])
    value = signed.raw_get("/Contents", decrypt=EncryptedObjAccess.RAW).original_bytes
    return value, content[:length] + content[after : after + rest]


def test_the_pages_are_ours_and_openssl_agrees(
    running: VendorSeals, monkeypatch: Any, tmp_path: Path
) -> None:
    pages: list[bytes] = []
    made = rendering.pages
    monkeypatch.setattr(
        rendering, "pages", lambda *args, **rest: [done := made(*args, **rest), pages.append(done.pdf)][0]
    )
    content = test_rendering.make("fee_notice")
    assert content.startswith(pages[0]), "only added to"
    with pikepdf.open(io.BytesIO(content)) as document:
        signed = document.Root.AcroForm.Fields[0].V
        assert signed.SubFilter == national.SUB_FILTER
        assert document.Root.Perms.DocMDP.Reference[0].TransformParams.P == 1
        assert int(signed.ByteRange[2]) + int(signed.ByteRange[3]) == len(content)
    value, covered = signature_in(content)
    found = national.read(value)
    signature = {
        "signature": ses.octets(found["signature"]),
        "signed": found["to_sign"].dump(),
        "certificate": found["certificate"].native,
    }
    for name, data in signature.items():
        (tmp_path / name).write_bytes(data)
    assert ses.octets(found["to_sign"]["digest"]) == sm2.sm3(covered)
    for command in (
        "x509 -inform DER -in certificate -out certificate.pem",
        f"verify -CAfile {running.keys}/root.pem -vfyopt distid:1234567812345678 certificate.pem",
        "x509 -in certificate.pem -noout -pubkey -out key.pem",
        "pkeyutl -verify -pubin -inkey key.pem -rawin -in signed -digest sm3 -sigfile signature "
        "-pkeyopt distid:1234567812345678",
    ):
        subprocess.run(["openssl", *command.split()], cwd=tmp_path, check=True, capture_output=True)


@pytest.mark.req("SEC-24")
@pytest.mark.parametrize("case", CHANGES)
def test_what_is_said_of_a_national_seal(running: VendorSeals, case: str) -> None:
    change, state = CHANGES[case]
    answer = ask(change(test_rendering.make("fee_notice")))
    known = state in ("valid", "changed_later", "followed")
    assert answer["seal"]["state"] == state
    assert answer["seal"]["signer"] == (SIGNER if known else "")
    assert bool(answer["seal"]["stamped_at"]) == known


@pytest.mark.req("SEC-24")
def test_another_root_and_a_revoked_certificate(running: VendorSeals, settings: Any, tmp_path: Path) -> None:
    content = test_rendering.make("fee_notice")
    believed, lists = settings.SEAL_TRUST_FILE, settings.SEAL_CRL_FILE
    other = Keys(tmp_path / "other")
    settings.SEAL_TRUST_FILE = tmp_path / "roots.pem"
    settings.SEAL_TRUST_FILE.write_bytes((other.place / "root.pem").read_bytes())
    assert ask(content)["seal"] == {"state": "untrusted", "signer": "", "stamped_at": None}
    settings.SEAL_TRUST_FILE = believed
    keys, settings.SEAL_CRL_FILE = Keys(running.keys), tmp_path / "lists.pem"
    keys.revoke("court")
    settings.SEAL_CRL_FILE.write_bytes(lists.read_bytes() + (keys.place / "crl.pem").read_bytes())
    assert ask(content)["seal"]["state"] == "valid", "it was good when it was used"
    keys.revoke(since=clock.process_now() - timedelta(days=1))
    settings.SEAL_CRL_FILE.write_bytes((keys.place / "crl.pem").read_bytes() + lists.read_bytes())
    answer = ask(content)
    assert (answer["seal"]["state"], answer["seal"]["signer"]) == ("revoked", SIGNER)
    assert "证书已吊销" in page(content)


def test_a_paper_of_the_court_with_a_national_seal(
    running: VendorSeals, issue_paper: Callable[..., Paper], run_outbox: Callable[[], int], files_root: Path
) -> None:
    paper = issue_paper()
    seal = take_seal_into_use(court=paper.court, name="neighbour", actor=system("测试"))
    run_outbox()
    copy = Copy.objects.get()
    assert (
        copy.seal == seal
        and seal.fingerprint
        == x509.Certificate.load(Keys(running.keys).certificate("neighbour")).sha256.hex()
    )
    content = (files_root / copy.file_key).read_bytes()
    answer = ask(content)
    assert answer["status"] == "genuine" and answer["seal"]["state"] == "valid"
    assert answer["seal"]["signer"] == "某省某市样本县人民法院国密电子签章(演示)"


def test_the_demo_finds_all_its_seals_at_the_vendor() -> None:
    assert SEALS.keys() == DEMO_SEALS.keys()


def test_a_revoked_seal_is_not_taken_into_use(
    running: VendorSeals, issue_paper: Callable[..., Paper], settings: Any, tmp_path: Path
) -> None:
    court = issue_paper().court
    Keys(running.keys).revoke("maker")
    settings.SEAL_CRL_FILE = tmp_path / "list.pem"
    settings.SEAL_CRL_FILE.write_bytes((running.keys / "crl.pem").read_bytes())
    with pytest.raises(InvalidInput, match="已吊销"):
        take_seal_into_use(court=court, name="court", actor=system("测试"))
    with pytest.raises(LookupError):
        take_seal_into_use(court=court, name="nobody", actor=system("测试"))


class Liar(Service):
    """Answers as the vendor would, except for one thing."""

    lie = ""

    def signature(self, name: str, digest: bytes, original: str) -> ses.Signature:
        if self.lie == "another digest":
            digest = bytes(32)
        made = super().signature("filing" if self.lie == "another seal" else name, digest, original)
        signed = made["to_sign"]
        if self.lie == "another signature":
            made["signature"] = ses.bits(self.keys.sign(name, b"something else"))
        elif self.lie == "another key":
            made["signature"] = ses.bits(self.keys.sign("filing", signed.dump()))
        elif self.lie == "another certificate":
            made["certificate"] = self.keys.certificate("filing")
            made["signature"] = ses.bits(self.keys.sign("filing", signed.dump()))
        elif self.lie == "an old one":
            signed["signed_at"] = clock.process_now().replace(year=2020, microsecond=0)
            made["signature"] = ses.bits(self.keys.sign(name, signed.dump(force=True)))
        return made

    def answer(self, *asked: Any) -> tuple[int, bytes]:
        status, body = super().answer(*asked)
        if self.lie == "not json":
            return status, b"{"
        if self.lie == "no seal":
            return 200, json.dumps({"seal": "AAAA", "certificate": "AAAA"}).encode()
        if self.lie == "refuses":
            return 403, b"{}"
        if self.lie == "more behind it" and asked[0] == "POST":
            told = base64.b64decode(json.loads(body)["signature"]) + b"x"
            return status, json.dumps({"signature": base64.b64encode(told).decode()}).encode()
        return status, body


LIES = (
    "another digest", "another seal", "another signature", "another key", "another certificate", "an old one",
    "not json", "no seal", "refuses", "more behind it",
)  # fmt: skip


@pytest.fixture
def liar(vendor_seals: VendorSeals) -> Iterator[Liar]:
    """A vendor in a thread of this process, on the socket of the one that is not running."""
    import asyncio
    import threading

    import uvicorn

    service = Liar(Keys(vendor_seals.keys), "tests", VENDOR_SECRET)
    server = uvicorn.Server(uvicorn.Config(service, lifespan="off", log_config=None, access_log=False))
    listening: list[socket.socket] = [vendor_seals.socket.dup()]
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=listening)), daemon=True)
    thread.start()
    yield service
    server.should_exit = True
    thread.join(10)


def test_control_an_honest_answer_is_believed(liar: Liar) -> None:
    assert ask(test_rendering.make("fee_notice"))["seal"]["state"] == "valid"


@pytest.mark.parametrize("lie", LIES)
def test_no_lie_is_believed(liar: Liar, lie: str, caplog: pytest.LogCaptureFixture) -> None:
    liar.lie = lie
    with pytest.raises(GatewayUnavailable):
        test_rendering.make("fee_notice")


@pytest.mark.parametrize("side", ["portal", "vendor"])
def test_who_does_not_know_the_secret_gets_nothing(liar: Liar, settings: Any, side: str) -> None:
    if side == "portal":
        settings.VENDOR_SEAL_SECRET = "another secret that is long enough"
    else:
        liar.secret = "another secret that is long enough"
    with pytest.raises(GatewayUnavailable):
        test_rendering.make("fee_notice")


def test_the_same_request_twice_is_refused(liar: Liar) -> None:
    asked: dict[str, Any] = {"method": "GET", "path": f"{protocol.SEALS}court", "body": b""}
    moment = str(int(clock.process_now().timestamp()))
    proof = proofs.request_proof(VENDOR_SECRET, app="tests", moment=moment, nonce="once", **asked)
    names = (proofs.APP, proofs.TIME, proofs.NONCE, proofs.PROOF)
    headers = {
        name.lower(): value for name, value in zip(names, ("tests", moment, "once", proof), strict=True)
    }
    assert liar.answer(asked["method"], asked["path"], headers, b"")[0] == 200
    assert liar.answer(asked["method"], asked["path"], headers, b"")[0] == 401


@pytest.mark.req("REL-59")
@pytest.mark.parametrize("manner", Rude.manners)
def test_no_rude_answer_is_waited_for(vendor_seals: VendorSeals, settings: Any, manner: str) -> None:
    server = Rude()
    server.manner = manner
    settings.VENDOR_SEAL_URL = server.url
    settings.OUTSIDE_CONNECT_SECONDS, settings.OUTSIDE_READ_SECONDS = 0.2, 0.3
    try:
        for _again in range(FAILURES + 2):
            with pytest.raises(GatewayUnavailable):
                vendor.seal_named("court")
        assert server.calls == FAILURES, "left alone after the fifth"
    finally:
        server.stop()
        doors.forget_failures()
