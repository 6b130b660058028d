"""Two complaints of the demo court: one answered and closed, one that waits. Given at the door, worked on in the zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from accounts.models import User
from common import clock
from common.actor import Actor
from complaints.models import About, Finding, Matter
from complaints.services import door, handling
from complaints.services.authors import matter_of_receipt
from complaints.services.intake import take_in
from courts.models import Court
from courts.posts import live_posts
from portal.demo.cast import as_staff


@dataclass(frozen=True)
class Told:
    """One complaint; ``key`` stands for its form, so the receipt code follows from it."""

    key: str
    who: str
    about: str
    when: str
    words: str


ANSWERED = Told(
    "demo-complaint-answered",
    "立案窗口的工作人员",
    About.MANNER,
    "上个月底的下午",
    "去窗口问材料，工作人员说得很快，没有听清又问了一遍，被说“自己看墙上”。",
)
OPEN = Told(
    "demo-complaint-open-one",
    "民一庭的书记员",
    About.DELAY,
    "最近两个星期",
    "打了四次电话问开庭时间，每次都说在忙，过后没有回电话。",
)
ANSWER = "已调取窗口录音核实，当天服务用语确有不当。已对当事人员谈话提醒，窗口增加了一名导诉。向您致歉。"


def complain_in_demo(court: Court, told: Told, *, user_id: int | None) -> None:
    """Put it into the zone, as the public page does."""
    said = door.Said(court.pk, told.who, told.about, told.when, "", told.words, True, user_id)
    door.submit(said=said, form_key=told.key, address="demo")


def _actor(username: str) -> Actor:
    user = User.objects.get(username=username)
    return as_staff(live_posts().select_related("user").get(user=user))


def work_in_demo() -> None:
    """In the zone's process: open both, answer one and close it by two."""
    if Matter.objects.exists():
        return
    take_in()
    found = matter_of_receipt(door.receipt_of(ANSWERED.key))
    if found is None:
        return
    now = clock.now()
    first, second = _actor("discipline"), _actor("discipline2")
    with clock.at(max(found.received_at, now - timedelta(days=4))):
        handling.take_up(matter_id=found.pk, actor=first)
        handling.reply(matter_id=found.pk, text=ANSWER, form_key="demo", actor=first)
    with clock.at(max(found.received_at, now - timedelta(days=3))):
        handling.propose_close(matter_id=found.pk, finding=Finding.FOUNDED, actor=first)
        handling.decide_close(matter_id=found.pk, agreed=True, actor=second)
