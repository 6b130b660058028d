"""A clerk at the filing desk, with scripts and keyboard."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.journeys.people import submit


def open_first(page: Page, view: str = "open") -> None:
    """Open what is on top of a view of the queue."""
    page.goto(f"/desk/filings/?view={view}")
    page.locator("[data-open]").first.click()
    page.wait_for_url("**/desk/filings/*-*/")


def accept(page: Page, number: str) -> None:
    """Accept what is open with the keyboard: A, confirm; ``number`` is the case number (or its end) that comes back."""
    page.keyboard.press("a")
    submit(page, "确认立案")
    expect(page.locator("main")).to_contain_text(number)
