"""Organisations and their people: the head proves himself by the register, asks others, and ends what they may do at once (SEC-09)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts import events
from accounts.models import IdKind, MemberRole, Organisation, OrganisationMember, RealNameLevel, User
from accounts.services.limits import limit
from common import clock, crypto, identity
from common.actor import Actor
from common.errors import GatewayUnavailable, InvalidInput, InvalidTransition, NotAllowed, NotVisible
from common.gateways import registers
from common.gateways.registers import Answer
from eventlog.services import act, emit

DAY = 24 * 3600
TRIES_OF_ACCOUNT = 5
KEEPERS = (MemberRole.HEAD, MemberRole.ADMIN)


@dataclass(frozen=True)
class Invitation:
    """Whom an organisation asks, as what, and until which day (its end in Beijing; None: until somebody ends it)."""

    name: str
    phone: str
    role: MemberRole
    last_day: date | None = None


def live_members() -> QuerySet[OrganisationMember]:
    """Who acts for an organisation now."""
    now = clock.sql_now()
    taken = OrganisationMember.objects.filter(starts_at__lte=now, ended_by=None, user__is_active=True)
    return taken.filter(Q(ends_at=None) | Q(ends_at__gt=now))


def memberships_of(actor: Actor) -> QuerySet[OrganisationMember]:
    """For which organisations the actor acts now, with full sign-in. The only door to them."""
    if not actor.is_public:
        return OrganisationMember.objects.none()
    return live_members().filter(user_id=actor.user_id or 0).select_related("organisation")


def offered_memberships(user: User) -> QuerySet[OrganisationMember]:
    """What somebody was asked to be: by his phone and checked name."""
    if user.real_name_level != RealNameLevel.REAL_NAME or not user.phone_index:
        return OrganisationMember.objects.none()
    rows = OrganisationMember.objects.filter(
        user=None, ended_by=None, phone_index=user.phone_index, name=user.name
    )
    return rows.filter(Q(ends_at=None) | Q(ends_at__gt=clock.sql_now())).select_related("organisation")


def register_organisation(*, user_id: int, name: str, credit_code: str, actor: Actor) -> Organisation:
    """The head of an organisation (法定代表人) makes its account: the register is asked whether name, credit code and this very
    person, by name and number, belong together. A new head takes the place of the one before, at once.

    InvalidInput with one sentence when they do not; GatewayUnavailable while the register is away, TooManyRequests after
    five tries a day.
    """
    checked = identity.check_uscc(credit_code)
    if not checked.valid:
        raise InvalidInput(checked.message, credit_code=checked.message)
    user = User.objects.get(pk=user_id)
    if (
        not actor.is_public
        or user.real_name_level != RealNameLevel.REAL_NAME
        or user.id_kind not in IdKind.values
    ):
        raise NotAllowed(_("先实名，再登记单位。"))
    limit(f"organisation:{user_id}", DAY, TRIES_OF_ACCOUNT, _("今天核对的次数太多了，请明天再试。"))
    if _ask(name, checked.normalized, user) != Answer.MATCH:
        raise InvalidInput(_("核对不上。请检查单位名称和信用代码；只有登记在册的法定代表人本人可以办。"))
    with act():
        index, now = crypto.blind_index("id_number", checked.normalized), clock.now()
        organisation, _made = Organisation.objects.get_or_create(
            code_index=index, defaults={"name": name, "code": checked.normalized, "checked_at": now}
        )
        organisation = Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
        organisation.name, organisation.checked_at = name, now
        organisation.save(update_fields=["name", "checked_at"])
        unended = organisation.members.filter(ended_by=None)
        if unended.filter(user=user, role=MemberRole.HEAD).exists():
            return organisation
        own = Q(user=user) | Q(phone_index=user.phone_index)
        for before in unended.filter(Q(role=MemberRole.HEAD) | own):
            _end(before, actor)
        OrganisationMember.objects.create(
            organisation=organisation, user=user, name=user.name, phone=user.phone, phone_index=user.phone_index,
            role=MemberRole.HEAD, asked_by=user, asked_at=now, starts_at=now,
        )  # fmt: skip
        _record(events.ORGANISATION_REGISTERED, organisation, actor)
    return organisation


def _ask(name: str, code: str, head: User) -> Answer:
    away = GatewayUnavailable(_("单位核验服务现在没有回应。您填的没有丢，请过几分钟再试。"))
    try:
        answer = registers.organisation(name, code, head.name, head.id_number)
    except GatewayUnavailable as error:
        raise away from error
    if answer == Answer.LATER:
        raise away
    return answer


def invite(*, organisation_id: UUID, person: Invitation, actor: Actor) -> OrganisationMember:
    """Head or administrator asks somebody; only the head asks administrators. NotVisible for others, InvalidInput by field."""
    with act():
        mine = _kept(organisation_id, actor)
        organisation = Organisation.objects.select_for_update(no_key=True).get(pk=mine.organisation_id)
        if person.role == MemberRole.HEAD or (
            person.role == MemberRole.ADMIN and mine.role != MemberRole.HEAD
        ):
            words = _("管理员由法定代表人邀请")
            raise InvalidInput(words, role=words)
        if person.last_day is not None and person.last_day < clock.today():
            words = _("结束的日子不应早于今天")
            raise InvalidInput(words, last_day=words)
        index, now = crypto.blind_index("phone", person.phone), clock.now()
        for before in organisation.members.filter(ended_by=None, phone_index=index):
            if before.ends_at is None or before.ends_at > now:
                words = _("这个手机号的人已经在单位里或者已经邀请过")
                raise InvalidInput(words, phone=words)
            _end(before, actor)
        member = OrganisationMember.objects.create(
            organisation=organisation, name=person.name, phone=person.phone, phone_index=index, role=person.role,
            asked_by_id=actor.user_id or 0, asked_at=now,
            ends_at=clock.start_of_day(person.last_day + timedelta(days=1)) if person.last_day else None,
        )  # fmt: skip
        _record(events.MEMBER_ASKED, organisation, actor, member=member.public_id, role=person.role)
    return member


def take_membership(*, public_id: UUID, actor: Actor) -> OrganisationMember:
    """Whoever was asked takes it up. NotVisible for anybody else."""
    with act():
        user = User.objects.get(pk=actor.user_id or 0)
        offers = offered_memberships(user).filter(public_id=public_id)
        member = offers.select_for_update(no_key=True, of=("self",)).first() if actor.is_public else None
        if member is None:
            raise NotVisible(_("没有这个页面。"))
        member.user, member.starts_at = user, clock.now()
        member.save(update_fields=["user", "starts_at"])
        _record(events.MEMBER_JOINED, member.organisation, actor, member=member.public_id)
    return member


def end_membership(*, public_id: UUID, actor: Actor) -> OrganisationMember:
    """Head or administrator removes somebody, or he leaves by himself: holds in this transaction, in every case. The head is
    removed by a new head only; administrators by the head.

    NotVisible for others, InvalidTransition when it is over.
    """
    with act():
        rows = OrganisationMember.objects.select_for_update(no_key=True, of=("self",))
        member = rows.select_related("organisation").filter(public_id=public_id).first()
        if member is None or member.role == MemberRole.HEAD:
            raise NotVisible(_("没有这个页面。"))
        user = User.objects.get(pk=actor.user_id or 0)
        own = actor.is_public and (
            member.user_id == user.pk or offered_memberships(user).filter(pk=member.pk).exists()
        )
        if not own:
            mine = _kept(member.organisation.public_id, actor)
            if member.role == MemberRole.ADMIN and mine.role != MemberRole.HEAD:
                raise NotAllowed(_("管理员由法定代表人移除。"))
        if member.ended_by_id is not None:
            raise InvalidTransition(_("这个人已经不在单位里了。"))
        _end(member, actor)
    return member


def _end(member: OrganisationMember, actor: Actor) -> None:
    """What it opened in cases is ended by ``cases`` in the same transaction (SEC-17)."""
    now = clock.now()
    member.ended_by_id = actor.user_id
    member.ends_at = max(now, member.asked_at + timedelta(microseconds=1)) if member.ends_at is None or member.ends_at > now else member.ends_at  # fmt: skip
    member.save(update_fields=["ended_by", "ends_at"])
    _record(events.MEMBER_ENDED, member.organisation, actor, member=member.public_id, member_id=member.pk)


def _kept(organisation_id: UUID, actor: Actor) -> OrganisationMember:
    """The actor's own membership of an organisation that he keeps; NotVisible when he does not."""
    mine = memberships_of(actor).filter(organisation__public_id=organisation_id, role__in=KEEPERS).first()
    if mine is None:
        raise NotVisible(_("没有这个页面。"))
    return mine


def _record(name: str, organisation: Organisation, actor: Actor, **data: Any) -> None:
    emit(
        name,
        subject=organisation,
        actor=actor,
        stream=f"organisation:{organisation.public_id}",
        court_id=None,
        **data,
    )
