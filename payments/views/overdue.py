"""A bill whose last day is over, at the judge's desk."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import allows
from common import clock
from common.errors import InvalidInput, NotAllowed
from common.pages import actor_of, add_errors, form_page
from payments import selectors, services
from payments.forms import OverdueForm
from payments.models import OverdueState
from payments.services.dues import held
from payments.services.overdue import ends_the_case, is_top_up


@require_http_methods(["GET", "POST"])
def decide(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """按撤诉处理 or a new last day, with reasons."""
    actor = actor_of(request)
    if not allows(actor, "case.close"):
        raise NotAllowed(_("逾期未交费由承办法官决定怎样处理。"))
    overdue = selectors.overdue_for(actor, public_id)
    bill, ends = overdue.bill, ends_the_case(overdue.bill)
    form = OverdueForm(request.POST if request.method == "POST" else None, ends=ends)
    if request.method == "POST" and form.is_valid():
        reasons, due_on = form.cleaned_data["reasons"], form.cleaned_data["due_on"]
        try:
            if form.keeps():
                services.give_new_day(overdue_id=overdue.pk, due_on=due_on, reasons=reasons, actor=actor)
            else:
                services.deem_withdrawn(overdue_id=overdue.pk, reasons=reasons, actor=actor)
        except InvalidInput as error:
            add_errors(form, error)
        else:
            messages.success(request, _("决定已记下，已通知当事人。"))
            return redirect("pages:desk_case", public_id=bill.case.public_id)
    context = {
        "overdue": overdue,
        "bill": bill,
        "open": overdue.state == OverdueState.PROPOSED,
        "ends": ends,
        "top_up": is_top_up(bill),
        "held": held(bill.case),
        "now": clock.now(),
    }
    return form_page(request, "payments/overdue.html", form, **context)
