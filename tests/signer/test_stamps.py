"""The stand-in of the time stamp authority, and the signer's address: what is known to whom."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from asn1crypto import core, tsp
from django.conf import settings
from django.test import Client

from launcher.environment import signer_environment
from launcher.paths import ROOT
from standins.stamping import Refusal


def query(**changes: Any) -> bytes:
    imprint = {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": hashlib.sha256(b"x").digest()}
    fields = {"version": 1, "message_imprint": imprint, "cert_req": True, "nonce": 42} | changes
    return bytes(tsp.TimeStampReq(fields).dump())


def stamp(body: bytes, kind: type[core.Sequence] = tsp.TimeStampResp) -> Any:
    response = Client().post("/demo/tsa/", body, content_type="application/timestamp-query")
    assert response.status_code == 200 and response["Content-Type"] == "application/timestamp-reply"
    return kind.load(response.content, strict=True)


@pytest.mark.django_db
def test_a_stamp_names_hash_nonce_and_time() -> None:
    answer = stamp(query())
    assert answer["status"]["status"].native == "granted"
    signed = answer["time_stamp_token"]["content"]
    info = signed["encap_content_info"]["content"].parsed
    assert info["nonce"].native == 42
    assert info["message_imprint"]["hashed_message"].native == hashlib.sha256(b"x").digest()
    assert info["gen_time"].native is not None
    assert len(signed["certificates"]) == 1


@pytest.mark.django_db
def test_no_certificate_unless_it_is_asked_for() -> None:
    signed = stamp(query(cert_req=False))["time_stamp_token"]["content"]
    assert not signed["certificates"].native


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"0", "bad_data_format"),
        (b"garbage", "bad_data_format"),
        (
            query(message_imprint={"hash_algorithm": {"algorithm": "md5"}, "hashed_message": b"x" * 16}),
            "bad_alg",
        ),
        (
            query(message_imprint={"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": b"x"}),
            "bad_alg",
        ),
    ],
)
def test_a_bad_query_is_refused_in_its_own_language(body: bytes, reason: str) -> None:
    status = stamp(body, Refusal)["status"]
    assert status["status"].native == "rejection" and status["fail_info"].native == {reason}


@pytest.mark.django_db
def test_other_content_is_not_taken() -> None:
    assert Client().post("/demo/tsa/", b"x", content_type="text/plain").status_code == 415
    assert Client().get("/demo/tsa/").status_code == 405


def test_the_portal_is_not_told_where_the_keys_lie() -> None:
    """No setting, and no variable of web and worker, leads to a seal's key; the signer gets nothing of the portal."""
    import os

    known = {name: str(getattr(settings, name)) for name in dir(settings) if name.isupper()}
    keys = signer_environment(dict(os.environ))["SIGNER_DIRECTORY"]
    assert not [name for name, value in known.items() if keys in value]
    assert not [name for name, value in os.environ.items() if keys in value]
    assert set(signer_environment(dict(os.environ))) <= {
        "PATH", "PORTAL_MODE", "PYTHONUNBUFFERED", "TZ", "SIGNER_SECRET", "SIGNER_DIRECTORY", "SIGNER_JOURNAL",
    }  # fmt: skip
    compose = (ROOT / "docker-compose.yml").read_text()
    assert compose.count("secrets/seals") == 1, "mounted into the signer alone"
