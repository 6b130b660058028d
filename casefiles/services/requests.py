"""Asking to read a file that is not open by itself, and the court's answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.access import allows
from casefiles import events, policies
from casefiles.models import READING_REQUEST_FLOW, Capacity, ReadingRequest
from cases.models import Case
from common import clock
from common.actor import Actor
from common.errors import Conflict, InvalidInput, InvalidTransition, NotAllowed, NotVisible
from courts.models import Court
from courts.services import access_stream, setting
from eventlog.services import act, emit


@dataclass(frozen=True)
class Wish:
    """Which file somebody wants to read, as whom, and why."""

    number: str
    capacity: Capacity
    reason: str


def ask_reading(*, court: Court, wish: Wish, actor: Actor) -> ReadingRequest:
    """Ask for it. A number without a case is taken like any other: the answer tells nothing before somebody of the court
    gave it. Conflict while the same request waits, InvalidInput where the person reads the file already."""
    if not actor.is_public or not allows(actor, "file.ask"):
        raise NotAllowed(_("请先登录，再申请阅卷。"))
    case = Case.objects.filter(court=court, number=wish.number).first()
    if case is not None and policies.readable_cases(actor).filter(pk=case.pk).exists():
        message = _("这个案件的案卷您可以直接看，请到“我的案件”里打开")
        raise InvalidInput(message, number=message)
    with act():
        try:
            with transaction.atomic():
                made = ReadingRequest.objects.create(
                    court=court,
                    case=case,
                    number_typed=wish.number,
                    asked_by_id=actor.user_id or 0,
                    capacity=wish.capacity,
                    reason=wish.reason,
                    asked_at=clock.now(),
                )
        except IntegrityError:
            raise Conflict(_("这个案件的阅卷申请正在等法院答复。"), code="asked_already") from None
        _record(events.ASKED, made, actor)
    return made


def take_back(*, request_public_id: UUID, actor: Actor) -> ReadingRequest:
    """The person no longer wants it."""
    with act():
        request = _locked(request_public_id, actor)
        if request.asked_by_id != actor.user_id:
            raise NotVisible(_("没有这个页面。"))
        _move(request, "take_back")
        _record(events.DECIDED, request, actor, state=request.state)
    return request


def decide(*, request_public_id: UUID, grant: bool, answer: str, actor: Actor) -> ReadingRequest:
    """The judge of the case or a head of the court answers, with the reason; a grant lasts the court's ``reading_days``.
    InvalidInput without words, or when a number is granted that belongs to no case."""
    with act():
        request = _locked(request_public_id, actor)
        if not allows(actor, "file.decide"):
            raise NotAllowed(_("阅卷申请由承办法官或者庭长答复。"))
        if not answer:
            raise InvalidInput(_("请写明理由"), answer=_("请写明理由"))
        if grant and request.case_id is None:
            message = _("本院没有这个案号的案件，只能不同意")
            raise InvalidInput(message, decision=message)
        request.answer, request.decided_at, request.decided_by_id = answer, clock.now(), actor.post_id
        if grant:
            request.until_at = clock.now() + timedelta(days=setting(request.court_id, "reading_days"))
        _move(request, "grant" if grant else "refuse")
        _record(events.DECIDED, request, actor, state=request.state)
    return request


def _move(request: ReadingRequest, move: str) -> None:
    if not READING_REQUEST_FLOW.can(request, move):
        raise InvalidTransition(_("这份申请已经有结果，请看最新情况。"))
    READING_REQUEST_FLOW.move(request, move)
    request.save()


def _locked(public_id: UUID, actor: Actor) -> ReadingRequest:
    rows = policies.visible_requests(actor).select_for_update(of=("self",), no_key=True)
    request = rows.select_related("court").filter(public_id=public_id).first()
    if request is None:
        raise NotVisible(_("没有这个页面。"))
    return request


def _record(name: str, request: ReadingRequest, actor: Actor, **data: Any) -> None:
    """In the court's access stream: the parties' own streams tell nothing of who wanted to read."""
    emit(
        name,
        subject=request,
        actor=actor,
        stream=access_stream(request.court.code),
        court_id=request.court_id,
        public_id=request.public_id,
        **data,
    )
