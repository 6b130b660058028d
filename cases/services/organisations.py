"""Cases of an organisation and who of its people works in which (SEC-09). What somebody may do ends with his membership."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import MemberRole, Organisation, OrganisationMember
from accounts.services.organisations import KEEPERS, live_members, memberships_of
from cases import events
from cases.models import AccessBasis, AuthorityBasis, AuthorityEnd, Party, PartyKind, Representative
from cases.policies import FOR_THE_PARTY, HEAD, SPECIAL, live_representatives
from cases.services.authority import (
    AGENTS_OF_A_PARTY,
    end_row,
    locked_person,
    record,
    refuse_other_side,
    unended,
)
from cases.services.opening import grant_access
from common import clock
from common.actor import Actor
from common.errors import Conflict, InvalidInput, NotVisible
from eventlog.services import act

EMPLOYEE, GENERAL = "employee", "general"


def parties_of_organisation(organisation: Organisation) -> QuerySet[Party]:
    """What it may give to its people: parties that are this organisation by credit code and name; an equal name alone is nobody.
    Newest case first."""
    rows = _by_code(organisation).filter(name=organisation.name)
    return rows.select_related("case__court", "case__cause").order_by("-case__accepted_at", "id")


def parties_to_show(organisation: Organisation) -> QuerySet[Party]:
    """Those, and those in which its people work though the case has the organisation under an earlier name. Newest case first."""
    working = handlers_in(organisation).order_by().values("party_id")
    rows = _by_code(organisation).filter(Q(name=organisation.name) | Q(pk__in=working))
    return rows.select_related("case__court", "case__cause").order_by("-case__accepted_at", "id")


def _by_code(organisation: Organisation) -> QuerySet[Party]:
    """A name changes, the credit code stays: what was given ends by the code alone (SEC-17)."""
    return Party.objects.filter(kind=PartyKind.LEGAL, id_number_index=organisation.code_index)


def assign_handler(*, party_id: UUID, member_id: UUID, actor: Actor) -> Representative:
    """Head or administrator gives a case to one of the people, or takes it himself: the head with all rights of the party
    (法定代表人), others with a general power (本单位工作人员), until it is taken back, or their time in the organisation ends.

    NotVisible for others, InvalidInput for a third agent or who stands on the other side, Conflict for a closed case.
    """
    with act():
        mine = memberships_of(actor).filter(role__in=KEEPERS)
        member = live_members().filter(public_id=member_id, organisation__in=mine.values("organisation"))
        user = locked_person(member.values_list("user_id", flat=True).first() or 0)
        who = member.select_for_update(no_key=True, of=("self",)).select_related("organisation").first()
        if who is None:
            raise NotVisible(_("没有这个页面。"))
        rows = parties_of_organisation(who.organisation).filter(public_id=party_id)
        party = rows.select_for_update(no_key=True, of=("self",)).first()
        if party is None:
            raise NotVisible(_("没有这个页面。"))
        if party.case.closed_at is not None:
            raise Conflict(_("案件已经结案，不用再派人。"), code="case_closed")
        refuse_other_side(user, party)
        is_head = who.role == MemberRole.HEAD
        agents = unended(party.representatives.exclude(kind__in=FOR_THE_PARTY)).exclude(
            basis=AuthorityBasis.PARTY, access=None
        )
        if not is_head and agents.count() >= AGENTS_OF_A_PARTY:
            raise InvalidInput(
                _("一个案件最多有两位代理人或者经办人，请先收回一位。（民事诉讼法第六十一条）")
            )
        access = grant_access(party=party, user=user, basis=AccessBasis.REPRESENTATION, actor=actor)
        if (
            access.basis != AccessBasis.REPRESENTATION
            or Representative.objects.filter(access=access).exists()
        ):
            raise InvalidInput(_("这个人已经在办这个案件了。"))
        row = Representative.objects.create(
            party=party,
            name=who.name,
            kind=HEAD if is_head else EMPLOYEE,
            firm="" if is_head else who.organisation.name,
            power=SPECIAL if is_head else GENERAL,
            phone=who.phone,
            phone_index=who.phone_index,
            basis=AuthorityBasis.LAW if is_head else AuthorityBasis.PARTY,
            confirmed_at=clock.now(),
            access=access,
            starts_at=clock.now(),
            ends_at=who.ends_at,
        )
        if who.ends_at is not None:
            access.ends_at = who.ends_at
            access.save(update_fields=["ends_at"])
        record(events.AUTHORITY_GIVEN, row, actor, basis=row.basis)
    return row


def release_handler(*, party_id: UUID, member_id: UUID, actor: Actor) -> None:
    """Head or administrator takes a case back from one of the people, at once. NotVisible for others and for who is not in it."""
    with act():
        mine = memberships_of(actor).filter(role__in=KEEPERS)
        member = (
            OrganisationMember.objects.filter(
                public_id=member_id, organisation__in=mine.values("organisation")
            )
            .select_related("organisation")
            .first()
        )
        if member is None or not _end_rows(member, actor, party_id=party_id):
            raise NotVisible(_("没有这个页面。"))


def end_with_member(*, member_id: int, actor: Actor) -> int:
    """Somebody left an organisation: what it opened to him in its cases is over; gives how many."""
    with act():
        member = OrganisationMember.objects.select_related("organisation").get(pk=member_id)
        return _end_rows(member, actor)


def handlers_in(organisation: Organisation) -> QuerySet[Representative]:
    """Who of the people works in which case now."""
    rows = live_representatives().filter(party__in=_by_code(organisation), kind__in=(EMPLOYEE, HEAD))
    return rows.filter(access__user__memberships__organisation=organisation).distinct()


def _end_rows(member: OrganisationMember, actor: Actor, *, party_id: UUID | None = None) -> int:
    """His authorities for this organisation; of one party only, where it is named."""
    rows = Representative.objects.filter(
        party__in=_by_code(member.organisation), access__user_id=member.user_id or 0, kind__in=(EMPLOYEE, HEAD),
    )  # fmt: skip
    rows = rows.filter(party__public_id=party_id) if party_id else rows
    locked = (
        unended(rows).select_for_update(no_key=True, of=("self",)).select_related("party__case", "access")
    )
    found = list(locked.order_by("id"))
    for row in found:
        end_row(row, AuthorityEnd.WITHDRAWN, actor)
    return len(found)
