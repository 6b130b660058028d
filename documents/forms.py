"""Forms of the print desk: shape and sentences only; what is possible is said by the services."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import clock
from common.errors import DomainError
from common.forms import DayField, LineField, PlainForm, SeenField, TelephoneField
from common.pages import add_errors
from documents.delivery_rules import outcomes_of
from documents.models import ORIGINS, Delivery, DeliveryMethod, DeliveryState, OfficeKind
from documents.services.deliveries import DESK_METHODS, HANDED_OVER

TOGETHER = (DeliveryMethod.POST, DeliveryMethod.PUBLICATION)
"""Ways that many copies go at once."""


class QueueFilter(PlainForm):
    """Filters of the queue; lives in the address, so a wrong value is simply no filter."""

    q = LineField(label=gettext_lazy("份号、案号、收件人或邮件号"), required=False, max_length=60)
    late = forms.BooleanField(label=gettext_lazy("只看已超期的"), required=False)

    def chosen(self) -> dict[str, Any]:
        """Arguments for ``selectors.print_desk``."""
        self.full_clean()
        view = str(self.data.get("view", DeliveryState.WAITING))
        found = getattr(self, "cleaned_data", {})
        return {"view": view, "search": found.get("q", ""), "late_only": bool(found.get("late"))}


class PostedForm(PlainForm):
    """Ticked copies (``pick`` = public id and version) that left together: a mail bag with one tracking number for each
    envelope (``t-<id>``), or one publication for all (``way``)."""

    sent_on = DayField(label=gettext_lazy("寄出或者公告的日期"), future_allowed=False)
    note = LineField(
        label=gettext_lazy("公告登在哪里"),
        help_text=gettext_lazy("公告的必填，写进送达回证"),
        required=False,
        max_length=100,
    )
    way = forms.ChoiceField(
        choices=[(way.value, way.label) for way in TOGETHER], widget=forms.HiddenInput, required=False
    )
    view = forms.ChoiceField(
        choices=[(DeliveryState.WAITING, ""), (DeliveryState.FAILED, "")],
        widget=forms.HiddenInput,
        required=False,
    )

    def clean_way(self) -> str:
        return self.cleaned_data["way"] or str(DeliveryMethod.POST)

    def clean_view(self) -> str:
        return self.cleaned_data["view"] or str(DeliveryState.WAITING)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self._picked():
            raise forms.ValidationError(_("请先勾选要登记的文书"))
        if cleaned.get("way") == DeliveryMethod.PUBLICATION and not cleaned.get("note"):
            self.add_error("note", _("请填写公告登在哪里"))
        return cleaned

    def _picked(self) -> list[str]:
        return self.data.getlist("pick") if hasattr(self.data, "getlist") else []

    def ticked(self) -> list[tuple[uuid.UUID, int]]:
        """Public id and version of each ticked copy; what was tampered with is left out."""
        found = []
        for value in self._picked()[:100]:
            public_id, _colon, version = value.partition(":")
            try:
                found.append((uuid.UUID(public_id), int(version)))
            except ValueError:
                continue
        return found

    def tracking_numbers(self) -> dict[uuid.UUID, str]:
        """The typed numbers of the ticked copies."""
        return {public_id: str(self.data.get(f"t-{public_id}", "")) for public_id, _version in self.ticked()}

    def refuse(self, sentences: dict[uuid.UUID, str]) -> None:
        """Put each refused copy's sentence beside its row."""
        self.refused = sentences
        self.add_error(None, _("有%(count)s份没有登记，原因写在各行里") % {"count": len(sentences)})

    def typed(self, delivery: Delivery) -> dict[str, Any]:
        """What the row of ``delivery`` shows of this form."""
        refused: dict[uuid.UUID, str] = getattr(self, "refused", {})
        ticked = {public_id for public_id, _version in self.ticked()}
        return {
            "ticked": delivery.public_id in ticked,
            "typed_no": self.data.get(f"t-{delivery.public_id}", ""),
            "field": f"t-{delivery.public_id}",
            "error": refused.get(delivery.public_id, ""),
        }


