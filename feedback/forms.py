"""Shapes of asking, answering and rating."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import Party, Side
from common.actor import Role
from common.case_numbers import normalize
from common.clock import beijing_day
from common.forms import ChoiceField, DayField, LineField, PhoneField, PlainForm, SeenField, TextField
from courts.models import Court, StaffPost
from documents.models import Copy
from feedback.models import QUESTIONS, CheckOutcome, Satisfaction, Topic

RATING_WHO_SEES = gettext_lazy("谁能看到：庭长、院领导。对方当事人看不到。")


class TopicForm(PlainForm):
    """我想……"""

    boxed = ("topic",)
    option_hints = {
        "topic": {
            Topic.PROGRESS: gettext_lazy("案件到哪一步了，马上能看"),
            Topic.MATERIAL: gettext_lazy("先说交什么，法院告诉您怎么交"),
            Topic.STATEMENT: gettext_lazy("对方还钱了、地址变了、申请缓交费用等"),
            Topic.APPOINTMENT: gettext_lazy("什么时候开庭、想见法官"),
            Topic.PAPER: gettext_lazy("看不懂、写错了、没收到"),
        }
    }

    topic = forms.ChoiceField(
        label=gettext_lazy("您想办什么"),
        choices=Topic.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("请选择您想办什么"),
            "invalid_choice": gettext_lazy("请从列出的选项里选"),
        },
    )


class MessageForm(PlainForm):
    """What a party writes to the court; ``who`` says exactly who will read it."""

    text = TextField(label=gettext_lazy("要说的话"), max_length=2000)
    boxed = ("copy", "party")

    def __init__(self, data: Any = None, *, who: Any, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.who_can_see = {"text": who}


class AskForm(MessageForm):
    """A new question: which paper a doubt is about, and for whom somebody speaks who stands for several parties."""

    def __init__(
        self, data: Any = None, *, copies: Sequence[Copy] = (), parties: Sequence[Party] = (), **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        if len(parties) > 1:
            self.fields["party"] = ChoiceField(
                label=gettext_lazy("替谁留言"),
                choices=[
                    (str(party.public_id), f"{Side(party.side).label} {party.name}") for party in parties
                ],
                widget=forms.RadioSelect,
                ask=gettext_lazy("请选择替谁留言"),
            )
        if copies:
            self.fields["copy"] = ChoiceField(
                label=gettext_lazy("哪一份文书"),
                choices=[
                    *((str(copy.public_id), _paper(copy)) for copy in copies),
                    ("none", _("不在这里面")),
                ],
                widget=forms.RadioSelect,
                ask=gettext_lazy("请选择是哪一份文书"),
            )
        self.order_fields(["party", "copy", "text"])


def _paper(copy: Copy) -> str:
    day = beijing_day(copy.issued_at) if copy.issued_at else None
    return f"{copy.paper.title}（{day:%Y-%m-%d}，{copy.serial}）" if day else copy.paper.title


class AnswerForm(PlainForm):
    """An answer; the second read stands between writing and sending."""

    text = TextField(label=gettext_lazy("答复内容"), max_length=3000)
    ending = ChoiceField(
        label=gettext_lazy("这次答复"),
        choices=[
            ("settles", gettext_lazy("办完了，请当事人评价")),
            ("interim", gettext_lazy("先回复进展，还没有办完")),
            ("asks", gettext_lazy("请当事人补充，等他回话")),
        ],
        widget=forms.RadioSelect,
        initial="settles",
        required=False,
    )

    def how_it_ends(self) -> dict[str, bool]:
        """Arguments of the service; nothing chosen settles."""
        how = self.cleaned_data["ending"] or "settles"
        return {"settles": how == "settles", "asks_party": how == "asks"}


class NoteForm(PlainForm):
    """An internal note, a form of its own."""

    prefix = "note"
    text = TextField(label=gettext_lazy("内部备注（当事人看不到）"), max_length=3000)


class CorrectionForm(PlainForm):
    """The right words for an answer that was wrong."""

    prefix = "correction"
    text = TextField(label=gettext_lazy("更正后的内容"), max_length=3000)


class CheckForm(PlainForm):
    """What becomes of a message on the merits."""

    outcome = ChoiceField(
        label=gettext_lazy("核对结果"),
        choices=CheckOutcome.choices,
        widget=forms.RadioSelect,
        ask=gettext_lazy("请选择核对结果"),
    )
    reason = LineField(
        label=gettext_lazy("理由"),
        help_text=gettext_lazy("不转给对方的，必须写，提交的当事人会看到"),
        max_length=300,
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        """Only passing on needs no reason."""
        cleaned = super().clean() or {}
        if cleaned.get("outcome") in (CheckOutcome.COURT_ONLY, CheckOutcome.REFUSED):
            if not cleaned.get("reason") and "reason" not in self.errors:
                self.add_error("reason", _("请写明理由"))
        return cleaned


class TemplateForm(PlainForm):
    """A prepared answer of the court."""

    title = LineField(label=gettext_lazy("标题"), max_length=60)
    text = TextField(label=gettext_lazy("内容"), max_length=3000)
    seen = SeenField()


class RatingForm(PlainForm):
    """满意 / 基本满意 / 不满意, with words; 不满意 may ask for a second look."""

    level = forms.ChoiceField(
        label=gettext_lazy("您对这次答复满意吗"),
        choices=Satisfaction.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("请选择满意程度"),
            "invalid_choice": gettext_lazy("请从列出的选项里选"),
        },
    )
    words = TextField(label=gettext_lazy("想说的话"), max_length=500, required=False)
    reopen = forms.BooleanField(
        label=gettext_lazy("请庭长重新处理一次"),
        help_text=gettext_lazy("选了“不满意”才有用。一次留言可以请一次，答复期限重新计算"),
        required=False,
    )
    boxed = ("level",)

    def for_round(self, number: int) -> None:
        """After the head's answer the next look is that of oversight; after that there is none."""
        if number == 2:
            self.fields["reopen"].label = gettext_lazy("请院领导监督处理")
            self.fields["reopen"].help_text = gettext_lazy(
                "选了“不满意”才有用。这是最后一次重新处理，答复期限重新计算"
            )
        elif number > 2:
            del self.fields["reopen"]

    who_can_see = {"words": RATING_WHO_SEES}

    def clean(self) -> dict[str, Any]:
        """The second look goes with 不满意 only."""
        cleaned = super().clean() or {}
        if cleaned.get("reopen") and cleaned.get("level") not in (None, "", Satisfaction.UNSATISFIED):
            self.add_error("reopen", _("选“不满意”时才能请求重新处理"))
        return cleaned


