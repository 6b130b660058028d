"""What the forms of this app share."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy


class ChoiceField(forms.ChoiceField):
    """A choice with our sentences."""

    def __init__(self, *, ask: str | Promise = "", **kwargs: Any) -> None:
        messages: dict[str, Any] = {"required": ask, "invalid_choice": gettext_lazy("请从列出的选项里选")}
        super().__init__(error_messages=messages, **kwargs)
