"""What a handler reads where two people open something: who the author is, and files as they came."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common.actor import Actor, Role
from complaints.models import Closed, Matter, UnlockRequest
from complaints.services import identities


@dataclass(frozen=True)
class Words:
    """Sentences of one lock; ``key`` is the address of its form and the prefix of its fields."""

    key: str
    ask: Any
    hint: Any
    waiting: Any
    asked: Any
    agree: Any
    agreed: Any


WORDS = {
    Closed.IDENTITY: Words(
        key="unlock",
        ask=_("申请查看反映人的身份"),
        hint=_("要督察部门两个人，反映人以后会知道。"),
        waiting=_("查看身份的申请在等督察部门另一个人同意。"),
        asked=_("有人申请查看反映人的身份"),
        agree=_("同意，两人一小时内可见"),
        agreed=_("已同意。两个人一小时内可以看到身份，反映人会知道身份被看过。"),
    ),
    Closed.ORIGINALS: Words(
        key="originals",
        ask=_("申请打开文件原件"),
        hint=_("原件里可能有拍摄地点、设备和文件名，会说出反映人是谁。要督察部门两个人，反映人以后会知道。"),
        waiting=_("打开原件的申请在等督察部门另一个人同意。"),
        asked=_("有人申请打开文件原件"),
        agree=_("同意，两人一小时内可以打开"),
        agreed=_("已同意。两个人一小时内可以打开原件，反映人会知道原件被打开过。"),
    ),
}


@dataclass(frozen=True)
class Lock:
    """One lock of a matter as this handler sees it: the form that asks for it, and the request that waits."""

    words: Words
    ask_href: str
    agree_href: str
    form: Any
    request: UnlockRequest | None
    can_agree: bool


def locks_of(found: Matter, actor: Actor, form_of: dict[str, Any], *, originals_open: bool) -> list[Lock]:
    """Locks that the discipline office can ask to open now; ``form_of`` gives the forms by the key of the lock."""
    if actor.role != Role.DISCIPLINE:
        return []
    shut = []
    if found.author and found.confidential:
        shut.append(Closed.IDENTITY)
    if not originals_open and found.enclosures.exists():
        shut.append(Closed.ORIGINALS)
    locks = []
    for what in shut:
        asked = identities.waiting_request(found, what)
        can_agree = asked is not None and asked.asked_by != actor.user_id
        words, place = WORDS[what], [found.public_id]
        ask_href, agree_href = (
            reverse(f"zone:{words.key}", args=place),
            reverse(f"zone:{words.key}_agree", args=place),
        )
        locks.append(Lock(words, ask_href, agree_href, form_of[words.key], asked, can_agree))
    return locks
