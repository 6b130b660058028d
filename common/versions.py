"""Whether a form was filled in against what stands now (REL-34).

The page carries ``seen_of`` what it showed in a hidden field (``common.forms.SeenField``); the service, under its lock, compares. No
column is needed, and whatever way a value was changed meanwhile, it is found.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from django.utils.translation import gettext as _

from common.errors import StaleVersion

SEEN = "seen"
LENGTH = 16


def seen_of(*values: object) -> str:
    """What a form carries of the values that it shows; equal values give equal text."""
    said = json.dumps([str(value) for value in values], ensure_ascii=False)
    return hashlib.sha256(said.encode()).hexdigest()[:LENGTH]


def must_be_seen(seen: str | None, stands: Mapping[str, object]) -> None:
    """StaleVersion with what stands now, by label, when a form showed something else. ``seen`` is None for who comes without a form;
    a form that carries nothing has seen nothing."""
    fresh = seen_of(*stands.values())
    if seen is None or seen == fresh:
        return
    now = "；".join(f"{label}：{value or '—'}" for label, value in stands.items())
    raise StaleVersion(
        _("刚刚有人改过这里，您的没有保存。现在是：%(now)s。您填的还在下面，要改成您的，请再保存一次。")
        % {"now": now},
        seen=fresh,
    )


def must_not_overwrite(seen: str | None, kept: Mapping[str, object], typed: Mapping[str, object]) -> None:
    """For a person's own draft, by field: StaleVersion with both texts when the page showed something else than what is kept now and
    what was typed differs from it. What is sent twice overwrites nothing, nor does a first answer. ``seen`` as above."""
    fresh = seen_of(*kept.values())
    if (
        seen is None
        or seen == fresh
        or all(_answer(kept.get(name)) == _answer(typed[name]) for name in typed)
    ):
        return
    if not seen and all(_answer(value) is None for value in kept.values()):
        return
    message = _("这里刚才在别的窗口改过，您这次填的还没有保存，也没有丢。两边的内容都在下面，请选一个。")
    raise StaleVersion(message, kept=kept, typed=typed, seen=fresh)


def _answer(value: object) -> object:
    """A value of a draft, None for a field without an answer; a zero is one."""
    return None if value is False or value in ("", []) else value
