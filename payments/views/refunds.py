"""A refund as its person sees it: how much, why, by when, where it stands; the way it comes back; applying by hand."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.step_up import step_up
from common import clock
from common.actor import Actor
from common.errors import Conflict, GatewayUnavailable, InvalidInput, NotAllowed, NotVisible
from common.money import in_capitals
from common.pages import actor_of, add_errors, form_page
from eventlog.selectors import receipt_of
from payments import events
from payments import refund_selectors as selectors
from payments.models import Refund, RefundState
from payments.refund_forms import AskForm, WayForm
from payments.refund_policies import can_ask, may_take_money
from payments.selectors import bill_for
from payments.services import refunds as services
from payments.words import shown_steps


@step_up()
@require_http_methods(["GET", "POST"])
def refund(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The refund; a POST confirms the way, or names another account for what did not arrive."""
    actor = actor_of(request)
    if not actor.is_public:
        raise NotVisible(_("没有这个页面。"))
    found = selectors.refund_for(actor, public_id)
    form = _way_form(request, found)
    if request.method == "POST":
        if not may_take_money(actor, found.party):
            raise NotAllowed(_("确认收款方式要当事人本人，或者有特别授权的代理人办。"))
        if found.state not in selectors.WAITS_FOR_PERSON:
            return redirect("payments:refund", public_id=public_id)
        if form.is_valid():
            try:
                _confirm(found, form, actor)
            except InvalidInput as error:
                add_errors(form, error)
            except GatewayUnavailable:
                messages.info(request, _("支付平台暂时没有回话，还不能换账户。请过几分钟再试。"))
                return redirect("payments:refund", public_id=public_id)
            else:
                messages.success(request, _("收款方式已记下，接下来由财务办理。"))
                return redirect("payments:refund", public_id=public_id)
    return form_page(request, "payments/refund.html", form, **_context(found, actor))


def _way_form(request: HttpRequest, found: Refund) -> WayForm:
    own_way = found.state == RefundState.PROPOSED and services.can_use_own_way(found)
    return WayForm(
        own_way=own_way,
        kept=selectors.live_account_of(found.party) if found.state == RefundState.PROPOSED else None,
        data=request.POST if request.method == "POST" else None,
        initial={"holder": found.party.name if found.party else "", "route": "original" if own_way else ""},
    )


def _confirm(found: Refund, form: WayForm, actor: Actor) -> None:
    if found.state == RefundState.PROPOSED:
        route, account = form.way()
        services.confirm_refund(refund_id=found.pk, route=route, account=account, actor=actor)
    else:
        services.ask_again(found.pk)
        services.reroute_refund(refund_id=found.pk, account=form.account(), actor=actor)


def _context(found: Refund, actor: Actor) -> dict[str, object]:
    return {
        "refund": found,
        "stages": selectors.stages_of(found),
        "steps": shown_steps(found),
        "parts": [part for part in selectors.parts_of(found) if part.state != "dropped"],
        "capitals": in_capitals(found.amount),
        "waits": found.state in selectors.WAITS_FOR_PERSON,
        "may_confirm": may_take_money(actor, found.party),
        "receipt": receipt_of(found, events.REFUND_COMPLETED) or receipt_of(found, events.REFUND_ASKED),
        "now": clock.now(),
    }


@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Apply for money back on a bill; what is under way already is shown instead."""
    actor = actor_of(request)
    bill = bill_for(actor, public_id)
    if not can_ask(actor, bill):
        raise NotVisible(_("没有这个页面。"))
    form = AskForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            asked = services.ask_refund(bill_id=bill.pk, actor=actor, **form.cleaned_data)
        except (InvalidInput, Conflict) as error:
            add_errors(form, error)
        else:
            messages.success(request, _("申请已交给财务核对，有结果会发短信。"))
            return redirect("payments:refund", public_id=asked.public_id)
    under_way = [row for row in selectors.refunds_of([bill.party]) if row.state not in ("refused",)]
    open_request = any(row.state == RefundState.ASKED for row in under_way)
    left = 0 if open_request else services.kept_of(bill)
    return form_page(request, "payments/refund_ask.html", form, bill=bill, under_way=under_way, left=left)
