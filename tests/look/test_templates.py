"""What no template may contain, and that each one is used."""

import re
from pathlib import Path

import pytest

from launcher.paths import ROOT

FOLDER = ROOT / "templates"
TEMPLATES = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.html"))
COMPONENTS = [name for name in TEMPLATES if name.startswith("components/")]
BY_DJANGO = {"400.html", "403.html", "403_csrf.html", "404.html", "500.html"}
STATIC_ERRORS = {f"errors/{status}.html" for status in (400, 408, 413, 500, 503)}
STANDS_ALONE = {"errors/emergency.html"}
"""Written out for another host, where no style sheet of ours lies and no policy of ours holds."""
WITHOUT_ONLY = {"components/box.html"}

FORBIDDEN = {
    "style attribute": r"""<[^>]*\sstyle\s*=""",
    "style element": r"<style\b",
    "inline script": r"<script(?![^>]*\bsrc=)",
    "handler attribute": r"""<[^>]*\son[a-z]+\s*=\s*["']""",
    "script address": r"javascript:",
    "foreign host": r"""(?:src|href|action)\s*=\s*["'](?:https?:)?//""",
    "unescaped text": r"\|\s*safe(?:seq)?\b|\{%\s*autoescape\s+off",
    "zoom forbidden": r"user-scalable|maximum-scale",
    "refresh": r"""http-equiv\s*=\s*["']?refresh""",
    "required attribute": r"<(?:input|select|textarea)\b[^>]*\srequired\b",
    "debug output": r"\{%\s*debug\b",
}


ALLOWED = {("layouts/base.html", "refresh")}
"""A device in a hall without scripts must forget who was there after a minute (SEC-07); nobody else's page has it."""


def text_of(name: str) -> str:
    return (FOLDER / name).read_text()


@pytest.mark.req("SEC-61")
@pytest.mark.parametrize("name", TEMPLATES)
def test_nothing_forbidden(name: str) -> None:
    text = re.sub(r"\{#.*?#\}", "", text_of(name))
    allowed = {"style element"} if name in STANDS_ALONE else set()
    patterns = {what: pattern for what, pattern in FORBIDDEN.items() if what not in allowed}
    found = [what for what, pattern in patterns.items() if re.search(pattern, text, re.I)]
    assert [what for what in found if (name, what) not in ALLOWED] == []


@pytest.mark.parametrize("name", COMPONENTS)
def test_component_says_its_arguments_first(name: str) -> None:
    assert text_of(name).startswith("{# ")


@pytest.mark.parametrize("name", COMPONENTS)
def test_component_is_listed_for_other_developers(name: str) -> None:
    readme = (FOLDER / "components/README.md").read_text()
    assert Path(name).name.removesuffix(".html") in readme


@pytest.mark.parametrize("name", TEMPLATES)
def test_components_are_included_with_only(name: str) -> None:
    for tag in re.findall(r"\{% include ([^%]+)%\}", text_of(name)):
        target = re.search(r'"(components/[^"]+)"', tag)
        if target and target[1] not in WITHOUT_ONLY:
            assert tag.split()[-1] == "only", tag


@pytest.mark.parametrize("component", ["status_tag", "notice"])
def test_components_have_a_look_for_every_kind_they_are_asked_for(component: str) -> None:
    known = re.search(r"kind \(([a-z|]+)\)", text_of(f"components/{component}.html"))
    assert known is not None
    asked = {
        (name, kind)
        for name in TEMPLATES
        for kind in re.findall(rf'components/{component}\.html" with [^%]*kind="(\w+)"', text_of(name))
    }
    assert {kind for _name, kind in asked} <= set(known[1].split("|")), asked


def test_every_template_has_a_user() -> None:
    sources = [
        path
        for path in ROOT.rglob("*.py")
        if not {".venv", "var", "tests"} & set(path.relative_to(ROOT).parts)
    ]
    code = "\n".join(path.read_text() for path in sources)
    templates = {name: text_of(name) for name in TEMPLATES}
    unused = [
        name
        for name in TEMPLATES
        if name not in BY_DJANGO
        and name not in code
        and not any(f'"{name}"' in text for other, text in templates.items() if other != name)
    ]
    assert not unused, unused


@pytest.mark.parametrize("name", TEMPLATES)
def test_screen_words_go_through_gettext(name: str) -> None:
    if name in STATIC_ERRORS:
        return  # plain files, served when nothing else works
    text = re.sub(r"\{#.*?#\}", "", text_of(name))
    text = re.sub(r"\{% blocktranslate.*?%\}.*?\{% endblocktranslate %\}", "", text, flags=re.S)
    text = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "", text, flags=re.S)
    left = re.findall(r"[一-鿿][^<>\n]*", text)
    assert not left, left


@pytest.mark.parametrize("name", sorted(STATIC_ERRORS))
def test_static_error_pages_are_plain_files(name: str) -> None:
    text = text_of(name)
    assert "{%" not in text and "{{" not in text
    assert "tel:12368" in text and "接下来怎么办" in text
