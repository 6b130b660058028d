"""What of an application changed since the last correction notice: decides who must agree to a second one (R-15)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from filing.draft import EVIDENCE, SIDE_OF_TASK
from filing.elements import schema
from filing.models import Filing

Content = dict[str, Any]


def unchanged_since_notice(filing: Filing, places: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """The places (task, slot) that say the same in the two newest sendings. One query.

    The court has seen these once already, so it had its one chance to name what is missing there. Empty before the
    second sending.
    """
    rounds = list(filing.submissions.order_by("-round")[:2])
    if len(rounds) < 2:
        return []
    after, before = (json.loads(submission.content) for submission in rounds)
    form = schema.load(filing.form)
    return [place for place in places if _part(form, before, place) == _part(form, after, place)]


def _part(form: schema.ElementForm, content: Content, place: tuple[str, str]) -> Any:
    """What a sending says at one place of the task list."""
    task, slot = place
    if task in SIDE_OF_TASK:
        return [party for party in content["parties"] if party["side"] == SIDE_OF_TASK[task]]
    if task == EVIDENCE:
        return sorted(m["sha256"] for m in content["materials"] if m["slot"] == slot or not slot)
    found = form.task(task)
    if found is None:
        return content.get(task, content.get("e_delivery"))
    keys = [item.key for page in found.pages for item in page.fields]
    return {key: content["answers"].get(key) for key in keys}
