"""Forms about the end of a case and changes on the way: shape only, what is allowed is said by the services."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.models import Case, Outcome, ParticipantKind, Party
from cases.service_wording import HINTS
from cases.services import COLLECTED, LATER_EFFECT, SHARED, Wish, tracks_for
from cases.services.changes import claim_shown, track_shown
from common.forms import (
    ChoiceField,
    DayField,
    LineField,
    MoneyField,
    NameField,
    PlainForm,
    SeenField,
    TelephoneField,
    TextField,
)
from common.versions import seen_of

YUAN = _("元")
YES, NO = "yes", "no"


class WithdrawForm(PlainForm):
    """Why somebody wants to stop."""

    words = TextField(label=_("为什么撤诉"), help_text=_("例如：对方已经还钱；双方已经谈好"), max_length=1000)
    who_can_see = {"words": _("谁能看到：承办法官。对方当事人看不到。")}


class RulingForm(PlainForm):
    """The ruling about a withdrawal."""

    granted = ChoiceField(
        label=_("裁定"),
        ask=_("请选择准许还是不准许"),
        widget=forms.RadioSelect,
        choices=[(YES, _("准许撤诉")), (NO, _("不准许撤诉"))],
    )
    reasons = TextField(label=_("理由"), help_text=_("当事人会看到"), max_length=2000)


class CloseForm(PlainForm):
    """How a case ends; only what its outcome needs."""

    decided_on = DayField(label=_("裁判日期"), future_allowed=False)
    effective_on = DayField(
        label=_("生效日期"),
        help_text=_("还没有生效的不填，生效以后再记。退费从生效日起算15日"),
        required=False,
        future_allowed=False,
    )
    fee_borne = MoneyField(
        label=_("原告方负担的受理费"),
        help_text=_("全部由对方负担填0。当事人同意由对方直接付给原告的，仍按原告方负担填"),
        allow_zero=True,
    )
    obtained = MoneyField(label=_("执行到位的金额"), help_text=_("没有到位填0"), allow_zero=True)
    words = TextField(label=_("裁判主文或者说明"), help_text=_("当事人会在案件里看到"), max_length=4000)
    units = {"fee_borne": YUAN, "obtained": YUAN}

    def __init__(self, outcome: str, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        if outcome not in LATER_EFFECT:
            del self.fields["effective_on"]
        if outcome not in SHARED:
            del self.fields["fee_borne"]
        elif outcome == Outcome.MEDIATED:
            self.fields["fee_borne"].required = False
            self.fields["fee_borne"].help_text = _(
                "调解书没有另外约定的不填，就是全部由原告方负担（减半以后）"
            )
        if outcome not in COLLECTED:
            del self.fields["obtained"]


class EffectForm(PlainForm):
    """Since when a judgment has effect."""

    effective_on = DayField(label=_("生效日期"), future_allowed=False)


class TrackForm(PlainForm):
    """Another procedure with reasons."""

    track = ChoiceField(label=_("转到"), ask=_("请选择转到哪种程序"), widget=forms.RadioSelect)
    reasons = TextField(label=_("理由"), help_text=_("当事人会看到"), max_length=1000)
    seen = SeenField()

    def __init__(self, case: Case, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, initial={"seen": seen_of(*track_shown(case).values())})
        self.fields["track"].choices = [(track.value, track.label) for track in tracks_for(case)]  # type: ignore[attr-defined]


class ClaimForm(PlainForm):
    """Another amount in dispute, whether the court still investigates, and why."""

    amount = MoneyField(label=_("变更后的标的额"))
    before_end = ChoiceField(
        label=_("法庭调查终结了吗"),
        help_text=_("终结以后减少请求的，受理费不退（诉讼费用交纳办法第二十一条）"),
        ask=_("请选择法庭调查是否终结"),
        widget=forms.RadioSelect,
        choices=[(YES, _("还没有终结")), (NO, _("已经终结"))],
    )
    reasons = TextField(label=_("理由"), help_text=_("当事人会看到"), max_length=1000)
    seen = SeenField()
    units = {"amount": YUAN}

    def __init__(self, case: Case, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, initial={"seen": seen_of(*claim_shown(case).values())})

    def change(self) -> dict[str, Any]:
        """What the service wants; only of a valid form."""
        return self.cleaned_data | {"before_end": self.cleaned_data["before_end"] == YES}


class ServiceForm(PlainForm):
    """送达地址确认书: the inbox or paper, and the address for paper, which is confirmed either way."""

    electronic = ChoiceField(
        label=_("法院的文书怎么送给您"),
        ask=_("请选择文书怎么送给您"),
        widget=forms.RadioSelect,
        choices=[(YES, _("送到这个平台的收件箱，并发短信提醒")), (NO, _("寄纸质文书"))],
    )
    postal_address = LineField(
        label=_("收件地址"),
        help_text=_(
            "选收件箱的也要填：您要纸质文书的时候寄到这里。写到门牌号，例如：某市某区某路1号2单元301"
        ),
        max_length=300,
    )
    postal_phone = TelephoneField(
        label=_("收件电话"), help_text=_("快递员打这个电话，座机要写区号"), required=False
    )
    confidential = forms.BooleanField(label=_("请法院保密，不告诉对方当事人"), required=False)
    confirmed = forms.BooleanField(
        label=_("我确认这个地址和电话是准确的，也看过上面写明的后果"),
        error_messages={"required": _("请先确认地址，再提交")},
    )
    boxed = ("electronic",)
    option_hints = {"electronic": HINTS}
    who_can_see = {"postal_phone": _("谁能看到：承办法官、书记员和寄文书的工作人员。对方当事人看不到。")}

    def wish(self) -> Wish:
        """What the service wants; only of a valid form."""
        data = self.cleaned_data
        return Wish(
            electronic=data["electronic"] == YES,
            address=data["postal_address"],
            phone=data["postal_phone"],
            confidential=data["confidential"],
            source=data.get("source", ""),
        )


class SpokenServiceForm(ServiceForm):
    """The same, taken up by the court for a party who says it at the counter or in the hearing."""

    source = LineField(
        label=_("根据什么记录"),
        help_text=_("例如：2026年11月21日谈话笔录、本人签名的送达地址确认书"),
        max_length=100,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["electronic"].label = _("当事人要文书怎么送")
        self.fields["electronic"].choices = [  # type: ignore[attr-defined]
            (YES, _("送到平台的收件箱，并发短信提醒")),
            (NO, _("寄纸质文书")),
        ]
        self.fields["postal_address"].help_text = _("写到门牌号，向当事人念一遍核对")
        self.fields["confidential"].label = _("当事人请法院保密，不告诉对方")
        self.fields["confirmed"].label = _("已经向当事人念过上面写明的后果，他确认地址和电话准确")
        self.order_fields(["source", *(name for name in self.fields if name != "source")])


COURT = "court"
"""Instead of a party: the court itself calls somebody."""


class ParticipantForm(PlainForm):
    """Somebody who takes part and is no party."""

    kind = ChoiceField(
        label=_("身份"),
        ask=_("请选择身份"),
        widget=forms.RadioSelect,
        choices=ParticipantKind.choices,
    )
    name = NameField(label=_("姓名"), help_text=_("鉴定机构指派的人写到个人"))
    address = LineField(
        label=_("地址"),
        help_text=_("出庭通知书寄到这里。写到门牌号，例如：某市某区某路1号2单元301"),
        max_length=300,
    )
    phone = TelephoneField(label=_("电话"), required=False)
    boxed = ("kind", "asked_by")

    def __init__(self, parties: Sequence[Party], data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        self.fields["asked_by"] = ChoiceField(
            label=_("谁申请的"),
            help_text=_(
                "有专门知识的人只能由当事人申请，一方最多两名（民事诉讼法第八十二条、解释第一百二十二条）"
            ),
            ask=_("请选择是谁申请的"),
            widget=forms.RadioSelect,
            choices=[
                *((str(one.public_id), f"{one.name}（{one.get_side_display()}）") for one in parties),
                (COURT, _("没有当事人申请，法院通知")),
            ],
        )

    def person(self) -> dict[str, Any]:
        """What the service wants; only of a valid form."""
        data = dict(self.cleaned_data)
        asked = data.pop("asked_by")
        return data | {"asked_by_public_id": None if asked == COURT else UUID(asked)}
