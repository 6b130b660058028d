"""What the code must not contain. Reads files, asks no page."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

from launcher.paths import ROOT
from tests.consistency.code import APPS, sources, text, tracked, tree

OWN_CLOCK = {
    "common/clock.py": "the one place",
    "portal/authority.py": "certificates are made before there is a database",
    "standins/stamping.py": "an authority outside the house has a clock of its own",
    "standins/vendor_seal.py": "a vendor outside the house as well",
}


@pytest.mark.req("REL-58")
def test_the_time_comes_from_one_place() -> None:
    asks = re.compile(
        r"\b(?:timezone\.(?:now|localdate|localtime)|datetime\.(?:now|utcnow|today)|date\.today)\("
    )
    found = [
        path.relative_to(ROOT).as_posix()
        for path in sources(*APPS)
        if asks.search(text(path)) and path.relative_to(ROOT).as_posix() not in OWN_CLOCK
    ]
    assert found == []


@pytest.mark.req("SEC-11")
def test_views_fetch_through_selectors() -> None:
    views = [path for path in sources(*APPS) if re.search(r"/(views|pages|api)(/|\.py)", path.as_posix())]
    views = [path for path in views if "standins" not in path.parts]
    assert len(views) > 20
    fetch = re.compile(r"\.objects\.get\(|get_object_or_404\(|get_list_or_404\(")
    assert [path.relative_to(ROOT).as_posix() for path in views if fetch.search(text(path))] == []


@pytest.mark.req("REL-01")
def test_no_float_in_money() -> None:
    """No float literal, no ``float(…)``; naming the type to refuse it is fine."""
    found = []
    for path in [*sources("payments"), ROOT / "common/money.py"]:
        for node in ast.walk(tree(path)):
            literal = isinstance(node, ast.Constant) and isinstance(node.value, float)
            call = isinstance(node, ast.Call) and getattr(node.func, "id", "") == "float"
            if literal or call:
                found.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    fields = [
        field
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.FloatField)
    ]
    assert (found, fields) == ([], [])


@pytest.mark.req("SEC-61")
def test_no_foreign_host_on_any_page() -> None:
    """Style, scripts and pictures are ours; the only address in them names the SVG vocabulary."""
    host = re.compile(r"(?:https?:)?//[\w-]+(?:\.[\w-]+)+")
    found = {
        (path.relative_to(ROOT).as_posix(), address)
        for path in tracked()
        if path.relative_to(ROOT).parts[0] in ("static", "templates")
        and path.suffix in (".html", ".css", ".js", ".svg")
        for address in host.findall(text(path))
        if address != "http://www.w3.org"
        and not address.lower().endswith(".example")  # a sample in the style guide
    }
    assert found == set()


UNFINISHED = re.compile(
    r"\b(?:"
    + "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK", "W" + "IP"))
    + r")\b|[Ll]orem"
    + " ipsum"
)


def test_nothing_is_left_for_later() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in tracked()
        if path.suffix in (".py", ".html", ".js", ".css", ".md", ".toml", ".yml", ".typ", ".sh", "")
        and path.stat().st_size < 500_000
        for number, line in enumerate(_lines(path), start=1)
        if UNFINISHED.search(line)
    ]
    assert found == []


def _lines(path: Path) -> list[str]:
    try:
        return text(path).splitlines()
    except UnicodeDecodeError:
        return []


def test_no_stubs() -> None:
    """A function of ours does something: no bare ``pass``, no ``NotImplementedError``."""
    found = []
    for path in sources(*APPS, "launcher"):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                body = [item for item in node.body if not _is_docstring(item)]
                if body and all(isinstance(item, ast.Pass) for item in body):
                    found.append(f"{path.relative_to(ROOT)}:{node.lineno}")
            if isinstance(node, ast.Name) and node.id == "NotImplementedError":
                found.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert found == []


def _is_docstring(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def test_our_own_code_is_not_mocked() -> None:
    mocks = re.compile(r"unittest" + r"\.mock|\bMagic" + r"Mock\b|\bmocker\b")
    assert [
        path.name for path in sources("tests") if mocks.search(text(path)) and path != Path(__file__)
    ] == []
