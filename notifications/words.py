"""How a day is written in a message."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _


def spoken_day(value: object) -> str:
    """3月21日, from a date or its ISO text."""
    day = value if isinstance(value, date) else date.fromisoformat(str(value)[:10])
    return _("%(month)s月%(day)s日") % {"month": day.month, "day": day.day}
