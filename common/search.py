"""The search box of the desks."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import LineField, PlainForm
from common.text import fold_width


class SearchForm(PlainForm):
    """One box; half and full width, blanks around it and case brackets of any kind are forgiven."""

    q = LineField(
        label=_("编号、案号或姓名"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "data-search": True}),
    )

    def words(self) -> str:
        """What to look for; empty when nothing usable was typed."""
        return fold_width(self.cleaned_data["q"]).strip() if self.is_valid() else ""
