"""Anchors of the portal's trail: the second and last thing the signer signs (docs/adr/0024).

An anchor is a short text of fixed form. The signer keeps each one it signed in a journal of its own and signs number n only
behind number n-1 that it names by its hash: never two texts for one number. The same text is signed again, so that a portal
which lost the answer asks once more.
"""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

from signer import keys
from signer.journal import START, Journal

KEY = "anchors/anchor.key.pem"
"""Below the signer's directory; apart from the seals, so that no paper can be sealed with it."""
JOURNAL = "anchors.jsonl"
"""Beside the journal of seals."""
SEAL = "anchor"
TEXT = re.compile(
    r"court-portal anchor v1\n"
    r"number: (?P<number>[1-9][0-9]{0,11})\n"
    r"entries: (?P<first>[1-9][0-9]{0,17})-(?P<last>[0-9]{1,18})\n"
    r"streams: [0-9]{1,12}\n"
    r"root: [0-9a-f]{64}\n"
    r"previous: (?P<previous>[0-9a-f]{64})\n"
    r"time: [0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z\n"
)


class NoAnchor(Exception):
    """The text is no anchor."""


class OutOfTurn(Exception):
    """Another text was signed for this number, or the one before it was not."""


def compose(*, number: int, first: int, last: int, streams: int, root: str, previous: str, time: str) -> str:
    """The text of an anchor; ``time`` is UTC to the second."""
    return (
        f"court-portal anchor v1\nnumber: {number}\nentries: {first}-{last}\nstreams: {streams}\n"
        f"root: {root}\nprevious: {previous}\ntime: {time}\n"
    )


class AnchorBook:
    """The anchor key and what it signed so far. ``BadStore`` when the key is not usable."""

    def __init__(self, key_file: Path, journal_file: Path, *, production: bool) -> None:
        self.key = keys.read(key_file, production=production)
        self.journal = Journal(journal_file)
        self.number, self.last = _last_of(journal_file)

    @property
    def public_pem(self) -> str:
        """The public half, for everybody."""
        return self.key.public_pem

    def sign(self, text: str) -> bytes:
        """DER signature. NoAnchor, OutOfTurn, or OSError when it cannot be noted: then nothing is signed. ``keys.NotSigned`` when it was
        noted only: the same text is signed when it is asked for again."""
        found = TEXT.fullmatch(text)
        if found is None or int(found["last"]) < int(found["first"]) - 1:
            raise NoAnchor("not the text of an anchor")
        number, own = int(found["number"]), hashlib.sha256(text.encode())
        if (number, own.hexdigest()) != (self.number, self.last):
            if (number, found["previous"]) != (self.number + 1, self.last):
                raise OutOfTurn(f"number {number} behind {self.number}")
            self.journal.write(seal=SEAL, reference=str(number), digest=own.digest())
            self.number, self.last = number, own.hexdigest()
        return self.key.sign(text.encode())


def _last_of(path: Path) -> tuple[int, str]:
    """Number and hash of the last anchor noted; a line that a crash cut off was never signed."""
    number, last = 0, START
    with path.open("rb") as lines:
        for line in lines:
            try:
                entry = json.loads(line)
            except ValueError:
                continue
            number, last = int(entry["reference"]), str(entry["digest"])
    return number, last


def absent(directory: Path) -> bool:
    """Whether this signer was given no anchor key: it seals papers and nothing else; in production it does not start."""
    return not (directory / KEY).exists()
