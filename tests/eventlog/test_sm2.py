"""SM2 signatures are checked as the standard says, and as OpenSSL does it."""

from __future__ import annotations

from pathlib import Path

import pytest
from asn1crypto import algos, x509
from hypothesis import given
from hypothesis import strategies as st

from documents.sealing import sm2
from eventlog import offline
from standins.vendor_seal import Keys

KEY = bytes.fromhex(
    "04"
    "09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
    "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
)
R = 0xF5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3
S = 0xB1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA
TEXT = b"message digest"


def der(r: int, s: int) -> bytes:
    return bytes(algos.DSASignature({"r": r, "s": s}).dump())


def test_the_example_of_the_standard() -> None:
    """GB/T 32918.5-2017, annex A.2."""
    assert sm2.is_signed(der(R, S), TEXT, KEY)


@pytest.mark.parametrize(
    ("r", "s"),
    [
        (R, S + 1),
        (R + 1, S),
        (0, S),
        (R, 0),
        (R + offline.SM2_N, S),
        (R, S + offline.SM2_N),
        (R, offline.SM2_N - R),
        (-R, S),
        (1, 1),
    ],
)
def test_other_numbers_are_no_signature(r: int, s: int) -> None:
    assert not sm2.is_signed(der(r, s), TEXT, KEY)


@pytest.mark.parametrize(
    ("signature", "data", "public"),
    [
        (der(R, S), TEXT + b".", KEY),
        (der(R, S)[:-1], TEXT, KEY),
        (der(R, S) + b"\x00", TEXT, KEY),
        (b"", TEXT, KEY),
        (der(R, S), TEXT, KEY[:-1]),
        (der(R, S), TEXT, b"\x02" + KEY[1:]),
        (der(R, S), TEXT, KEY[:-1] + bytes([KEY[-1] ^ 1])),
        (der(R, S), TEXT, b""),
    ],
)
def test_what_is_malformed_is_no_signature(signature: bytes, data: bytes, public: bytes) -> None:
    assert not sm2.is_signed(signature, data, public)


@given(st.binary(max_size=90), st.binary(max_size=70))
def test_nothing_brings_it_down(signature: bytes, public: bytes) -> None:
    assert not sm2.is_signed(signature, TEXT, public)


def test_what_openssl_signs_holds(tmp_path: Path) -> None:
    """Several keys and texts: every key and number has its own leading bits."""
    keys = Keys(tmp_path / "keys")
    for name in ("court", "filing", "neighbour", "maker"):
        public = sm2.public_key(x509.Certificate.load(keys.certificate(name)))
        for text in (b"", b"a", bytes(range(256)) * 9):
            signature = keys.sign(name, text)
            assert sm2.is_signed(signature, text, public)
            assert not sm2.is_signed(signature, text + b"x", public)
