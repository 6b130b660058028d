"""A person fills in an application and sends it: page by page, as a phone without scripts does it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from playwright.sync_api import Page, expect

from accounts.models import User
from filing.elements import schema
from filing.models import Filing
from filing.selectors import draft_of
from filing.tasklist import gaps_of
from portal.demo.cast import Person
from portal.demo.loan import photo
from tests.filing.answers import posted
from tests.filing.pages import client_of
from tests.journeys.people import fill, follow, path_of, submit

Answers = dict[str, Any]


def answer_precheck(page: Page, answers: Mapping[str, str]) -> None:
    """Up to nine taps, one question a page; what ``answers`` leaves out: the first choice, or an amount."""
    page.goto("/precheck/")
    for _question in range(9):
        if path_of(page) != "/precheck/":
            break
        fill(page, _answer(page, answers))
        submit(page, "继续")
    assert path_of(page) == "/precheck/result/"


def _answer(page: Page, answers: Mapping[str, str]) -> dict[str, str]:
    """What to tick or write on the page of one question; a search goes before a choice that is not offered yet."""
    boxes = [box for box in page.locator("main [name]:not([type=hidden])").all()]
    radios = [box for box in boxes if box.get_attribute("type") == "radio"]
    for box in radios:
        name, value = str(box.get_attribute("name")), str(box.get_attribute("value"))
        if answers.get(name) == value:
            return {name: value}
    names = [str(box.get_attribute("name")) for box in boxes if box not in radios]
    for name in names:
        if name in answers:
            return {name: answers[name]}
    if radios:
        return {str(radios[0].get_attribute("name")): str(radios[0].get_attribute("value"))}
    return {names[0]: "60000"}


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


def asked(filing: Filing) -> Iterator[tuple[str, schema.Page, Answers]]:
    """The pages of the form as they are asked, one after the other: address, page, answers by then."""
    for task in schema.load(filing.form).tasks:
        for shown in task.pages:
            kept = Filing.objects.get(pk=filing.pk).answers
            if shown.asked(kept):
                yield f"/my/filings/{filing.public_id}/{task.key}/{shown.key}/", shown, kept


def values_for(shown: schema.Page, kept: Answers, own: Mapping[str, Any]) -> Answers:
    """What a page is sent with: ``own`` answers, else made-up ones, one row in each table."""
    values = posted(shown, kept, rows=1)
    return values | {name: value for name, value in own.items() if name in values}


def fill_form(page: Page, filing: Filing, own: Mapping[str, Any]) -> None:
    """Every page that is asked, as it comes."""
    for address, shown, kept in asked(filing):
        page.goto(address)
        here = page.url
        fill(page, values_for(shown, kept, own))
        submit(page, "继续")
        expect(page).not_to_have_url(here)


def post_form(user: User, filing: Filing, own: Mapping[str, Any]) -> None:
    """The same pages sent without a browser: for a form that another journey fills in by hand."""
    client = client_of(user)
    for address, shown, kept in asked(filing):
        assert client.post(address, values_for(shown, kept, own)).status_code == 302, address


def needed(filing: Filing) -> list[str]:
    """Slots of papers that must be given and are still empty."""
    return [slot.key for slot, files in draft_of(filing).slots() if slot.required and not files]


def add_photos(page: Page, home: str, slots: list[str], *, scripts: bool = False) -> None:
    """A photograph for each slot, each kept as it arrives: by the button, where ``scripts`` run as soon as it is chosen."""
    for slot in slots:
        upload = photo(["演示样张", slot], f"{slot}.jpg")
        page.goto(f"{home}evidence/")
        box = page.locator(f"#slot-{slot}")
        box.locator("input[type=file]").set_input_files(
            {"name": upload.name or "", "mimeType": "image/jpeg", "buffer": upload.read()}
        )
        if not scripts:
            box.get_by_role("button").last.click()
            page.wait_for_load_state()
        expect(box.locator(".files:not([data-upload-list])")).to_contain_text(f"{slot}.jpg")


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


def finish(
    page: Page,
    filing: Filing,
    name: str,
    own: Mapping[str, Any] | None = None,
    *,
    post_as: User | None = None,
    scripts: bool = False,
) -> None:
    """Everything after the people: the form (with ``post_as`` without the browser), the papers, the way of delivery;
    nothing is missing; sent. ``scripts`` says that they run on this page."""
    home = f"/my/filings/{filing.public_id}/"
    if post_as is None:
        fill_form(page, filing, own or {})
    else:
        post_form(post_as, filing, own or {})
    add_photos(page, home, needed(Filing.objects.get(pk=filing.pk)), scripts=scripts)
    choose_delivery(page, home)
    assert [gap.message for gap in gaps_of(draft_of(Filing.objects.get(pk=filing.pk)))] == []
    send(page, home, name)
