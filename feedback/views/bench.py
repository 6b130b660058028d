"""The judge's day page and answering."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import allows
from accounts.services import once, request_hash
from common import clock
from common.errors import NotAllowed
from common.pages import actor_of, form_key
from feedback import forms, selectors, services
from feedback.models import Thread
from feedback.policies import can_answer
from feedback.presenters import day_rows, message_rows


def _need_bench(request: HttpRequest) -> None:
    if not allows(actor_of(request), "message.answer"):
        raise NotAllowed(_("这个页面给法官、书记员和庭长使用。"))


@require_safe
def day(request: HttpRequest) -> HttpResponse:
    """Today: answers due, oldest first."""
    _need_bench(request)
    now = clock.now()
    found = selectors.day_of(actor_of(request), now=now)
    context = {"day": found, "rows": day_rows(found.threads), "now": now}
    return render(request, "feedback/bench_day.html", context)


@require_http_methods(["GET", "POST"])
def message(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Thread, templates, answer with a second read, 发送并看下一件; internal notes apart."""
    _need_bench(request)
    actor = actor_of(request)
    thread = selectors.thread_for(actor, public_id)
    form = forms.AnswerForm(
        request.POST if request.method == "POST" else None, initial=_template_text(request, thread)
    )
    preview = False
    if request.method == "POST" and form.is_valid():
        action = request.POST.get("action", "")
        if action in ("send", "send_next", "note"):
            return _send(request, thread, form.cleaned_data["text"], action)
        preview = action == "preview"
    context = {
        "thread": thread,
        "case": thread.case,
        "rows": message_rows(thread, own_side="court"),
        "form": form,
        "preview": preview,
        "templates": selectors.templates_of(thread.court_id),
        "answerable": can_answer(actor, thread),
        "form_key": form_key(request),
    }
    wrong = form.is_bound and bool(form.errors)
    return render(request, "feedback/bench_message.html", context, status=422 if wrong else 200)


def _template_text(request: HttpRequest, thread: Thread) -> dict[str, str]:
    wanted = request.GET.get("template", "")
    chosen = next((t for t in selectors.templates_of(thread.court_id) if str(t.pk) == wanted), None)
    return {"text": chosen.text} if chosen else {}


def _send(request: HttpRequest, thread: Thread, text: str, action: str) -> HttpResponse:
    actor = actor_of(request)

    def write() -> str:
        act = services.add_internal_note if action == "note" else services.answer
        act(thread_id=thread.pk, text=text, actor=actor)
        return str(thread.public_id)

    body = request_hash([str(thread.public_id), text, action == "note"])
    once(actor=actor, route="feedback.answer", key=form_key(request), body_hash=body, write=write)
    messages.success(request, _("内部备注已保存。") if action == "note" else _("答复已发出。"))
    following = selectors.next_to_answer(actor, after=thread) if action == "send_next" else None
    if action == "note":
        return redirect("feedback:bench_message", public_id=thread.public_id)
    if following is not None:
        return redirect("feedback:bench_message", public_id=following.public_id)
    return redirect("feedback:bench")
