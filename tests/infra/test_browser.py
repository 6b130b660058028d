"""The browser fixtures work, and the watch they carry can see what it must see."""

import asyncio
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page

from tests.support.browser import PHONE, Watch
from tests.support.servers import Live


@pytest.mark.req("SEC-61")
def test_landing_page_on_a_phone(page: Page) -> None:
    answer = page.goto("/")
    assert answer is not None and answer.status == 200
    assert page.viewport_size == {"width": PHONE["width"], "height": PHONE["height"]}
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_landing_page_without_scripts(new_page: Callable[..., Page]) -> None:
    page = new_page(scripts=False)
    page.goto("/")
    assert page.locator("main").is_visible()


def test_chinese_letters_have_glyphs(page: Page) -> None:
    """Two different characters must not look the same (as boxes do)."""
    page.goto("/")
    program = """text => { const c = document.createElement("canvas"); c.width = c.height = 40;
        const g = c.getContext("2d"); g.font = "32px sans-serif"; g.fillText(text, 2, 34); return c.toDataURL(); }"""
    assert page.evaluate(program, "诉") != page.evaluate(program, "讼")


def test_watch_sees_foreign_hosts_and_broken_policy(browser: Browser, live: Live) -> None:
    context = browser.new_context(base_url=live.url)
    watch = Watch(context, live.url.removeprefix("http://"))
    page = context.new_page()
    page.goto("/")
    page.evaluate("fetch('http://127.0.0.2:9/x').catch(() => 0)")
    page.evaluate(
        "document.body.appendChild(Object.assign(document.createElement('script'), {text: 'window.bad = 1'}))"
    )
    assert page.evaluate("window.bad") is None
    context.close()
    assert any("Content Security Policy" in problem for problem in watch.problems)
    assert any("foreign host" in problem or "127.0.0.2" in problem for problem in watch.problems)


def test_papers_can_be_signed_while_the_browser_runs(page: Page) -> None:
    """Whatever ends in asyncio.run works beside Playwright, and Playwright goes on afterwards."""

    async def answer() -> int:
        await asyncio.sleep(0)
        return 42

    page.goto("/")
    assert asyncio.run(answer()) == 42
    assert page.title()
