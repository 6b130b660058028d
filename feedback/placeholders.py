"""The blanks of reply templates. A template is data only: nothing in it is evaluated."""

from __future__ import annotations

import re

from django.utils.translation import gettext_lazy as _

from common.clock import beijing_day
from feedback.models import Thread

BLANK = re.compile(r"\{([^{}\n]{1,20})\}")
BLANKS = {
    "案号": _("案号"),
    "案由": _("案由"),
    "当事人": _("提问的当事人"),
    "承办法官": _("现在的承办法官"),
    "提出日期": _("提问的日期"),
    "最晚答复": _("答应的日期"),
    "法院": _("法院名称"),
    "法院电话": _("法院电话"),
    "文书": _("当事人问的那份文书"),
}


def unknown_in(text: str) -> list[str]:
    """Blanks of a text that nothing fills."""
    return sorted({name for name in BLANK.findall(text) if name not in BLANKS})


def fill(text: str, thread: Thread, judge: str) -> str:
    """The text with its blanks filled from a thread; one that has no value stays for the writer to see."""
    day = "{0.year}年{0.month}月{0.day}日".format
    values = {
        "案号": thread.case.number,
        "案由": thread.case.cause.name,
        "当事人": thread.party.name,
        "承办法官": judge,
        "提出日期": day(beijing_day(thread.opened_at)),
        "最晚答复": day(thread.reply_due_on),
        "法院": thread.case.court.name,
        "法院电话": thread.case.court.phone,
        "文书": thread.copy.paper.title if thread.copy else "",
    }
    return BLANK.sub(lambda found: values.get(found[1]) or found[0], text)
