"""Parts that are printed once per language: they must not keep anything of a visitor or of a language."""

import pytest
from django.template import Context, Template
from django.test import Client
from django.utils import translation
from django.utils.translation.trans_real import translation as catalogue

from common.templatetags.portal import MOST_FIXED, FixedPart
from launcher.paths import ROOT

FIXED = "{% load portal %}{% fixed a %}[{{ a }}{{ b }}]{% endfixed %}"


def test_a_fixed_part_is_printed_once_for_its_arguments() -> None:
    template = Template(FIXED)
    assert template.render(Context({"a": "1", "b": "x"})) == "[1x]"
    assert template.render(Context({"a": "1", "b": "y"})) == "[1x]"
    assert template.render(Context({"a": "2", "b": "y"})) == "[2y]"


def test_a_fixed_part_does_not_grow_without_end() -> None:
    template = Template(FIXED)
    for number in range(MOST_FIXED + 50):
        assert template.render(Context({"a": number})) == f"[{number}]"
    part = next(node for node in template.nodelist if isinstance(node, FixedPart))
    assert len(part.known) == MOST_FIXED


def test_fixed_parts_follow_the_language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(catalogue("en")._catalog._catalogs[0], "退出", "Sign out")
    part = Template('{% load i18n portal %}{% fixed %}{% translate "退出" %}{% endfixed %}')
    for _again in range(2):
        assert part.render(Context()) == "退出"
        with translation.override("en"):
            assert part.render(Context()) == "Sign out"


def test_nothing_of_a_visitor_stands_in_a_fixed_part() -> None:
    found = 0
    for path in (ROOT / "templates").rglob("*.html"):
        for part in path.read_text().split("{% fixed")[1:]:
            inside = part.split("{% endfixed %}")[0]
            found += 1
            for word in (
                "csrf_token",
                "nonce",
                "site.path",
                "site.user",
                "site.actor",
                "request",
                "messages",
                "{% block ",
            ):
                assert word not in inside, f"{path.name}: {word} in a fixed part"
    assert found > 5


@pytest.mark.django_db
def test_the_large_print_page_keeps_its_own_parts(client: Client) -> None:
    standard = client.get("/").content.decode()
    client.cookies["prefs"] = "large.normal"
    large = client.get("/").content.decode()
    client.cookies["prefs"] = "standard.normal"
    assert standard.count('class="door') != large.count('class="door')
    assert client.get("/").content.decode().count('class="door') == standard.count('class="door')
