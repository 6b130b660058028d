"""The applicant's pages in Chromium on a phone: usable without scripts, accessible, nothing wider than the screen."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from playwright.sync_api import Page, expect

from accounts.models import User
from accounts.services import sign_in_by_phone
from common import clock
from filing.models import Filing
from portal.demo.cast import OTHERS, ZHANG
from portal.demo.several import wage_group
from standins.models import CashierOrder
from tests.filing.pages import client_of, home
from tests.filing.test_pages_draft import photo, returned
from tests.filing.test_pages_precheck import ANSWERS
from tests.look.axe import assert_accessible, assert_no_sideways_scroll, show_as
from tests.support.court import Cast, draft, submitted
from tests.support.length import TEXT_SIZES
from tests.support.servers import Live

NewPage = Callable[..., Page]
DRAFT_PAGES = (
    "",
    "me/",
    "me/new/",
    "other/new/",
    "third/new/",
    "claims/interest/",
    "facts/security/",
)
DRAFT_PAGES += ("evidence/", "delivery/", "check/", "withdraw/")
ANSWERED = "&".join(f"{name}={value}" for name, value in ANSWERS.items())
OPEN_PAGES = (
    "/precheck/",
    f"/precheck/result/?{ANSWERED}",
    f"/precheck/result/?{ANSWERED.replace('recent', 'old')}",
    "/precheck/result/?what=labour&work_claim=wages&arbitrated=no",
    "/precheck/result/?what=private_lending&who=unknown",
    "/login/",
    "/staff/login/",
    "/demo/outbox/",
)


def enter(page: Page, user: User, live: Live) -> None:
    """Be signed in as this person from the next page on."""
    value = client_of(user).cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live.url}])


def cashier() -> str:
    """The page of an order with a long number at the sandbox cashier."""
    order = CashierOrder.objects.create(
        merchant="court",
        out_no="PO" + "a1b2c3d4" * 4,
        amount_fen=123_456_789_00,
        subject="案件受理费 （2026）某1234民初56号",
        notify_url="/",
        return_url="/my/",
        created_at=clock.now(),
    )
    return f"/demo/cashier/{order.out_no}/"


def look(page: Page, *addresses: str) -> None:
    for address in addresses:
        answer = page.goto(address)
        assert answer is not None and answer.status == 200, address
        expect(page.locator("h1")).to_have_count(1)
        assert_no_sideways_scroll(page)
        assert_accessible(page)


@pytest.mark.parametrize("text", TEXT_SIZES)
def test_every_page_is_accessible_on_a_phone(cast: Cast, live: Live, new_page: NewPage, text: str) -> None:
    page = new_page()
    show_as(page, text=text)
    look(page, *OPEN_PAGES, cashier())
    enter(page, sign_in_by_phone(phone="13900000009"), live)
    look(page, "/my/real-name/")
    enter(page, cast.users["zhang"], live)
    filing = draft(cast, without=("principal",))
    look(
        page, "/my/real-name/", f"/my/filings/new/?{ANSWERED}", *(home(filing, rest) for rest in DRAFT_PAGES)
    )
    sent = submitted(cast, principal=1)
    look(page, home(sent), home(sent, "sent/"), home(sent, "withdraw/"))
    look(page, home(returned(cast, "unreadable_IOU", "other_unclear"), "fix/"))


@pytest.mark.parametrize("text", TEXT_SIZES)
def test_pages_of_a_group_are_accessible_on_a_phone(
    cast: Cast, live: Live, new_page: NewPage, text: str
) -> None:
    page = new_page()
    show_as(page, text=text)
    enter(page, cast.users["zhang"], live)
    workers = [ZHANG, *OTHERS[:4]]
    filing = wage_group(court=cast.court, user=cast.users["zhang"], people=workers, today=clock.today())
    look(page, *(home(filing, rest) for rest in ("me/", "me/list/", "group/", "agents/new/", "check/")))
    page.goto(home(filing, "me/"))
    page.locator("main details > summary").last.click()
    expect(page.get_by_role("button", name="去掉这一位")).to_have_count(1)
    assert_accessible(page)
    assert_no_sideways_scroll(page)


@pytest.mark.parametrize("text", TEXT_SIZES)
def test_pages_with_errors_are_accessible_and_take_the_focus(
    cast: Cast, live: Live, new_page: NewPage, text: str
) -> None:
    page = new_page()
    show_as(page, text=text)
    enter(page, cast.users["zhang"], live)
    filing = draft(cast)
    for rest, emptied in (("me/new/", "name"), ("claims/principal/", "principal"), ("check/", "signed_name")):
        page.goto(home(filing, rest))
        page.fill(f"main [name={emptied}]", "")
        page.locator("main form .btns .btn").last.click()
        expect(page.locator(".errsum")).to_be_focused()
        assert page.title().startswith("有误：")
        assert_no_sideways_scroll(page)
        assert_accessible(page)
        page.locator(".errsum a").first.click()
        assert page.evaluate("document.activeElement.matches('input, select, textarea')")


def test_questions_that_do_not_matter_are_hidden_where_scripts_run(
    cast: Cast, live: Live, new_page: NewPage
) -> None:
    page = new_page()
    enter(page, cast.users["zhang"], live)
    filing = draft(cast, without=("interest",))
    page.goto(home(filing, "claims/interest/"))
    expect(page.get_by_label("利息算到哪一天")).to_be_hidden()
    page.check("input[name=interest_claimed][value=是]")
    expect(page.get_by_label("利息算到哪一天")).to_be_visible()
    page.goto(home(filing, "facts/security/"))
    page.check("input[name=mortgage][value=是]")
    page.check("input[name=maximum_security][value=是]")
    expect(page.locator("[name=maximum_amount]")).to_be_visible()
    page.check("input[name=mortgage][value=否]")
    expect(page.locator("[name=maximum_amount]")).to_be_hidden()
    page.goto(home(filing, "me/new/"))
    page.check("input[name=kind][value=legal]")
    expect(page.locator("[name=legal_representative]")).to_be_visible()
    expect(page.locator("[name=ethnicity]")).to_be_hidden()


def test_a_filing_is_finished_and_sent_without_scripts(cast: Cast, live: Live, new_page: NewPage) -> None:
    page = new_page(scripts=False)
    enter(page, cast.users["zhang"], live)
    filing = draft(cast, without=("interest", "IOU"))
    page.goto(home(filing, "check/"))
    page.get_by_role("link", name="请选择“您要不要利息”").click()
    expect(page.locator("[name=interest_amount]")).to_be_visible()
    page.check("input[name=interest_claimed][value=否]")
    page.get_by_role("button", name="继续").click()
    page.goto(home(filing, "check/"))
    page.get_by_role("link", name="请上传“借条、收据、欠条”").click()
    taken = photo("借条正面.jpg")
    page.set_input_files(
        "#file-IOU", {"name": str(taken.name), "mimeType": "image/jpeg", "buffer": taken.read()}
    )
    page.locator("#slot-IOU").get_by_role("button", name="上传").click()
    expect(page.locator("#slot-IOU")).to_contain_text("借条正面.jpg")
    page.goto(home(filing, "check/"))
    page.check("[name=agree]")
    page.fill("[name=signed_name]", "张某")
    page.get_by_role("button", name="提交立案申请").click()
    expect(page.locator("h1")).to_have_text("您的申请已提交，还没有立案")
    assert Filing.objects.get().number in page.content()
    page.go_back()
    page.goto(home(filing, "check/"))
    expect(page.locator("h1")).to_have_text("您的申请已提交，还没有立案")


def test_files_arrive_one_by_one_where_scripts_run_and_say_what_is_wrong(
    cast: Cast, live: Live, new_page: NewPage
) -> None:
    page = new_page()
    enter(page, cast.users["zhang"], live)
    filing = draft(cast, without=("IOU",))
    page.goto(home(filing, "evidence/"))
    good, bad = photo("好的.jpg"), SimpleUploadedFile("坏的.jpg", b"GIF89a")
    files = [{"name": str(f.name), "mimeType": "image/jpeg", "buffer": f.read()} for f in (good, bad)]
    page.set_input_files("#file-IOU", files)
    slot = page.locator("#slot-IOU [data-upload-list]")
    expect(slot.locator("li").nth(0)).to_contain_text("已收到")
    expect(slot.locator("li").nth(1)).to_contain_text("坏的.jpg：")
    assert filing.materials.filter(slot="IOU").count() == 1


def test_the_receipt_prints_without_header_and_buttons(cast: Cast, live: Live, new_page: NewPage) -> None:
    page = new_page()
    enter(page, cast.users["zhang"], live)
    page.goto(home(submitted(cast), "sent/"))
    page.emulate_media(media="print")
    expect(page.locator("header.top")).to_be_hidden()
    expect(page.locator("main .btn").first).to_be_hidden()
    expect(page.get_by_text("申请编号，还不是案号")).to_be_visible()
