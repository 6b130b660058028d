"""A person fills in an application and sends it: page by page, as a phone without scripts does it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from playwright.sync_api import Page, expect

from filing.elements import schema
from filing.models import Filing
from filing.selectors import draft_of
from portal.demo.cast import Person
from portal.demo.loan import photo
from tests.filing.answers import posted
from tests.journeys.people import fill, follow, path_of, submit


def answer_precheck(page: Page, answers: Mapping[str, str]) -> None:
    """Up to eight taps, one question a page; what ``answers`` leaves out: the first choice, or an amount."""
    page.goto("/precheck/")
    for _question in range(8):
        if path_of(page) != "/precheck/":
            break
        boxes = page.locator("main [name]:not([type=hidden])").all()
        offered = {str(box.get_attribute("name")): box for box in reversed(boxes)}
        name = next((name for name in offered if name in answers), list(offered)[-1])
        is_choice = offered[name].get_attribute("type") == "radio"
        usual = offered[name].get_attribute("value") if is_choice else "60000"
        fill(page, {name: answers.get(name, usual)})
        submit(page, "继续")
    assert path_of(page) == "/precheck/result/"


def begin(page: Page, capacity: str = "self") -> str:
    """From the result of the pre-check to the task list, whose path comes back."""
    follow(page, "开始填写")
    fill(page, {"capacity": capacity})
    submit(page, "开始填写")
    return path_of(page)


def name_person(page: Page, home: str, task: str, person: Person, **more: Any) -> None:
    """One natural person of a side (``me`` or ``other``), with his identity card."""
    page.goto(f"{home}{task}/new/")
    fill(page, {"kind": "natural", "name": person.name, "id_kind": "id_card", "id_number": person.id_number})
    fill(page, {"phone": person.phone, "address": person.address} | more)
    if task == "me":
        fill(page, {"ethnicity": "汉族"})
    submit(page, "保存")
    assert path_of(page) == f"{home}{task}/"


def fill_form(page: Page, filing: Filing, own: Mapping[str, Any] | None = None) -> None:
    """Every page that is asked, as it comes, with one row in each table; ``own`` answers instead of made-up ones."""
    for task in schema.load(filing.form).tasks:
        for shown in task.pages:
            kept = Filing.objects.get(pk=filing.pk).answers
            if not shown.asked(kept):
                continue
            page.goto(f"/my/filings/{filing.public_id}/{task.key}/{shown.key}/")
            here, values = page.url, posted(shown, kept, rows=1)
            fill(page, values | {name: value for name, value in (own or {}).items() if name in values})
            submit(page, "继续")
            expect(page).not_to_have_url(here)


def needed(filing: Filing) -> list[str]:
    """Slots of papers that must be given and are still empty."""
    return [slot.key for slot, files in draft_of(filing).slots() if slot.required and not files]


def add_photos(page: Page, home: str, slots: list[str]) -> None:
    """A photograph for each slot, each kept as it arrives."""
    for slot in slots:
        upload = photo(["演示样张", slot], f"{slot}.jpg")
        page.goto(f"{home}evidence/")
        chooser = page.locator(f"#slot-{slot} input[type=file]")
        chooser.set_input_files(
            {"name": upload.name or "", "mimeType": "image/jpeg", "buffer": upload.read()}
        )
        page.locator(f"#slot-{slot}").get_by_role("button").last.click()
        page.wait_for_load_state()
        expect(page.locator(f"#slot-{slot}")).to_contain_text(f"{slot}.jpg")


def choose_delivery(page: Page, home: str, choice: str = "yes") -> None:
    """Papers into the inbox, or by post."""
    page.goto(f"{home}delivery/")
    fill(page, {"e_delivery": choice})
    submit(page, "继续")


def send(page: Page, home: str, name: str) -> None:
    """Read everything once more, sign with the name, send."""
    page.goto(f"{home}check/")
    page.locator('main [name="agree"]').check()
    fill(page, {"signed_name": name})
    submit(page, "提交立案申请")
    assert path_of(page) == f"{home}sent/"
    expect(page.locator("main")).to_contain_text("还没有立案")


def finish(page: Page, filing: Filing, name: str, own: Mapping[str, Any] | None = None) -> None:
    """Everything after the people: the form, the papers, the way of delivery; nothing is missing; sent."""
    home = f"/my/filings/{filing.public_id}/"
    fill_form(page, filing, own)
    add_photos(page, home, needed(Filing.objects.get(pk=filing.pk)))
    choose_delivery(page, home)
    assert [gap.message for gap in draft_of(Filing.objects.get(pk=filing.pk)).gaps()] == []
    send(page, home, name)
