"""Asking to read a file, and the court's answer."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import allows
from accounts.services import limit, once, request_hash
from casefiles import selectors, services
from casefiles.forms import AskForm, DecideForm
from casefiles.models import Capacity, RequestState
from common import clock
from common.actor import Actor
from common.errors import DomainError, NotAllowed
from common.pages import actor_of, add_errors, carried_out, form_key, form_page
from courts.models import Court
from courts.selectors import parse_case_number

DAY, REQUESTS_A_DAY, PER_PAGE = 86400, 5, 50


def _asker(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    if not actor.is_public or not allows(actor, "file.ask"):
        raise NotAllowed(_("这个页面给当事人和其他申请阅卷的人使用。"))
    return actor


def _decider(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    if not actor.is_staff or not allows(actor, "file.decide"):
        raise NotAllowed(_("阅卷申请由承办法官或者庭长答复。"))
    return actor


@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Own requests and a form for a new one; ``?number=`` fills in the case."""
    actor = _asker(request)
    known = {"number": request.GET.get("number", "")[:60]}
    form = AskForm(request.POST if request.method == "POST" else None, initial=known)
    if form.is_bound and form.is_valid():
        number = parse_case_number(form.cleaned_data["number"])
        court = Court.objects.filter(code=number.court.code if number.court else "").first()
        if court is None or number.sequence is None:
            form.add_error("number", _("请按文书上的写法填写完整的案号"))
        else:
            wish = services.Wish(
                number.normalized, Capacity(form.cleaned_data["capacity"]), form.cleaned_data["reason"]
            )
            body = request_hash([wish.number, wish.capacity, wish.reason])
            try:
                limit(f"reading:{actor.key}", DAY, REQUESTS_A_DAY, _("今天申请的次数太多了，请明天再试。"))
                target = once(
                    actor=actor,
                    route="casefiles.ask",
                    key=form_key(request),
                    body_hash=body,
                    write=lambda: reverse(
                        "casefiles:request",
                        args=[services.ask_reading(court=court, wish=wish, actor=actor).public_id],
                    ),
                )
            except DomainError as error:
                add_errors(form, error)
            else:
                messages.success(request, _("申请已交给法院，答复会写在这里。"))
                return redirect(target)
    context = {"requests": selectors.requests_of(actor)[:PER_PAGE], "form_key": form_key(request)}
    return form_page(request, "casefiles/ask.html", form, **context)


@require_safe
def one(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One own request with the answer."""
    found = selectors.request_for(_asker(request), public_id)
    open_now = found.until_at is not None and found.until_at > clock.now()
    return render(request, "casefiles/request.html", {"asked": found, "open_now": open_now})


@require_POST
def take_back(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """不看了."""
    services.take_back(request_public_id=public_id, actor=_asker(request))
    messages.success(request, _("申请已撤回。"))
    return redirect("casefiles:request", public_id=public_id)


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """Requests that wait, oldest first; what was answered by tab."""
    actor = _decider(request)
    past = request.GET.get("view") == "past"
    rows = selectors.requests_of(actor)
    rows = rows.exclude(state=RequestState.ASKED) if past else rows.filter(state=RequestState.ASKED)
    tabs = [
        {"label": label, "href": f"?view={key}", "current": (key == "past") == past}
        for key, label in (("open", _("等答复的")), ("past", _("已答复的")))
    ]
    page = Paginator(rows.order_by("-id" if past else "id"), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "casefiles/desk_requests.html", {"page": page, "tabs": tabs})


@require_http_methods(["GET", "POST"])
def desk_one(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One request; agree or refuse, with the reason."""
    actor = _decider(request)
    found = selectors.request_for(actor, public_id)
    form = DecideForm(request.POST if request.method == "POST" else None)

    def decide() -> None:
        services.decide(
            request_public_id=public_id,
            grant=form.cleaned_data["decision"] == "grant",
            answer=form.cleaned_data["answer"],
            actor=actor,
        )

    if carried_out(form, decide):
        messages.success(request, _("已答复申请人。"))
        return redirect("casefiles:desk_requests")
    return form_page(request, "casefiles/desk_request.html", form, asked=found)
