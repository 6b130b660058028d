"""Shapes of asking, answering and rating."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import Party, Side
from common.clock import beijing_day
from common.forms import ChoiceField, LineField, PlainForm, TextField
from documents.models import Copy
from feedback.models import CheckOutcome, Satisfaction, Topic

RATING_WHO_SEES = gettext_lazy("谁能看到：庭长。对方当事人看不到。")


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

    def __init__(self, data: Any = None, *, who: str, **kwargs: Any) -> None:
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
    who_can_see = {"words": RATING_WHO_SEES}

    def clean(self) -> dict[str, Any]:
        """The second look goes with 不满意 only."""
        cleaned = super().clean() or {}
        if cleaned.get("reopen") and cleaned.get("level") not in (None, "", Satisfaction.UNSATISFIED):
            self.add_error("reopen", _("选“不满意”时才能请庭长重新处理"))
        return cleaned
