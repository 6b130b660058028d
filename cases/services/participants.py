"""Who takes part and is no party: written down so that the court can call him, ended when he is not needed any more."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from cases import events
from cases.models import Case, Participant, ParticipantKind, Party
from cases.policies import can_keep_participants, visible_participants
from cases.services.periods import case_stream
from common import clock
from common.actor import Actor
from common.errors import InvalidInput, InvalidTransition, NotAllowed, NotVisible
from eventlog.services import act, emit

SPECIALISTS = 2
"""People with expert knowledge that one party may ask for (解释122)."""


def add_participant(
    *,
    case_id: int,
    kind: str,
    name: str,
    address: str,
    phone: str,
    asked_by_public_id: UUID | None,
    actor: Actor,
) -> Participant:
    """Write down somebody whom the court may call. ``asked_by_public_id`` is the party that asked for him, None when the court
    calls him itself, which it cannot do for a person with expert knowledge (民诉法82).

    InvalidInput by field for a party of another case, for somebody who is there already in this capacity, for a third specialist
    of one party. NotAllowed for who does not hold the case.
    """
    with act():
        case = Case.objects.select_for_update(of=("self",), no_key=True).get(pk=case_id)
        if not can_keep_participants(actor, case):
            raise NotAllowed(_("其他诉讼参与人由承办法官、法官助理、书记员登记。"))
        asked_by = _asked_by(case, kind, asked_by_public_id)
        live = Participant.objects.filter(case=case, kind=kind, ends_at=None)
        if live.filter(name=name).exists():
            words = _("已经登记过。真有同名的两个人，在姓名后面加括号注明")
            raise InvalidInput(words, name=words)
        if kind == ParticipantKind.SPECIALIST and live.filter(asked_by=asked_by).count() >= SPECIALISTS:
            words = _("一方当事人最多申请两名有专门知识的人")
            raise InvalidInput(words, asked_by=words)
        person = Participant.objects.create(
            case=case,
            kind=kind,
            name=name,
            address=address,
            phone=phone,
            asked_by=asked_by,
            recorded_by_id=actor.post_id or 0,
            starts_at=clock.now(),
        )
        _record(events.PARTICIPANT_ADDED, person, actor)
    return person


def end_participant(*, public_id: UUID, actor: Actor) -> Participant:
    """He is not called any more; papers that went to him stay. InvalidTransition when he was ended already, NotVisible for
    people of cases of others."""
    with act():
        rows = visible_participants(actor).filter(public_id=public_id).select_related("case")
        person = rows.select_for_update(of=("self",), no_key=True).first()
        if person is None or not can_keep_participants(actor, person.case):
            raise NotVisible(_("没有这个页面。"))
        if person.ends_at is not None:
            raise InvalidTransition(_("已经登记为不再参加。"))
        person.ends_at = clock.now()
        person.save(update_fields=["ends_at"])
        _record(events.PARTICIPANT_ENDED, person, actor)
    return person


def _asked_by(case: Case, kind: str, public_id: UUID | None) -> Party | None:
    if public_id is None:
        if kind == ParticipantKind.SPECIALIST:
            words = _("有专门知识的人由当事人申请，请选是哪一方申请的")
            raise InvalidInput(words, asked_by=words)
        return None
    party = Party.objects.filter(case=case, public_id=public_id).first()
    if party is None:
        raise InvalidInput(_("请从列出的选项里选"), asked_by=_("请从列出的选项里选"))
    return party


def _record(name: str, person: Participant, actor: Actor) -> None:
    emit(
        name,
        subject=person,
        actor=actor,
        stream=case_stream(person.case),
        court_id=person.case.court_id,
        participant=person.public_id,
        kind=person.kind,
    )
