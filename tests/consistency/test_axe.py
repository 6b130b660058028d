"""Every page as the person it is made for, on a phone, standard and 长辈版, in real Chromium (UX §14.1 and §14.4).

Rows come from the access table, so a new page cannot stay out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page

from portal.context import PREFS_COOKIE, Display
from tests.consistency.access_table import Row, rows
from tests.consistency.addresses import all_addresses, path_of
from tests.consistency.sessions import pending_visitor
from tests.consistency.world import World
from tests.look.axe import grave_problems
from tests.support.browser import PHONE
from tests.support.length import TEXT_SIZES
from tests.support.servers import Live

NOT_PAGES = {
    "/healthz", "/readyz", "/metrics", "/live/thread", "/live/order",
    "api:courts", "api:causes", "api:materials", "api:case-numbers-parse", "api-schema",
    "api-docs",  # for programmers: the vendored viewer of the schema
    "documents:file", "documents:preview", "documents:file_page", "documents:paper", "documents:paper_page", "documents:delivery_record",
    "documents:link",  # bytes of a file, for a minute
    "pages:receipt", "pages:receipt_proof",  # files
    "pages:draft_file", "pages:draft_page", "documents:wording_pdf", "documents:wording_page",  # PDFs and pictures
    "casefiles:image", "casefiles:desk_image",  # pictures of pages
    "pages:desk",  # leads on to the first desk
    "stats:funnel_csv", "public:outage_record",
    "filing:pleading_pdf", "filing:pleading_docx", "filing:desk_pleading", "filing:package",  # files to take home
    "filing:batch_template", "filing:batch_results", "filing:batch_problems", "payments:bank_file",  # tables
    "payments:bank_sample", "payments:day_file", "payments:month_file",
    "feedback:record", "feedback:bench_record", "feedback:contacts_file",
    "/live/batch", "api:filing", "api:cases", "api:case",
    "public:roots_file", "public:roots_feed", "public:trail_keys", "public:verifier",
    "pages:feed_calendar", "pages:feed_events",  # for calendars and feed readers

    "standins:wechat_query", "standins:wechat_query_refund", "standins:wechat_bill", "standins:wechat_bill_download",
    "standins:wechat_pay", "standins:alipay", "standins:alipay_bill", "standins:weixin_authorize", "standins:weixin_openid", "standins:dingtalk_authorize", "standins:dingtalk_me",  # machines of the outside world
}  # fmt: skip
"""Addresses that answer with something else than a page of ours."""
HALF_WAY = {"accounts:code", "accounts:second_step", "qrlinks:verify_typed", "qrlinks:code"}
"""Pages shown to a visitor who has taken the step before; others are led back to it."""
RUNS = [row for row in rows() if row.method == "GET" and row.address not in NOT_PAGES]
DISPLAYS = (Display(), Display(text="large"))


@pytest.fixture(scope="module")
def site(world: World) -> Iterator[Live]:
    """The portal on a port, with the world."""
    from portal.asgi import application

    server = Live(application)
    server.start()
    yield server
    server.stop()


Open = Callable[[str, Display], Page]


@pytest.fixture(scope="module")
def phone_of(browser: Browser, world: World, site: Live) -> Iterator[Open]:
    """`phone_of("ZH", display)`: the one phone of this role, with its session."""
    contexts: dict[str, Any] = {}

    def phone(role: str, display: Display) -> Page:
        if role not in contexts:
            context = browser.new_context(base_url=site.url, viewport=PHONE, locale="zh-CN", has_touch=True)  # type: ignore[arg-type]
            context.set_default_timeout(15_000)
            context.new_page()
            contexts[role] = context
        cookies = {PREFS_COOKIE: display.cookie}
        session = pending_visitor() if role == "half way" else world.sessions.get(role)
        if session:
            cookies[settings.SESSION_COOKIE_NAME] = session
        context = contexts[role]
        context.add_cookies(
            [{"name": name, "value": value, "url": site.url} for name, value in cookies.items()]
        )
        return context.pages[0]  # type: ignore[no-any-return]

    yield phone
    for context in contexts.values():
        context.close()


def test_every_address_is_run_or_no_page() -> None:
    """Posts lead to pages of their own; everything that can be read is in the runs."""
    posted = {row.address for row in rows() if row.method == "POST"}
    left = all_addresses() - {row.address for row in RUNS} - NOT_PAGES - posted
    assert left == set()
    assert NOT_PAGES <= all_addresses()


LOOK = """() => ({
    lang: document.documentElement.lang,
    title: document.title.trim(),
    headings: document.querySelectorAll("h1").length,
    wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
})"""


@pytest.mark.parametrize("row", RUNS, ids=lambda row: f"{row.address} {row.about}")
def test_page_is_accessible(world: World, phone_of: Open, row: Row) -> None:
    path = path_of(world, row)
    role = "half way" if row.address in HALF_WAY else row.viewer
    problems = []
    for display in DISPLAYS:
        page = phone_of(role, display)
        answer = page.goto(path)
        assert answer is not None and answer.request.redirected_from is None, (
            f"{role} is led away from {path}"
        )
        assert answer.status == 200 and "html" in answer.headers["content-type"], path
        look = page.evaluate(LOOK)
        found = grave_problems(page) if display.text in TEXT_SIZES else []
        found += [] if look["lang"] == "zh-CN" else [f"lang is {look['lang']!r}"]
        found += [] if look["title"] else ["no title"]
        found += (
            []
            if look["headings"] == (2 if row.address == "public:styleguide" else 1)
            else [f"{look['headings']} h1"]
        )
        found += [] if look["wide"] <= 0 else [f"{look['wide']} px too wide"]
        problems += [f"{display.text}: {problem}" for problem in found]
    assert not problems, f"{path} as {role}:\n" + "\n".join(problems)
