"""Why a form asks: each purpose whole, each used, sensitive data and children named where they are asked for (SEC-69).

That no form of the public asks without a purpose is seen where every page is opened (tests/consistency/test_access.py).
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.template.loader import render_to_string

from common.purposes import PURPOSES
from launcher.paths import ROOT

pytestmark = pytest.mark.req("SEC-69")
USES = {
    path: set(re.findall(r'(?:\{% purpose|\bwhy=) ?"(\w+)"', path.read_text()))
    for path in (ROOT / "templates").rglob("*.html")
}


def used_in(name: str) -> set[str]:
    return USES[Path(ROOT / "templates" / name)]


def test_each_purpose_is_whole_and_stands_on_a_form() -> None:
    assert set().union(*USES.values()) == set(PURPOSES)
    for key, purpose in PURPOSES.items():
        assert all(map(str, (purpose.what_for, purpose.law, purpose.how_long))), key
        assert "个人信息保护法" in str(purpose.law), key


def test_sensitive_data_and_children_are_named_where_they_are_asked_for() -> None:
    sensitive = {key for key, purpose in PURPOSES.items() if purpose.sensitive}
    assert sensitive == {"real_name", "parties", "applicant", "dispute", "relief", "payee", "acting"}
    assert {key for key, purpose in PURPOSES.items() if purpose.children} == {"parties", "dispute"}
    assert used_in("filing/person.html") == used_in("filing/people_list.html") == {"parties"}
    assert used_in("accounts/real_name.html") == {"real_name"} and used_in("payments/refund.html") == {
        "payee"
    }
    shown = render_to_string("components/purpose.html", {"purpose": PURPOSES["parties"]})
    assert (
        "敏感个人信息" in shown
        and "不满14周岁" in shown
        and "监护人同意" in shown
        and "个人信息保护法第十三条" in shown
    )
    plain = render_to_string("components/purpose.html", {"purpose": PURPOSES["visit"]})
    assert "敏感" not in plain and "14周岁" not in plain
