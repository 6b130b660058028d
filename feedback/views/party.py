"""A party asks, reads, rates. Open to full sign-in and to a scan login for its one case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.services import once, request_hash
from cases.models import Case, Party
from cases.pages import party_page
from cases.selectors import case_for, stood_for
from common import clock
from common.errors import DomainError
from common.pages import actor_of, add_errors, form_key, form_page, read_back, spoken
from documents.models import Copy
from documents.selectors import copies_for
from eventlog.selectors import receipt_of
from feedback import events, forms, selectors, services
from feedback.audience import who_sees
from feedback.models import Satisfaction, Thread, ThreadState, Topic
from feedback.policies import left_alone
from feedback.presenters import exchanged_rows, message_rows
from feedback.reasons import AtOnce, at_once
from feedback.views.writing import Letter, next_key, not_too_many, open_letter
from feedback.watch import missed_promises


@login_not_required
@party_page
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """我想……: choose the topic, see what can be answered at once, write."""
    actor = actor_of(request)
    case = case_for(actor, public_id)
    own = stood_for(actor, case)
    topic_form = forms.TopicForm(request.GET if "topic" in request.GET else None)
    if not topic_form.is_valid():
        return form_page(request, "feedback/topic.html", topic_form, case=case, party=own[0])
    topic = Topic(topic_form.cleaned_data["topic"])
    papers = copies_for([party.public_id for party in own]) if topic == Topic.PAPER else []
    letter = open_letter(request, case)
    asked = request.POST if letter.is_sent else None
    form = forms.AskForm(
        asked,
        who=who_sees(case, own, topic),
        copies=papers,
        parties=own,
        initial=request.POST.dict() if letter.action else {"copy": request.GET.get("copy", "")},
    )
    if letter.is_sent and form.is_valid():
        if aloud := _aloud(request, form, letter):
            return aloud
        question = _Question(case, own, topic, papers, letter, form.cleaned_data)
        try:
            target = _ask(request, question)
        except DomainError as error:
            add_errors(form, error)
        else:
            messages.success(request, _("留言已发出，法院会按期答复。"))
            return redirect(target)
    known = at_once(actor, case, own, topic)
    wrong = bool(letter.errors) or (form.is_bound and bool(form.errors))
    context: dict[str, Any] = {
        "form": form,
        "case": case,
        "party": own[0],
        "topic": topic,
        "known": known,
        "papers": papers,
        "stages": _stages(known),
        "form_key": next_key(request, form),
        "due": clock.beijing_day(services.reply_due_at(case, "reply_workdays")),
        "now": clock.now(),
        "form_errors": wrong,
    }
    return render(request, "feedback/write.html", context | letter.context(), status=422 if wrong else 200)


def _aloud(request: HttpRequest, form: forms.MessageForm, letter: Letter) -> HttpResponse | None:
    """The page to read out, while somebody writes for another."""
    files = [(_("附件"), "、".join(file.display_name for file in letter.files))] if letter.files else []
    return read_back(request, [*spoken(form), *files], letter=letter.letter)


@dataclass(frozen=True)
class _Question:
    case: Case
    own: list[Party]
    topic: Topic
    papers: list[Copy]
    letter: Letter
    said: dict[str, Any]

    @property
    def party(self) -> Party:
        chosen = self.said.get("party", "")
        return next((party for party in self.own if str(party.public_id) == chosen), self.own[0])

    @property
    def copy(self) -> Copy | None:
        chosen = self.said.get("copy", "")
        return next((copy for copy in self.papers if str(copy.public_id) == chosen), None)


def _ask(request: HttpRequest, question: _Question) -> str:
    """Send it once; the address of the thread."""
    actor, text = actor_of(request), question.said["text"]

    def write() -> str:
        thread = services.ask(
            case_id=question.case.pk,
            party_id=question.party.pk,
            topic=question.topic,
            text=text,
            files=question.letter.files,
            copy=question.copy,
            actor=actor,
        )
        return _url(thread, question.case.public_id)

    not_too_many(actor)
    parts = [str(question.case.public_id), question.topic, text, *question.letter.hashes]
    parts += [str(question.party.pk), question.said.get("copy", "")]
    return once(
        actor=actor, route="feedback.ask", key=form_key(request), body_hash=request_hash(parts), write=write
    )


def _stages(known: AtOnce) -> list[dict[str, str]]:
    return [{"label": s.label, "state": "now" if s.state == "current" else s.state} for s in known.stages]


def _url(thread: Thread, case_id: UUID) -> str:
    return reverse("feedback:thread", args=[case_id, thread.public_id])


@login_not_required
@party_page
@require_http_methods(["GET", "POST"])
def thread(request: HttpRequest, public_id: UUID, thread_id: UUID) -> HttpResponse:
    """The thread with its promise, the answers, the rating; more can be written until it is rated."""
    actor = actor_of(request)
    found = selectors.thread_for(actor, thread_id, case_id=public_id)
    letter = open_letter(request, found.case, found)
    form = _more_form(request, found, letter)
    if letter.is_sent and form.is_valid():
        if aloud := _aloud(request, form, letter):
            return aloud
        try:
            target = _write_more(request, found, letter, form.cleaned_data["text"])
        except DomainError as error:
            add_errors(form, error)
        else:
            services.mark_read(thread_id=found.pk, actor=actor)
            messages.success(request, _("已发出，法院会按期答复。"))
            return redirect(target)
    return _thread_page(request, found, form, forms.RatingForm(), letter)


def _more_form(request: HttpRequest, found: Thread, letter: Letter) -> forms.MessageForm:
    who = who_sees(found.case, [found.party], found.topic, found)
    kept = {"text": request.POST.get("text", "")} if letter.action else None
    return forms.MessageForm(request.POST if letter.is_sent else None, who=who, initial=kept)


def _corrects(request: HttpRequest) -> UUID | None:
    """The own message that this one puts right, as the address or the form says; a wrong value counts as none."""
    try:
        return UUID(request.POST.get("corrects") or request.GET.get("corrects", ""))
    except ValueError:
        return None


def _write_more(request: HttpRequest, found: Thread, letter: Letter, text: str) -> str:
    actor, corrects = actor_of(request), _corrects(request)

    def write() -> str:
        services.write_more(thread_id=found.pk, text=text, files=letter.files, corrects=corrects, actor=actor)
        return _url(found, found.case.public_id)

    not_too_many(actor)
    parts = [str(found.public_id), text, *letter.hashes, str(corrects)]
    return once(
        actor=actor, route="feedback.more", key=form_key(request), body_hash=request_hash(parts), write=write
    )


def _thread_page(
    request: HttpRequest, found: Thread, form: Any, rating_form: Any, letter: Letter
) -> HttpResponse:
    ratings = list(found.ratings.all())
    rated = {rating.round for rating in ratings}
    wrong = bool(letter.errors) or any(item.is_bound and item.errors for item in (form, rating_form))
    rows = message_rows(found, own_side="party")
    corrects = _corrects(request)
    rating_form.for_round(found.round)
    for_another = actor_of(request).helper is not None
    if for_another:  # what somebody thinks of the court is his own
        ratings = []
    context = {
        "case": found.case,
        "party": found.party,
        "thread": found,
        "rows": rows,
        "unread": any(not row["own"] and not row["entry"] and row["read_at"] is None for row in rows),
        "form": form,
        "rating_form": rating_form,
        "form_errors": wrong,
        "can_rate": found.state == ThreadState.ANSWERED and found.round not in rated and not for_another,
        "finished": found.state == ThreadState.ANSWERED and found.round in rated,
        "ratings": ratings,
        "missed": missed_promises(found),
        "receipt": receipt_of(found, events.ASKED),
        "form_key": next_key(request, form),
        "writes": form.is_bound or bool(letter.action) or corrects is not None,
        "corrected": next((row for row in rows if row["own"] and row["id"] == corrects), None),
        "your_turn": found.paused_at is not None,
        "left_alone": left_alone(found),
        "now": clock.now(),
    }
    return render(request, "feedback/thread.html", context | letter.context(), status=422 if wrong else 200)


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
            add_errors(form, error)
        else:
            services.mark_read(thread_id=found.pk, actor=actor)
            messages.success(
                request, _("已请上一级重新处理，时限重新计算。") if reopened else _("谢谢您的评价。")
            )
            return redirect(_url(found, public_id))
    letter = Letter(uuid4(), found.public_id, [], [], "")
    return _thread_page(request, found, _more_form(request, found, letter), form, letter)


@login_not_required
@party_page
@require_safe
def exchanged(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What the other sides handed in and the court passed on."""
    actor = actor_of(request)
    case = case_for(actor, public_id)
    own = stood_for(actor, case)
    rows = exchanged_rows(selectors.exchanged_in(actor, case))
    return render(request, "feedback/exchanged.html", {"case": case, "party": own[0], "rows": rows})
