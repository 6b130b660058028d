"""Step 6 of the story: 李某 complains about the judge from a phone without scripts; the discipline office answers; the judge
finds nothing anywhere (SEC-30 to SEC-37)."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from courts.models import Court
from portal.demo import cast as people
from tests.complaints.conftest import inside
from tests.documents import craft
from tests.journeys.people import fill, follow, sign_in, sign_in_staff, submit
from tests.support.servers import Zone

Pages = Callable[..., Page]


@pytest.fixture
def court(transactional_db: None) -> Court:
    """The demo court with its staff and nobody else."""
    Court.objects.filter(code="某1234").update(is_open=True)
    court = Court.objects.get(code="某1234")
    people.hire(court, people.STAFF)
    people.enrol(people.LI)
    return court


def complain(page: Page, **more: str) -> str:
    """From the home page's footer to the receipt code."""
    page.goto("/")
    page.get_by_role("link", name="投诉或举报（承办人看不到）").click()
    expect(page.locator("main")).to_contain_text("不用登录，不用留电话")
    fill(
        page,
        {
            "court": "某1234",
            "who": "赵明",
            "about": "delay",
            "words": "开庭改了三次，没有一次提前说。",
            **more,
        },
    )
    submit(page, "提交")
    expect(page.locator("h1")).to_have_text("已经收到")
    return (page.locator("#code").text_content() or "").strip()


def open_boxes(settings: Any) -> None:
    """What the zone's process does every two seconds."""
    from complaints.services.intake import take_in

    with inside(settings):
        take_in()


@pytest.mark.req("SEC-30", "SEC-34", "SEC-37")
def test_complained_answered_and_never_seen_by_the_judge(
    new_page: Pages, court: Court, zone_process: Zone, settings: Any
) -> None:
    visitor = new_page(scripts=False)
    code = complain(visitor)
    assert re.fullmatch(r"[0-9A-Z]{5}(-[0-9A-Z]{5}){4}-[0-9A-Z]", code)
    assert "session" not in {cookie["name"] for cookie in visitor.context.cookies()}
    li = new_page(scripts=False)
    li.goto("/login/")
    sign_in(li, people.LI.phone)
    complain(li, confidential="yes", account="yes", who="赵法官")
    open_boxes(settings)

    officer = new_page(scripts=False)
    sign_in_staff(officer, "discipline")
    expect(officer).to_have_url(re.compile("/oversight/complaints/$"))
    expect(officer.locator("[data-queue] tbody tr")).to_have_count(2)
    follow(officer, "赵明")
    submit(officer, "我来办")
    submit_reply(officer, "")
    expect(officer.locator("main")).to_contain_text("请填写给反映人的答复")
    submit_reply(officer, "已查排期记录，改期没有提前告知，已要求改正。")
    officer.locator("summary", has_text="提请办结").click()
    fill(officer, {"close-finding": "founded"})
    submit(officer, "提请办结")
    second = new_page(desktop=True)
    sign_in_staff(second, "discipline2")
    follow(second, "赵明")
    submit(second, "同意办结")
    expect(second.locator("main")).to_contain_text("已办结")

    visitor.goto("/complaints/receipt/")
    fill(visitor, {"code": code.lower()})
    submit(visitor, "看答复")
    expect(visitor.locator("main")).to_contain_text("已要求改正")
    expect(visitor.locator("main")).to_contain_text("反映的情况属实")
    expect(visitor.locator("main")).not_to_contain_text("施严")

    li.goto("/my/complaints/")
    follow(li, "赵法官")
    expect(li.locator("main")).to_contain_text("正在查")
    li.locator("summary").click()
    fill(li, {"text": "补充：还有一次在上周五。"})
    submit(li, "发送")
    expect(li.locator("main")).to_contain_text("还有一次在上周五")

    judge = new_page(scripts=False)
    sign_in_staff(judge, "judge")
    expect(judge.locator("body")).not_to_contain_text("开庭改了三次")
    for path in ("/oversight/complaints/", second.url):
        answer = judge.goto(path)
        assert answer is not None and answer.status == 404


