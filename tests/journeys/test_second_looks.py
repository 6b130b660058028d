"""A question goes up twice and is watched on its way: 张 on a phone without scripts, judge, head and supervisor at desks.

Beside it the suggestion box, a survey with its draw, and a promise that was not kept.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from common import clock
from common.actor import system
from feedback import services
from feedback.models import Clock, Invitation, Level, Suggestion, SuggestionState, SurveyForm, Thread
from feedback.services.clocks import escalate_due
from portal.demo.cast import ZHANG
from tests.journeys.people import fill, sign_in, sign_in_staff, submit
from tests.support.scans import Told

Pages = Callable[..., Page]


def at_desk(new_page: Pages, username: str) -> Page:
    page = new_page(desktop=True)
    sign_in_staff(page, username)
    return page


def at_phone(new_page: Pages) -> Page:
    """张, signed in, scripts off."""
    page = new_page(scripts=False)
    page.goto("/login/")
    sign_in(page, ZHANG.phone)
    return page


def rate(page: Page, path: str, level: str, *, again: bool) -> None:
    page.goto(path)
    fill(page, {"level": level, "words": "还是没有说清楚"} | ({"reopen": "on"} if again else {}))
    submit(page, "提交评价")


def answer(page: Page, watched_on: str, text: str) -> None:
    """From the list to the thread; read twice, sent."""
    page.goto(watched_on)
    page.locator("main a[href^='/bench/messages/']").first.click()
    page.wait_for_load_state()
    fill(page, {"text": text})
    submit(page, "再读一遍")
    submit(page, "发送")


def question(told: Told) -> tuple[Thread, str]:
    thread = services.ask(
        case_id=told.case.pk,
        party_id=told.plaintiff.pk,
        topic="other",
        text="请问什么时候开庭？",
        actor=told.cast.zhang,
    )
    return thread, f"/my/cases/{told.case.public_id}/messages/{thread.public_id}/"


def test_the_question_goes_to_the_head_and_then_to_oversight(told: Told, new_page: Pages) -> None:
    thread, path = question(told)
    services.answer(thread_id=thread.pk, text="等通知。", actor=told.cast.judge)
    phone, head = at_phone(new_page), at_desk(new_page, "head")
    rate(phone, path, "unsatisfied", again=True)
    expect(phone.locator("main")).to_contain_text("庭长重新处理")
    answer(head, "/bench/division/", "下月三日开庭。")
    rate(phone, path, "unsatisfied", again=True)
    expect(phone.locator("main")).to_contain_text("院领导监督处理")
    head.goto("/bench/division/")
    expect(head.locator("main a[href^='/bench/messages/']")).to_have_count(0)
    supervisor = at_desk(new_page, "supervisor")
    answer(supervisor, "/oversight/threads/", "下月三日上午九点，第二法庭。")
    phone.goto(path)
    expect(phone.locator("main")).to_contain_text("第二法庭")
    expect(phone.locator("main [name=reopen]")).to_have_count(0)
    rate(phone, path, "satisfied", again=False)
    expect(phone.locator("main")).to_contain_text("这次留言已办完")
    thread.refresh_from_db()
    assert (thread.round, thread.level) == (3, Level.OVERSIGHT)


def test_a_promise_not_kept_is_said_on_the_thread_and_on_the_lists(
    told: Told, new_page: Pages, run_outbox: Callable[..., int]
) -> None:
    thread, path = question(told)
    ago = timedelta(days=20)
    for row in Clock.objects.filter(thread=thread):
        row.started_at, row.promised_at = row.started_at - ago, row.promised_at - ago
        row.due_at, row.next_at = row.promised_at, row.promised_at
        row.save()
    Thread.objects.filter(pk=thread.pk).update(opened_at=thread.opened_at - ago, reply_due_at=row.due_at)
    escalate_due(system("答复时限"))
    run_outbox()
    phone = at_phone(new_page)
    phone.goto("/my/notices/")
    expect(phone.locator("main")).to_contain_text("您的留言答复晚了")
    phone.goto(path)
    expect(phone.locator("main")).to_contain_text("法院没有按期答复")
    expect(phone.locator("main")).to_contain_text("现在由院领导 魏平 督办，新的期限")
    for username, page in (("head", "/bench/division/"), ("supervisor", "/oversight/threads/")):
        desk = at_desk(new_page, username)
        desk.goto(page)
        expect(desk.locator("main")).to_contain_text(told.case.number)
        expect(desk.locator("main")).to_contain_text("已超期，院领导督办")


def test_suggestion_and_survey_on_a_phone_without_scripts(
    told: Told, new_page: Pages, run_outbox: Callable[..., int]
) -> None:
    stranger, supervisor = new_page(scripts=False), at_desk(new_page, "supervisor")
    stranger.goto("/suggestions/")
    fill(stranger, {"court": str(told.cast.court.pk), "text": "立案大厅多放几把椅子"})
    submit(stranger, "提交建议")
    expect(stranger.locator("body")).to_contain_text("法院已收到您的建议")
    supervisor.goto("/oversight/suggestions/")
    supervisor.locator("main [data-open]").first.click()
    fill(supervisor, {"outcome": "已加二十把"})
    submit(supervisor, "处理完了")
    assert Suggestion.objects.get().state == SuggestionState.HANDLED

    thread, _path = question(told)
    services.answer(thread_id=thread.pk, text="等通知。", actor=told.cast.judge)
    today = clock.today().isoformat()
    supervisor.goto("/oversight/surveys/")
    fill(supervisor, {"title": "答复满意度", "since": today, "until": today, "size": "50", "seed": "2026041"})
    submit(supervisor, "抽样并发通知")
    expect(supervisor.locator("main")).to_contain_text("抽样种子：2026041")
    results = supervisor.url
    run_outbox()
    phone = at_phone(new_page)
    phone.goto("/my/notices/")
    expect(phone.locator("main")).to_contain_text("请您填一份满意度调查表")
    phone.goto(f"/my/surveys/{Invitation.objects.get().public_id}/")
    submit(phone, "交调查表")
    expect(phone.locator("body")).to_contain_text("请回答“答复及时吗”")
    fill(phone, {"clear": "satisfied", "timely": "basic", "polite": "satisfied", "solved": "unsatisfied"})
    submit(phone, "交调查表")
    expect(phone.locator("main")).to_contain_text("您的调查表已交，谢谢")
    assert SurveyForm.objects.count() == 1
    supervisor.goto(results)
    expect(supervisor.locator("main")).to_contain_text("1 / 1")
    expect(supervisor.locator("main")).to_contain_text("收回太少，不显示")


@pytest.mark.parametrize("scripts", [True, False])
def test_how_long_answers_take_is_there_for_everybody(told: Told, new_page: Pages, scripts: bool) -> None:
    page = new_page(scripts=scripts)
    page.goto("/")
    page.get_by_role("link", name="答复用时").click()
    expect(page.locator("main h1")).to_have_text("答复用时")
    expect(page.locator("main")).to_contain_text("法院不排名")
