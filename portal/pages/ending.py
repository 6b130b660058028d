"""The judge ends a case, records its effect, changes its procedure or its amount; each with the money that follows."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cases import services
from cases.forms import ClaimForm, CloseForm, EffectForm, TrackForm
from cases.models import Case, Outcome, Stage
from cases.policies import can_close
from cases.routing import outcomes_for
from cases.selectors import case_for
from common.errors import InvalidInput, NotAllowed, StaleVersion
from common.money import format_yuan
from common.pages import actor_of, add_errors, form_page
from payments.services.dues import fee_at_end, held
from portal.pages.need import need, sure


def _held_case(request: HttpRequest, public_id: UUID) -> Case:
    """The case for the judge who holds it: others of the court see it and may not, strangers do not see it."""
    words = _("由承办法官办理。")
    need(request, "case.close", words)
    case = case_for(actor_of(request), public_id)
    if not can_close(actor_of(request), case):
        raise NotAllowed(words)
    return case


def _back(case: Case) -> HttpResponse:
    return redirect("pages:desk_case", public_id=case.public_id)


@require_http_methods(["GET", "POST"])
def close(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """How the case ends, then what that way needs; read once more before it is recorded."""
    case = _held_case(request, public_id)
    if case.stage == Stage.CLOSED:
        return _back(case)
    outcome = request.GET.get("outcome", "")
    if outcome not in outcomes_for(case.procedure):
        return render(
            request, "pages/close_kinds.html", {"case": case, "kinds": outcomes_for(case.procedure)}
        )
    form = CloseForm(outcome, request.POST if request.method == "POST" else None)
    whole = fee_at_end(case, outcome)
    context: dict[str, Any] = {
        "case": case,
        "outcome": Outcome(outcome),
        "fee": whole.amount if whole else None,
        "held": held(case),
    }
    if request.method == "POST" and form.is_valid():
        if not sure(request):
            rows = _read_back(form)
            fields = {name: request.POST.get(name, "") for name in form.fields} | {"sure": "yes"}
            return render(request, "pages/close_check.html", context | {"rows": rows, "fields": fields})
        try:
            services.close_case(
                case_id=case.pk, outcome=outcome, actor=actor_of(request), **form.cleaned_data
            )
        except InvalidInput as error:
            add_errors(form, error)
        else:
            messages.success(request, _("已结案，已通知当事人。"))
            return _back(case)
    return form_page(request, "pages/close_case.html", form, **context)


def _read_back(form: BaseForm) -> list[dict[str, str]]:
    rows = []
    for name, field in form.fields.items():
        value = form.cleaned_data[name]
        if name in ("fee_borne", "obtained") and value is not None:
            value = format_yuan(value)
        rows.append({"label": str(field.label), "value": "" if value is None else str(value)})
    return rows


@require_http_methods(["GET", "POST"])
def effect(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Since when the judgment has effect: refunds and bills follow."""
    case = _held_case(request, public_id)
    closing = getattr(case, "closing", None)
    if closing is None or closing.effective_on is not None:
        return _back(case)
    form = EffectForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.record_effect(closing_id=closing.pk, actor=actor_of(request), **form.cleaned_data)
        except InvalidInput as error:
            add_errors(form, error)
        else:
            messages.success(request, _("生效日期已记下，该退的、该收的费用已经自动办理。"))
            return _back(case)
    return form_page(request, "pages/close_effect.html", form, case=case, closing=closing)


@require_http_methods(["GET", "POST"])
def track(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Another procedure, with reasons."""
    case = _held_case(request, public_id)
    if not services.tracks_for(case):
        return _back(case)
    form = TrackForm(case, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_track(case_id=case.pk, actor=actor_of(request), **form.cleaned_data)
        except (InvalidInput, StaleVersion) as error:
            add_errors(form, error)
        else:
            messages.success(request, _("程序已转换，审限已重新计算，受理费多退少补。"))
            return _back(case)
    return form_page(request, "pages/change_track.html", form, case=case)


@require_http_methods(["GET", "POST"])
def claim(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Another amount in dispute."""
    case = _held_case(request, public_id)
    if case.stage == Stage.CLOSED or case.amount is None:
        return _back(case)
    form = ClaimForm(case, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_claim(case_id=case.pk, actor=actor_of(request), **form.change())
        except (InvalidInput, StaleVersion) as error:
            add_errors(form, error)
        else:
            messages.success(request, _("标的额已变更，受理费多退少补。"))
            return _back(case)
    return form_page(request, "pages/change_claim.html", form, case=case)
