"""Switching codes off: one copy, a whole case, a closed case. Works with the row itself, at once (SEC-25)."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.utils.translation import gettext as _

from cases.models import Case
from common import clock
from common.actor import Actor
from common.errors import InvalidTransition, NotVisible
from courts.services import setting
from documents.models import Copy
from documents.services import revoke_copy
from eventlog.services import act, emit
from qrlinks import events, policies
from qrlinks.models import CaseCode, CodeSwitch, OffReason


def switch_copy_off(*, copy_public_id: uuid.UUID, reason: OffReason, actor: Actor) -> Copy:
    """One copy, for good; a new one is printed when the person still needs it. NotVisible outside the actor's court."""
    return revoke_copy(copy_public_id=copy_public_id, actor=actor, reason=str(OffReason(reason)))


def switch_case(*, case_public_id: uuid.UUID, on: bool, reason: OffReason | str, actor: Actor) -> CaseCode:
    """All copies of a case at once, off or on again. Copies switched off one by one stay off.

    ``reason`` is needed to switch off and empty otherwise. InvalidTransition when it is so already, NotVisible for
    cases of others.
    """
    with act():
        case = policies.switchable_cases(actor).filter(public_id=case_public_id).first()
        if case is None:
            raise NotVisible(_("没有找到这个案件。"))
        code = CaseCode.objects.select_for_update(no_key=True).get(case=case)
        if code.is_on == on:
            raise InvalidTransition(_("这个案件的码已经是这样了，请刷新看一看。"))
        reason = "" if on else str(OffReason(reason))
        code.is_on = on
        code.save(update_fields=["is_on"])
        CodeSwitch.objects.create(
            code=code, on=on, reason=reason, by_id=actor.post_id or 0, happened_at=clock.now()
        )
        emit(
            events.CASE_SWITCHED,
            subject=code,
            actor=actor,
            stream=f"case:{case.public_id}",
            court_id=case.court_id,
            on=on,
            reason=reason,
        )
    return code


def end_with_case(*, case: Case) -> None:
    """The case is closed: its codes answer as many more days as the court keeps them. Inside the act that closes it."""
    days = setting(case.court_id, "code_days_after_closing")
    CaseCode.objects.filter(case=case).update(ends_at=clock.now() + timedelta(days=days))
