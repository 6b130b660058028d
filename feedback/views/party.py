"""A party asks, reads, rates. Open to full sign-in and to a scan login for its one case."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.services import once, request_hash
from cases.selectors import case_for, party_of, running_deadlines, stage_steps
from common.errors import InvalidInput
from common.pages import actor_of, add_errors, form_key, form_page
from eventlog.selectors import receipt_of
from feedback import events, forms, selectors, services
from feedback.models import Satisfaction, Thread, ThreadState, Topic
from cases.pages import party_page

ANSWERED_AT_ONCE = {Topic.PROGRESS, Topic.APPOINTMENT}


@login_not_required
@party_page
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """我想……: choose the topic, see what can be answered at once, write."""
    actor = actor_of(request)
    case = case_for(actor, public_id)
    party = party_of(actor, case)
    topic_form = forms.TopicForm(request.GET if "topic" in request.GET else None)
    if not topic_form.is_valid():
        return form_page(request, "feedback/topic.html", topic_form, case=case)
    topic = Topic(topic_form.cleaned_data["topic"])
    form = forms.MessageForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():

        def write() -> str:
            thread = services.ask(
                case_id=case.pk, party_id=party.pk, topic=topic, text=form.cleaned_data["text"], actor=actor
            )
            return _url(thread, public_id)

        try:
            body = request_hash([str(public_id), topic, form.cleaned_data["text"]])
            target = once(actor=actor, route="feedback.ask", key=form_key(request), body_hash=body, write=write)
        except InvalidInput as error:
            add_errors(form, error)
        else:
            messages.success(request, _("留言已发出，法院会按期答复。"))
            return redirect(target)
    context: dict[str, Any] = {"case": case, "topic": topic, "form_key": form_key(request)}
    if topic in ANSWERED_AT_ONCE:
        context |= {"steps": stage_steps(case), "deadlines": running_deadlines(case, party)}
    return form_page(request, "feedback/write.html", form, **context)


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

        def write() -> str:
            services.write_more(thread_id=found.pk, text=form.cleaned_data["text"], actor=actor)
            return _url(found, public_id)

        try:
            body = request_hash([str(thread_id), form.cleaned_data["text"]])
            return redirect(
                once(actor=actor, route="feedback.more", key=form_key(request), body_hash=body, write=write)
            )
        except InvalidInput as error:
            add_errors(form, error)
    return _thread_page(request, found, form, forms.RatingForm())


def _thread_page(request: HttpRequest, found: Thread, form: Any, rating_form: Any) -> HttpResponse:
    rated = {rating.round for rating in found.ratings.all()}
    wrong = any(item.is_bound and item.errors for item in (form, rating_form))
    context = {
        "case": found.case,
        "thread": found,
        "form": form,
        "rating_form": rating_form,
        "can_rate": found.state == ThreadState.ANSWERED and found.round not in rated,
        "can_reopen": found.round == 1,
        "finished": found.round in rated,
        "receipt": receipt_of(found, events.ASKED),
        "form_key": form_key(request),
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
    """Rate the answer of this round; 不满意 may ask the division head for a second look."""
    actor = actor_of(request)
    found = selectors.thread_for(actor, thread_id, case_id=public_id)
    form = forms.RatingForm(request.POST)
    if form.is_valid():
        try:
            services.rate(
                thread_id=found.pk,
                level=Satisfaction(form.cleaned_data["level"]),
                words=form.cleaned_data["words"],
                wants_reopening=form.cleaned_data["reopen"],
                actor=actor,
            )
        except InvalidInput as error:
            add_errors(form, error)
        else:
            reopened = form.cleaned_data["reopen"]
            messages.success(request, _("已请庭长重新处理，时限重新计算。") if reopened else _("谢谢您的评价。"))
            return redirect(_url(found, public_id))
    return _thread_page(request, found, forms.MessageForm(), form)
