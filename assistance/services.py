"""Asking for help, arranging it, calling, ending. What the person is told is a date, kept by a list that is first due first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.access import MATRIX, allows
from assistance import events
from assistance.models import HELP_LIVE, HELP_REQUEST_FLOW, CallAttempt, HelpKind, HelpRequest
from assistance.policies import visible_help
from cases.models import Case, Party
from cases.policies import visible_parties
from cases.services import case_stream
from common import clock
from common.actor import Actor
from common.errors import Conflict, InvalidInput, NotAllowed, NotVisible
from courts.calendar import end_of_workdays
from courts.models import StaffPost
from courts.posts import live_posts
from courts.services import setting
from eventlog.services import act, emit

CALLS_BEFORE_GIVING_UP = 3


@dataclass(frozen=True)
class Wish:
    """What a person asks for: which help, at which number, when it suits, what it is about."""

    kind: HelpKind
    phone: str
    when: str
    words: str


def contact_due_at(case: Case) -> datetime:
    """By when somebody of the court has called: the end of the court's last working day for it."""
    return end_of_workdays(case.court, setting(case.court_id, "help_workdays"))[0]


def ask_help(*, case_id: int, party_id: int, wish: Wish, actor: Actor) -> HelpRequest:
    """A party asks for a person. Asking for the same while it waits is refused with what is known. Signed receipt."""
    with act():
        mine = visible_parties(actor).filter(pk=party_id, case_id=case_id)
        party = mine.select_related("case__court").select_for_update(of=("self",), no_key=True).first()
        if party is None or not allows(actor, "help.ask"):
            raise NotAllowed(_("只有本案当事人可以请人帮忙。"))
        _refuse_second(party, wish.kind)
        request = HelpRequest.objects.create(
            court_id=party.case.court_id,
            case=party.case,
            party=party,
            kind=wish.kind,
            phone=wish.phone,
            when=wish.when,
            words=wish.words,
            asked_at=clock.now(),
            due_at=contact_due_at(party.case),
        )
        _record(events.ASKED, request, actor, receipt=str(request.public_id)[:8].upper(), kind=wish.kind)
    return request


def _refuse_second(party: Party, kind: HelpKind) -> None:
    known = party.help_requests.filter(kind=kind, state__in=HELP_LIVE).first()
    if known is not None:
        words = _("您已经请过，法院最晚%(day)s联系您，不用再请。") % {"day": clock.beijing_day(known.due_at)}
        raise Conflict(words, code="asked_already")


def cancel_help(*, request_id: int, actor: Actor) -> HelpRequest:
    """The person does not need it any more. Raises InvalidTransition when it is over."""
    with act():
        request = _locked(request_id, visible_help(actor))
        if actor.is_staff:
            raise NotAllowed(_("由提出的人自己取消。"))
        _end(request, "cancel", "")
        _record(events.CANCELLED, request, actor)
    return request


@dataclass(frozen=True)
class Meeting:
    """Who helps; for a companion or guide also when and where both meet."""

    post_id: int
    meet_at: datetime | None = None
    meet_place: str = ""


def arrange_help(*, request_id: int, meeting: Meeting, actor: Actor) -> HelpRequest:
    """Name who helps and, unless it is a call, when and where. Arranging again replaces it; the person is told each time.

    Raises InvalidInput with sentences by field.
    """
    with act():
        request = _locked(request_id, _kept(actor))
        post = helpers_of(request.court_id).filter(pk=meeting.post_id).first()
        wrong = _misfit(request, meeting, post)
        if wrong:
            raise InvalidInput(next(iter(wrong.values())), **wrong)
        HELP_REQUEST_FLOW.move(request, "arrange")
        request.post, request.meet_at, request.meet_place = post, meeting.meet_at, meeting.meet_place
        request.save(update_fields=["state", "post", "meet_at", "meet_place"])
        _record(events.ARRANGED, request, actor, post=meeting.post_id)
    return request


def _misfit(request: HelpRequest, meeting: Meeting, post: StaffPost | None) -> dict[str, str]:
    wrong = {}
    if post is None:
        wrong["post"] = _("请从本院现在在岗的人员里选")
    if request.kind != HelpKind.CALL:
        if meeting.meet_at is None or meeting.meet_at <= clock.now():
            wrong["meet_at"] = _("请填写今天以后的见面时间")
        if not meeting.meet_place:
            wrong["meet_place"] = _("请填写见面的地方，例如：诉讼服务中心门口")
    return wrong


def helpers_of(court_id: int) -> QuerySet[StaffPost]:
    """Who of the court may be sent to help: everybody who keeps its service desk now."""
    return (
        live_posts()
        .filter(court_id=court_id, role__in=MATRIX["help.keep"])
        .select_related("user")
        .order_by("id")
    )


def note_call(*, request_id: int, reached: bool, words: str, actor: Actor) -> HelpRequest:
    """Somebody of the desk rang. A call that was asked for is done when it reached the person; after three that did not,
    the request ends as 没有联系上 and the person is told by text to come or call."""
    with act():
        request = _locked(request_id, _kept(actor))
        if request.state not in HELP_LIVE:
            raise Conflict(_("这件事已经结束。"), code="help_over")
        if reached and not words:
            message = _("请写明电话里说了什么")
            raise InvalidInput(message, words=message)
        CallAttempt.objects.create(
            help_request=request,
            post_id=actor.post_id or 0,
            reached=reached,
            words=words,
            called_at=clock.now(),
        )
        _record(events.CALLED, request, actor, reached=reached)
        if reached and request.kind == HelpKind.CALL:
            _over(request, "finish", words, actor)
        elif not reached and request.calls.filter(reached=False).count() >= CALLS_BEFORE_GIVING_UP:
            _over(request, "give_up", "", actor)
    return request


def finish_help(*, request_id: int, outcome: str, actor: Actor) -> HelpRequest:
    """The companion or guide was there; says what came of it."""
    with act():
        request = _locked(request_id, _kept(actor))
        if not outcome:
            message = _("请写明帮助的结果")
            raise InvalidInput(message, outcome=message)
        _over(request, "finish", outcome, actor)
    return request


def _over(request: HelpRequest, move: str, outcome: str, actor: Actor) -> None:
    _end(request, move, outcome)
    on_time = request.ended_at is not None and request.ended_at <= request.due_at
    _record(events.ENDED, request, actor, state=request.state, on_time=on_time)


def _end(request: HelpRequest, move: str, outcome: str) -> None:
    HELP_REQUEST_FLOW.move(request, move)
    request.ended_at, request.outcome = clock.now(), outcome
    request.save(update_fields=["state", "ended_at", "outcome"])


def _kept(actor: Actor) -> QuerySet[HelpRequest]:
    if not actor.is_staff or not allows(actor, "help.keep"):
        raise NotAllowed(_("求助由本院诉讼服务中心安排。"))
    return visible_help(actor)


def _locked(request_id: int, rows: QuerySet[HelpRequest]) -> HelpRequest:
    found = rows.select_for_update(of=("self",), no_key=True).select_related("case", "party")
    request = found.filter(pk=request_id).first()
    if request is None:
        raise NotVisible(_("没有这个页面。"))
    return request


def _record(
    name: str, request: HelpRequest, actor: Actor, *, receipt: str | None = None, **data: Any
) -> None:
    emit(
        name,
        subject=request,
        actor=actor,
        stream=case_stream(request.case),
        court_id=request.court_id,
        receipt=receipt,
        case_id=request.case_id,
        party=request.party.public_id,
        **data,
    )