@pytest.mark.req("SEC-33", "SEC-34")
def test_a_photo_goes_with_it_and_its_place_stays_closed(
    new_page: Pages, court: Court, zone_process: Zone, settings: Any
) -> None:
    """A phone without scripts: one photo after the other, a wrong file in between, nothing chosen or typed twice. The officer
    sees the cleaned photo; the original opens when a colleague agrees; the receipt tells of both.
    """
    photo = craft.photo_with_position()
    visitor = new_page(scripts=False)
    visitor.goto("/complaints/")
    choose(visitor, "IMG_0001.jpg", photo)
    fill(visitor, {"who": "赵明"})
    submit(visitor, "先存文件，再接着写")
    expect(visitor.locator("fieldset .files")).to_contain_text("IMG_0001.jpg")
    choose(visitor, "录音.mp3", b"ID3" + bytes(99))
    fill(visitor, {"court": "某1234", "about": "manner", "words": "见照片。"})
    submit(visitor, "提交")
    expect(visitor.locator("main")).to_contain_text("录音.mp3：这里可以上传JPG")
    expect(visitor.locator("[name=who]")).to_have_value("赵明")
    expect(visitor.locator("fieldset .files")).to_contain_text("IMG_0001.jpg")
    submit(visitor, "提交")
    expect(visitor.locator("main")).to_contain_text("随件的1个文件已封存")
    code = (visitor.locator("#code").text_content() or "").strip()
    open_boxes(settings)

    officer, second = new_page(desktop=True, scripts=False), new_page(desktop=True)
    for page, name in ((officer, "discipline"), (second, "discipline2")):
        sign_in_staff(page, name)
        follow(page, "赵明")
    link = officer.get_by_role("link", name="照片 1")
    with Image.open(io.BytesIO(download(officer, link.get_attribute("href")))) as shown:
        assert not shown.getexif() and shown.size == (300, 400)
    officer.locator("summary", has_text="申请打开文件原件").click()
    fill(officer, {"originals-text": "需要核对照片是不是原来那一张"})
    officer.locator("details[open] button[type=submit]").click()
    expect(officer.locator("main")).to_contain_text("在等督察部门另一个人同意")
    second.reload()
    submit(second, "同意，两人一小时内可以打开")
    officer.reload()
    original = officer.get_by_role("link", name="下载原件").get_attribute("href")
    assert download(officer, original) == photo

    visitor.goto("/complaints/receipt/")
    fill(visitor, {"code": code})
    submit(visitor, "看答复")
    expect(visitor.locator("main")).to_contain_text("随件收到1个文件")
    expect(visitor.locator("main")).to_contain_text("打开过您的文件原件")


def choose(page: Page, name: str, content: bytes) -> None:
    """Choose a file of the phone."""
    page.set_input_files("#files", {"name": name, "mimeType": "", "buffer": content})


def download(page: Page, href: str | None) -> bytes:
    """What stands behind a link, with the session of the page."""
    assert href
    answer = page.request.get(href)
    assert answer.status == 200
    return answer.body()


def submit_reply(page: Page, text: str) -> None:
    """The answer to the author."""
    fill(page, {"reply-text": text})
    submit(page, "发出答复")


@pytest.mark.req("SEC-38")
def test_a_judge_records_a_call_from_above(new_page: Pages, court: Court, zone_process: Zone) -> None:
    judge = new_page(scripts=False)
    sign_in_staff(judge, "judge")
    judge.get_by_role("link", name="过问记录").click()
    follow(judge, "记录一次过问")
    fill(
        judge,
        {
            "who": "魏平",
            "office": "本院副院长",
            "day": "2026-03-02",
            "how": "call",
            "case_number": "（2026）某1234民初9号",
            "words": "问这个案子能不能快点判，已告知按程序办理。",
        },
    )
    submit(judge, "交")
    expect(judge.locator("main")).to_contain_text("已记录")
    expect(judge.locator("main")).to_contain_text("已告知按程序办理")
    leader = new_page(desktop=True)
    sign_in_staff(leader, "supervisor")
    leader.goto("/oversight/complaints/?kind=interference")
    expect(leader.locator("main")).to_contain_text("现在没有要您办的")
