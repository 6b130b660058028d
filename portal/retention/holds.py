"""Legal holds: what must not be cleared or erased, whatever its time (SEC-68). Placed and lifted by a member of staff, with a reason."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from accounts.models import User
from cases.models import Case, Party
from common import clock
from common.actor import Actor
from common.errors import Conflict, NotVisible
from common.two_people import require_reason
from eventlog.services import act, emit
from filing.models import Filing
from portal import events
from portal.models import HeldKind, LegalHold

OWNERS = {HeldKind.PERSON: User, HeldKind.CASE: Case, HeldKind.FILING: Filing}
STREAM = "operations"


def held(kind: HeldKind, column: str = "public_id") -> Exists:
    """For rows whose ``column`` has the public id of such a thing: whether it is held."""
    return Exists(LegalHold.objects.filter(kind=kind, thing=OuterRef(column), lifted_at=None))


def held_person(column: str, *, by: str = "pk") -> Exists:
    """For rows whose ``column`` has an account, or with ``by="phone_index"`` the index of its phone."""
    return Exists(User.objects.filter(held(HeldKind.PERSON), **{by: OuterRef(column)}))


def held_filing(column: str) -> Exists:
    """For rows whose ``column`` has the id of an application."""
    return Exists(Filing.objects.filter(held(HeldKind.FILING), pk=OuterRef(column)))


def bound_case(column: str, *, by: str = "pk") -> Exists:
    """For rows whose ``column`` leads to a case (``by``: its key, its public id, or "party": a party of it): whether the case lives or is held."""
    bound = Q(closed_at=None) | Q(held(HeldKind.CASE))
    if by == "party":
        cases = Case.objects.filter(bound, pk=OuterRef("case_id"))
        return Exists(Party.objects.filter(Exists(cases), pk=OuterRef(column)))
    return Exists(Case.objects.filter(bound, **{by: OuterRef(column)}))


def is_held_person(user: User) -> bool:
    """Whether a person is held: himself, or by a case he stands in or an application of his."""
    holds = LegalHold.objects.filter(lifted_at=None)
    cases = Case.objects.filter(parties__access__user=user).values("public_id")
    filings = Filing.objects.filter(applicant=user).values("public_id")
    return holds.filter(
        Q(kind=HeldKind.PERSON, thing=user.public_id)
        | Q(kind=HeldKind.CASE, thing__in=cases)
        | Q(kind=HeldKind.FILING, thing__in=filings)
    ).exists()


def place_hold(*, kind: HeldKind, thing: UUID, reason: str, actor: Actor) -> LegalHold:
    """From now on nothing of it goes. NotVisible for a thing that is not there, Conflict when it is held already, InvalidInput without
    a reason."""
    require_reason(reason, _("请写清楚理由"))
    with act():
        if not OWNERS[kind]._default_manager.filter(public_id=thing).exists():
            raise NotVisible(_("没有找到这个对象。"))
        if LegalHold.objects.filter(kind=kind, thing=thing, lifted_at=None).exists():
            raise Conflict(_("已经保全了。"))
        row = LegalHold.objects.create(
            kind=kind,
            thing=thing,
            reason=reason,
            placed_at=clock.now(),
            placed_by_id=actor.user_id or 0,
        )
        emit(
            events.LEGAL_HOLD_PLACED,
            subject=row,
            actor=actor,
            stream=STREAM,
            kind=kind,
            thing=thing,
            reason=row.reason,
        )
    return row


def lift_hold(*, public_id: UUID, reason: str, actor: Actor) -> LegalHold:
    """What is over may be cleared again. NotVisible for one that is not in force, InvalidInput without a reason."""
    require_reason(reason, _("请写清楚理由"))
    with act():
        row = LegalHold.objects.select_for_update().filter(public_id=public_id, lifted_at=None).first()
        if row is None:
            raise NotVisible(_("没有找到这个对象。"))
        row.lifted_at, row.lifted_by_id, row.lift_reason = clock.now(), actor.user_id or 0, reason
        row.save(update_fields=["lifted_at", "lifted_by_id", "lift_reason"])
        emit(
            events.LEGAL_HOLD_LIFTED,
            subject=row,
            actor=actor,
            stream=STREAM,
            thing=row.thing,
            reason=row.lift_reason,
        )
    return row
