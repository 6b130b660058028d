"""Shapes of complaints, of what handlers write, and of interference records."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.forms import ChoiceField, DayField, LineField, PlainForm, TextField
from common.text import fold_width
from complaints.models import About, Finding
from complaints.services.door import RECEIPT_LETTERS, Said
from courts.models import Court

WHO_SEES = gettext_lazy(
    "谁能看到：督察部门或院领导中需要办理的人。被反映的人、他的下属和本案承办人员看不到。"
)
AUTHOR_SEES = gettext_lazy("谁能看到：反映人本人和办理这件事的人。")
LONGEST = 5000


class ComplaintForm(PlainForm):
    """投诉或举报. Without an account there is no question of who writes."""

    boxed = ("about", "confidential", "account")
    who_can_see = {"words": WHO_SEES}

    court = ChoiceField(label=gettext_lazy("哪个法院"), ask=gettext_lazy("请选择法院"))
    who = LineField(
        label=gettext_lazy("要反映谁"),
        max_length=200,
        help_text=gettext_lazy("姓名；不知道姓名就写岗位，例如“3号窗口的工作人员”"),
    )
    about = ChoiceField(
        label=gettext_lazy("什么问题"),
        choices=About.choices,
        widget=forms.RadioSelect,
        ask=gettext_lazy("请选择是什么问题"),
    )
    when = LineField(label=gettext_lazy("什么时候的事"), max_length=100, required=False)
    case_number = LineField(
        label=gettext_lazy("案号"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("和某个案件有关就写，这样本案承办人员会回避"),
    )
    words = TextField(label=gettext_lazy("事情经过"), max_length=LONGEST)
    confidential = ChoiceField(
        label=gettext_lazy("要不要为您的身份保密"),
        choices=[("yes", gettext_lazy("保密")), ("no", gettext_lazy("不用保密，办理的人可以知道我是谁"))],
        widget=forms.RadioSelect,
        initial="yes",
        ask=gettext_lazy("请选择要不要保密"),
    )
    account = ChoiceField(
        label=gettext_lazy("用不用现在登录的账号"),
        choices=[
            ("no", gettext_lazy("不用，匿名提交：凭回执码看答复")),
            ("yes", gettext_lazy("用账号：登录就能看答复，有答复会通知您")),
        ],
        widget=forms.RadioSelect,
        initial="no",
        ask=gettext_lazy("请选择用不用账号"),
    )

    def __init__(
        self, data: Any = None, *, courts: list[Court], account: bool, initial: dict[str, Any] | None = None
    ) -> None:
        super().__init__(data, initial=initial)
        court: Any = self.fields["court"]
        ask = [("", gettext_lazy("请选择"))] if len(courts) > 1 else []
        court.choices = [*ask, *((row.code, row.name) for row in courts)]
        self.courts = {row.code: row.pk for row in courts}
        if not account:
            del self.fields["account"], self.fields["confidential"]

    def said(self, user_id: int | None, files: tuple[str, ...] = ()) -> Said:
        """What was written, with the boxes of its files; the account goes along only when its owner said so."""
        given = self.cleaned_data
        return Said(
            court_id=self.courts[given["court"]],
            who=given["who"],
            about=given["about"],
            when=given["when"],
            case_number=given["case_number"],
            words=given["words"],
            confidential=given.get("confidential", "yes") == "yes",
            user_id=user_id if given.get("account") == "yes" else None,
            files=files,
        )


class ReceiptForm(PlainForm):
    """The code that was shown once."""

    code = LineField(
        label=gettext_lazy("回执码"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
        help_text=gettext_lazy("提交时显示的26位字母和数字"),
    )

    def clean_code(self) -> str:
        """Forgive blanks, dashes, lower case, full width and letters that look like digits."""
        code = re.sub(r"[\s\-－—]", "", fold_width(self.cleaned_data["code"])).upper()
        code = code.translate(str.maketrans("OIL", "011"))
        if not re.fullmatch(rf"[0-9A-Z]{{{RECEIPT_LETTERS}}}", code):
            raise forms.ValidationError(_("回执码是26位字母和数字，请照回执上的填"))
        return "-".join(code[start : start + 5] for start in range(0, RECEIPT_LETTERS, 5))


class MoreForm(PlainForm):
    """The author adds something."""

    text = TextField(label=gettext_lazy("想补充的话"), max_length=2000)
    who_can_see = {"text": AUTHOR_SEES}


class ReplyForm(PlainForm):
    """An answer to the author, in the name of the office."""

    text = TextField(label=gettext_lazy("给反映人的答复"), max_length=3000)


class NoteForm(PlainForm):
    """A note for those who handle the matter."""

    text = TextField(label=gettext_lazy("内部记录"), max_length=3000)


class CloseForm(PlainForm):
    """What came out."""

    finding = ChoiceField(
        label=gettext_lazy("查明的结果"),
        choices=Finding.choices,
        widget=forms.RadioSelect,
        ask=gettext_lazy("请选择查明的结果"),
    )


class ReasonForm(PlainForm):
    """Why the author's identity, or a file as it came, must be seen."""

    text = TextField(label=gettext_lazy("为什么必须查看"), max_length=500)

    def clean_text(self) -> str:
        """A real reason."""
        text = str(self.cleaned_data["text"])
        if len(text) < 10:
            raise forms.ValidationError(_("请写明理由，至少10个字"))
        return text


class NameForm(PlainForm):
    """A member of staff by number, to be kept away from the matter."""

    staff_no = LineField(label=gettext_lazy("被反映人工号"), max_length=20)


class InterferenceForm(PlainForm):
    """三个规定: who asked about or meddled with which case, when, how and in which words. All of it is needed."""

    who = LineField(label=gettext_lazy("过问人姓名"), max_length=100)
    office = LineField(label=gettext_lazy("过问人单位和职务"), max_length=200)
    day = DayField(label=gettext_lazy("过问的日期"), future_allowed=False)
    how = ChoiceField(
        label=gettext_lazy("怎么过问的"),
        choices=[
            ("call", gettext_lazy("打电话、发信息")),
            ("meeting", gettext_lazy("当面")),
            ("letter", gettext_lazy("批示、函件")),
            ("other", gettext_lazy("托人带话或者其他")),
        ],
        widget=forms.RadioSelect,
        ask=gettext_lazy("请选择怎么过问的"),
    )
    case_number = LineField(label=gettext_lazy("案号"), max_length=60)
    words = TextField(label=gettext_lazy("过问的内容和您的处理"), max_length=LONGEST)
    boxed = ("how",)
    who_can_see = {
        "words": gettext_lazy("谁能看到：您自己、督察部门。被记录的人和他的下属看不到。交了不能改。")
    }


class MonthForm(PlainForm):
    """None this month."""

    month = forms.CharField(widget=forms.HiddenInput)

    def clean_month(self) -> date:
        """The first day of a month."""
        try:
            return date.fromisoformat(f"{self.cleaned_data['month']}-01")
        except ValueError:
            raise forms.ValidationError(_("请从列出的月份里选")) from None
