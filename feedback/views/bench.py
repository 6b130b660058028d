"""The judge's day page and answering."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import allows
from accounts.services import once, request_hash
from cases.selectors import judge_name
from common import clock
from common.errors import DomainError, NotAllowed, NotVisible
from common.pages import actor_of, add_errors, form_key, form_page
from feedback import forms, selectors, services
from feedback.audience import other_side
from feedback.models import CheckOutcome, Level, Message, Thread
from feedback.placeholders import fill
from feedback.policies import can_answer, can_check
from feedback.presenters import check_rows, day_rows, message_rows
from feedback.views.writing import Letter, open_letter

SENDING = ("send", "send_next")


def _need_bench(request: HttpRequest) -> None:
    if not allows(actor_of(request), "message.answer"):
        raise NotAllowed(_("这个页面给法官、书记员和庭长使用。"))


@require_safe
def day(request: HttpRequest) -> HttpResponse:
    """Today: answers due, oldest first; what parties wrote on the merits and nobody has checked."""
    if not allows(actor_of(request), "bench.day"):
        raise NotAllowed(_("这个页面给法官、书记员和庭长使用。"))
    actor, now = actor_of(request), clock.now()
    found = selectors.day_of(actor, now=now)
    context = {
        "day": found,
        "rows": day_rows(found.threads),
        "checks": check_rows(found.unchecked),
        # a supervisor has no day page: whatever stands here at oversight has nobody above
        "left": any(thread.level == Level.OVERSIGHT for thread in found.threads),
        "now": now,
    }
    return render(request, "feedback/bench_day.html", context)


@require_http_methods(["GET", "POST"])
def message(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Thread, templates, answer with a second read, 发送并看下一件; internal notes in a form of their own."""
    _need_bench(request)
    actor = actor_of(request)
    thread = selectors.thread_for(actor, public_id)
    letter = open_letter(request, thread.case, thread)
    kept = {"text": request.POST.get("text", ""), "ending": request.POST.get("ending", "settles")}
    form = forms.AnswerForm(
        request.POST if letter.is_sent else None,
        initial=kept if letter.action else _template_text(request, thread),
    )
    preview = False
    if letter.is_sent and form.is_valid():
        if letter.action in SENDING:
            try:
                return _send(request, thread, form, letter)
            except NotAllowed as error:
                add_errors(form, error)
        else:
            preview = True
    return _message_page(request, thread, letter, form=form, preview=preview)


def _message_page(
    request: HttpRequest, thread: Thread, letter: Letter, *, form: Any, preview: bool, note: Any = None
) -> HttpResponse:
    actor = actor_of(request)
    rows = message_rows(thread, own_side="court", own_post=actor.post_id)
    note = note or forms.NoteForm()
    wrong = bool(letter.errors) or any(one.is_bound and one.errors for one in (form, note))
    context = {
        "thread": thread,
        "case": thread.case,
        "rows": rows,
        "form": form,
        "note": note,
        "preview": preview,
        "templates": selectors.templates_of(thread.court_id),
        "answerable": can_answer(actor, thread),
        "checks": allows(actor, "message.check"),
        "unread": any(row["by_party"] and row["read_at"] is None for row in rows),
        "form_key": form_key(request),
        "form_errors": wrong,
    }
    return render(
        request, "feedback/bench_message.html", context | letter.context(), status=422 if wrong else 200
    )


def _template_text(request: HttpRequest, thread: Thread) -> dict[str, str]:
    wanted = request.GET.get("template", "")
    chosen = next((t for t in selectors.templates_of(thread.court_id) if str(t.public_id) == wanted), None)
    text = fill(chosen.text, thread, judge_name(thread.case)) if chosen else ""
    return {"text": text, "ending": "settles"}


def _send(request: HttpRequest, thread: Thread, form: forms.AnswerForm, letter: Letter) -> HttpResponse:
    actor, text, how = actor_of(request), form.cleaned_data["text"], form.how_it_ends()

    def write() -> str:
        services.answer(thread_id=thread.pk, text=text, files=letter.files, actor=actor, **how)
        return str(thread.public_id)

    body = request_hash([str(thread.public_id), text, *letter.hashes, str(how)])
    once(actor=actor, route="feedback.answer", key=form_key(request), body_hash=body, write=write)
    messages.success(request, _("答复已发出。"))
    following = selectors.next_to_answer(actor, after=thread) if letter.action == "send_next" else None
    if following is not None:
        return redirect("feedback:bench_message", public_id=following.public_id)
    return redirect("feedback:bench")


