"""The service desk: who waits for whom, first due first; calls, meetings, results."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import allows
from assistance import selectors, services
from assistance.forms import CallForm, MeetingForm, OutcomeForm
from assistance.models import HELP_LIVE, HelpKind, HelpRequest
from common import clock
from common.actor import Actor
from common.errors import InvalidInput, NotAllowed
from common.pages import actor_of, add_errors

PER_PAGE = 50


def _keeper(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    if not allows(actor, "help.keep"):
        raise NotAllowed(_("这个工作台给诉讼服务中心使用。"))
    return actor


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """Requests of the court, first due first; what is over by tab."""
    actor = _keeper(request)
    view = "past" if request.GET.get("view") == "past" else "open"
    rows = selectors.past_help(actor) if view == "past" else selectors.waiting_help(actor)
    tabs = [
        {"label": label, "href": f"?view={key}", "current": key == view}
        for key, label in (("open", _("等着的")), ("past", _("已结束的")))
    ]
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "assistance/desk.html", {"page": page, "tabs": tabs, "now": clock.now()})


@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One request with the three things that can be done about it, each its own form."""
    actor = _keeper(request)
    found = selectors.help_for(actor, public_id)
    chosen = request.POST.get("do", "")
    forms = _forms(found, chosen, request.POST)
    if chosen in forms and forms[chosen].is_valid():
        try:
            DO[chosen](found, forms[chosen], actor)
        except InvalidInput as error:
            add_errors(forms[chosen], error)
        else:
            messages.success(request, _("已记录。"))
            return redirect("assistance:desk_one", public_id=public_id)
    wrong = next((form for form in forms.values() if form.is_bound and form.errors), None)
    context = {
        "help": found,
        "open": found.state in HELP_LIVE,
        "forms": forms,
        "form": wrong,
        "now": clock.now(),
    }
    return render(request, "assistance/desk_one.html", context, status=422 if wrong else 200)


def _forms(found: HelpRequest, chosen: str, given: QueryDict) -> dict[str, Any]:
    """The forms of this request by what they do, the chosen one filled with what was given; none for what is over."""
    if found.state not in HELP_LIVE:
        return {}
    call = found.kind == HelpKind.CALL
    data = {name: given if name == chosen else None for name in DO}
    forms: dict[str, Any] = {
        "arrange": MeetingForm(services.helpers_of(found.court_id), data["arrange"], meets=not call),
        "call": CallForm(data["call"]),
    }
    return forms if call else {**forms, "finish": OutcomeForm(data["finish"])}


def _arrange(found: HelpRequest, form: MeetingForm, actor: Actor) -> None:
    place = form.cleaned_data.get("meet_place", "")
    meeting = services.Meeting(int(form.cleaned_data["post"]), form.meet_at(), place)
    services.arrange_help(request_id=found.pk, meeting=meeting, actor=actor)


def _call(found: HelpRequest, form: CallForm, actor: Actor) -> None:
    reached = form.cleaned_data["reached"] == "yes"
    services.note_call(request_id=found.pk, reached=reached, words=form.cleaned_data["words"], actor=actor)


def _finish(found: HelpRequest, form: OutcomeForm, actor: Actor) -> None:
    services.finish_help(request_id=found.pk, outcome=form.cleaned_data["outcome"], actor=actor)


DO: dict[str, Callable[[HelpRequest, Any, Actor], None]] = {
    "arrange": _arrange,
    "call": _call,
    "finish": _finish,
}
