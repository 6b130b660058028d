"""Accessibility rules of axe-core for any page of any browser test.

from tests.look.axe import DISPLAYS, assert_accessible, show_as

show_as(page, text="large")
page.goto("/my/")
assert_accessible(page)
"""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from portal.context import PREFS_COOKIE, Display

DISPLAYS = (Display(), Display(text="large"), Display(text="xlarge"), Display(contrast="high"))
GRAVE = ("serious", "critical")
OPTIONS = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}


def show_as(page: Page, *, text: str = "standard", contrast: str = "normal") -> None:
    """From the next page on, the display mode of this visitor: 长辈版 is ``text="large"``."""
    base = page.context._impl_obj._options["baseURL"]
    value = Display(text=text, contrast=contrast).cookie
    page.context.add_cookies([{"name": PREFS_COOKIE, "value": value, "url": base}])


def grave_problems(page: Page) -> list[str]:
    """Serious and critical violations of the page as it stands, each with the elements it names."""
    found: list[dict[str, Any]] = Axe().run(page, options=OPTIONS).response["violations"]
    return [
        f"{rule['id']} ({rule['impact']}): {node['html'][:160]}"
        for rule in found
        if rule["impact"] in GRAVE
        for node in rule["nodes"]
    ]


def assert_accessible(page: Page) -> None:
    """No serious or critical violation; the message names them."""
    problems = grave_problems(page)
    assert not problems, f"{page.url}:\n" + "\n".join(problems)


def assert_no_sideways_scroll(page: Page) -> None:
    """Nothing is wider than the window, except inside its own scroller."""
    wide, window = page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    assert wide <= window, f"{page.url}: {wide} px in a window of {window} px"
