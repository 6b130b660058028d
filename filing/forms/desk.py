"""Forms of the clerk's desk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from common.forms import PlainForm, TextField
from filing.defects import Defect, library_for
from filing.selectors import Draft


class NoticeForm(PlainForm):
    """The correction notice: ticked defects, words, and a reason when it is the second one."""

    defects = forms.MultipleChoiceField(
        label=gettext_lazy("要补的内容"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": gettext_lazy("请至少选一项要补的内容"),
            "invalid_choice": gettext_lazy("请从列出的选项里选"),
        },
    )
    words = TextField(label=gettext_lazy("补充说明"), max_length=1000, required=False)
    reason_for_repeat = TextField(
        label=gettext_lazy("为什么再次通知补正"),
        max_length=500,
        required=False,
        help_text=gettext_lazy("已经通知过一次。主管会看到这条理由。"),
    )

    def __init__(self, draft: Draft, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        self.library = {defect.code: defect for defect in library_for(draft)}
        self.fields["defects"].choices = [(d.code, d.title) for d in self.library.values()]  # type: ignore[attr-defined]
        if draft.notice is None:
            del self.fields["reason_for_repeat"]

    def chosen(self) -> list[Defect]:
        """The ticked defects of the library."""
        return [self.library[code] for code in self.cleaned_data["defects"]]
