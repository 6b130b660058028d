"""Calls that leave the house: no redirect is followed, no proxy of the environment believed, TLS always verified (SEC-65)."""

from __future__ import annotations

import ast
import socket
from pathlib import Path

import pytest
from django.apps import apps

from launcher.paths import ROOT
from tests.consistency.code import APPS, sources, text, tree
from tests.support import house

OPENS = {"httpx.Client", "httpx.AsyncClient", "httpx.get", "httpx.post", "httpx.request", "httpx.stream"}
WORKS_INSIDE = {"portal/zone/forward.py": "a socket on this machine"}
XML_SAFE = {"documents/inspect/word.py": "expat alone, which fetches nothing; entities are refused (SEC-51)"}


NETWORK = {
    "httpx",
    "httpcore",
    "socket",
    "boto3",
    "smtplib",
    "ftplib",
    "aiohttp",
    "websockets",
    "urllib.request",
    "http.client",
    "common.gateways.exchange",
    "common.gateways.proofs",
}
"""What opens a connection, the last two being the portal's own; `psycopg2` and `redis` know one address each, that of database and broker."""
GUARD = "breaker"
WAYS_OUT = {
    # file: settings that name the host, what leaves a silent host alone
    "accounts/services/codes.py": ("", GUARD),
    "common/gateways/dingtalk.py": ("DINGTALK_URL", GUARD),
    "common/gateways/dingtalk_sign_in.py": ("DINGTALK_API_URL", GUARD),
    "common/gateways/registers.py": ("IDENTITY_URL", GUARD),
    "common/gateways/exchange.py": ("", ""),  # around it: those that call it
    "common/gateways/proofs.py": ("", ""),  # around it: registers.py and vendor.py
    "common/gateways/house.py": ("", GUARD),  # asked by the two below, which name the address
    "common/gateways/weixin.py": ("WEIXIN_URL", GUARD),
    "documents/sealing/doors.py": ("SIGNER_URL TSA_URL", ""),
    "eventlog/witness.py": ("SIGNER_URL TSA_URL", ""),
    "documents/sealing/vendor.py": ("VENDOR_SEAL_URL", "answering"),
    "documents/services/scanning.py": ("CLAMD_ADDRESS", GUARD),
    "notifications/services.py": ("", GUARD),
    "common/gateways/mail.py": (
        "OUTSIDE_CONNECT_SECONDS",
        "",
    ),  # EMAIL_HOST; around it: the same two as texts
    "common/gateways/sms.py": ("SMS_URL", ""),  # around it: codes.py and notifications/services.py
    "payments/gateways/outside.py": ("", GUARD),  # asked by the three below
    "payments/gateways/alipay.py": ("ALIPAY_URL", ""),
    "payments/gateways/wechat.py": ("WECHAT_URL", ""),
    "payments/gateways/sandbox.py": ("CASHIER_URL", ""),
    "notifications/hook_services.py": ("", GUARD),
    # a person's own address, public ones only; asked by the one above
    "common/gateways/hooks.py": ("WEBHOOK_NETWORKS", "is_public"),
}
NO_WAY_OUT = {
    "common/gateways/deadline.py": "the deadline of the clients above",
    "documents/scanner.py": "gets its address from documents/services/scanning.py",
    "common/write_once.py": "the store of anchors and copies of backups, part of the installation: LOCKED_ENDPOINT",
    "documents/prepare_buckets.py": "the same store, at its set-up: STORE_ENDPOINT",
    "documents/buckets.py": "the file storage, which is part of the installation: BUCKET_ENDPOINT",
    "portal/tasks.py": "asks the portal itself whether it serves: PROBE_URL; nothing waits for the answer",
    "portal/zone/forward.py": "a socket on this machine",
    "portal/serve.py": "takes connections, opens none",
    "signer/serve.py": "takes connections, opens none",
}


@pytest.mark.req("SEC-65", "REL-59")
def test_every_way_out_is_known_with_its_host_and_its_breaker() -> None:
    """A file that can open a connection stands in one of the lists; what it calls is named by a setting, never by a user."""
    own = {path.relative_to(ROOT).as_posix(): path for path in sources(*APPS, "signer")}
    listed = WAYS_OUT.keys() | NO_WAY_OUT.keys()
    opens = {name for name, path in own.items() if imported(path) & NETWORK}
    unknown = {name for name in opens - listed if not name.startswith("standins/")}
    assert unknown == set(), "say where it leads, and what guards it"
    assert listed - own.keys() == set(), "files that are not there any more"
    for name, (hosts, guard) in WAYS_OUT.items():
        written = text(ROOT / name)
        assert all(f"settings.{host}" in written for host in hosts.split()), name
        assert guard in written, name


def imported(path: Path) -> set[str]:
    """Modules that a file imports, with the packages they are in."""
    names: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names | {name.partition(".")[0] for name in names}


@pytest.mark.req("SEC-65")
@pytest.mark.parametrize("address", [("192.0.2.1", 443), ("10.0.0.1", 80)])
def test_control_the_run_cannot_leave_the_house(address: tuple[str, int]) -> None:
    with socket.socket() as line, pytest.raises(house.Outside):
        line.connect(address)
    assert house.tried == [str(address)], "and who swallows the refusal is found out at the end"
    house.tried.clear()


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
