"""Personal columns by SM4 where the setting asks for it; both ciphers are read at all times (SEC-43, docs/adr/0034)."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from common import crypto

TEXT, WHERE = "110101199003074514·李四", "cases.party.id_number"


@pytest.mark.req("SEC-43")
def test_each_value_names_its_cipher_and_both_are_read(settings: Any) -> None:
    key_id = next(iter(settings.FIELD_KEYS))
    made = {}
    for cipher in ("aes", "sm4"):
        settings.FIELD_CIPHER = cipher
        made[cipher] = crypto.encrypt(TEXT, context=WHERE)
    assert made["aes"].startswith(f"{key_id}:") and made["sm4"].startswith(f"{key_id}.sm4:")
    for cipher in made:
        settings.FIELD_CIPHER = cipher
        assert [crypto.decrypt(value, context=WHERE) for value in made.values()] == [TEXT, TEXT]


@pytest.mark.req("SEC-43")
def test_a_changed_moved_or_relabelled_value_is_refused(settings: Any) -> None:
    settings.FIELD_CIPHER = "sm4"
    value = crypto.encrypt(TEXT, context=WHERE)
    name, _colon, body = value.partition(":")
    other = "A" if body[20] != "A" else "B"
    for wrong in (
        f"{name}:{body[:20]}{other}{body[21:]}",
        f"{name.removesuffix('.sm4')}:{body}",
        f"{name}:{body[:24]}",
    ):
        with pytest.raises(InvalidTag):
            crypto.decrypt(wrong, context=WHERE)
    with pytest.raises(InvalidTag):
        crypto.decrypt(value, context="cases.party.phone")
    with pytest.raises(KeyError):
        crypto.decrypt(f"gone.sm4:{body}", context=WHERE)


@pytest.mark.req("SEC-43")
def test_the_library_computes_the_example_of_rfc_8998() -> None:
    work = Cipher(
        algorithms.SM4(bytes.fromhex("0123456789ABCDEFFEDCBA9876543210")),
        modes.GCM(bytes.fromhex("00001234567800000000ABCD")),
    ).encryptor()
    work.authenticate_additional_data(bytes.fromhex("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2"))
    plain = "A" * 16 + "B" * 16 + "C" * 16 + "D" * 16 + "E" * 16 + "F" * 16 + "E" * 16 + "A" * 16
    work.update(bytes.fromhex(plain))
    work.finalize()
    assert work.tag.hex().upper() == "83DE3541E4C2B58177E065A9BF7B62EC"


@pytest.mark.req("SEC-43")
def test_the_library_computes_the_example_of_the_standard() -> None:
    """GB/T 32907-2016, annex A.1."""
    key = bytes.fromhex("0123456789ABCDEFFEDCBA9876543210")
    work = Cipher(algorithms.SM4(key), modes.ECB()).encryptor()
    assert work.update(key).hex().upper() == "681EDF34D206965E86B3E94F536E4246"
