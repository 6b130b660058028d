"""`make audit`: which locked parts have known weaknesses (SEC-64), asked of OSV (https://osv.dev) or a copy of it in the house.

One question for all of them (`POST /v1/querybatch`), with names and versions of public packages and nothing else. A program of its own
would bring twenty packages and know only Python's; this list knows npm's too.
"""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from launcher.paths import ROOT
from launcher.sbom import npm_parts, python_parts

PYTHON_LOCKS = ("requirements/dev.txt", "requirements/source.txt")
"""The largest one and what exists only as source: the tests' and tools' parts run on machines with keys too."""
NPM_LOCKS = ("package-lock.json", "launcher/chromium/package-lock.json")
ACCEPTED = "requirements/accepted.txt"
LIST = "https://api.osv.dev"
SECONDS = 10


class NotAsked(Exception):
    """The list did not answer, and why."""


def parts(root: Path = ROOT) -> list[str]:
    """Package URLs of everything that is locked."""
    found = [part for name in PYTHON_LOCKS for part in python_parts((root / name).read_text())]
    found += [part for name in NPM_LOCKS for part in npm_parts((root / name).read_text())]
    return sorted({part["purl"] for part in found})


def known(purls: Sequence[str], address: str) -> dict[str, list[str]]:
    """Numbers of known weaknesses by part. NotAsked when the list does not answer as it should."""
    body = json.dumps({"queries": [{"package": {"purl": purl}} for purl in purls]}).encode()
    question = urllib.request.Request(  # noqa: S310  (an address of the operator's own)
        f"{address}/v1/querybatch", body, {"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(question, timeout=SECONDS) as answer:  # noqa: S310
            results: list[dict[str, Any]] = json.load(answer)["results"]
        if len(results) != len(purls):
            raise NotAsked(f"{len(results)} answers to {len(purls)} questions")
        found = {
            purl: sorted(one["id"] for one in result.get("vulns", []))
            for purl, result in zip(purls, results, strict=True)
        }
    except (urllib.error.URLError, OSError) as error:
        raise NotAsked(str(error)) from error
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise NotAsked(f"an answer that is none: {error!r}") from error
    return {purl: ids for purl, ids in found.items() if ids}


def accepted(text: str, today: date) -> set[str]:
    """Numbers that somebody accepted until a day that is not over. ValueError for a line without day or reason."""
    found = set()
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            number, until, _reason = line.split(maxsplit=2)
            found |= {number} if date.fromisoformat(until) >= today else set()
    return found


def audit(arguments: Sequence[str], root: Path = ROOT) -> int:
    """Print what is known. 1 when something is that nobody accepted, and with --strict when nobody could be asked."""
    address = (os.environ.get("OSV_URL") or LIST).rstrip("/")
    purls = parts(root)
    try:
        found = known(purls, address)
    except NotAsked as reason:
        print(
            f"audit: not asked, {address} gave no answer ({reason}). Nothing is known of {len(purls)} parts."
        )
        return 1 if "--strict" in arguments else 0
    fine = accepted((root / ACCEPTED).read_text(), datetime.now(UTC).date())
    bad = 0
    for purl, numbers in found.items():
        for number in numbers:
            bad += number not in fine
            print(f"{purl}: {number}{' (accepted)' if number in fine else ''}")
    print(f"audit: {len(purls)} parts, {bad} known weaknesses that nobody accepted")
    return 1 if bad else 0
