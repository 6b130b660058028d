"""A person at a phone: signs in, fills forms, reads messages. Everything through pages."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

import pypdfium2
import zxingcpp
from playwright.sync_api import Page

from accounts.models import User
from portal.demo.cast import PASSWORD, Person
from tests.support.sign_in import new_app, next_code


def submit(page: Page, words: str) -> None:
    """Press the button or link of the page with these words and wait for the next page."""
    page.locator("main").get_by_role("button", name=words, exact=True).first.click()
    page.wait_for_load_state()


def follow(page: Page, words: str) -> None:
    """Follow a link of the page."""
    page.locator("main").get_by_role("link", name=words).first.click()
    page.wait_for_load_state()


def fill(page: Page, values: dict[str, Any]) -> None:
    """Fill a form by field name: text, a choice, or several choices."""
    for name, value in values.items():
        boxes = page.locator(f'main [name="{name}"]')
        if boxes.first.get_attribute("type") in ("radio", "checkbox"):
            for choice in value if isinstance(value, list) else [value]:
                page.locator(f'main [name="{name}"][value="{choice}"]').check()
        elif boxes.first.evaluate("box => box.tagName") == "SELECT":
            boxes.first.select_option(value)
        else:
            boxes.first.fill(value)


def code_for(page: Page, phone: str) -> str:
    """The newest code sent to a phone, read where the demo shows texts; looked for until it is there, as a person
    looks at the phone, because it may come a moment after the page."""
    for _look in range(200):
        code = re.search(r"验证码 (\d{6})", page.request.get(f"/demo/outbox/?to={phone}").text())
        if code is not None:
            return code.group(1)
    raise AssertionError(f"no code for {phone}")


def sign_in(page: Page, phone: str) -> None:
    """By phone and code."""
    fill(page, {"phone": phone})
    page.locator("main form button[type=submit]").first.click()
    fill(page, {"code": code_for(page, phone)})
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_load_state()


def sign_in_staff(page: Page, username: str) -> None:
    """By name and password, then by a code of the app."""
    code = next_code(new_app(User.objects.get(username=username)))
    page.goto("/staff/login/")
    fill(page, {"username": username, "password": PASSWORD})
    page.locator("main form button[type=submit]").first.click()
    fill(page, {"code": code})
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_load_state()


def tell_real_name(page: Page, person: Person) -> None:
    """Name and identity paper, once."""
    fill(page, {"name": person.name, "id_kind": "id_card", "id_number": person.id_number})
    submit(page, "保存")


def path_of(page: Page) -> str:
    """Path of the page shown."""
    return urlsplit(page.url).path


def read_code(pdf: bytes) -> str:
    """The address in the QR code of a rendered paper, decoded from its picture."""
    document = pypdfium2.PdfDocument(pdf)
    for number in range(len(document)):
        picture = document[number].render(scale=300 / 72).to_pil()
        for found in zxingcpp.read_barcodes(picture):
            return str(found.text)
    raise AssertionError("no code on the paper")
