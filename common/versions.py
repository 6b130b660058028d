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
        **{SEEN: fresh},
    )
