"""Shapes of asking, answering and rating."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.forms import PlainForm, TextField
from feedback.models import Satisfaction, Topic

WHO_SEES = gettext_lazy("谁能看到：承办法官、书记员。对方当事人看不到。留言会留在案卷里，不能删除。")


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
    """What a party writes to the court."""

    text = TextField(label=gettext_lazy("要说的话"), max_length=2000)
    who_can_see = {"text": WHO_SEES}


class AnswerForm(PlainForm):
    """An answer or an internal note; the second read stands between writing and sending."""

    text = TextField(label=gettext_lazy("答复内容"), max_length=3000)


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
