"""我的代理人, 我代理的案件, and the court's list of who acts for whom: asked, confirmed, taken up, ended (SEC-09)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.models import RealNameLevel, User
from cases.models import AuthorityBasis, Matter, Party, Representative
from cases.policies import appointing_parties, can_record_authority
from cases.selectors import agents_in, agents_of, case_for, mandates_of, parties_of
from cases.services import (
    Appointment,
    confirm_authority,
    end_authority,
    give_authority,
    offers_to,
    resign_authority,
    take_authority,
    withdraw_authority,
)
from common import clock
from common.errors import DomainError, NotVisible
from common.forms import ChoiceField, DayField, LineField, NameField, PhoneField, PlainForm
from common.pages import actor_of, carried_out, form_page
from filing.models import AgentKind, Power
from portal.pages.presenters import REPRESENTATIVES

Row = dict[str, Any]


class AppointForm(PlainForm):
    """Whom, for what, until when."""

    name = NameField(label=gettext_lazy("代理人的姓名"), help_text=gettext_lazy("和身份证上写的一样"))
    phone = PhoneField(
        label=gettext_lazy("代理人的手机号"),
        help_text=gettext_lazy("代理人用这个手机号登录并实名，就能看到您的委托"),
    )
    kind = ChoiceField(
        label=gettext_lazy("代理人是"), choices=AgentKind.choices, ask=gettext_lazy("请选代理人是什么人")
    )
    firm = LineField(label=gettext_lazy("律师事务所或单位"), required=False, max_length=100)
    licence = LineField(label=gettext_lazy("律师执业证号"), required=False, max_length=30)
    power = ChoiceField(
        label=gettext_lazy("授权"),
        choices=[
            (Power.GENERAL.value, gettext_lazy("一般授权：看材料、交材料、留言、出庭，不能替您放弃什么")),
            (Power.SPECIAL.value, gettext_lazy("特别授权：还能做下面选中的事")),
        ],
        widget=forms.RadioSelect,
        ask=gettext_lazy("请选一般授权还是特别授权"),
    )
    matters = forms.MultipleChoiceField(
        label=gettext_lazy("特别授权的事"),
        choices=Matter.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("选了特别授权才选。没有选中的，代理人不能替您做（民事诉讼法第六十二条）"),
        error_messages={"invalid_choice": gettext_lazy("请从列出的选项里选")},
    )
    last_day = DayField(
        label=gettext_lazy("委托到哪一天为止"),
        required=False,
        past_allowed=False,
        help_text=gettext_lazy("不填就到这个案件结束。您随时可以撤回"),
    )

    def appointment(self) -> Appointment:
        """As the service wants it."""
        return Appointment(**{**self.cleaned_data, "matters": tuple(self.cleaned_data["matters"])})


class RecordForm(AppointForm):
    """The same by the court, which says what it has seen."""

    basis = ChoiceField(
        label=gettext_lazy("依据"),
        choices=[
            (AuthorityBasis.PAPER.value, AuthorityBasis.PAPER.label),
            (AuthorityBasis.COUNTER.value, AuthorityBasis.COUNTER.label),
        ],
        widget=forms.RadioSelect,
        ask=gettext_lazy("请选依据"),
    )
    party = ChoiceField(label=gettext_lazy("替谁"), ask=gettext_lazy("请选替哪一方"))
    field_order = (
        "party",
        "name",
        "phone",
        "kind",
        "firm",
        "licence",
        "power",
        "matters",
        "last_day",
        "basis",
    )

    def __init__(self, parties: list[Party], data: Any = None) -> None:
        super().__init__(data)
        self.fields["party"].choices = [  # type: ignore[attr-defined]
            (str(party.public_id), f"{party.get_side_display()} {party.name}") for party in parties
        ]

    def appointment(self) -> Appointment:
        """Without what is not the agent's."""
        kept = {name: value for name, value in self.cleaned_data.items() if name not in ("basis", "party")}
        return Appointment(**{**kept, "matters": tuple(kept["matters"])})


def last_day_of(end: datetime | None) -> date | None:
    """The day in Beijing whose end this is, for “until and with”."""
    return clock.beijing_day(end - timedelta(microseconds=1)) if end else None


def row_of(one: Representative) -> Row:
    """One agent, for the lists."""
    over = one.ends_at is not None and one.ends_at <= clock.now()
    matters = [str(Matter(name).label) for name in one.matters]
    return {
        "agent": one,
        "kind": REPRESENTATIVES.get(one.kind, one.kind),
        "power": dict(Power.choices).get(one.power, ""),
        "matters": "；".join(matters),
        "last_day": last_day_of(one.ends_at),
        "over": over,
        "expired": over and not one.ended_how,
        "waits": not over and one.access_id is None and one.basis == AuthorityBasis.PARTY,
        "by_law": one.basis == AuthorityBasis.LAW,
    }


