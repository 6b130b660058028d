"""The colours of the design brief: present as written, and as readable as promised (WCAG contrast)."""

import re
from pathlib import Path

import pytest

from launcher.paths import ROOT

CSS = (ROOT / "static/css/portal.css").read_text()
AA, AAA, LINES = 4.5, 7.0, 3.0

BRIEF = {
    "ink": "#16202B", "ink-2": "#46525F", "line": "#737F8C", "divider": "#D5DBE1", "bg": "#F4F6F8", "paper": "#FFFFFF",
    "brand": "#17457A", "brand-strong": "#0F3159", "brand-tint": "#E8EFF7", "ok": "#17653A", "ok-tint": "#E6F3EA",
    "warn": "#7A4A00", "warn-tint": "#FFF3D6", "err": "#A8201A", "err-tint": "#FCEBEA", "visited": "#5B2A86",
    "focus": "#FFC933", "chart-1": "#17457A", "chart-2": "#B85C00", "chart-3": "#0B7A75", "chart-4": "#7A3E9D",
    "chart-5": "#66727E", "chart-6": "#A8201A",
}  # fmt: skip
HIGH = {
    "ink": "#FFFFFF",
    "focus": "#FFE066",
    "brand": "#9BD1FF",
    "err": "#FFB3AD",
    "ok": "#8FE3AE",
    "bg": "#000000",
}


def tokens(selector: str) -> dict[str, str]:
    """Colour tokens of the first rule with this selector."""
    body = re.search(re.escape(selector) + r" \{(.*?)\}", CSS, re.S)
    assert body, selector
    return dict(re.findall(r"--([a-z0-9-]+): (#[0-9A-F]{6})", body[1]))


STANDARD = tokens(":root")
CONTRAST = STANDARD | tokens(".contrast-high")


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def ratio(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_ratio_against_known_values() -> None:
    assert ratio("#000000", "#FFFFFF") == pytest.approx(21)
    assert ratio("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize(("name", "value"), BRIEF.items())
def test_token_is_the_brief_s(name: str, value: str) -> None:
    assert STANDARD[name] == value


@pytest.mark.parametrize(("name", "value"), HIGH.items())
def test_high_contrast_token_is_the_brief_s(name: str, value: str) -> None:
    assert CONTRAST[name] == value


TEXT = ["ink", "ink-2", "brand", "brand-strong", "ok", "warn", "err", "visited"]
ON_TINT = [
    ("brand", "brand-tint"),
    ("ink", "brand-tint"),
    ("ok", "ok-tint"),
    ("warn", "warn-tint"),
    ("err", "err-tint"),
]
ON_FILL = [("on-brand", "brand"), ("on-brand", "err"), ("on-band", "band"), ("focus-ink", "focus")]


@pytest.mark.parametrize("name", TEXT)
def test_public_text_on_white_is_at_least_seven(name: str) -> None:
    assert ratio(STANDARD[name], STANDARD["paper"]) >= AAA


@pytest.mark.parametrize("name", TEXT)
def test_text_on_the_page_ground(name: str) -> None:
    assert ratio(STANDARD[name], STANDARD["bg"]) >= AA


@pytest.mark.parametrize(("text", "ground"), [*ON_TINT, *ON_FILL])
def test_text_on_tints_and_fills(text: str, ground: str) -> None:
    assert ratio(STANDARD[text], STANDARD[ground]) >= AA


@pytest.mark.parametrize("name", ["line", *(f"chart-{number}" for number in range(1, 7))])
def test_lines_and_charts_are_visible(name: str) -> None:
    assert ratio(STANDARD[name], STANDARD["paper"]) >= LINES
    assert ratio(STANDARD[name], STANDARD["bg"]) >= LINES


@pytest.mark.parametrize("name", [name for name in TEXT if name != "brand-strong"])
def test_high_contrast_text(name: str) -> None:
    assert ratio(CONTRAST[name], CONTRAST["bg"]) >= AAA


@pytest.mark.parametrize(("text", "ground"), [*ON_TINT, *ON_FILL])
def test_high_contrast_tints_and_fills(text: str, ground: str) -> None:
    assert ratio(CONTRAST[text], CONTRAST[ground]) >= AA


def test_every_colour_used_is_a_token_or_black_and_white() -> None:
    rules = re.sub(r"--[a-z0-9-]+: [^;]+;", "", CSS)
    used = {colour.upper() for colour in re.findall(r"#[0-9a-fA-F]{3,8}\b", rules)}
    assert used <= {"#FFFFFF", "#000000", *BRIEF.values()}


def test_no_gradient_shadow_motion_or_foreign_file() -> None:
    plain = re.sub(r"box-shadow: (none|0 0 0 6px var\(--focus\)|inset 4px 0 0 var\(--brand\));", "", CSS)
    for word in (
        "gradient(",
        "box-shadow",
        "text-shadow",
        "@font-face",
        "@import",
        "@keyframes",
        "url(",
        "letter-spacing",
    ):
        assert word not in plain, word


def test_only_the_two_style_sheets_and_two_scripts() -> None:
    names = {
        path.relative_to(Path(ROOT / "static")).as_posix()
        for path in (ROOT / "static").rglob("*")
        if path.is_file()
    }
    assert {"css/portal.css", "css/styleguide.css", "js/portal.js", "js/staff.js", "img/favicon.svg"} <= names
