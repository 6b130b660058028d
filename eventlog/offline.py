"""Checks the court's trail without the court: this one file, Python 3.11 and the package ``cryptography``.

``python offline.py DIRECTORY [--anchors DIR] [--keys FILE] [--receipt FILE …] [--stream NAME] [--from N] [--to N]``
``python offline.py --proof FILE --keys FILE [--anchors DIR]`` for one receipt that was taken home with its way into an anchor
A receipt is the text that was given, or the file with its way; one whose number begins at ``DAY_FIRST`` needs the latter, because
its entry is that of a day's root.

DIRECTORY is what ``manage.py audit export`` wrote: ``entries.jsonl`` (hash columns of the entries; what they say is left out,
its hash is in), ``marks.jsonl`` (how far each anchor reaches in each stream), ``anchors.jsonl`` and ``keys.pem``. Anchors that
were taken elsewhere (``/trail/roots.jsonl``, the write-once folder) come with ``--anchors``, keys noted down earlier with
``--keys``: whoever checks should bring his own of both, otherwise the export vouches for itself.

Exit code: that of the first finding. 0 good, 2 broken link, 3 gap, 4 another content than an anchor's, 5 shorter than an anchor.
The portal uses the same functions (docs/adr/0024); nothing of Django may be imported here.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

FIRST_PREVIOUS = "0" * 64
ENTRY_FIELDS = (
    "algorithm", "version", "stream", "seq", "previous_hash", "public_id", "name", "happened_at", "court_id",
    "subject_kind", "subject_id", "actor_kind", "actor_id", "actor_role", "actor_name", "actor_court_id",
    "actor_post_id", "acting_for", "channel", "request_id", "payload_hash",
)  # fmt: skip
"""What an entry's hash covers, in this order. ``happened_at`` is UTC with six places after the second."""
ALGORITHMS = ("sha256", "sm3")
"""Of entries and payloads; one chain may hold both (SEC-43). Anchors are SHA-256 as RFC 6962 has it."""
LATE_SECONDS = 3600
DAY_LEVELS = 40
DAY_FIRST = 1 << DAY_LEVELS
"""Places of a day's tree (docs/adr/0012): the trail of its house on the left, receipts from here on the right. Always this deep and
filled up, so that nothing tells how many there are."""
"""An entry this much older than the newest anchor must be in one."""

Entry = Mapping[str, Any]


class Verdict(IntEnum):
    """Exit codes."""

    GOOD = 0
    BROKEN = 2
    GAP = 3
    ANCHOR = 4
    SHORT = 5


@dataclass(frozen=True)
class Finding:
    """``seq`` is the first bad place of ``stream``; of ``anchor`` and ``receipt`` it is the number or place meant there."""

    verdict: Verdict
    stream: str
    seq: int

    def __str__(self) -> str:
        return f"{self.verdict.name.lower()} {self.stream} {self.seq}"


@dataclass(frozen=True)
class Mark:
    """An anchor holds the entries ``first`` to ``last`` of a stream; the hash of the last is the stream's head then."""

    stream: str
    first: int
    last: int
    hash: str
    anchor: int


@dataclass(frozen=True)
class Signed:
    """An anchor as it is published: text, base64 signature, id of the key."""

    text: str
    signature: str
    key_id: str

    def value(self, name: str) -> str:
        """One line of the text; empty when there is none such."""
        found = re.search(rf"^{name}: (.*)$", self.text, re.MULTILINE)
        return found[1] if found else ""


# --- hashes -----------------------------------------------------------------------------------------------------
def digest(algorithm: str, data: bytes) -> str:
    """Hex digest by the name that an entry carries. ValueError for a name we do not know."""
    if algorithm not in ALGORITHMS:
        raise ValueError(f"unknown algorithm {algorithm}")
    return hashlib.new(algorithm, data).hexdigest()


