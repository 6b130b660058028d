"""Public pages and the style guide in real Chromium: accessibility rules, widths, keyboard, scripts, no scripts."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from portal.context import Display
from tests.look.axe import (
    DISPLAYS,
    assert_accessible,
    assert_no_sideways_scroll,
    grave_problems,
    show_as,
)

PAGES = [
    "/",
    "/prefs/",
    "/help/",
    "/a11y/",
    "/privacy/",
    "/no/such/page/",
    "/styleguide/",
    "/styleguide/?desk=1",
]
LAYOUTS = ["/styleguide/?layout=question", "/styleguide/?layout=print"]
NewPage = Callable[..., Page]


@pytest.mark.parametrize("display", DISPLAYS, ids=lambda display: display.cookie)
def test_no_serious_accessibility_problem(page: Page, display: Display) -> None:
    show_as(page, text=display.text, contrast=display.contrast)
    for address in [*PAGES, *LAYOUTS]:
        page.goto(address)
        assert_accessible(page)


@pytest.mark.parametrize("text", ["standard", "large", "xlarge"])
def test_no_sideways_scroll_at_320_pixels(page: Page, text: str) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    show_as(page, text=text)
    for address in [*PAGES, *LAYOUTS]:
        page.goto(address)
        assert_no_sideways_scroll(page)


@pytest.mark.parametrize(
    ("text", "least", "letters"), [("standard", 48, 18), ("large", 60, 24), ("xlarge", 60, 30)]
)
def test_targets_and_letters_are_large_enough(page: Page, text: str, least: int, letters: int) -> None:
    show_as(page, text=text)
    page.goto("/")
    for target in page.locator("a.door, .ghost, .helpbar a, .foot-links a, summary").all():
        size = target.bounding_box()
        assert size and size["height"] >= least, target.inner_text()
    assert page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") == letters


def test_desk_targets_on_a_desk(new_page: NewPage) -> None:
    page = new_page(desktop=True)
    page.goto("/styleguide/?desk=1")
    for target in page.locator(".btn, .nav a, .tabs a, .pager a").all():
        size = target.bounding_box()
        if size:
            assert size["height"] >= 32 and size["width"] >= 24, target.inner_text()


def test_skip_link_is_first_and_focus_is_seen(page: Page) -> None:
    page.goto("/")
    page.keyboard.press("Tab")
    link = page.locator(":focus")
    expect(link).to_have_text("跳到主要内容")
    box = link.bounding_box()
    assert box and box["y"] >= 0
    assert page.evaluate("getComputedStyle(document.activeElement).outlineWidth") == "3px"
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_elder_mode_by_button_without_scripts(new_page: NewPage) -> None:
    page = new_page(scripts=False)
    page.goto("/help/")
    page.get_by_role("button", name="长辈版").click()
    expect(page).to_have_url(re.compile("/help/$"))
    page.goto("/")
    expect(page.locator(".door")).to_have_count(5)
    page.get_by_role("button", name="标准版").click()
    expect(page.locator(".door")).to_have_count(3)


def test_error_summary_takes_the_focus_and_leads_to_the_field(page: Page) -> None:
    page.goto("/styleguide/")
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    summary.get_by_role("link", name="请选择钱是怎么给的").click()
    expect(page.locator("#bad_way_0")).to_be_focused()


def test_counter_counts_characters_not_code_units(page: Page) -> None:
    page.goto("/styleguide/")
    box = page.locator("#rating-words")
    box.fill("𠮷" * 10)
    expect(page.locator("#rating-words-count")).to_have_text("还可以写 490 个字")
    box.fill("好" * 502)
    expect(page.locator("#rating-words-count")).to_have_text("多了 2 个字")
    expect(box).to_have_value("好" * 502)


def test_copy_button_appears_with_script_only(new_page: NewPage) -> None:
    page = new_page(permissions=["clipboard-read", "clipboard-write"])
    page.goto("/styleguide/")
    page.locator("[data-copy]").click()
    expect(page.locator("[data-copy]")).to_have_text("已复制")
    assert page.evaluate("navigator.clipboard.readText()") == "2025-0314-0087"
    plain = new_page(scripts=False)
    plain.goto("/styleguide/")
    assert plain.locator("[data-copy]").is_hidden()


def test_submit_without_network_keeps_what_was_typed(page: Page) -> None:
    page.goto("/styleguide/?layout=question")
    page.locator("#id_name").fill("李某")
    page.context.set_offline(True)
    page.get_by_role("button", name="继续").click()
    expect(page.get_by_role("status")).to_have_text("网络断了，已填的内容还在，请再点一次")
    expect(page.locator("#id_name")).to_have_value("李某")
    page.context.set_offline(False)


def test_second_click_while_sending_does_nothing(page: Page) -> None:
    """The guard stops the second and third submit; this listener then stops the first, so that the page stays."""
    page.goto("/prefs/")
    page.evaluate(
        """() => { window.stopped = [];
        window.addEventListener("submit", (event) => { stopped.push(event.defaultPrevented); event.preventDefault(); }); }"""
    )
    for _click in range(3):
        page.get_by_role("button", name="保存设置").click()
    assert page.evaluate("stopped") == [False, True, True]


FRAME = """<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>t</title>
<script src="/static/js/portal.js" defer></script></head><body {body}><main id="main">{main}</main>
<div id="js-words" hidden data-keep="/prefs/" data-offline="断了" data-session="再过 {{n}} 分钟退出" data-stay="继续使用"
data-fresh="有新内容" data-sending="正在上传" data-received="已收到" data-failed="没有传上去"></div></body></html>"""


def serve(page: Page, address: str, bodies: list[str]) -> None:
    """Answer ``address`` with these documents in turn; the last one stays."""

    def answer(route: Route) -> None:
        body = bodies.pop(0) if len(bodies) > 1 else bodies[0]
        route.fulfill(content_type="text/html; charset=utf-8", body=body)

    page.route(f"**{address}", answer)


def test_session_warning_offers_to_stay(page: Page) -> None:
    serve(page, "/look/", [FRAME.format(body='data-session-minutes="30"', main="<h1>t</h1>")])
    page.clock.install()
    page.goto("/look/")
    page.clock.fast_forward("24:00")
    assert page.get_by_role("alert").count() == 0
    page.clock.fast_forward("01:01")
    expect(page.get_by_role("alert")).to_contain_text("再过 5 分钟退出")
    with page.expect_request(lambda request: request.method == "HEAD"):
        page.get_by_role("button", name="继续使用").click()
    expect(page.get_by_role("alert")).to_have_count(0)


def test_live_element_is_replaced_and_typed_text_is_not_touched(page: Page) -> None:
    part = '<div id="part" data-live="/live/case/1/"><p>{}</p>{}</div>'
    before = FRAME.format(body="", main=part.format("旧", ""))
    after = FRAME.format(body="", main=part.format("新", ""))
    serve(page, "/look/", [before, after])
    page.route(
        "**/live/case/1/",
        lambda route: route.fulfill(
            content_type="text/event-stream", body="retry: 600000\n\nevent: change\ndata: {}\n\n"
        ),
    )
    page.goto("/look/")
    expect(page.locator("#part")).to_have_text("新")
    assert page.locator("#part").get_attribute("aria-live") == "polite"


UPLOAD = """<form method="post" action="/look/up/" id="f"><input type="hidden" name="key" value="{key}">
{error}<div><label for="u">照片</label><input type="file" id="u" name="photo" multiple data-upload="/look/up/">
<ul data-upload-list hidden></ul></div></form>"""


def test_each_file_is_sent_at_once_and_says_how_it_went(page: Page) -> None:
    keys: list[str] = []
    error = '<p class="err-msg"><span>有误：</span>看不清，请在亮处重拍</p>'

    def answer(route: Route) -> None:
        sent = route.request.post_data_buffer or b""
        keys.append(re.search(rb'name="key"\r\n\r\n(\w+)', sent)[1].decode())  # type: ignore[index]
        bad = b"bad.jpg" in sent
        main = UPLOAD.format(key=f"k{len(keys) + 1}", error=error if bad else "")
        body = FRAME.format(body="", main=main)
        route.fulfill(status=422 if bad else 200, content_type="text/html; charset=utf-8", body=body)

    serve(page, "/look/", [FRAME.format(body="", main=UPLOAD.format(key="k1", error=""))])
    page.route("**/look/up/", answer)
    page.goto("/look/")
    files = [
        {"name": name, "mimeType": "image/jpeg", "buffer": b"\xff\xd8"} for name in ("good.jpg", "bad.jpg")
    ]
    page.locator("#u").set_input_files(files)  # type: ignore[arg-type]
    rows = page.locator("[data-upload-list] li")
    expect(rows.nth(0)).to_contain_text("已收到")
    expect(rows.nth(1)).to_contain_text("看不清，请在亮处重拍")
    assert keys == ["k1", "k2"]


def test_desk_keyboard(new_page: NewPage) -> None:
    page = new_page(desktop=True)
    page.goto("/styleguide/?desk=1")
    page.locator("h1").first.click()
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("tr.is-active th")).to_have_text("2025-0314-0002")
    page.keyboard.press("k")
    page.keyboard.press("x")
    expect(page.locator("tr.is-ticked")).to_have_count(1)
    expect(page.locator("tr.is-ticked th")).to_have_text("2025-0314-0001")
    page.keyboard.press("/")
    expect(page.locator("#filter_q")).to_be_focused()
    page.keyboard.type("jjx?")
    expect(page.locator("#filter_q")).to_have_value("jjx?")
    page.keyboard.press("Tab")
    page.locator("h1").first.click()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_have_attribute("open", "")
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).not_to_have_attribute("open", "")
    page.keyboard.press("g")
    page.keyboard.press("p")
    expect(page).to_have_url(re.compile("desk=0"))


def test_desk_keyboard_can_be_switched_off(new_page: NewPage) -> None:
    page = new_page(desktop=True)
    page.goto("/styleguide/?desk=1")
    page.locator("#keys summary").click()
    page.locator("[data-keys-switch]").check()
    page.goto("/styleguide/?desk=1")
    page.locator("h1").first.click()
    page.keyboard.press("j")
    expect(page.locator("tr.is-active")).to_have_count(0)
    expect(page.locator("[data-keys-switch]")).to_be_checked()


def test_tick_all(new_page: NewPage) -> None:
    page = new_page(desktop=True)
    page.goto("/styleguide/?desk=1")
    page.locator("[data-tick-all]").check()
    expect(page.locator("tr.is-ticked")).to_have_count(5)


def test_print_sheet_has_no_frame_and_no_buttons(page: Page) -> None:
    page.goto("/styleguide/?layout=print")
    page.emulate_media(media="print")
    assert page.locator("header.top, footer.foot").count() == 0
    for hidden in (".back", ".skip", ".sum .change"):
        assert not page.locator(hidden).first.is_visible(), hidden
    assert page.locator(".print-head").is_visible()
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"


def test_the_axe_helper_sees_problems(page: Page) -> None:
    page.goto("/")
    page.evaluate("document.querySelector('.helpbar a').replaceChildren(document.createElement('img'))")
    assert {problem.split(" ")[0] for problem in grave_problems(page)} >= {"image-alt", "link-name"}


def test_a_page_reads_itself_aloud_and_stops_when_asked(page: Page) -> None:
    """The browser's own voice is only listened to; what is spoken are the lines of the page, in order."""
    page.add_init_script(
        "window.heard = []; const speak = speechSynthesis.speak.bind(speechSynthesis);"
        "speechSynthesis.speak = (said) => { window.heard.push([said.text, said.lang]); speak(said); };"
    )
    page.goto("/help/")
    page.get_by_role("button", name="读出来").click()
    heard = page.evaluate("window.heard")
    title = page.get_by_role("heading", level=1).inner_text()
    assert heard[0] == [title, "zh-CN"] and len(heard) > 10
    page.get_by_role("button", name="停").click()
    expect(page.get_by_role("button", name="读出来")).to_be_visible()
    assert page.evaluate("speechSynthesis.speaking || speechSynthesis.pending") is False


def test_without_scripts_or_voice_there_is_no_button_for_it(page: Page) -> None:
    page.add_init_script("delete window.speechSynthesis; delete Window.prototype.speechSynthesis")
    page.goto("/help/")
    expect(page.get_by_role("button", name="读出来")).to_have_count(0)
