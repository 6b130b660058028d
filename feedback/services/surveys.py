"""Surveys with a drawn sample, and the suggestion box."""

from __future__ import annotations

import hashlib
from datetime import date

from django.utils.translation import gettext as _

from accounts.access import allows
from cases.policies import visible_parties
from common import clock
from common.actor import Actor
from common.errors import Conflict, InvalidInput, NotAllowed
from courts.calendar import end_of_workdays
from courts.models import Court, StaffPost
from eventlog.services import act, emit
from feedback import events
from feedback.figures import Period, last_answers
from feedback.models import (
    QUESTIONS,
    SUGGESTION_FLOW,
    Invitation,
    Satisfaction,
    Suggestion,
    Survey,
    SurveyForm,
    Thread,
)

OPEN_WORKDAYS = 10


def draw(seed: str, public_ids: list[str], size: int) -> list[str]:
    """The sample: in the order of SHA-256 over seed and id, the first ``size``. Anybody with the list can repeat it."""
    return sorted(public_ids, key=lambda one: hashlib.sha256(f"{seed}{one}".encode()).hexdigest())[:size]


def open_survey(*, title: str, since: date, until: date, seed: str, size: int, actor: Actor) -> Survey:
    """The supervisor asks ``size`` of the parties whose questions were answered on these days; all of them if fewer.

    Each person has one form at most: the last thread of a party stands for it. Raises NotAllowed, and InvalidInput where
    nobody was answered.
    """
    if not allows(actor, "feedback.oversee"):
        raise NotAllowed(_("满意度调查由院领导开展。"))
    with act():
        court = Court.objects.get(pk=actor.court_id or 0)
        answered = last_answers(court.pk, Period(since, until)).values("thread_id")
        threads = Thread.objects.filter(pk__in=answered).select_related("case", "party").order_by("id")
        by_party = {thread.party_id: thread for thread in threads}
        by_id = {str(thread.public_id): thread for thread in by_party.values()}
        if not by_id:
            message = _("这段时间没有答复过的留言，换一段时间再试")
            raise InvalidInput(message, since=message)
        drawn = [by_id[one] for one in draw(seed, list(by_id), size)]
        survey = Survey.objects.create(
            court=court,
            title=title,
            since=since,
            until=until,
            seed=seed,
            population=len(by_id),
            size=len(drawn),
            opened_at=clock.now(),
            closes_at=end_of_workdays(court, OPEN_WORKDAYS)[0],
        )
        stream = f"court:{court.code}"
        emit(events.SURVEY_OPENED, subject=survey, actor=actor, stream=stream, court_id=court.pk, seed=seed)
        for thread in drawn:
            _invite(survey, thread, actor, stream)
    return survey


def _invite(survey: Survey, thread: Thread, actor: Actor, stream: str) -> None:
    row = Invitation.objects.create(survey=survey, thread=thread, division_id=thread.case.division_id)
    emit(events.SURVEY_INVITED, subject=row, actor=actor, stream=stream, court_id=survey.court_id)


def return_form(*, invitation_id: int, levels: dict[str, Satisfaction], words: str, actor: Actor) -> None:
    """Somebody of the party returns the form, once, until the survey closes. No event says who wrote which form.

    Raises NotAllowed for somebody else, Conflict for a second form and after the close.
    """
    with act():
        row = (
            Invitation.objects.select_for_update(of=("self",), no_key=True)
            .select_related("survey", "thread")
            .get(pk=invitation_id)
        )
        mine = visible_parties(actor).filter(pk=row.thread.party_id)
        if not allows(actor, "survey.answer") or not mine.exists():
            raise NotAllowed(_("这份调查表不是给您的。"))
        if row.is_returned:
            raise Conflict(_("这份调查表您已经交过了，谢谢。"), code="already_returned")
        if clock.now() > row.survey.closes_at:
            raise Conflict(_("这次调查已经结束，谢谢您的关心。"), code="survey_closed")
        row.is_returned = True
        row.save(update_fields=["is_returned"])
        answers = {question: levels[question] for question in QUESTIONS}
        SurveyForm.objects.create(survey=row.survey, division_id=row.division_id, words=words, **answers)


def suggest(*, court_id: int, text: str, phone: str, actor: Actor) -> Suggestion:
    """Anybody suggests something to a court that is connected; nothing else about the person is kept."""
    with act():
        court = Court.objects.get(pk=court_id, is_open=True)
        row = Suggestion.objects.create(court=court, text=text, phone=phone, received_at=clock.now())
        stream = f"court:{court.code}"
        emit(events.SUGGESTED, subject=row, actor=actor, stream=stream, court_id=court.pk)
    return row


def handle_suggestion(*, suggestion_id: int, outcome: str, actor: Actor) -> Suggestion:
    """The supervisor writes what came of it. Raises NotAllowed, and InvalidTransition for one that is handled."""
    with act():
        row = (
            Suggestion.objects.select_for_update(of=("self",), no_key=True)
            .select_related("court")
            .get(pk=suggestion_id)
        )
        if not allows(actor, "feedback.oversee") or actor.court_id != row.court_id:
            raise NotAllowed(_("建议由本院院领导处理。"))
        SUGGESTION_FLOW.move(row, "handle")
        row.outcome, row.handled_at = outcome, clock.now()
        row.handled_by = StaffPost.objects.get(pk=actor.post_id or 0)
        row.save(update_fields=["state", "outcome", "handled_at", "handled_by"])
        stream = f"court:{row.court.code}"
        emit(events.SUGGESTION_HANDLED, subject=row, actor=actor, stream=stream, court_id=row.court_id)
    return row
