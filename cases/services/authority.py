"""Who acts for a party: asked by the party or recorded by the court, taken up by the agent, ended by any of them at once
(民诉法61, 62, 65; SEC-09, SEC-17)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import RealNameLevel, User
from cases import events
from cases.models import (
    AccessBasis,
    AuthorityBasis,
    AuthorityEnd,
    Case,
    Matter,
    Party,
    PartyAccess,
    Representative,
)
from cases.policies import (
    FOR_THE_PARTY,
    SPECIAL,
    can_appoint,
    can_record_authority,
    live_access,
)
from cases.services.opening import grant_access
from cases.services.periods import case_stream
from common import clock, crypto, keyed
from common.actor import Actor
from common.errors import Conflict, InvalidInput, InvalidTransition, NotVisible
from eventlog.services import act, emit

AGENTS_OF_A_PARTY = 2
"""民诉法61: one or two."""


@dataclass(frozen=True)
class Appointment:
    """Whom a party names, for what, and until which day (its end in Beijing; None: until the case ends or somebody ends it)."""

    name: str
    kind: str
    phone: str
    power: str
    firm: str = ""
    licence: str = ""
    matters: tuple[str, ...] = ()
    last_day: date | None = None


def give_authority(
    *, party_id: int, agent: Appointment, actor: Actor, basis: AuthorityBasis = AuthorityBasis.PARTY
) -> Representative:
    """Name an agent: the party on its page, or the court that has seen the authority paper or heard the party (``basis``).
    The account of the agent gets its rights when he takes it up, see :func:`take_authority`.

    InvalidInput by field for a day that has passed, a special power that names nothing, somebody who is named already, a third
    agent. NotVisible for who may not name one.
    """
    with act():
        party = (
            Party.objects.select_for_update(no_key=True, of=("self",)).select_related("case").get(pk=party_id)
        )
        by_court = basis != AuthorityBasis.PARTY
        if not (can_record_authority(actor, party.case) if by_court else can_appoint(actor, party)):
            raise NotVisible(_("没有这个页面。"))
        if party.case.closed_at is not None:
            raise Conflict(_("案件已经结案，不用再委托代理人。"), code="case_closed")
        index = crypto.blind_index("phone", agent.phone)
        _check(party, agent, index)
        row = Representative.objects.create(
            party=party,
            name=agent.name,
            kind=agent.kind,
            firm=agent.firm,
            licence=agent.licence,
            power=agent.power,
            phone=agent.phone,
            phone_index=index,
            matters=[name for name in Matter.values if name in agent.matters],
            basis=basis,
            recorded_by_id=actor.post_id if by_court else None,
            confirmed_at=None if by_court else clock.now(),
            starts_at=clock.now(),
            ends_at=clock.start_of_day(agent.last_day + timedelta(days=1)) if agent.last_day else None,
        )
        record(events.AUTHORITY_GIVEN, row, actor, basis=basis)
    return row


def _check(party: Party, agent: Appointment, index: str) -> None:
    if agent.last_day is not None and agent.last_day < clock.today():
        words = _("结束的日子不应早于今天")
        raise InvalidInput(words, last_day=words)
    if agent.power == SPECIAL and not agent.matters:
        words = _("特别授权要写明可以做哪些事，请至少选一项")
        raise InvalidInput(words, matters=words)
    if agent.power != SPECIAL and agent.matters:
        words = _("一般授权不能选这些事，请改选特别授权")
        raise InvalidInput(words, matters=words)
    if set(agent.matters) - set(Matter.values):
        raise InvalidInput(_("请从列出的选项里选"), matters=_("请从列出的选项里选"))
    if any(keyed.alike(keyed.INDEX, index, own) for own in {party.phone_index} | _own_phones(party)):
        words = _("这是当事人自己的手机号，请填代理人的")
        raise InvalidInput(words, phone=words)
    named = unended(party.representatives.exclude(kind__in=FOR_THE_PARTY))
    if named.filter(phone_index=index).exists():
        words = _("已经委托了用这个手机号的代理人")
        raise InvalidInput(words, phone=words)
    if named.count() >= AGENTS_OF_A_PARTY:
        raise InvalidInput(_("一方最多委托两位代理人。要换人，请先撤回原来的委托。（民事诉讼法第六十一条）"))


def _own_phones(party: Party) -> set[str]:
    own = live_access().filter(party=party).exclude(basis=AccessBasis.REPRESENTATION)
    return set(own.values_list("user__phone_index", flat=True))


def offers_to(user: User) -> QuerySet[Representative]:
    """What somebody was asked to take up: named by his phone and by his checked name, not ended. One query."""
    if user.real_name_level != RealNameLevel.REAL_NAME or not user.phone_index:
        return Representative.objects.none()
    rows = Representative.objects.filter(phone_index=user.phone_index, name=user.name, access=None)
    open_cases = rows.filter(party__case__closed_at=None)
    return unended(open_cases).select_related("party__case__court", "party__case__cause").order_by("-id")


def take_authority(*, public_id: UUID, actor: Actor) -> Representative:
    """The agent takes it up: from now on his account may do in this case what the power says.

    NotVisible for anybody who was not asked, InvalidInput for who stands on the other side already (律师法39; 民法典168).
    """
    with act():
        user = locked_person(actor.user_id or 0)
        row = _locked(public_id)
        if not actor.is_public or not offers_to(user).filter(pk=row.pk).exists():
            raise NotVisible(_("没有这个页面。"))
        refuse_other_side(user, row.party)
        access = grant_access(party=row.party, user=user, basis=AccessBasis.REPRESENTATION, actor=actor)
        if access.basis != AccessBasis.REPRESENTATION:
            raise InvalidInput(_("您就是这一方当事人，不用代理。"))
        if Representative.objects.filter(access=access).exists():
            raise InvalidInput(_("您已经代理这一方，不用再接受。"))
        row.access = access
        row.save(update_fields=["access"])
        if row.ends_at is not None:
            access.ends_at = row.ends_at
            access.save(update_fields=["ends_at"])
        record(events.AUTHORITY_TAKEN, row, actor)
    return row


def locked_person(user_id: int) -> User:
    """Whom a side of a case is to be given to, before any row of the case is locked: he takes up one side at a time.
    NotVisible for nobody.
    """
    user = User.objects.select_for_update(no_key=True).filter(pk=user_id).first()
    if user is None:
        raise NotVisible(_("没有这个页面。"))
    return user


def refuse_other_side(user: User, party: Party) -> None:
    """InvalidInput for who is or represents another side of the same case (律师法39; 民法典168). Call it with
    :func:`locked_person`. What began after this transaction did, while it waited for the lock, counts as well.
    """
    live = PartyAccess.objects.filter(Q(ends_at=None) | Q(ends_at__gt=clock.sql_now()))
    others = live.filter(user=user, party__case=party.case_id).exclude(party=party)
    if others.exclude(party__side=party.side).exists():
        raise InvalidInput(_("在这个案件里已经是另一方当事人或者替另一方办理，不能再代理这一方。"))


def confirm_authority(*, public_id: UUID, actor: Actor) -> Representative:
    """The party says on its own page that this agent is its agent. Said again it stays as it is. NotVisible for others."""
    with act():
        row = _locked(public_id)
        if not can_appoint(actor, row.party) or _is_over(row):
            raise NotVisible(_("没有这个页面。"))
        if row.confirmed_at is None:
            row.confirmed_at = clock.now()
            row.save(update_fields=["confirmed_at"])
            record(events.AUTHORITY_CONFIRMED, row, actor)
    return row


def withdraw_authority(*, public_id: UUID, actor: Actor) -> Representative:
    """The party takes the power back, at once (民诉法65). A 法定代理人 is not appointed and not dismissed here.

    InvalidTransition when it has ended, NotVisible for who may not.
    """
    with act():
        row = _locked(public_id)
        if not can_appoint(actor, row.party) or row.kind in FOR_THE_PARTY:
            raise NotVisible(_("没有这个页面。"))
        end_row(row, AuthorityEnd.WITHDRAWN, actor)
    return row


def resign_authority(*, public_id: UUID, actor: Actor) -> Representative:
    """The agent gives it up, or does not take it. InvalidTransition when it has ended, NotVisible for anybody else."""
    with act():
        row = _locked(public_id)
        user = User.objects.get(pk=actor.user_id or 0)
        asked = offers_to(user).filter(pk=row.pk).exists()
        mine = row.access is not None and row.access.user_id == user.pk
        if not actor.is_public or actor.scan is not None or not (asked or mine) or row.kind in FOR_THE_PARTY:
            raise NotVisible(_("没有这个页面。"))
        end_row(row, AuthorityEnd.RESIGNED if mine else AuthorityEnd.DECLINED, actor)
    return row


def end_authority(*, representative_public_id: UUID, actor: Actor) -> Representative:
    """The court records that an authority ended: the account reads and writes nothing in this case from now on.

    InvalidTransition when it has ended, NotVisible for cases of others.
    """
    with act():
        row = _locked(representative_public_id)
        if not can_record_authority(actor, row.party.case):
            raise NotVisible(_("没有找到这位代理人。"))
        end_row(row, AuthorityEnd.COURT, actor)
    return row


def end_row(row: Representative, how: AuthorityEnd, actor: Actor) -> None:
    """Both the authority and the binding of the account end in this transaction, so the next request is refused (SEC-17)."""
    if _is_over(row):
        raise InvalidTransition(_("这位代理人的权限已经结束。"))
    row.ends_at, row.ended_how = _end_after(row.starts_at), how
    row.save(update_fields=["ends_at", "ended_how"])
    if row.access is not None and row.access.basis == AccessBasis.REPRESENTATION:
        row.access.ends_at = _end_after(row.access.starts_at)
        row.access.save(update_fields=["ends_at"])
    record(events.AUTHORITY_ENDED, row, actor, how=how)


def _end_after(start: datetime) -> datetime:
    """Now, or a moment after the beginning when that is now as well."""
    return max(clock.now(), start + timedelta(microseconds=1))


def _is_over(row: Representative) -> bool:
    return row.ends_at is not None and row.ends_at <= clock.now()


def unended(rows: QuerySet[Representative]) -> QuerySet[Representative]:
    """Also those that began after this transaction did, while it waited for a lock: its clock stands still at its start."""
    return rows.filter(Q(ends_at=None) | Q(ends_at__gt=clock.sql_now()))


def _locked(public_id: UUID) -> Representative:
    rows = Representative.objects.select_for_update(no_key=True, of=("self",))
    found = rows.select_related("party__case", "access").filter(public_id=public_id).first()
    if found is None:
        raise NotVisible(_("没有找到这位代理人。"))
    return found


def record(name: str, row: Representative, actor: Actor, **data: Any) -> None:
    """An event about an authority, in the stream of its case."""
    case: Case = row.party.case
    emit(
        name,
        subject=case,
        actor=actor,
        stream=case_stream(case),
        court_id=case.court_id,
        party=row.party.public_id,
        representative=row.public_id,
        **data,
    )
