"""Real Chromium: phone-sized and desktop pages that watch for script errors, broken policy and foreign hosts."""

import asyncio
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, sync_playwright

from tests.support.servers import Live

PHONE = {"width": 360, "height": 800}
DESKTOP = {"width": 1440, "height": 900}
ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--hide-scrollbars"]


@contextmanager
def runs_beside_playwright() -> Iterator[None]:
    """Sync Playwright leaves its loop marked as running in the main thread, for as long as the browser lives.

    Code under test that ends in ``asyncio.run`` (the signing of papers) would refuse to run there; in the portal's
    own threads no loop runs, so in a test it gets the same.
    """
    original = asyncio.run

    def run(*arguments: Any, **options: Any) -> Any:
        marked = asyncio._get_running_loop()
        asyncio._set_running_loop(None)
        try:
            return original(*arguments, **options)
        finally:
            asyncio._set_running_loop(marked)

    asyncio.run = run
    try:
        yield
    finally:
        asyncio.run = original


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the whole run (program in $CHROMIUM, found by the launcher)."""
    environment: dict[str, str | float | bool] = dict(os.environ)
    if "CHROMIUM_LIBRARIES" in os.environ:  # the launcher's private copy brings its own libraries and a font
        environment["LD_LIBRARY_PATH"] = os.environ["CHROMIUM_LIBRARIES"]
        environment["FONTCONFIG_FILE"] = os.environ["CHROMIUM_FONTS"]
    with sync_playwright() as playwright, runs_beside_playwright():
        program = playwright.chromium.launch(
            executable_path=os.environ["CHROMIUM"], args=ARGUMENTS, env=environment
        )
        yield program
        program.close()


class Watch:
    """What went wrong in a browser context that a person would not notice."""

    def __init__(self, context: BrowserContext, host: str) -> None:
        self.problems: list[str] = []
        self.host = host
        context.on("request", self._request)
        context.on("console", self._console)
        context.on("weberror", lambda error: self.problems.append(f"script error: {error.error}"))

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https") and parts.netloc != self.host:
            self.problems.append(f"foreign host: {request.url}")

    def _console(self, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            self.problems.append(message.text)


@pytest.fixture
def new_page(browser: Browser, live: Live) -> Iterator[Callable[..., Page]]:
    """`new_page(desktop=False, scripts=True, **context options)`: a page of a person of its own on the live portal, or on
    the one at `base_url`.

    At the end of the test no page may have asked a foreign host, broken the policy or thrown a script error.
    """
    contexts: list[BrowserContext] = []
    watches: list[Watch] = []

    def make(*, desktop: bool = False, scripts: bool = True, **options: Any) -> Page:
        size = DESKTOP if desktop else PHONE
        base_url = options.pop("base_url", live.url)
        context = browser.new_context(
            base_url=base_url,
            viewport=size,
            device_scale_factor=1 if desktop else 2,
            has_touch=not desktop,
            java_script_enabled=scripts,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            **options,
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        watches.append(Watch(context, urlsplit(base_url).netloc))
        return context.new_page()

    yield make
    for context in contexts:
        context.close()
    problems = [problem for watch in watches for problem in watch.problems]
    assert not problems, problems


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """A phone of 360 × 800 with scripts on."""
    return new_page()


@pytest.fixture
def desktop_page(new_page: Callable[..., Page]) -> Page:
    """A desk with 1440 × 900."""
    return new_page(desktop=True)
