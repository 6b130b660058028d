"""Calls that leave the house: no redirect is followed, no proxy of the environment believed, TLS always verified (SEC-65)."""

from __future__ import annotations

import ast

import pytest
from django.apps import apps

from launcher.paths import ROOT
from tests.consistency.code import APPS, sources, tree

OPENS = {"httpx.Client", "httpx.AsyncClient", "httpx.get", "httpx.post", "httpx.request", "httpx.stream"}
WORKS_INSIDE = {"portal/zone/forward.py": "a socket on this machine"}
XML_SAFE = {"documents/inspect/word.py": "expat alone, which fetches nothing; entities are refused (SEC-51)"}


def calls() -> list[tuple[str, str, dict[str, ast.expr]]]:
    """File, called name and named arguments of everything the portal's own code calls."""
    found = []
    for path in sources(*APPS):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call):
                named = {word.arg: word.value for word in node.keywords if word.arg}
                found.append((path.relative_to(ROOT).as_posix(), ast.unparse(node.func), named))
    return found


def is_false(value: ast.expr | None) -> bool:
    return isinstance(value, ast.Constant) and value.value is False


@pytest.mark.req("SEC-65")
def test_http_clients_follow_nothing_and_believe_no_environment() -> None:
    clients = [
        (path, named)
        for path, name, named in calls()
        if name in OPENS and path not in WORKS_INSIDE and not path.startswith("standins/")
    ]
    assert len(clients) >= 3
    wrong = [
        path
        for path, named in clients
        if not is_false(named.get("trust_env")) or not is_false(named.get("follow_redirects"))
    ]
    assert wrong == []


@pytest.mark.req("SEC-65")
def test_nothing_switches_the_check_of_certificates_off() -> None:
    off = {
        (path, name)
        for path, name, named in calls()
        if is_false(named.get("verify")) or name.endswith(("_create_unverified_context", "CERT_NONE"))
    }
    assert off == set()


@pytest.mark.req("SEC-65")
def test_no_other_way_out_and_no_unsafe_xml() -> None:
    """Libraries that follow redirects by themselves, or expand entities, are not used."""
    unwanted = {
        "requests",
        "urllib.request",
        "urllib3",
        "http.client",
        "xml.etree.ElementTree",
        "xml.sax",
        "lxml",
    }
    found = set()
    for path in sources(*APPS):
        for node in ast.walk(tree(path)):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module:
                names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
            found |= {
                (path.relative_to(ROOT).as_posix(), name)
                for name in names
                if name in unwanted or name.startswith("xml.")
            }
    assert {path for path, _name in found} - XML_SAFE.keys() == set()


@pytest.mark.req("SEC-63")
def test_the_admin_of_the_framework_is_not_there() -> None:
    assert not apps.is_installed("django.contrib.admin")
    assert not list(ROOT.glob("*/admin.py"))
