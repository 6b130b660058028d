"""What finance decides: checked by one person, approved by another, above a set sum agreed to by a third (REL-14)."""

from __future__ import annotations

import logging

from django.utils.translation import gettext as _

from common import clock
from common.actor import Actor
from common.errors import Conflict, InvalidInput, NotAllowed
from courts.services import setting
from eventlog.services import act
from payments import events
from payments.models import (
    REFUND_FLOW,
    REFUND_PART_FLOW,
    SUSPENSE_FLOW,
    Account,
    Journal,
    JournalKind,
    Refund,
    RefundReason,
    RefundState,
)
from payments.refund_policies import can_approve, can_check, has_decided, is_finance_of, is_involved
from payments.services.ledger import post_refund_due
from payments.services.refunds.asking import live_parts, locked_refund
from payments.services.refunds.money import suspense_of
from payments.services.refunds.payee import is_used_by_many
from payments.services.refunds.propose import record

log = logging.getLogger(__name__)

BY_HAND = (RefundReason.ASKED, RefundReason.OVERPAID)
"""What somebody's judgment began may also be refused by it; what the law gives back may not."""


def needs_third(refund: Refund) -> bool:
    """True above the court's ``refund_third_above``. One query."""
    return bool(refund.amount > setting(refund.court_id, "refund_third_above"))


def _may(allowed: bool, refund: Refund, actor: Actor) -> None:
    if is_finance_of(actor, refund) and is_involved(actor, refund):
        raise NotAllowed(_("您登记过这笔退费的收款账户，或者是收款人，不能复核和审批。请换一位同事办。"))
    if not allowed:
        raise NotAllowed(_("复核、审批要由本院财务的不同人员办理。"))


def check_refund(*, refund_id: int, account_words: str = "", actor: Actor) -> Refund:
    """The first person has compared sum, payments and account. ``account_words`` says why an account that several cases pay
    into is right; without it nobody can approve."""
    with act():
        refund = locked_refund(refund_id)
        _may(can_check(actor, refund), refund, actor)
        REFUND_FLOW.move(refund, "check")
        refund.checked_by_id = actor.post_id
        refund.account_words = account_words
        refund.save(update_fields=["state", "checked_by", "account_words"])
        record(events.REFUND_CHECKED, refund, actor)
    return refund


def agree_refund(*, refund_id: int, actor: Actor) -> Refund:
    """The third person, for a sum above the court's limit; the refund stays CHECKED until it is approved."""
    with act():
        refund = locked_refund(refund_id)
        _may(can_approve(actor, refund), refund, actor)
        if refund.state != RefundState.CHECKED or not needs_third(refund):
            raise Conflict(_("这笔退费现在不用第三人审批。"), code="no_third_needed")
        refund.third_by_id = actor.post_id
        refund.save(update_fields=["third_by"])
        record(events.REFUND_CHECKED, refund, actor, third=True)
    return refund


def approve_refund(*, refund_id: int, account_words: str = "", actor: Actor) -> Refund:
    """The other person approves: the sum is owed from now on (journal), and the parts go out after commit.

    Raises Conflict while a third person is missing, while a changed account waits, and InvalidInput while nobody has said
    why an account that several unrelated cases pay into is right (the operator is alarmed).
    """
    with act():
        refund = locked_refund(refund_id)
        _may(can_approve(actor, refund), refund, actor)
        _check_account(refund, account_words)
        if needs_third(refund) and refund.third_by is None:
            words = _("金额超过本院规定，先由第三位财务人员同意，再审批。")
            raise Conflict(words, code="third_missing")
        REFUND_FLOW.move(refund, "approve")
        refund.approved_by_id, refund.approved_at = actor.post_id, clock.now()
        refund.save(update_fields=["state", "approved_by", "approved_at", "account_words"])
        if not Journal.objects.filter(refund=refund, kind=JournalKind.REFUND_DUE).exists():
            source = Account.SUSPENSE if suspense_of(refund) else Account.FEES
            post_refund_due(refund, source)
        record(events.REFUND_APPROVED, refund, actor, amount=refund.amount)
    return refund


def _check_account(refund: Refund, words: str) -> None:
    account = refund.account
    if account is None:
        return
    if account.usable_from > clock.now():
        raise Conflict(_("收款账户刚改过，满24小时才能审批。已通知当事人核对。"), code="account_waits")
    refund.account_words = words or refund.account_words
    if is_used_by_many(account) and not refund.account_words:
        log.error("one account is paid from many cases", extra={"refund": str(refund.public_id)})
        told = _("这个账户在三个以上不相关的案件里收款，请写明核实的情况")
        raise InvalidInput(told, account_words=told)


def return_refund(*, refund_id: int, words: str, actor: Actor) -> Refund:
    """Back to the person with words: the way or the account has to be confirmed again."""
    with act():
        refund = locked_refund(refund_id)
        _may(is_finance_of(actor, refund), refund, actor)
        _need_words(words)
        REFUND_FLOW.move(refund, "return")
        refund.answer = words
        refund.checked_by = refund.third_by = refund.confirmed_at = refund.confirmed_by = None
        refund.save(
            update_fields=["state", "answer", "checked_by", "third_by", "confirmed_at", "confirmed_by"]
        )
        record(events.REFUND_RETURNED, refund, actor)
    return refund


def refuse_refund(*, refund_id: int, words: str, actor: Actor) -> Refund:
    """Nothing comes back, with words. Only what somebody asked for by hand, or money that fits no bill, can be refused: that
    money then stays in suspense."""
    with act():
        refund = locked_refund(refund_id)
        _may(is_finance_of(actor, refund), refund, actor)
        if refund.reason not in BY_HAND:
            raise NotAllowed(_("这笔退费是法律规定应当退的，不能拒绝。账户有问题的，请退回重新确认。"))
        _need_words(words)
        REFUND_FLOW.move(refund, "refuse")
        refund.answer = words
        refund.save(update_fields=["state", "answer"])
        for part in live_parts(refund):
            REFUND_PART_FLOW.move(part, "drop")
            part.save(update_fields=["state"])
        suspense = suspense_of(refund)
        if suspense is not None:
            SUSPENSE_FLOW.move(suspense, "keep")
            suspense.save(update_fields=["state"])
        record(events.REFUND_REFUSED, refund, actor)
    return refund


def _need_words(words: str) -> None:
    if not words:
        told = _("请写明理由，当事人会看到")
        raise InvalidInput(told, words=told)


def may_decide(actor: Actor, refund: Refund) -> dict[str, bool]:
    """What this person can do with the refund as it stands, for the buttons of the page. Three queries."""
    finance = is_finance_of(actor, refund)
    clean = finance and not is_involved(actor, refund)
    other = clean and can_approve(actor, refund)
    third = needs_third(refund)
    checked = refund.state == RefundState.CHECKED
    return {
        "explain": finance and REFUND_FLOW.can(refund, "propose"),
        "account": finance and refund.state == RefundState.PROPOSED,
        "check": clean and REFUND_FLOW.can(refund, "check"),
        "agree": other and checked and third and refund.third_by is None,
        "approve": other and checked and (not third or refund.third_by is not None),
        "return": clean and REFUND_FLOW.can(refund, "return"),
        "refuse": clean and refund.reason in BY_HAND and REFUND_FLOW.can(refund, "refuse"),
        "repeat": finance and refund.state == RefundState.FAILED,
        "second": checked and has_decided(actor, refund.checked_by, refund.third_by, refund.proposed_by),
        "involved": finance and not clean,
    }
