"""代办: asking a person to agree, his code or his signed paper, the way out, and who acts for oneself."""

from __future__ import annotations

import json
from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.forms import CodeForm
from accounts.middleware import act_for, browser_key, end_acting_here, renew_id
from accounts.models import CodePurpose
from accounts.services import check_code, limit
from assistance import acting_selectors as selectors
from assistance import acting_services as services
from assistance.forms import ActingDeskForm, ActingForm
from assistance.models import ActingConsent, ActingScope, ConsentWay
from common import crypto
from common.errors import NotAllowed, NotVisible
from common.pages import actor_of, carried_out, form_page, posted_id
from common.requests import client_address

PENDING = "acting_asked"
"""Session key: which code is waited for, whom it was sent to and what he would agree to; encrypted."""
HOUR = 3600
Pending = tuple[str, int, services.Wish]


@sensitive_post_parameters("id_number", "code")
@require_http_methods(["GET", "POST"])
def begin(request: HttpRequest) -> HttpResponse:
    """Anybody with a real name: whom, what for, how long. The answer is the same whether or not there is such an account."""
    if not actor_of(request).is_public:
        raise NotVisible(_("没有这个页面。"))
    return _begin(request, ActingForm(request.POST if request.method == "POST" else None))


@sensitive_post_parameters("id_number", "code")
@require_http_methods(["GET", "POST"])
def begin_at_desk(request: HttpRequest) -> HttpResponse:
    """A clerk who has the person's paper before him: by code to the person's phone, or by a paper he signs here."""
    if not (actor_of(request).is_staff and selectors.may_begin(actor_of(request))):
        raise NotAllowed(_("代办由立案窗口办理。"))
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    return _begin(request, ActingDeskForm(*sent))


def _begin(request: HttpRequest, form: ActingForm) -> HttpResponse:
    pending = _pending(request)
    if pending is not None and (request.method == "GET" or request.POST.get("do") == "code"):
        return _say(request, pending)
    begun: list[Callable[[], HttpResponse]] = []
    if carried_out(form, lambda: begun.append(_ask(request, form))):
        return begun[0]()
    actor = actor_of(request)
    live = [
        {"id": row.public_id, "name": row.person.name, "until": row.ends_at, "what": row.scope_words}
        for row in selectors.live_of_helper(actor)
    ]
    return form_page(
        request,
        "assistance/acting_begin_desk.html" if actor.is_staff else "assistance/acting_begin.html",
        form,
        live=live,
        may_begin=selectors.may_begin(actor),
    )


def _ask(request: HttpRequest, form: ActingForm) -> Callable[[], HttpResponse]:
    """Where the page goes on."""
    actor, wish = actor_of(request), form.wish()
    person = services.person_for(form.facts(), actor)
    if form.cleaned_data.get("way") == ConsentWay.PAPER and person is not None:
        paper = form.cleaned_data.get("file")
        consent = services.begin_by_paper(person=person, wish=wish, upload=paper, actor=actor)
        return lambda: _enter(request, consent)
    limit(f"otp-address:{client_address(request)}", HOUR, 20, _("这个网络发送验证码太多，请过一会儿再试。"))
    code = services.ask_by_code(
        person=person,
        typed_phone=form.facts().phone,
        wish=wish,
        browser=browser_key(request),
        actor=actor,
    )
    kept = json.dumps([str(code.challenge), person.pk if person else 0, list(wish.scopes), wish.hours])
    request.session[PENDING] = crypto.encrypt(kept, context=PENDING)
    return lambda: redirect(request.path)


def _pending(request: HttpRequest) -> Pending | None:
    sealed = request.session.get(PENDING)
    if not sealed or "again" in request.GET:
        return None
    challenge, person, scopes, hours = json.loads(crypto.decrypt(sealed, context=PENDING))
    return challenge, person, services.Wish(tuple(ActingScope(name) for name in scopes), hours)


def _start(request: HttpRequest) -> str:
    return "assistance:acting_desk" if actor_of(request).is_staff else "assistance:acting"


def _say(request: HttpRequest, pending: Pending) -> HttpResponse:
    """The person says the code of the text: that is his consent."""
    form = CodeForm(request.POST if request.POST.get("do") == "code" else None)
    challenge, person_id, wish = pending
    if form.is_bound and form.is_valid():
        used = check_code(
            challenge=challenge,
            code=form.cleaned_data["code"],
            browser=browser_key(request),
            purpose=CodePurpose.ACTING,
        )
        if used is not None and person_id:
            request.session.pop(PENDING, None)
            consent = services.begin_by_code(person_id=person_id, wish=wish, actor=actor_of(request))
            return _enter(request, consent)
        form.add_error("code", _("验证码不对或已过期。请本人核对短信，或重新填一次。"))
    context = {"scopes": [scope.label for scope in wish.scopes], "hours": wish.hours}
    return form_page(request, "assistance/acting_code.html", form, **context)


def _enter(request: HttpRequest, consent: ActingConsent) -> HttpResponse:
    act_for(request, str(consent.public_id))
    messages.success(request, _("本人已经同意，现在可以代他办理。办完请按“结束代办”。"))
    return redirect("pages:my")


@require_POST
def resume(request: HttpRequest) -> HttpResponse:
    """Go on by a consent that still holds, after another sign-in."""
    return _enter(request, selectors.taken_up(actor_of(request), posted_id(request, "consent")))


@require_POST
def end(request: HttpRequest) -> HttpResponse:
    """结束代办."""
    actor = actor_of(request)
    services.end_as_helper(actor)
    by_staff = actor.helper.post_id is not None if actor.helper else actor.is_staff
    end_acting_here(request)
    renew_id(request)
    messages.success(request, _("代办已结束。办了哪些事，会发通知告诉当事人。"))
    return redirect("assistance:acting_desk" if by_staff else "assistance:acting")


@require_safe
def over(request: HttpRequest) -> HttpResponse:
    """The consent ended meanwhile: what was just pressed was not done."""
    return render(request, "assistance/acting_over.html", {"back": _start(request)})


@require_safe
def closed(request: HttpRequest) -> HttpResponse:
    """Something the person did not agree to, or that he does himself."""
    return render(request, "assistance/acting_closed.html")


@require_http_methods(["GET", "POST"])
def mine(request: HttpRequest) -> HttpResponse:
    """谁在代我办理: who, what for, until when, what was done; 停止 counts at once."""
    actor = actor_of(request)
    if not actor.is_public:
        raise NotVisible(_("没有这个页面。"))
    if request.method == "POST":
        services.end_as_person(public_id=posted_id(request, "consent"), actor=actor)
        messages.success(request, _("已停止。从现在起，他不能再代您办任何事。"))
        return redirect("assistance:my_acting")
    return render(request, "assistance/my_acting.html", {"rows": selectors.acted_for(actor)})
