"""Shape of the period filter."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.forms import DayField, PlainForm


class PeriodForm(PlainForm):
    """From one day to another, inclusive."""

    since = DayField(label=gettext_lazy("从"))
    until = DayField(label=gettext_lazy("到"))

    def clean(self) -> dict[str, Any]:
        """The end is not before the start."""
        cleaned = super().clean() or {}
        if cleaned.get("since") and cleaned.get("until") and cleaned["until"] < cleaned["since"]:
            self.add_error("until", _("结束日期不能早于开始日期"))
        return cleaned
