"""Closing an account (SEC-68; 个人信息保护法47): the person asks, one of the court checks what goes and what stays, another agrees, and
what may go is erased in that moment. Case files, the trail and the court's books stay by their own rules; a legal hold wins.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db.models import Exists, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import allows
from accounts.models import (
    ApiToken,
    OneTimeCode,
    OrganisationMember,
    OutsideIdentity,
    PhoneChangeState,
    RealNameCheck,
    RealNameLevel,
    User,
    UserKind,
)
from accounts.services import tokens
from accounts.services.sessions import end_sign_ins
from assistance.models import ActingConsent, ConsentState
from cases.models import PartyAccess
from cases.policies import live_access
from common import clock, crypto
from common.actor import Actor
from common.errors import Conflict, InvalidInput, NotAllowed, NotVisible
from common.two_people import locked, require_reason, settle
from eventlog.models import Event
from eventlog.services import act, emit
from filing.models import Filing, FilingStatus, Visit, VisitState
from notifications.ending import end_ways_out
from notifications.models import (
    FeedAddress,
    Message,
    NoticeAddress,
    NoticeWishes,
    WebhookDelivery,
    WebhookEndpoint,
)
from payments.models import REFUND_ENDED, Bill, BillStatus, Order, OrderState, Payment, Refund
from portal import events
from portal.models import ACCOUNT_CLOSING_FLOW, AccountClosing, ClosingState
from portal.retention.holds import is_held_person
from portal.retention.table import RULES, Rule

ALWAYS = timedelta(days=1)
"""What belongs to a closed account has had its time, however new it is."""
RUNNING = (FilingStatus.SUBMITTED, FilingStatus.RETURNED, FilingStatus.REFUSAL, FilingStatus.MEDIATING)
PAYING = (OrderState.CREATED, OrderState.PENDING, OrderState.UNKNOWN)
OPEN = (ClosingState.ASKED, ClosingState.PROPOSED)
Words = str | Promise


@dataclass(frozen=True)
class Line:
    """One kind of thing of an account: how many, and why it stays or what happens to it."""

    what: Words
    number: int
    why: Words


@dataclass(frozen=True)
class Plan:
    """The dry run: what is against it, what would go, what stays."""

    against: list[str]
    goes: list[Line]
    stays: list[Line]


Finder = Callable[[User], QuerySet[Any]]
GOES: tuple[tuple[Words, Finder], ...] = (
    (gettext_lazy("接口令牌"), lambda user: ApiToken.objects.filter(user=user)),
    (gettext_lazy("订阅地址"), lambda user: FeedAddress.objects.filter(user=user)),
    (gettext_lazy("接收通知的软件地址"), lambda user: WebhookEndpoint.objects.filter(user=user)),
    (gettext_lazy("通知邮箱"), lambda user: NoticeAddress.objects.filter(user=user)),
    (gettext_lazy("微信、钉钉登录"), lambda user: OutsideIdentity.objects.filter(user=user)),
    (gettext_lazy("通知设置"), lambda user: NoticeWishes.objects.filter(user=user)),
    (gettext_lazy("短信验证码"), lambda user: OneTimeCode.objects.filter(phone_index=user.phone_index)),
    (gettext_lazy("没有提交过的草稿"), lambda user: _unsent(user)),
    (gettext_lazy("和案件无关的通知"), lambda user: _own_notices(user)),
    (gettext_lazy("在单位里的姓名和手机号"), lambda user: OrganisationMember.objects.filter(user=user)),
)
ARCHIVE = gettext_lazy("诉讼档案，按诉讼档案的保管期限保存，期满和案卷一起处理")
STAYS: tuple[tuple[Words, Words, Finder], ...] = (
    (gettext_lazy("案件"), ARCHIVE, lambda user: PartyAccess.objects.filter(user=user)),
    (
        gettext_lazy("提交过的立案申请"),
        ARCHIVE,
        lambda user: Filing.objects.filter(applicant=user).exclude(first_submitted_at=None),
    ),
    (
        gettext_lazy("有预约的草稿，批量立案的表"),
        gettext_lazy("和预约、批量立案一起，按保存期限处理"),
        lambda user: (
            Filing.objects.filter(applicant=user, first_submitted_at=None)
            .filter(Q(batch_row__isnull=False) | Q(visits__isnull=False))
            .distinct()
        ),
    ),
    (
        gettext_lazy("交费记录"),
        gettext_lazy("会计凭证，保存30年（会计档案管理办法）"),
        lambda user: Payment.objects.filter(order__payer=user),
    ),
    (
        gettext_lazy("操作留痕"),
        gettext_lazy("只有编号，没有姓名和号码；谁都不能改、不能删"),
        lambda user: Event.objects.filter(actor_kind="public", actor_id=user.pk),
    ),
)


def _unsent(user: User) -> QuerySet[Filing]:
    return next(rule for rule in RULES if rule.key == "drafts").rows(_far()).filter(applicant=user)


def _own_notices(user: User) -> QuerySet[Message]:
    """Those that lead to nothing the court keeps: of that they show what was told and when, and lie with the file."""
    kept = Q()
    for place in ("cases", "filings", "bills", "refunds"):
        kept |= Q(link__startswith=f"/my/{place}/")
    return Message.objects.filter(user=user).exclude(kept)


def _far() -> datetime:
    return clock.now() + ALWAYS


def against(user: User) -> list[str]:
    """Why this account cannot be closed now, each a sentence that says what comes first. Empty when nothing is. Two queries."""
    mine = live_access().filter(user=user)
    parties = mine.values("party_id")
    now = clock.sql_now()
    kept: tuple[tuple[QuerySet[Any], str], ...] = (
        (mine.filter(party__case__closed_at=None), _("还有没有结束的案件，结案以后再注销。")),
        (
            Filing.objects.filter(applicant=user, status__in=RUNNING),
            _("还有法院在办的立案申请，办完或者撤回以后再注销。"),
        ),
        (
            Bill.objects.filter(party__in=parties, status=BillStatus.OPEN),
            _("还有没有交的费用，交清以后再注销。"),
        ),
        (
            Refund.objects.filter(party__in=parties).exclude(state__in=REFUND_ENDED),
            _("还有没有退完的钱，退完以后再注销。"),
        ),
        (
            Order.objects.filter(payer=user, state__in=PAYING),
            _("还有没有结果的付款，有结果以后再注销。"),
        ),
        (
            Visit.objects.filter(user=user, state=VisitState.BOOKED),
            _("还有没有办的预约，办完或者取消以后再注销。"),
        ),
        (
            user.memberships.filter(Q(ends_at=None) | Q(ends_at__gt=now), role="head"),
            _("您是单位的法定代表人，单位换了法定代表人以后再注销。"),
        ),
        (
            ActingConsent.objects.filter(
                Q(person=user) | Q(helper=user), state=ConsentState.LIVE, ends_at__gt=now
            ),
            _("代办还没有结束，结束以后再注销。"),
        ),
        (
            user.phone_changes.filter(state=PhoneChangeState.WAITING),
            _("换手机号还没有生效，生效或者停止以后再注销。"),
        ),
    )
    stands = User.objects.filter(pk=user.pk).values_list(*(Exists(rows) for rows, _words in kept)).get()
    found = [words for (_rows, words), is_so in zip(kept, stands, strict=True) if is_so]
    return [_("依法保全，现在不能删除。"), *found] if is_held_person(user) else found


def plan_of(user: User) -> Plan:
    """What closing would do now. Changes nothing."""
    goes = [Line(_("姓名、手机号、证件号码、密码、登录"), 1, _("清空"))]
    goes += [Line(what, find(user).count(), _("删除")) for what, find in GOES]
    stays = [Line(what, find(user).count(), why) for what, why, find in STAYS]
    return Plan(
        against(user), [line for line in goes if line.number], [line for line in stays if line.number]
    )


def open_closing(user_id: int) -> AccountClosing | None:
    """What this person asked for and nobody has decided yet."""
    return AccountClosing.objects.filter(user_id=user_id, state__in=OPEN).first()


def latest_closing(user_id: int) -> AccountClosing | None:
    """The last one he asked for, whatever became of it."""
    return AccountClosing.objects.filter(user_id=user_id).order_by("-id").first()


def ask_closing(*, actor: Actor) -> AccountClosing:
    """The person wants his account closed. Conflict with what comes first, or while he has asked already."""
    if not actor.is_public or actor.user_id is None or actor.helper is not None:
        raise NotAllowed(_("注销账号由本人申请。"))
    with act():
        user = User.objects.select_for_update(no_key=True).get(pk=actor.user_id)
        reasons = against(user)
        if reasons:
            raise Conflict(" ".join(reasons), code="account_in_use")
        if open_closing(user.pk) is not None:
            raise Conflict(_("您已经申请了，请等法院核对。"))
        row = AccountClosing.objects.create(user=user, asked_at=clock.now())
        _record(events.CLOSING_ASKED, row, actor)
    return row


def take_back(*, actor: Actor) -> None:
    """The person thought better of it. NotVisible when nothing waits."""
    with act():
        rows = AccountClosing.objects.select_for_update(no_key=True).filter(state__in=OPEN)
        row = (
            rows.filter(user_id=actor.user_id or 0).first() if actor.is_public and not actor.helper else None
        )
        if row is None:
            raise NotVisible(_("没有等着办的注销申请。"))
        ACCOUNT_CLOSING_FLOW.move(row, "withdraw")
        row.save(update_fields=["state"])
        _record(events.CLOSING_WITHDRAWN, row, actor)


def visible_closings(actor: Actor) -> QuerySet[AccountClosing]:
    """All of them to those who check and decide: an account belongs to no court."""
    rows = AccountClosing.objects.select_related("user", "proposed_by", "decided_by").order_by("-id")
    return rows if allows(actor, "account.close") else rows.none()


def propose(*, public_id: UUID, actor: Actor) -> AccountClosing:
    """One of the court has read the dry run and puts it before another. Conflict with what comes first."""
    with act():
        row = locked(visible_closings(actor), public_id)
        _refuse_in_use(row)
        ACCOUNT_CLOSING_FLOW.move(row, "propose")
        row.proposed_by_id, row.proposed_at = actor.user_id, clock.now()
        row.save(update_fields=["state", "proposed_by", "proposed_at"])
        _record(events.CLOSING_PROPOSED, row, actor)
    return row


def decide(*, public_id: UUID, move: str, reason: str = "", actor: Actor) -> AccountClosing:
    """Another agrees, and it is done in this act, or refuses with a reason the person reads. Conflict with what came up meanwhile."""
    if move not in ("agree", "refuse"):
        raise InvalidInput(_("请选择同意或者不同意。"))
    with act():
        row = locked(visible_closings(actor), public_id)
        if move == "refuse":
            require_reason(reason, _("请写明为什么不能注销，申请人会看到"))
            row.answer = reason
            row.save(update_fields=["answer"])
            settle(row, move, actor, flow=ACCOUNT_CLOSING_FLOW)
            _record(events.CLOSING_REFUSED, row, actor)
            return row
        _refuse_in_use(row)
        settle(row, move, actor, flow=ACCOUNT_CLOSING_FLOW)
        gone = _erase(User.objects.select_for_update(no_key=True).get(pk=row.user_id), actor)
        _record(events.ACCOUNT_CLOSED, row, actor, gone=gone)
    return row


def is_closed(user: User) -> bool:
    """Whether nothing of the account itself is left."""
    return not (user.is_active or user.name or user.phone or user.id_number)


def close_again(*, account: UUID, decided_at: datetime, actor: Actor) -> bool:
    """Erase what two had decided to erase and an older database holds open still (``portal.closed_list``). No two are asked again: it was
    decided then, and only the record of it is missing here.

    False when this account is closed or unknown here. Conflict with what comes first here: a legal hold, a live case.
    """
    with act():
        users = User.objects.select_for_update(no_key=True).filter(kind=UserKind.PUBLIC)
        user = users.filter(public_id=account).first()
        if user is None or is_closed(user):
            return False
        reasons = against(user)
        if reasons:
            raise Conflict(" ".join(reasons), code="account_in_use")
        for row in AccountClosing.objects.select_for_update(no_key=True).filter(user=user, state__in=OPEN):
            ACCOUNT_CLOSING_FLOW.move(row, "withdraw")  # what was asked then needs no answer any more
            row.save(update_fields=["state"])
        gone = _erase(user, actor)
        emit(
            events.CLOSED_AGAIN, subject=user, actor=actor, stream=f"person:{user.public_id}", user=user.pk,
            decided_at=decided_at, gone=gone,
        )  # fmt: skip
    return True


def _refuse_in_use(row: AccountClosing) -> None:
    reasons = against(row.user)
    if reasons:
        raise Conflict(" ".join(reasons), code="account_in_use")


def _erase(user: User, actor: Actor) -> dict[str, int]:
    """Everything of the account that no other rule keeps; numbers of rows by kind. Inside an act."""
    user.session_epoch = end_sign_ins(user_id=user.pk)
    gone = _end_what_is_live(user, actor)
    gone["codes"] = OneTimeCode.objects.filter(phone_index=user.phone_index).delete()[0]
    gone["notices"] = _own_notices(user).delete()[0]
    gone["wishes"] = NoticeWishes.objects.filter(user=user).delete()[0]
    for rule in RULES:
        if rule.person:
            gone[rule.key] = _by_rule(rule, user)
    unique = uuid.uuid4().hex
    user.name = user.phone = user.id_kind = user.id_number = user.id_number_index = ""
    user.phone_index, user.username = crypto.keyed_hash("no-phone", unique), f"x-{unique}"
    user.real_name_level, user.is_lawyer, user.is_active = RealNameLevel.PHONE, False, False
    user.password, user.password_set_at, user.text_mode = make_password(None), None, "standard"
    user.save()
    return {name: number for name, number in gone.items() if number}


def _end_what_is_live(user: User, actor: Actor) -> dict[str, int]:
    """The rules know what has ended: so it ends first."""
    now = clock.now()
    tokens.revoke_all(user=user, actor=actor)
    end_ways_out(user=user, actor=actor)
    OutsideIdentity.objects.filter(user=user, ended_at=None).update(ended_at=now)
    RealNameCheck.objects.filter(user=user, decided_at=None).delete()
    hooks = WebhookEndpoint.objects.filter(user=user)
    gone = WebhookDelivery.objects.filter(endpoint__in=hooks).delete()[0]
    return {"hooks": gone + hooks.delete()[0], "members": _leave_organisations(user, now)}


def _leave_organisations(user: User, now: datetime) -> int:
    rows = OrganisationMember.objects.filter(user=user)
    rows.filter(ended_by=None).update(ended_by=user, ends_at=now)
    return rows.update(name="", phone="", phone_index="")


def _by_rule(rule: Rule, user: User) -> int:
    rows = rule.rows(_far()).filter(**{rule.person: user.pk})
    if rule.clear is not None:
        found = list(rows)
        for row in found:
            rule.clear(row)
        return len(found)
    if rule.blanks:
        return rows.update(**dict.fromkeys(rule.blanks, ""))
    return rows.delete()[0]


def _record(name: str, row: AccountClosing, actor: Actor, **data: Any) -> None:
    emit(name, subject=row, actor=actor, stream=f"person:{row.user.public_id}", user=row.user_id, **data)
