"""Checking an SM2 signature with SM3 (GB/T 32918.2, the algorithm of GB/T 38540 seals). Nothing here signs or holds a key.

Own code, because of what there is: `cryptography` does not know the curve; `gmssl` strips every leading 0 and 4 off a public key,
so that one certificate in some hundred cannot be used; `tongsuopy` has wheels for one platform; and the command of OpenSSL
cannot be started where foreign files are read. A check needs no secret, so plain integers are enough; the tests hold it
against OpenSSL's signatures and the example of the standard (docs/adr/0022).
"""

from __future__ import annotations

from asn1crypto import algos, x509

from common import crypto

P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
A = P - 3
B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
G = (
    0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
    0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0,
)
USER_ID = b"1234567812345678"
"""The identity that certificates and seals are signed with (GM/T 0009)."""
WITH_SM3 = "1.2.156.10197.1.501"
"""The algorithm's OID in certificates, lists and seals (GB/T 33560)."""
POINT_BYTES = 65

Point = tuple[int, int]
_Jacobian = tuple[int, int, int]


def sm3(data: bytes) -> bytes:
    """The SM3 digest of some bytes (GB/T 32905)."""
    return bytes.fromhex(crypto.sm3(data))


def is_signed(signature: bytes, data: bytes, public: bytes) -> bool:
    """Whether a DER signature over ``data`` was made with the key of ``public`` (04 ‖ x ‖ y). False for whatever is malformed."""
    key = _point(public)
    try:
        read = algos.DSASignature.load(signature, strict=True)
        r, s = int(read["r"].native), int(read["s"].native)
    except (ValueError, TypeError):
        return False
    if key is None or not (0 < r < N and 0 < s < N):
        return False
    t = (r + s) % N
    if t == 0:
        return False
    found = _add(_times(s, G), _times(t, key))
    if found[2] == 0:
        return False
    x = found[0] * pow(found[2], -2, P) % P
    digest = int.from_bytes(sm3(_identity(key) + data))
    return (digest + x) % N == r


def public_key(certificate: x509.Certificate) -> bytes:
    """The key of a certificate as :func:`is_signed` takes it."""
    return bytes(certificate.public_key["public_key"].contents[1:])


def _point(public: bytes) -> Point | None:
    """The point of an uncompressed key when it lies on the curve."""
    if len(public) != POINT_BYTES or public[0] != 4:
        return None
    x, y = int.from_bytes(public[1:33]), int.from_bytes(public[33:])
    on_curve = x < P and y < P and (y * y - (x * x * x + A * x + B)) % P == 0
    return (x, y) if on_curve else None


def _identity(key: Point) -> bytes:
    """Z of the standard: the signer's identity, the curve and the key."""
    numbers = b"".join(number.to_bytes(32) for number in (A, B, *G, *key))
    return sm3((len(USER_ID) * 8).to_bytes(2) + USER_ID + numbers)


def _double(point: _Jacobian) -> _Jacobian:
    x, y, z = point
    if z == 0 or y == 0:
        return (1, 1, 0)
    square = y * y % P
    s = 4 * x * square % P
    m = 3 * (x - z * z) * (x + z * z) % P  # a = -3
    x3 = (m * m - 2 * s) % P
    return x3, (m * (s - x3) - 8 * square * square) % P, 2 * y * z % P


def _add(one: _Jacobian, other: _Jacobian) -> _Jacobian:
    if one[2] == 0:
        return other
    if other[2] == 0:
        return one
    z1, z2 = one[2] * one[2] % P, other[2] * other[2] % P
    u1, u2 = one[0] * z2 % P, other[0] * z1 % P
    s1, s2 = one[1] * z2 * other[2] % P, other[1] * z1 * one[2] % P
    if u1 == u2:
        return _double(one) if s1 == s2 else (1, 1, 0)
    h, r = u2 - u1, s2 - s1
    h2 = h * h % P
    h3, v = h * h2 % P, u1 * h2 % P
    x3 = (r * r - h3 - 2 * v) % P
    return x3, (r * (v - x3) - s1 * h3) % P, h * one[2] * other[2] % P


def _times(factor: int, point: Point) -> _Jacobian:
    base, total = (*point, 1), (1, 1, 0)
    for bit in bin(factor)[2:]:
        total = _double(total)
        if bit == "1":
            total = _add(total, base)
    return total
