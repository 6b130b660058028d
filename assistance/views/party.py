"""A party asks for a person, sees what was arranged, cancels. Open to full sign-in and to a scan login for its one case."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.services import limit, once, request_hash
from assistance import events, selectors, services
from assistance.forms import HelpForm
from assistance.models import HELP_LIVE, HelpKind
from cases.pages import party_page
from cases.selectors import case_for, stood_for
from common import clock
from common.errors import DomainError
from common.pages import actor_of, add_errors, form_key, form_page, read_back, spoken
from eventlog.selectors import receipt_of

HOUR, REQUESTS_AN_HOUR = 3600, 10


@login_not_required
@party_page
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """请人帮忙, from the page of the case; what was asked before stands above the form."""
    actor = actor_of(request)
    case = case_for(actor, public_id)
    party = stood_for(actor, case)[0]
    known: Any = {"phone": getattr(request.user, "phone", "")} if actor.scan is None else {}
    form = HelpForm(request.POST if request.method == "POST" else None, initial=known)
    if request.method == "POST" and form.is_valid():
        if aloud := read_back(request, spoken(form)):
            return aloud
        data = dict(form.cleaned_data)
        wish = services.Wish(kind=HelpKind(data.pop("kind")), **data)

        def write() -> str:
            made = services.ask_help(case_id=case.pk, party_id=party.pk, wish=wish, actor=actor)
            return reverse("assistance:request", args=[public_id, made.public_id])

        try:
            limit(f"help:{actor.key}", HOUR, REQUESTS_AN_HOUR, _("请求太多了，请过一会儿再试，或拨12368。"))
            body = request_hash([str(public_id), form.cleaned_data])
            target = once(
                actor=actor, route="assistance.ask", key=form_key(request), body_hash=body, write=write
            )
        except DomainError as error:
            add_errors(form, error)
        else:
            messages.success(request, _("已经收到，法院会打电话给您。"))
            return redirect(target)
    context = {
        "case": case,
        "known": selectors.help_of_case(actor, case),
        "due": clock.beijing_day(services.contact_due_at(case)),
        "now": clock.now(),
        "form_key": form_key(request),
    }
    return form_page(request, "assistance/ask.html", form, **context)


@login_not_required
@party_page
@require_safe
def one(request: HttpRequest, public_id: UUID, request_id: UUID) -> HttpResponse:
    """What was asked for, by when somebody calls, what was arranged."""
    found = selectors.help_for(actor_of(request), request_id, case_id=public_id)
    context = {
        "help": found,
        "case": found.case,
        "receipt": receipt_of(found, events.ASKED),
        "open": found.state in HELP_LIVE,
        "now": clock.now(),
    }
    return render(request, "assistance/request.html", context)


@login_not_required
@party_page
@require_POST
def cancel(request: HttpRequest, public_id: UUID, request_id: UUID) -> HttpResponse:
    """不用帮忙了."""
    actor = actor_of(request)
    found = selectors.help_for(actor, request_id, case_id=public_id)
    services.cancel_help(request_id=found.pk, actor=actor)
    messages.success(request, _("已取消。需要的时候可以再请。"))
    return redirect("assistance:request", public_id=public_id, request_id=request_id)