def entry_hash(entry: Entry) -> str:
    """The hash over every column of an entry, each length-prefixed (SEC-43)."""
    data = bytearray()
    for name in ENTRY_FIELDS:
        value = entry[name]
        raw = ("" if value is None else str(value)).encode()
        data += f"{len(raw)}:".encode() + raw
    return digest(entry["algorithm"], bytes(data))


def payload_hash(payload: Mapping[str, Any], salt: str, algorithm: str = "sha256") -> str:
    """Over salt and canonical JSON; a payload that was lawfully erased leaves this hash behind."""
    canonical = json.dumps(payload, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return digest(algorithm, f"{salt}\n{canonical}".encode())


# --- Merkle trees (RFC 6962, section 2.1) --------------------------------------------------------------------------
def leaf_of(stream: str, seq: int, entry: str) -> bytes:
    """What stands in an anchor's tree for one entry."""
    return f"{stream}\n{seq}\n{entry}".encode()


def leaf_hash(leaf: bytes) -> bytes:
    """The hash of a leaf."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two hashes."""
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass
class Tree:
    """A tree that takes leaves one by one and keeps only the logarithm of them."""

    count: int = 0
    _peaks: list[bytes] = field(default_factory=list)

    def add(self, leaf: bytes) -> None:
        """The next leaf."""
        node, size = leaf_hash(leaf), self.count
        while size & 1:
            node, size = node_hash(self._peaks.pop(), node), size >> 1
        self._peaks.append(node)
        self.count += 1

    def root(self) -> str:
        """Hex root of what was added so far; of nothing the hash of nothing."""
        if not self._peaks:
            return hashlib.sha256(b"").hexdigest()
        node = self._peaks[-1]
        for left in reversed(self._peaks[:-1]):
            node = node_hash(left, node)
        return node.hex()


def path_of(leaves: Sequence[bytes], place: int) -> list[str]:
    """The audit path of the leaf at ``place`` (from 0), nearest first."""
    if len(leaves) <= 1:
        return []
    half = 1 << ((len(leaves) - 1).bit_length() - 1)
    near, far = (leaves[:half], leaves[half:]) if place < half else (leaves[half:], leaves[:half])
    other = Tree()
    for leaf in far:
        other.add(leaf)
    return [*path_of(near, place if place < half else place - half), other.root()]


def root_by_path(leaf: bytes, place: int, count: int, path: Sequence[str]) -> str:
    """The root to which an audit path leads. ValueError when its length does not fit."""
    node, last = leaf_hash(leaf), count - 1
    for step in path:
        if not last:
            raise ValueError("the path is too long")
        if place & 1 or place == last:
            node = node_hash(bytes.fromhex(step), node)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            node = node_hash(node, bytes.fromhex(step))
        place, last = place >> 1, last >> 1
    if last:
        raise ValueError("the path is too short")
    return node.hex()


# --- SM2 with SM3 (GB/T 32918.2) ---------------------------------------------------------------------------------------
# `cryptography` does not know the curve. Only a check, which needs no secret, so plain integers are enough (docs/adr/0041); nothing here
# signs. The tests hold it against OpenSSL and the example of the standard.
SM2_P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
SM2_A = SM2_P - 3
SM2_B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
SM2_N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
SM2_G = (
    0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
    0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0,
)
SM2_USER = b"1234567812345678"
"""The identity of whoever signs (GM/T 0009)."""
SM2_KEY = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d034200")
"""How the DER of an SM2 public key begins; the point follows: 04, x, y."""
POINT_BYTES = 65
_Jacobian = tuple[int, int, int]
NOWHERE: _Jacobian = (1, 1, 0)


@dataclass(frozen=True)
class SM2Key:
    """An SM2 public key: a point of the curve."""

    x: int
    y: int


PublicKey = ec.EllipticCurvePublicKey | SM2Key


def sm3(data: bytes) -> bytes:
    """The national digest (GB/T 32905)."""
    made = hashes.Hash(hashes.SM3())
    made.update(data)
    return made.finalize()


def sm2_key(point: bytes) -> SM2Key | None:
    """The key of an uncompressed point (04, x, y) that lies on the curve."""
    if len(point) != POINT_BYTES or point[0] != 4:
        return None
    x, y = int.from_bytes(point[1:33], "big"), int.from_bytes(point[33:], "big")
    on_curve = x < SM2_P and y < SM2_P and (y * y - (x * x * x + SM2_A * x + SM2_B)) % SM2_P == 0
    return SM2Key(x, y) if on_curve else None


def sm2_holds(key: SM2Key, data: bytes, signature: bytes) -> bool:
    """Whether a DER signature over ``data`` is this key's. False for whatever is malformed."""
    try:
        r, s = decode_dss_signature(signature)
    except ValueError:
        return False
    t = (r + s) % SM2_N
    if not (0 < r < SM2_N and 0 < s < SM2_N) or t == 0:
        return False
    x, _y, z = _sm2_add(_sm2_times(s, SM2_G), _sm2_times(t, (key.x, key.y)))
    if z == 0:
        return False
    numbers = b"".join(number.to_bytes(32, "big") for number in (SM2_A, SM2_B, *SM2_G, key.x, key.y))
    identity = sm3((len(SM2_USER) * 8).to_bytes(2, "big") + SM2_USER + numbers)
    affine = x * pow(z, -2, SM2_P) % SM2_P
    return (int.from_bytes(sm3(identity + data), "big") + affine) % SM2_N == r


def _sm2_times(factor: int, point: tuple[int, int]) -> _Jacobian:
    total = NOWHERE
    for place, doubled in enumerate(_sm2_doubles(point)):
        if factor >> place & 1:
            total = _sm2_add(total, doubled)
    return total


@lru_cache(maxsize=8)
def _sm2_doubles(point: tuple[int, int]) -> tuple[_Jacobian, ...]:
    """The point once, twice, four times, …: kept, since one key signs many anchors."""
    made = [(*point, 1)]
    for _place in range(255):
        made.append(_sm2_double(made[-1]))
    return tuple(made)


def _sm2_double(point: _Jacobian) -> _Jacobian:
    x, y, z = point
    if z == 0 or y == 0:
        return NOWHERE
    square = y * y % SM2_P
    s = 4 * x * square % SM2_P
    m = 3 * (x - z * z) * (x + z * z) % SM2_P  # a = -3
    x3 = (m * m - 2 * s) % SM2_P
    return x3, (m * (s - x3) - 8 * square * square) % SM2_P, 2 * y * z % SM2_P


def _sm2_add(one: _Jacobian, other: _Jacobian) -> _Jacobian:
    if one[2] == 0:
        return other
    if other[2] == 0:
        return one
    z1, z2 = one[2] * one[2] % SM2_P, other[2] * other[2] % SM2_P
    u1, u2 = one[0] * z2 % SM2_P, other[0] * z1 % SM2_P
    s1, s2 = one[1] * z2 * other[2] % SM2_P, other[1] * z1 * one[2] % SM2_P
    if u1 == u2:
        return _sm2_double(one) if s1 == s2 else NOWHERE
    h, r = u2 - u1, s2 - s1
    h2 = h * h % SM2_P
    h3, v = h * h2 % SM2_P, u1 * h2 % SM2_P
    x3 = (r * r - h3 - 2 * v) % SM2_P
    return x3, (r * (v - x3) - s1 * h3) % SM2_P, h * one[2] * other[2] % SM2_P


# --- keys and signatures -----------------------------------------------------------------------------------------
BLOCK = re.compile(r"-----BEGIN PUBLIC KEY-----\s(.+?)-----END PUBLIC KEY-----\n?", re.DOTALL)


def read_key(pem: str) -> tuple[str, PublicKey] | None:
    """Id and key of the first public key of a text: ECDSA, or SM2. None when it is neither.

    The id covers the curve, so no key of one kind goes by the id of the other.
    """
    found = BLOCK.search(pem)
    if found is None:
        return None
    try:
        der = base64.b64decode("".join(found[1].split()), validate=True)
        national = der.startswith(SM2_KEY)
        key = sm2_key(der[len(SM2_KEY) :]) if national else serialization.load_der_public_key(der)
    except (ValueError, UnsupportedAlgorithm):
        return None
    if isinstance(key, ec.EllipticCurvePublicKey):
        der = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    elif not isinstance(key, SM2Key):
        return None
    return hashlib.sha256(der).hexdigest()[:16], key


def key_id_of(public_pem: bytes) -> str:
    """First 16 hex characters of the SHA-256 of the public key. ValueError when there is none."""
    found = read_key(public_pem.decode())
    if found is None:
        raise ValueError("no public key of a kind that signs here")
    return found[0]


def read_keys(pem: str) -> dict[str, PublicKey]:
    """The public keys of a file by their id; what is neither ECDSA nor SM2 is left out."""
    found = (read_key(block[0]) for block in BLOCK.finditer(pem))
    return dict(one for one in found if one is not None)


def is_signed(key: PublicKey | None, text: str, signature: str) -> bool:
    """Whether the base64 signature over the text is this key's: ECDSA with SHA-256, or SM2 with SM3, as the key says."""
    try:
        made = base64.b64decode(signature, validate=True)
        if isinstance(key, SM2Key):
            return sm2_holds(key, text.encode(), made)
        if key is None:
            return False
        key.verify(made, text.encode(), ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return True


# --- anchors -----------------------------------------------------------------------------------------------------
def check_anchors(anchors: Sequence[Signed], keys: Mapping[str, PublicKey]) -> Iterator[Finding]:
    """Each is signed, numbered without a gap and names the one before it."""
    previous, last = FIRST_PREVIOUS, 0
    for number, anchor in enumerate(anchors, start=1):
        sound = (
            is_signed(keys.get(anchor.key_id), anchor.text, anchor.signature)
            and anchor.value("number") == str(number)
            and anchor.value("previous") == previous
            and anchor.value("entries").startswith(f"{last + 1}-")
        )
        if not sound:
            yield Finding(Verdict.ANCHOR, "anchor", number)
            return
        previous = hashlib.sha256(anchor.text.encode()).hexdigest()
        last = int(anchor.value("entries").partition("-")[2])


def _count(anchor: Signed) -> int:
    first, _dash, last = anchor.value("entries").partition("-")
    return int(last) - int(first) + 1


class Trail:
    """One walk over the entries and marks of a trail, in the order of stream and number; memory stays flat.

    ``payload_holds`` compares an entry with what it says, where that is at hand (in the database, not in an export).
    ``head_of`` is told how each stream ends and says what is wrong with that. ``receipts`` are looked up on the way.
    """

    def __init__(
        self,
        anchors: Sequence[Signed] = (),
        *,
        payload_holds: Callable[[Entry], bool] = lambda entry: True,
        head_of: Callable[[str, int, str], Finding | None] = lambda stream, last, hashed: None,
        receipts: Sequence[Claim] = (),
    ) -> None:
        self.anchors = anchors
        self.trees = [Tree() for _anchor in anchors]
        self.payload_holds, self.head_of = payload_holds, head_of
        self.claims = {claim.event: claim for claim in receipts}
        self.newest = anchors[-1].value("time") if anchors else ""

    def walk(self, entries: Iterable[Entry], marks: Iterable[Mark]) -> Iterator[Finding]:
        """At most one finding of each stream, then those of anchors and receipts."""
        for stream, own_entries, own_marks in _side_by_side(entries, marks):
            finding = self._stream(stream, own_entries, own_marks)
            if finding:
                yield finding
        for number, (anchor, tree) in enumerate(zip(self.anchors, self.trees, strict=True), start=1):
            if tree.count < _count(anchor):
                yield Finding(Verdict.SHORT, "anchor", number)
            elif (tree.count, tree.root()) != (_count(anchor), anchor.value("root")):
                yield Finding(Verdict.ANCHOR, "anchor", number)
        for claim in self.claims.values():
            if not claim.found:
                yield Finding(Verdict.GAP, f"receipt {claim.event}", claim.seq)

    def _stream(self, stream: str, entries: Iterable[Entry], marks: Iterable[Mark]) -> Finding | None:
        finding: Finding | None = None
        previous, last = FIRST_PREVIOUS, 0
        ahead = iter(marks)
        mark, reaches = next(ahead, None), 0
        for entry in entries:
            seq = entry["seq"]
            finding = finding or self._wrong(stream, entry, previous, last)
            while mark and mark.last < seq:
                reaches = max(reaches, mark.last)
                mark = next(ahead, None)
            finding = finding or self._anchored(stream, entry, mark)
            previous, last = entry["hash"], seq
        for rest in (mark, *ahead):
            reaches = max(reaches, rest.last if rest else 0)
        if finding is None and last < reaches:
            finding = Finding(Verdict.SHORT, stream, last + 1)
        of_head = self.head_of(stream, last, previous)
        return finding or of_head

    def _wrong(self, stream: str, entry: Entry, previous: str, last: int) -> Finding | None:
        seq = entry["seq"]
        if seq > last + 1:
            return Finding(Verdict.GAP, stream, last + 1)
        claim = self.claims.get(entry["public_id"])
        if claim:
            claim.found = True
        sound = (
            seq == last + 1
            and entry["previous_hash"] == previous
            and entry["algorithm"] in ALGORITHMS
            and entry["hash"] == entry_hash(entry)
            and self.payload_holds(entry)
            and (claim is None or (claim.seq, claim.hash) == (seq, entry["hash"]))
        )
        return None if sound else Finding(Verdict.BROKEN, stream, seq)

    def _anchored(self, stream: str, entry: Entry, mark: Mark | None) -> Finding | None:
        """Hand the entry to the tree of its anchor; a finding when it is not what the anchor holds, or in none of these and old.

        A mark counts for an entry only with an anchor that is here: whoever writes marks may name one that never was.
        """
        seq = entry["seq"]
        if mark and mark.first <= seq and 1 <= mark.anchor <= len(self.trees):
            self.trees[mark.anchor - 1].add(leaf_of(stream, seq, entry["hash"]))
        elif self.newest and _seconds_between(entry["happened_at"], self.newest) > LATE_SECONDS:
            return Finding(Verdict.ANCHOR, stream, seq)
        if mark and seq == mark.last and entry["hash"] != mark.hash:
            return Finding(Verdict.ANCHOR, stream, seq)
        return None


def _seconds_between(earlier: str, later: str) -> float:
    from datetime import datetime

    return (datetime.fromisoformat(later[:19]) - datetime.fromisoformat(earlier[:19])).total_seconds()


def _side_by_side(
    entries: Iterable[Entry], marks: Iterable[Mark]
) -> Iterator[tuple[str, Iterable[Entry], Iterable[Mark]]]:
    """Groups of the same stream from two lists in order of stream."""
    left = groupby(entries, key=lambda entry: str(entry["stream"]))
    right = groupby(marks, key=lambda mark: mark.stream)
    one, other = next(left, None), next(right, None)
    while one or other:
        if other is None or (one and one[0] < other[0]):
            assert one  # noqa: S101 - told by the loop
            yield one[0], one[1], ()
            one = next(left, None)
        elif one is None or other[0] < one[0]:
            yield other[0], (), other[1]
            other = next(right, None)
        else:
            yield one[0], one[1], other[1]
            one, other = next(left, None), next(right, None)


# --- receipts ----------------------------------------------------------------------------------------------------
@dataclass
class Claim:
    """What a receipt says of an entry."""

    event: str
    seq: int
    hash: str
    key_id: str
    found: bool = False


SIGNATURE_LINE = "-----签名-----"
"""Between the text of a receipt's file and its base64 signature."""


def receipt_file(text: str, signature: str) -> str:
    """A receipt as the file that a person keeps."""
    return f"{text}\n{SIGNATURE_LINE}\n{signature}\n"


def read_receipt(content: str) -> tuple[str, str]:
    """Text and signature of a receipt's file. ValueError when it is none."""
    text, line, signature = content.replace("\r\n", "\n").strip().partition(f"\n{SIGNATURE_LINE}\n")
    if not line:
        raise ValueError("no receipt")
    return text, signature.strip()


def claim_of(text: str) -> Claim | None:
    """What the text says; None when it says nothing of an entry."""
    event = re.search(r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})[^0-9]{1,9}([0-9]{1,18})", text)
    hashed = re.findall(r"\b[0-9a-f]{64}\b", text)  # the number above it may be a hash too
    key = key_named(text)
    return Claim(event[1], int(event[2]), hashed[-1], key) if event and hashed and key else None


def key_named(text: str) -> str:
    """The id of the key that a signed text names at its end; empty when it names none."""
    found = re.search(r"\b([0-9a-f]{16})\s*$", text)
    return found[1] if found else ""


def entry_of_day(claim: Claim, day: Mapping[str, Any]) -> Entry:
    """The entry that says a day's root, to which the claim's way leads. ValueError when it leads elsewhere."""
    entry, said = day["entry"], day["payload"]
    root = root_by_path(
        leaf_of(claim.event, claim.seq, claim.hash), claim.seq, 2 * DAY_FIRST, list(day["path"])
    )
    told = payload_hash(said, str(day["salt"]), entry["algorithm"]) == entry["payload_hash"]
    if claim.seq < DAY_FIRST or said["root"] != root or not told or entry_hash(entry) != entry["hash"]:
        raise ValueError("not in this day's tree")
    return dict(entry)


def check_proof(
    proof: Mapping[str, Any],
    known: Mapping[str, PublicKey],
    anchors: Sequence[Signed] = (),
) -> Finding | None:
    """What is wrong with a receipt and its way into an anchor; None when it holds. ``anchors``: those noted down elsewhere, of which
    the proof's must then be one. A proof without an anchor says that the entry waited for one: Verdict.SHORT.
    """
    try:
        text, signature = str(proof["text"]), str(proof["signature"])
        claim, held = claim_of(text), proof["anchor"]
        if claim is None or not is_signed(known.get(claim.key_id), text, signature):
            return Finding(Verdict.BROKEN, "receipt", 1)
        if held is None:
            return Finding(Verdict.SHORT, "receipt", claim.seq)
        anchor = Signed(held["text"], held["signature"], held["key_id"])
        leaf = leaf_of(str(proof["stream"]), claim.seq, claim.hash)
        if proof.get("day"):
            entry = entry_of_day(claim, proof["day"])
            leaf = leaf_of(entry["stream"], entry["seq"], entry["hash"])
        root = root_by_path(leaf, int(proof["place"]), int(proof["count"]), list(proof["path"]))
        number = int(anchor.value("number"))
        sound = is_signed(known.get(anchor.key_id), anchor.text, anchor.signature)
        fits = root == anchor.value("root") and int(proof["count"]) == _count(anchor)
    except (KeyError, TypeError, ValueError):
        return Finding(Verdict.BROKEN, "proof", 1)
    if not sound or (anchors and anchor.text not in {one.text for one in anchors}):
        return Finding(Verdict.ANCHOR, "anchor", number)
    return None if fits else Finding(Verdict.ANCHOR, "receipt", claim.seq)


# --- command line --------------------------------------------------------------------------------------------------
def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def read_anchors(place: Path) -> list[Signed]:
    """Anchors of a JSON-lines file, or of a folder with such files (a write-once folder has one for each)."""
    files = [place] if place.is_file() else sorted(place.glob("*.jsonl"))
    rows = [row for path in files for row in _lines(path)]
    return [
        Signed(row["text"], row["signature"], row["key_id"])
        for row in sorted(rows, key=lambda row: row["number"])
    ]


def check_piece(entries: Iterable[Entry], stream: str, first: int, last: int | None) -> Iterator[Finding]:
    """The links of one piece of a stream; what lies before it is taken as it is."""
    expected, previous = first, None
    for entry in entries:
        if entry["stream"] != stream or entry["seq"] < first or (last is not None and entry["seq"] > last):
            continue
        if entry["seq"] > expected:
            yield Finding(Verdict.GAP, stream, expected)
            return
        linked = previous is None or entry["previous_hash"] == previous
        if entry["seq"] < expected or not linked or entry["hash"] != entry_hash(entry):
            yield Finding(Verdict.BROKEN, stream, entry["seq"])
            return
        expected, previous = expected + 1, entry["hash"]
    if last is not None and expected <= last:
        yield Finding(Verdict.SHORT, stream, expected)


def check_directory(
    place: Path, *, anchors: Path | None = None, keys: Path | None = None, receipts: Sequence[Path] = ()
) -> list[Finding]:
    """Findings of an export, in the order of the walk; empty when everything holds."""
    known = read_keys((keys or place / "keys.pem").read_text(encoding="utf-8"))
    signed = read_anchors(anchors or place / "anchors.jsonl")
    findings = list(check_anchors(signed, known))
    claims = []
    for number, path in enumerate(receipts, start=1):
        claim = claim_in_file(path, known)
        if claim is None:
            findings.append(Finding(Verdict.BROKEN, "receipt", number))
        else:
            claims.append(claim)
    if not findings:
        trail = Trail(signed, receipts=claims)
        marks = (Mark(**row) for row in _lines(place / "marks.jsonl"))
        findings += trail.walk(_lines(place / "entries.jsonl"), marks)
    return findings


def claim_in_file(path: Path, known: Mapping[str, PublicKey]) -> Claim | None:
    """What a receipt's file says of the trail, or the file with its way; None when it is not ours."""
    content = path.read_text(encoding="utf-8")
    try:
        proof = json.loads(content) if content.lstrip().startswith("{") else {}
        text, signature = (proof["text"], proof["signature"]) if proof else read_receipt(content)
        claim = claim_of(text)
        if claim is None or not is_signed(known.get(claim.key_id), text, signature):
            return None
        if proof.get("day"):
            entry = entry_of_day(claim, proof["day"])
            return Claim(entry["public_id"], entry["seq"], entry["hash"], claim.key_id)
    except (KeyError, TypeError, ValueError):
        return None
    return claim


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line; the exit code."""
    parser = argparse.ArgumentParser(description="Verify an export of the court's trail.")
    parser.add_argument("directory", type=Path, nargs="?")
    parser.add_argument(
        "--proof", type=Path, help="a receipt with its way into an anchor, instead of an export"
    )
    parser.add_argument("--anchors", type=Path, help="anchors from elsewhere: a file or a folder of *.jsonl")
    parser.add_argument("--keys", type=Path, help="public keys noted down earlier (PEM)")
    parser.add_argument("--receipt", type=Path, action="append", default=[])
    parser.add_argument("--stream")
    parser.add_argument("--from", dest="first", type=int, default=1)
    parser.add_argument("--to", dest="last", type=int)
    asked = parser.parse_args(arguments)
    if asked.proof and asked.keys:
        known = read_keys(asked.keys.read_text(encoding="utf-8"))
        elsewhere = read_anchors(asked.anchors) if asked.anchors else []
        finding = check_proof(json.loads(asked.proof.read_text(encoding="utf-8")), known, elsewhere)
        findings = [finding] if finding else []
    elif asked.proof or not asked.directory:
        parser.error("an export, or --proof with --keys")
    elif asked.stream:
        entries = _lines(asked.directory / "entries.jsonl")
        findings = list(check_piece(entries, asked.stream, asked.first, asked.last))
    else:
        findings = check_directory(
            asked.directory, anchors=asked.anchors, keys=asked.keys, receipts=asked.receipt
        )
    for finding in findings:
        print(finding)
    if not findings:
        print("good")
    return int(findings[0].verdict) if findings else 0


if __name__ == "__main__":
    sys.exit(main())