class FactForm(PlainForm):
    """One fact of a delivery; ``version`` is the state of the row the clerk has seen."""

    move: ClassVar[str]
    url_name: ClassVar[str]
    title: ClassVar[Any]
    button: ClassVar[Any]

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, delivery: Delivery) -> None:
        initial = {"version": delivery.version, **self.first_values(delivery)}
        super().__init__(data, initial=initial, auto_id=f"{self.move}-%s")
        self.delivery = delivery

    def first_values(self, delivery: Delivery) -> dict[str, Any]:
        """What stands in the fields of an empty form."""
        return {}

    @property
    def action(self) -> str:
        return reverse(f"documents:{self.url_name}", args=[self.delivery.public_id])

    @property
    def is_offered(self) -> bool:
        """Whether the page shows it."""
        return True

    def facts(self) -> dict[str, Any]:
        """Arguments of the service."""
        return self.cleaned_data

    def take(self, error: DomainError) -> None:
        """Show a service's refusal; after it the form carries the present version, so that the clerk decides anew."""
        add_errors(self, error)
        fresh = Delivery.objects.filter(pk=self.delivery.pk).values_list("version", flat=True).first()
        kept: Any = self.data.copy()  # type: ignore[attr-defined]
        kept["version"] = fresh
        self.data = kept


class OfficeForm(PlainForm):
    """An outside office that the court writes to."""

    kind = forms.ChoiceField(
        label=gettext_lazy("是什么单位"),
        choices=OfficeKind.choices,
        error_messages={"required": gettext_lazy("请选择是什么单位")},
    )
    name = LineField(label=gettext_lazy("单位全称"), max_length=100)
    address = LineField(label=gettext_lazy("地址"), max_length=300)
    phone = TelephoneField(label=gettext_lazy("电话（选填）"), required=False)
    seen = SeenField()


class SentForm(FactForm):
    move, url_name = "send", "sent"
    title, button = gettext_lazy("登记发出"), gettext_lazy("登记发出")

    method = forms.ChoiceField(
        label=gettext_lazy("送达方式"),
        choices=[(method.value, method.label) for method in DESK_METHODS],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请选择送达方式")},
    )
    sent_on = DayField(label=gettext_lazy("发出日期"))
    tracking_no = LineField(
        label=gettext_lazy("邮件号"), help_text=gettext_lazy("邮寄时必填"), required=False, max_length=40
    )
    address = LineField(
        label=gettext_lazy("送到哪里"),
        help_text=gettext_lazy("换了地址再送的，改成新地址，并选谁提供的"),
        required=False,
        max_length=300,
    )
    address_origin = forms.ChoiceField(
        label=gettext_lazy("这个地址由谁提供"), choices=ORIGINS, widget=forms.RadioSelect, required=False
    )
    note = LineField(label=gettext_lazy("说明（选填）"), required=False)

    def first_values(self, delivery: Delivery) -> dict[str, Any]:
        return {
            "method": DeliveryMethod.POST,
            "sent_on": clock.today(),
            "address": delivery.goes_to,
            "address_origin": delivery.address_origin,
        }


class OutcomeForm(FactForm):
    move, url_name = "deliver", "outcome"
    title, button = gettext_lazy("登记结果"), gettext_lazy("登记结果")

    method = forms.ChoiceField(
        label=gettext_lazy("怎么交给收件人的"),
        choices=[(method.value, method.label) for method in HANDED_OVER],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请选择怎么交给收件人的")},
    )
    outcome = forms.ChoiceField(
        label=gettext_lazy("结果"),
        help_text=gettext_lazy("算不算送达，系统按法律规定判断，登记后写明理由"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请选择送的结果")},
    )
    happened_on = DayField(
        label=gettext_lazy("日期"), help_text=gettext_lazy("按送达回证或者退回邮件上的日期")
    )
    without_fault = forms.BooleanField(
        label=gettext_lazy("收件人能证明退回不是他自己的原因（专递规定第十一条）"), required=False
    )
    note = LineField(
        label=gettext_lazy("说明（选填）"),
        help_text=gettext_lazy("写进送达回证，收件人看得到"),
        required=False,
    )

    def __init__(self, data: Any = None, *, delivery: Delivery) -> None:
        super().__init__(data, delivery=delivery)
        ways: tuple[DeliveryMethod, ...] = HANDED_OVER
        if delivery.state != DeliveryState.WAITING:
            ways = (DeliveryMethod(delivery.method),)
            del self.fields["method"]
        if DeliveryMethod.POST not in ways:
            del self.fields["without_fault"]
        known = dict.fromkeys(outcome for way in ways for outcome in outcomes_of(way))
        choices = [(outcome.value, outcome.label) for outcome in known]
        self.fields["outcome"].choices = choices  # type: ignore[attr-defined]

    @property
    def is_offered(self) -> bool:
        """False where the system itself knows what comes of it: a publication ends by its day."""
        return bool(self.fields["outcome"].choices)  # type: ignore[attr-defined]

    def first_values(self, delivery: Delivery) -> dict[str, Any]:
        return {"happened_on": clock.today()}


FACT_FORMS: tuple[type[FactForm], ...] = (SentForm, OutcomeForm)
