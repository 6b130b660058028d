"""The data of a national electronic seal, version 4: a seal (电子印章) and a signature with it (电子签章), GB/T 38540-2020.

Only the shapes; what may be believed of them is decided by ``documents.sealing.national``.
"""

from __future__ import annotations

from asn1crypto import core

VERSION = 4
CERTIFICATES, DIGESTS = 1, 2
"""Kinds of ``certListType``: whole certificates of who may use the seal, or their digests."""


class Header(core.Sequence):
    """SES_Header."""

    _fields = [("id", core.IA5String), ("version", core.Integer), ("vendor", core.IA5String)]


class Certificates(core.SequenceOf):
    """CertInfoList."""

    _child_spec = core.OctetString


class CertificateDigest(core.Sequence):
    """CertDigestObj: the name of the algorithm, and the digest."""

    _fields = [("type", core.PrintableString), ("value", core.OctetString)]


class CertificateDigests(core.SequenceOf):
    """CertDigestList."""

    _child_spec = CertificateDigest


class Properties(core.Sequence):
    """SES_ESPropertyInfo; ``users`` is read by ``certListType``."""

    _fields = [
        ("type", core.Integer),
        ("name", core.UTF8String),
        ("users_type", core.Integer),
        ("users", core.Any),
        ("made_at", core.GeneralizedTime),
        ("valid_from", core.GeneralizedTime),
        ("valid_until", core.GeneralizedTime),
    ]
    _oid_pair = ("users_type", "users")
    _oid_specs = {CERTIFICATES: Certificates, DIGESTS: CertificateDigests}


class Picture(core.Sequence):
    """SES_ESPictrueInfo; millimetres."""

    _fields = [
        ("type", core.IA5String),
        ("data", core.OctetString),
        ("width", core.Integer),
        ("height", core.Integer),
    ]


class Extension(core.Sequence):
    """ExtData."""

    _fields = [
        ("id", core.ObjectIdentifier),
        ("critical", core.Boolean, {"default": False}),
        ("value", core.OctetString),
    ]


class Extensions(core.SequenceOf):
    """ExtensionDatas."""

    _child_spec = Extension


class SealInfo(core.Sequence):
    """SES_SealInfo: what the maker of the seal (制章者) signed."""

    _fields = [
        ("header", Header),
        ("id", core.IA5String),
        ("properties", Properties),
        ("picture", Picture),
        ("extensions", Extensions, {"explicit": 0, "optional": True}),
    ]


class Seal(core.Sequence):
    """SESeal: the seal itself, with the certificate and signature of its maker."""

    _fields = [
        ("info", SealInfo),
        ("certificate", core.OctetString),
        ("algorithm", core.ObjectIdentifier),
        ("signature", core.BitString),
    ]


class ToSign(core.Sequence):
    """TBS_Sign: what the user of the seal (签章者) signed; ``digest`` is SM3 of the original."""

    _fields = [
        ("version", core.Integer),
        ("seal", Seal),
        ("signed_at", core.GeneralizedTime),
        ("digest", core.BitString),
        ("original", core.IA5String),
        ("extensions", Extensions, {"explicit": 0, "optional": True}),
    ]


class Signature(core.Sequence):
    """SES_Signature. ``stamp`` is a time stamp over the value of the signature, and not signed itself."""

    _fields = [
        ("to_sign", ToSign),
        ("certificate", core.OctetString),
        ("algorithm", core.ObjectIdentifier),
        ("signature", core.BitString),
        ("stamp", core.BitString, {"explicit": 0, "optional": True}),
    ]


def bits(data: bytes) -> core.BitString:
    """Whole bytes as a BIT STRING."""
    return core.BitString.load(b"\x03" + core.OctetString(b"\x00" + data).dump()[1:])


def octets(value: core.BitString) -> bytes:
    """The bytes of a BIT STRING; ValueError when it is not of whole bytes."""
    contents = value.contents
    if not contents or contents[0] != 0:
        raise ValueError("a bit string of broken bytes")
    return bytes(contents[1:])
