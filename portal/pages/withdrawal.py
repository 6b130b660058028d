"""撤诉: asked for by those who sued, who read beforehand what becomes of the fee; ruled at the judge's desk."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cases import services
from cases.forms import YES, RulingForm, WithdrawForm
from cases.models import Case, Side, Stage, Withdrawal, WithdrawalState
from cases.policies import can_close, parties_to_withdraw
from cases.selectors import case_for, stood_for, withdrawal_for, withdrawals_of
from common.actor import Actor
from common.errors import InvalidInput, NotVisible
from common.money import format_yuan
from common.pages import actor_of, add_errors, form_page
from payments.services.refunds import back_on_withdrawal
from portal.pages.need import need, sure


def fee_words(case: Case) -> str:
    """What becomes of the fee when the withdrawal is granted."""
    held, back = back_on_withdrawal(case)
    sums = {"held": format_yuan(held), "back": format_yuan(back), "kept": format_yuan(held - back)}
    if held <= 0:
        return _("受理费还没有交，准许撤诉以后不用再交。")
    if back <= 0:
        return _("已交受理费%(held)s。适用简易程序时已经减半收取，准许撤诉也不再退。") % sums
    return _("已交受理费%(held)s。准许撤诉的，只收一半%(kept)s，另一半%(back)s由法院主动退还。") % sums


def _mine(request: HttpRequest, public_id: UUID) -> tuple[Actor, Case]:
    """A case for those who sued; NotVisible for the other side and for staff."""
    actor = actor_of(request)
    if not actor.is_public:
        raise NotVisible(_("没有这个页面。"))
    case = case_for(actor, public_id)
    if not any(party.side == Side.PLAINTIFF for party in stood_for(actor, case)):
        raise NotVisible(_("没有这个页面。"))
    return actor, case


@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What it means, why, read once more, sent; afterwards the same page shows where it stands."""
    actor, case = _mine(request, public_id)
    context: dict[str, Any] = {"case": case, "fee": fee_words(case), "rows": withdrawals_of(actor, case)}
    waiting = any(row.state == WithdrawalState.ASKED for row in context["rows"])
    may = bool(parties_to_withdraw(actor, case)) and case.stage != Stage.CLOSED
    if waiting or not may:
        return render(request, "pages/withdrawals.html", context | {"waiting": waiting, "may": may})
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        words = form.cleaned_data["words"]
        if not sure(request):
            return render(request, "pages/withdraw_check.html", context | {"words": words})
        try:
            services.ask_withdrawal(case_id=case.pk, words=words, actor=actor)
        except InvalidInput as error:
            add_errors(form, error)
        else:
            messages.success(request, _("撤诉申请已交给承办法官。"))
            return redirect("pages:withdraw", public_id=public_id)
    return form_page(request, "pages/withdraw.html", form, **context)


@require_POST
def take_back(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Go on with the case."""
    actor, case = _mine(request, public_id)
    waiting = [row for row in withdrawals_of(actor, case) if row.state == WithdrawalState.ASKED]
    if waiting:
        services.take_back_withdrawal(withdrawal_id=waiting[0].pk, actor=actor)
        messages.success(request, _("撤诉申请已撤回，案件继续办理。"))
    return redirect("pages:withdraw", public_id=public_id)


@require_http_methods(["GET", "POST"])
def decide(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The judge reads why, what becomes of the fee, and rules with reasons."""
    need(request, "case.close", _("撤诉由承办法官裁定。"))
    actor = actor_of(request)
    row: Withdrawal = withdrawal_for(actor, public_id)
    form = RulingForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        services.decide_withdrawal(
            withdrawal_id=row.pk,
            granted=form.cleaned_data["granted"] == YES,
            reasons=form.cleaned_data["reasons"],
            actor=actor,
        )
        messages.success(request, _("裁定已记下，已通知当事人。"))
        return redirect("pages:desk_case", public_id=row.case.public_id)
    open_now = row.state == WithdrawalState.ASKED and can_close(actor, row.case)
    context = {"row": row, "case": row.case, "open": open_now, "fee": fee_words(row.case)}
    return form_page(request, "pages/desk_withdrawal.html", form, **context)