class ReworkForm(PlainForm):
    """What was wrong and what changes."""

    words = TextField(label=gettext_lazy("原因和改进"), max_length=1000)


class LeaveForm(PlainForm):
    """Who is away, from when to when, who answers meanwhile. The choices are handed in."""

    post = ChoiceField(label=gettext_lazy("谁休假"), ask=gettext_lazy("请选择谁休假"))
    deputy = ChoiceField(label=gettext_lazy("谁代班"), ask=gettext_lazy("请选择谁代班"))
    from_on = DayField(label=gettext_lazy("第一天"))
    until_on = DayField(label=gettext_lazy("最后一天"))

    def __init__(self, *args: Any, posts: list[StaffPost], deputies: list[StaffPost], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, rows in (("post", posts), ("deputy", deputies)):
            _offer(self, name, [("", _("请选择")), *((str(row.pk), _post_words(row)) for row in rows)])


def _offer(form: forms.Form, name: str, choices: list[tuple[str, str]]) -> None:
    cast(forms.ChoiceField, form.fields[name]).choices = choices


def _post_words(post: StaffPost) -> str:
    role = _("法官") if post.role == Role.JUDGE else _("书记员")
    return f"{post.user.name}（{role}）"


class SuggestionForm(PlainForm):
    """A suggestion to a court; a phone number only if an answer is wanted."""

    court = ChoiceField(label=gettext_lazy("给哪个法院"), ask=gettext_lazy("请选择给哪个法院"))
    text = TextField(label=gettext_lazy("您的建议"), max_length=1000)
    phone = PhoneField(label=gettext_lazy("手机号"), required=False, help_text=gettext_lazy("想听到结果再填"))
    who_can_see = {"text": gettext_lazy("谁能看到：院领导。不会转给承办您案件的人。")}

    def __init__(self, *args: Any, courts: list[Court], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(court.pk), court.name) for court in courts]
        _offer(self, "court", choices if len(courts) == 1 else [("", _("请选择")), *choices])


