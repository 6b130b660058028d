"""The parts list of the production image (SEC-64)."""

from __future__ import annotations

import re

import pytest

from launcher.paths import ROOT
from launcher.sbom import bill_of_materials, npm_parts, python_parts


@pytest.mark.req("SEC-64")
def test_every_locked_part_is_named_with_its_hashes() -> None:
    document = bill_of_materials()
    assert (document["bomFormat"], document["specVersion"]) == ("CycloneDX", "1.5")
    parts = {part["purl"]: part for part in document["components"]}
    assert len(parts) == len(document["components"])
    locked = re.findall(
        r"^([a-z0-9.\-]+)(?:\[.*?\])?==(\S+)", (ROOT / "requirements/base.txt").read_text(), re.M
    )
    assert len(locked) > 40
    assert {f"pkg:pypi/{name}@{version}" for name, version in locked} - parts.keys() == set()
    assert [purl for purl, part in parts.items() if not part.get("hashes")] == []
    assert {"pkg:docker/postgres@18-bookworm", "pkg:docker/caddy@2-alpine"} <= parts.keys()
    assert bill_of_materials() == document


@pytest.mark.req("SEC-64")
def test_hashes_are_those_of_the_locks() -> None:
    lock = f"one-thing[extra]==1.2 ; sys_platform == 'x' \\\n    --hash=sha256:{'a' * 64} \\\n    --hash=sha256:{'b' * 64}\n    # via x\n"
    (part,) = python_parts(lock)
    assert (part["name"], part["version"]) == ("one-thing", "1.2")
    assert [digest["content"] for digest in part["hashes"]] == ["a" * 64, "b" * 64]
    npm = '{"packages": {"": {}, "node_modules/@a/b": {"version": "3.0.0", "integrity": "sha512-AAAA"}}}'
    (part,) = npm_parts(npm)
    assert part["purl"] == "pkg:npm/%40a/b@3.0.0"
    assert part["hashes"] == [{"alg": "SHA-512", "content": "000000"}]
