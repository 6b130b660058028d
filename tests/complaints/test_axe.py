"""The zone's own pages as the person each is made for, on a phone and a desk, standard and 长辈版 (UX §14.1, §14.4).

tests/consistency/test_axe.py does the same for every address of the portal; those of the zone belong to another process.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.urls import get_resolver, reverse
from playwright.sync_api import Page

from complaints.models import Closed, Finding, Kind, Matter
from complaints.services import handling, identities, interference
from tests.complaints.test_access import ONLY_POST, browser
from tests.complaints.test_door import a_photo
from tests.complaints.test_zone import CONTENT, Zone, received
from tests.consistency.addresses import of_resolver
from tests.look.axe import grave_problems, show_as
from tests.support.court import Cast
from tests.support.length import TEXT_SIZES
from tests.support.servers import Zone as ZoneProcess

Pages = Callable[..., Page]
SIZES = ({"width": 360, "height": 800}, {"width": 1280, "height": 900})
LOOK = """() => ({
    lang: document.documentElement.lang,
    title: document.title.trim(),
    headings: document.querySelectorAll("h1").length,
    wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
})"""
FILES = {"file", "original"}
"""Addresses that answer with a file."""


@dataclass(frozen=True)
class Made:
    """What the pages show."""

    fresh: Matter
    busy: Matter
    closed: Matter
    record: Matter
    code: str


@pytest.fixture
def made(cast: Cast, zone: Zone, zone_process: ZoneProcess) -> Made:
    """An anonymous complaint with files; one under way, with everything that waits for a second person; a closed one; a record."""
    fresh, code = received(cast, zone, files=[a_photo("一.jpg"), a_photo("二.jpg")])
    busy, _code = received(cast, zone, by="li", files=a_photo())
    closed, _code = received(cast, zone, by="li", files=a_photo())
    with zone():
        first, second = cast.discipline, cast.discipline2
        for matter in (busy, closed):
            handling.take_up(matter_id=matter.pk, actor=first)
            handling.note(matter_id=matter.pk, text="先调监控", form_key="k", actor=first)
            handling.reply(matter_id=matter.pk, text="正在查", form_key="k", actor=first)
            handling.propose_close(matter_id=matter.pk, finding=Finding.PARTLY, actor=first)
        handling.decide_close(matter_id=closed.pk, agreed=True, actor=second)
        for what in Closed:
            for matter in (busy, closed):
                identities.ask_unlock(matter_id=matter.pk, reason="需要核实一下", actor=first, what=what)
            identities.agree_unlock(matter_id=closed.pk, actor=second, what=what)
        content = CONTENT | {"who": "校外人员", "office": "某公司经理"}
        record = interference.record(content=content, form_key="k", actor=cast.judge)
        interference.state_none(month=interference.open_months()[1], actor=cast.judge)
    return Made(fresh, busy, closed, record, code)


def problems_of(page: Page, where: str) -> list[str]:
    """What is wrong with the page as it stands, in two sizes."""
    found = []
    for size in SIZES:
        page.set_viewport_size(size)  # type: ignore[arg-type]
        look = page.evaluate(LOOK)
        wrong = grave_problems(page)
        wrong += [] if look["lang"] == "zh-CN" and look["title"] else [f"lang or title: {look}"]
        wrong += [] if look["headings"] == 1 else [f"{look['headings']} h1"]
        wrong += [] if look["wide"] <= 0 else [f"{look['wide']} px too wide"]
        found += [f"{where} {size['width']}: {problem}" for problem in wrong]
    return found


def shown(page: Page, path: str, text: str) -> list[str]:
    """Problems of a page at an address."""
    answer = page.goto(path)
    assert answer is not None and answer.status == 200 and answer.request.redirected_from is None, path
    page.evaluate("document.querySelectorAll('main details').forEach(more => { more.open = true; })")
    return problems_of(page, f"{text} {path}")


def paths_of(made: Made) -> dict[str, dict[str, list[str]]]:
    """Every readable address of the zone, by its name and by who looks."""

    def at(name: str, *matters: Matter) -> list[str]:
        return [reverse(f"zone:{name}", args=[matter.public_id]) for matter in matters]

    desk = "/oversight/complaints/"
    return {
        "mine": {"li": ["/my/complaints/"], "zhang": ["/my/complaints/"]},
        "one": {"li": at("one", made.busy, made.closed)},
        "receipt": {"": ["/complaints/receipt/"]},
        "desk": {"discipline": [desk, f"{desk}?kind={Kind.INTERFERENCE}"], "supervisor": [desk]},
        "matter": {
            "discipline": at("matter", made.fresh, made.busy, made.closed, made.record),
            "discipline2": at("matter", made.busy),
        },
        "interference": {"judge": ["/interference/"]},
        "interference_new": {"judge": ["/interference/new/"]},
    }


def phone_of(new_page: Pages, cast: Cast, name: str) -> Page:
    """A page of this person, signed in."""
    page = new_page()
    if name:
        session = browser(cast, name).cookies[django_settings.SESSION_COOKIE_NAME].value
        base = page.context._impl_obj._options["baseURL"]
        page.context.add_cookies(
            [{"name": django_settings.SESSION_COOKIE_NAME, "value": session, "url": base}]
        )
    return page


@pytest.mark.parametrize("text", TEXT_SIZES)
def test_pages_of_the_zone(new_page: Pages, cast: Cast, zone: Zone, made: Made, text: str) -> None:
    with zone():
        paths = paths_of(made)
        names = {name.removeprefix("zone:") for name, _route in of_resolver(get_resolver("portal.zone.urls"))
                 if name.startswith("zone:")}  # fmt: skip
    assert paths.keys() == names - ONLY_POST - FILES, "every page of the zone is looked at"
    problems: list[str] = []
    people: dict[str, Page] = {}
    for by_person in paths.values():
        for name, addresses in by_person.items():
            if name not in people:
                people[name] = phone_of(new_page, cast, name)
                show_as(people[name], text=text)
            for path in addresses:
                problems += shown(people[name], path, f"{text} {name}")
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("text", TEXT_SIZES)
def test_pages_with_errors_and_files(new_page: Pages, cast: Cast, made: Made, text: str) -> None:
    """What comes back wrong, with files that are kept; the answer read with the code; the receipt."""
    problems: list[str] = []

    def press(page: Page, where: str, button: Any, *, words: str) -> None:
        button.click()
        page.wait_for_load_state()
        assert words in page.content(), where
        problems.extend(problems_of(page, f"{text} {where}"))

    visitor = new_page()
    show_as(visitor, text=text)
    visitor.goto("/complaints/receipt/")
    send = visitor.locator("main form button[type=submit]").first
    press(visitor, "no code", send, words="请填写回执码")
    visitor.fill("main [name=code]", made.code)
    press(visitor, "by code", send, words="随件收到2个文件")
    visitor.locator("main details > summary").click()
    photo = {"name": "照片.jpg", "mimeType": "", "buffer": a_photo().read()}
    visitor.set_input_files("#files", [photo, {"name": "坏.jpg", "mimeType": "", "buffer": b"x"}])  # type: ignore[list-item]
    press(visitor, "bad file", visitor.locator("details button[type=submit]").first, words="坏.jpg：")

    for name, path, button, words in (
        ("discipline", f"/oversight/complaints/{made.fresh.public_id}/", "发出答复", "请填写给反映人的答复"),
        ("judge", "/interference/new/", "交", "请填写过问人姓名"),
    ):
        page = phone_of(new_page, cast, name)
        show_as(page, text=text)
        page.goto(path)
        target = page.locator("main").get_by_role("button", name=button, exact=True)
        press(page, f"{name} {path}", target, words=words)
    assert not problems, "\n".join(problems)