class OutcomeForm(PlainForm):
    """What came of a suggestion."""

    outcome = TextField(label=gettext_lazy("处理结果"), max_length=500)


class SurveyOpenForm(PlainForm):
    """A new survey: whose questions, how many are drawn, by which published seed."""

    title = LineField(label=gettext_lazy("名称"), max_length=60)
    since = DayField(label=gettext_lazy("答复从"))
    until = DayField(label=gettext_lazy("答复到"))
    size = LineField(label=gettext_lazy("抽多少人"), max_length=5)
    seed = LineField(
        label=gettext_lazy("抽样种子"),
        max_length=60,
        help_text=gettext_lazy("公布的号码，例如当天福利彩票的开奖号，谁都可以重算"),
    )

    def clean_size(self) -> int:
        """A whole number from 1 to 10000."""
        written = self.cleaned_data["size"]
        if not written.isascii() or not written.isdigit() or not 1 <= int(written) <= 10000:
            raise forms.ValidationError(_("抽多少人应为1到10000的整数"))
        return int(written)

    def clean(self) -> dict[str, Any]:
        """The end is not before the start."""
        cleaned = super().clean() or {}
        if cleaned.get("since") and cleaned.get("until") and cleaned["until"] < cleaned["since"]:
            self.add_error("until", _("结束日期不能早于开始日期"))
        return cleaned


def _level(question: str) -> ChoiceField:
    return ChoiceField(
        label=QUESTIONS[question],
        ask=format_lazy(gettext_lazy("请回答“{question}”"), question=QUESTIONS[question]),
        choices=Satisfaction.choices,
        widget=forms.RadioSelect,
    )


class SurveyAnswerForm(PlainForm):
    """The form of a survey: four questions in three levels, and words."""

    clear = _level("clear")
    timely = _level("timely")
    polite = _level("polite")
    solved = _level("solved")
    words = TextField(label=gettext_lazy("还想说的话"), max_length=500, required=False)
    boxed = tuple(QUESTIONS)
    who_can_see = {"words": gettext_lazy("谁能看到：院领导。调查表不记您的姓名，也不记是哪件案子。")}


class ContactsForm(PlainForm):
    """Filters of the ledger; they live in the address, so a wrong value is simply no filter."""

    first = DayField(label=gettext_lazy("从哪天"), required=False)
    last = DayField(label=gettext_lazy("到哪天"), required=False)
    number = LineField(label=gettext_lazy("案号"), required=False, max_length=60)

    def __init__(self, data: Any = None, *, posts: Sequence[StaffPost] = (), **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        if posts:
            self.fields["who"] = ChoiceField(
                label=gettext_lazy("谁的"),
                choices=[("", _("全部")), *((str(post.public_id), post.user.name) for post in posts)],
                required=False,
            )

    def clean_number(self) -> str:
        """As it is stored, however it was typed."""
        return normalize(self.cleaned_data["number"])

    def chosen(self) -> dict[str, Any]:
        """What was chosen and can be read."""
        self.full_clean()
        return {name: value for name, value in self.cleaned_data.items() if value}