@require_POST
def note(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """An internal note: its own form, its own button, its own address."""
    _need_bench(request)
    actor = actor_of(request)
    thread = selectors.thread_for(actor, public_id)
    form = forms.NoteForm(request.POST)
    if not form.is_valid():
        letter = Letter(thread.public_id, thread.public_id, [], [], "")
        answer = forms.AnswerForm(initial={"ending": "settles"})
        return _message_page(request, thread, letter, form=answer, preview=False, note=form)
    text = form.cleaned_data["text"]

    def write() -> str:
        services.add_internal_note(thread_id=thread.pk, text=text, actor=actor)
        return str(thread.public_id)

    body = request_hash([str(thread.public_id), text])
    once(actor=actor, route="feedback.note", key=form_key(request), body_hash=body, write=write)
    messages.success(request, _("内部备注已保存，当事人看不到。"))
    return redirect("feedback:bench_message", public_id=thread.public_id)


@require_POST
def seen(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """标为已看: the party sees that the court has read it, before there is an answer."""
    _need_bench(request)
    actor = actor_of(request)
    thread = selectors.thread_for(actor, public_id)
    services.mark_seen(thread_id=thread.pk, actor=actor)
    messages.success(request, _("已标为看过，当事人能看到。"))
    return redirect("feedback:bench_message", public_id=thread.public_id)


def _message_of(thread: Thread, message_id: UUID) -> Message:
    """One message of a thread that was read already; NotVisible otherwise."""
    found = next((row for row in thread.messages.all() if row.public_id == message_id), None)
    if found is None:
        raise NotVisible(_("没有这个页面。"))
    return found


@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, public_id: UUID, message_id: UUID) -> HttpResponse:
    """Put an own answer right by a new entry."""
    _need_bench(request)
    actor = actor_of(request)
    thread = selectors.thread_for(actor, public_id)
    wrong = _message_of(thread, message_id)
    if wrong.author_post_id != actor.post_id or wrong.is_internal:
        raise NotVisible(_("没有这个页面。"))
    form = forms.CorrectionForm(
        request.POST if request.method == "POST" else None, initial={"text": wrong.text}
    )
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["text"]

        def write() -> str:
            services.correct(message_public_id=wrong.public_id, text=text, actor=actor)
            return str(thread.public_id)

        body = request_hash([str(wrong.public_id), text])
        once(actor=actor, route="feedback.correct", key=form_key(request), body_hash=body, write=write)
        messages.success(request, _("更正已发出，原来的答复还在。"))
        return redirect("feedback:bench_message", public_id=thread.public_id)
    context = {"thread": thread, "case": thread.case, "wrong": wrong, "form_key": form_key(request)}
    return form_page(request, "feedback/bench_correct.html", form, **context)


@require_http_methods(["GET", "POST"])
def check(request: HttpRequest, public_id: UUID, message_id: UUID) -> HttpResponse:
    """Check what a party wrote on the merits: pass on, keep in court, do not take."""
    if not allows(actor_of(request), "message.check"):
        raise NotAllowed(_("材料由承办法官和本案书记员核对。"))
    actor = actor_of(request)
    thread = selectors.thread_for(actor, public_id)
    found = _message_of(thread, message_id)
    if not found.on_merits:
        raise NotVisible(_("没有这个页面。"))
    form = forms.CheckForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.check_merits(
                message_public_id=found.public_id,
                outcome=CheckOutcome(form.cleaned_data["outcome"]),
                reason=form.cleaned_data["reason"],
                actor=actor,
            )
        except DomainError as error:
            add_errors(form, error)
        else:
            messages.success(request, _("已核对。"))
            return redirect("feedback:bench_message", public_id=thread.public_id)
    row = next(row for row in message_rows(thread, own_side="court") if row["id"] == found.public_id)
    context = {
        "thread": thread,
        "case": thread.case,
        "row": row,
        "others": other_side(thread.case, [thread.party]),
        "open": can_check(actor, found),
    }
    return form_page(request, "feedback/bench_check.html", form, **context)
