"""Words that messages share."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courts.models import Court

ANSWER_TITLE = gettext_lazy("您有一条新答复")
ANSWER_BODY = gettext_lazy("您有一条新答复，请登录或重新扫码查看。")
"""The same whatever was answered, a message or a complaint (SEC-37)."""


SERVICE_KINDS = frozenset({"paper_delivered"})
"""Kinds that say that a paper was delivered (送达): texts of them may wait, they are never dropped (REL-22)."""


def spoken_day(value: object) -> str:
    """3月21日, from a date or its ISO text."""
    day = value if isinstance(value, date) else date.fromisoformat(str(value)[:10])
    return _("%(month)s月%(day)s日") % {"month": day.month, "day": day.day}


def sms_text(court: Court, body: str) -> str:
    """Sender, what, where to look, hotline; no short links (UX §7)."""
    return _("【%(court)s】%(body)s网址 %(host)s ，电话%(hotline)s。") % {
        "court": court.name,
        "body": body,
        "host": settings.SITE_HOST,
        "hotline": settings.COURT_HOTLINE,
    }
