"""A party asks, reads, rates. Open to full sign-in and to a scan login for its one case."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.services import limit, once, request_hash
from cases.pages import party_page
from cases.selectors import case_for, running_deadlines, stage_steps, stood_for
from common import clock
from common.actor import Actor
from common.errors import DomainError, InvalidInput
from common.pages import actor_of, add_errors, form_key, form_page
from eventlog.selectors import receipt_of
from feedback import events, forms, selectors, services
from feedback.models import Satisfaction, Thread, ThreadState, Topic
from feedback.presenters import message_rows

ANSWERED_AT_ONCE = {Topic.PROGRESS, Topic.APPOINTMENT}
HOUR, MESSAGES_AN_HOUR = 3600, 20


def _not_too_many(actor: Actor) -> None:
    """Nobody floods a judge: twenty messages an hour for one party. Raises TooManyRequests."""
    limit(f"messages:{actor.key}", HOUR, MESSAGES_AN_HOUR, _("留言太多了，请过一会儿再写。急事请拨12368。"))


def _refused(form: Any, error: DomainError) -> None:
    """Keep what was typed and say beside it why it was not sent."""
    if isinstance(error, InvalidInput):
        add_errors(form, error)
    else:
        form.add_error(None, error.message)


def _next_key(request: HttpRequest, form: Any) -> str:
    """The key of a form that comes back with an error is not used again: the next try is a new message."""
    return str(uuid4()) if form.is_bound and form.errors else form_key(request)


@login_not_required
@party_page
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """我想……: choose the topic, see what can be answered at once, write."""
    actor = actor_of(request)
    case = case_for(actor, public_id)
    own = stood_for(actor, case)
    party = own[0]
    topic_form = forms.TopicForm(request.GET if "topic" in request.GET else None)
    if not topic_form.is_valid():
        return form_page(request, "feedback/topic.html", topic_form, case=case, party=party)
    topic = Topic(topic_form.cleaned_data["topic"])
    form = forms.MessageForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["text"]

        def write() -> str:
            thread = services.ask(case_id=case.pk, party_id=party.pk, topic=topic, text=text, actor=actor)
            return _url(thread, public_id)

        try:
            _not_too_many(actor)
            body = request_hash([str(public_id), topic, text])
            target = once(
                actor=actor, route="feedback.ask", key=form_key(request), body_hash=body, write=write
            )
        except DomainError as error:
            _refused(form, error)
        else:
            messages.success(request, _("留言已发出，法院会按期答复。"))
            return redirect(target)
    context: dict[str, Any] = {
        "case": case,
        "party": party,
        "topic": topic,
        "form_key": _next_key(request, form),
    }
    context |= {"due": clock.beijing_day(services.reply_due_at(case, "reply_workdays")), "now": clock.now()}
    if topic in ANSWERED_AT_ONCE:
        context |= {"stages": _stages(case), "deadlines": running_deadlines(case, own)}
    return form_page(request, "feedback/write.html", form, **context)


def _stages(case: Any) -> list[dict[str, str]]:
    return [
        {"label": s.label, "state": "now" if s.state == "current" else s.state} for s in stage_steps(case)
    ]


def _url(thread: Thread, case_id: UUID) -> str:
    return reverse("feedback:thread", args=[case_id, thread.public_id])


@login_not_required
@party_page
@require_http_methods(["GET", "POST"])
def thread(request: HttpRequest, public_id: UUID, thread_id: UUID) -> HttpResponse:
    """The thread with its promise, the answers, the rating; more can be written until it is rated."""
    actor = actor_of(request)
    found = selectors.thread_for(actor, thread_id, case_id=public_id)
    form = forms.MessageForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["text"]

        def write() -> str:
            services.write_more(thread_id=found.pk, text=text, actor=actor)
            return _url(found, public_id)

        try:
            _not_too_many(actor)
            body = request_hash([str(thread_id), text])
            target = once(
                actor=actor, route="feedback.more", key=form_key(request), body_hash=body, write=write
            )
        except DomainError as error:
            _refused(form, error)
        else:
            services.mark_read(thread_id=found.pk, actor=actor)
            messages.success(request, _("已发出，法院会按期答复。"))
            return redirect(target)
    return _thread_page(request, found, form, forms.RatingForm())


def _thread_page(request: HttpRequest, found: Thread, form: Any, rating_form: Any) -> HttpResponse:
    ratings = list(found.ratings.all())
    rated = {rating.round for rating in ratings}
    wrong = any(item.is_bound and item.errors for item in (form, rating_form))
    rows = message_rows(found, own_side="party")
    if found.round > 1 and "reopen" in rating_form.fields:
        del rating_form.fields["reopen"]
    context = {
        "case": found.case,
        "party": found.party,
        "thread": found,
        "rows": rows,
        "unread": any(not row["own"] and row["read_at"] is None for row in rows),
        "form": form,
        "rating_form": rating_form,
        "form_errors": wrong,
        "can_rate": found.state == ThreadState.ANSWERED and found.round not in rated,
        "finished": found.state == ThreadState.ANSWERED and found.round in rated,
        "ratings": ratings,
        "receipt": receipt_of(found, events.ASKED),
        "form_key": _next_key(request, form),
        "now": clock.now(),
    }
    return render(request, "feedback/thread.html", context, status=422 if wrong else 200)


@login_not_required
@party_page
@require_POST
def read(request: HttpRequest, public_id: UUID, thread_id: UUID) -> HttpResponse:
    """我看过了: the court sees that its answer was read."""
    actor = actor_of(request)
    found = selectors.thread_for(actor, thread_id, case_id=public_id)
    services.mark_read(thread_id=found.pk, actor=actor)
    return redirect(_url(found, public_id))


@login_not_required
@party_page
@require_POST
def rate(request: HttpRequest, public_id: UUID, thread_id: UUID) -> HttpResponse:
    """Rate the answer of this round; 不满意 may ask the division head for a second look. Who rates has read."""
    actor = actor_of(request)
    found = selectors.thread_for(actor, thread_id, case_id=public_id)
    form = forms.RatingForm(request.POST)
    if form.is_valid():
        reopened = form.cleaned_data["reopen"]
        try:
            services.rate(
                thread_id=found.pk,
                level=Satisfaction(form.cleaned_data["level"]),
                words=form.cleaned_data["words"],
                wants_reopening=reopened,
                actor=actor,
            )
        except DomainError as error:
            _refused(form, error)
        else:
            services.mark_read(thread_id=found.pk, actor=actor)
            messages.success(
                request, _("已请庭长重新处理，时限重新计算。") if reopened else _("谢谢您的评价。")
            )
            return redirect(_url(found, public_id))
    return _thread_page(request, found, forms.MessageForm(), form)