@require_http_methods(["GET", "POST"])
def agents(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """我的代理人 of one party: who acts and acted, confirm, withdraw, name another."""
    actor = actor_of(request)
    case = case_for(actor, public_id)
    appoints = appointing_parties(actor, case)
    own = [party for party in parties_of(case) if party.pk in appoints]
    if not own:
        raise NotVisible(_("没有这个页面。"))
    party = next((one for one in own if str(one.public_id) == request.GET.get("party")), own[0])
    here = f"{reverse('pages:agents', args=[public_id])}?party={party.public_id}"
    if request.POST.get("do") in ACTS:
        _carry_out(request, [row.public_id for row in agents_of(party)])
        return redirect(here)
    form = AppointForm(request.POST if request.method == "POST" else None)

    def give() -> None:
        give_authority(party_id=party.pk, agent=form.appointment(), actor=actor)

    if carried_out(form, give):
        messages.success(request, _("已委托。代理人用这个手机号登录、实名、接受以后，就能替您办理。"))
        return redirect(here)
    rows = [row_of(one) for one in agents_of(party)]
    return form_page(request, "pages/agents.html", form, case=case, own=own, party=party, rows=rows)


@require_http_methods(["GET", "POST"])
def clients(request: HttpRequest) -> HttpResponse:
    """/my/clients/, 我代理的案件: what one was asked to take up, what one may do in each case and until when."""
    actor = actor_of(request)
    if not actor.is_public:
        raise NotVisible(_("没有这个页面。"))
    user = cast(User, request.user)
    rows, offers = mandates_of(actor), offers_to(user)
    if request.method == "POST":
        _carry_out(request, [row.public_id for row in (*rows, *offers)], acts=OWN_ACTS)
        return redirect("pages:clients")
    context = {
        "rows": [row_of(one) for one in rows],
        "offers": [row_of(one) for one in offers],
        "has_real_name": user.real_name_level == RealNameLevel.REAL_NAME,
    }
    return form_page(request, "pages/clients.html", PlainForm(), **context)


@require_http_methods(["GET", "POST"])
def desk_agents(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Who acts and acted for whom, for the court, with what the register says of licences; an agent recorded, an authority ended."""
    actor = actor_of(request)
    case = case_for(actor, public_id)
    if not can_record_authority(actor, case):
        raise NotVisible(_("没有这个页面。"))
    parties = parties_of(case)
    if request.POST.get("do") == "end":
        _carry_out(request, [row.public_id for row in agents_in(case)], acts=DESK_ACTS)
        return redirect("pages:desk_agents", public_id=public_id)
    form = RecordForm(parties, request.POST if request.method == "POST" else None)

    def give() -> None:
        asked = form.cleaned_data
        party = next(one for one in parties if str(one.public_id) == asked["party"])
        give_authority(
            party_id=party.pk, agent=form.appointment(), basis=AuthorityBasis(asked["basis"]), actor=actor
        )

    if carried_out(form, give):
        messages.success(request, _("已登记。代理人用这个手机号登录、实名、接受以后，就能办理。"))
        return redirect("pages:desk_agents", public_id=public_id)
    rows = [row_of(one) for one in agents_in(case)]
    return form_page(request, "pages/desk_agents.html", form, case=case, rows=rows)


Act = tuple[Callable[..., Representative], Any]
ACTS: dict[str, Act] = {
    "confirm": (confirm_authority, gettext_lazy("已确认。")),
    "withdraw": (withdraw_authority, gettext_lazy("已撤回。从现在起，这位代理人看不到也办不了这个案件。")),
}
OWN_ACTS: dict[str, Act] = {
    "take": (take_authority, gettext_lazy("已接受。现在可以替当事人办理了。")),
    "resign": (resign_authority, gettext_lazy("已辞去。从现在起，您看不到也办不了这个案件。")),
    "decline": (resign_authority, gettext_lazy("已回绝。")),
}
DESK_ACTS: dict[str, Act] = {
    "end": (
        lambda *, public_id, actor: end_authority(representative_public_id=public_id, actor=actor),
        gettext_lazy("已结束，这位代理人现在看不到这个案件。"),
    ),
}


def _carry_out(request: HttpRequest, shown: list[UUID], acts: dict[str, Act] = ACTS) -> None:
    """What a button beside one row asks for; a refusal stands on the page that follows. NotVisible for rows of others."""
    chosen = [one for one in shown if str(one) == request.POST.get("agent")]
    if not chosen or request.POST.get("do") not in acts:
        raise NotVisible(_("没有这个页面。"))
    service, words = acts[request.POST["do"]]
    try:
        service(public_id=chosen[0], actor=actor_of(request))
    except NotVisible:
        raise
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, str(words))
