"""What the person does: applies, confirms the way, names another account when money did not arrive."""

from __future__ import annotations

from decimal import Decimal
from uuid import uuid4

from django.utils.translation import gettext as _

from accounts.services.phones import changed_lately
from common import clock
from common.actor import Actor
from common.errors import Conflict, InvalidInput, NotAllowed
from eventlog.services import act
from payments import events
from payments.models import (
    REFUND_ENDED,
    REFUND_FLOW,
    REFUND_PART_FLOW,
    Bill,
    PartState,
    Refund,
    RefundPart,
    RefundReason,
    Route,
)
from payments.refund_policies import can_ask, is_finance_of, may_take_money
from payments.services.refunds.money import can_go_back, fee_bills, lock_money_of, payments_of
from payments.services.refunds.payee import NewAccount, name_account
from payments.services.refunds.propose import (
    free_of,
    new_refund,
    part_number,
    plan_parts,
    record,
    refund_due,
    step,
)


def locked_refund(refund_id: int) -> Refund:
    """The refund, after the bills of its party (REL-35). Inside an act."""
    seen = Refund.objects.select_related("bill").get(pk=refund_id)
    if seen.bill is not None:
        lock_money_of(seen.bill)
    rows = Refund.objects.select_for_update(of=("self",), no_key=True)
    with_rows = rows.select_related(
        "bill__case__court",
        "court",
        "case",
        "party",
        "account",
        "checked_by",
        "third_by",
        "approved_by",
        "proposed_by",
    )
    return with_rows.get(pk=refund_id)


def ask_refund(*, bill_id: int, amount: Decimal, words: str, actor: Actor) -> Refund:
    """The party asks for money back by itself; finance explains the amount or refuses with words.

    A second click gives the same request. Raises InvalidInput by field, Conflict when nothing was paid or all of it is
    going back already, NotAllowed for a representative without 特别授权.
    """
    with act():
        bill = Bill.objects.select_related("case__court", "party").get(pk=bill_id)
        lock_money_of(bill)
        if not can_ask(actor, bill):
            raise NotAllowed(_("只有交费的当事人，或者有特别授权的代理人，可以申请退费。"))
        waiting = Refund.objects.filter(party_id=bill.party_id, reason=RefundReason.ASKED)
        known = waiting.exclude(state__in=REFUND_ENDED).first()
        if known is not None:
            return known
        free = free_of(payments_of(fee_bills(bill)))
        if free <= 0:
            raise Conflict(_("这个案件没有可以退的费用，或者都已经在退了。"), code="nothing_paid")
        _check_asked(amount, free, words)
        refund = Refund.objects.create(
            **new_refund(bill.court, clock.today()),
            case=bill.case,
            party=bill.party,
            bill=bill,
            reason=RefundReason.ASKED,
            source=uuid4(),
            amount=amount,
            steps=[step(_("申请退还"), "", amount)],
            rule_version=bill.rule_version,
            words=words,
            asked_by_id=actor.user_id,
        )
        record(events.REFUND_ASKED, refund, actor, receipt=refund.number, amount=amount)
    return refund


def _check_asked(amount: Decimal, free: Decimal, words: str) -> None:
    wrong = {}
    if not 0 < amount <= free:
        wrong["amount"] = _("最多可以申请退%(sum)s元") % {"sum": free}
    if not words:
        wrong["words"] = _("请写明为什么应当退费")
    if wrong:
        raise InvalidInput(next(iter(wrong.values())), **wrong)


def explain_asked(*, refund_id: int, amount: Decimal, words: str, article: str, actor: Actor) -> Refund:
    """Finance says how much of what was asked for comes back, and why; the person then confirms the way.

    The 15 days count from the day of this decision. Who explains never approves. Raises InvalidInput by field.
    """
    with act():
        refund = locked_refund(refund_id)
        if not is_finance_of(actor, refund) or refund.bill is None:
            raise NotAllowed(_("退费由收款法院的财务核对。"))
        payments = payments_of(fee_bills(refund.bill))
        wrong = {}
        if not 0 < amount <= free_of(payments):
            wrong["amount"] = _("最多可以退%(sum)s元") % {"sum": free_of(payments)}
        if not words:
            wrong["words"] = _("请写明金额怎么算的")
        if wrong:
            raise InvalidInput(next(iter(wrong.values())), **wrong)
        REFUND_FLOW.move(refund, "propose")
        refund.steps = [*refund.steps, step(words, article, amount)]
        refund.amount = amount
        refund.proposed_by_id = actor.post_id
        refund.due_on = refund_due(refund.court, clock.today())
        refund.save(update_fields=["state", "steps", "amount", "proposed_by", "due_on"])
        plan_parts(refund, payments)
        record(events.REFUND_PROPOSED, refund, actor, amount=amount, due_on=refund.due_on)
    return refund


def live_parts(refund: Refund) -> list[RefundPart]:
    """The parts that make up the refund now, with their payments, newest payment first. One query."""
    rows = refund.parts.exclude(state=PartState.DROPPED).select_related("payment__order")
    return list(rows.order_by("-payment__paid_at", "id"))


def can_use_own_way(refund: Refund) -> bool:
    """True when every part can go back the way it came; what failed that way once does not take it again. One query for
    each part and two more."""
    now = clock.now()
    parts = live_parts(refund)
    dropped = refund.parts.filter(state=PartState.DROPPED).exists()
    return bool(parts) and not dropped and all(can_go_back(part.payment, now) for part in parts)


def confirm_refund(*, refund_id: int, route: str, account: NewAccount | None = None, actor: Actor) -> Refund:
    """The person says how the money comes back: the way it was paid, or to a bank account in the party's name.

    Finance may write down the account of a person without sign-in from his signed form; that officer then decides nothing
    (REL-14). Raises InvalidInput by field, NotAllowed for a representative without 特别授权, InvalidTransition when the
    refund does not wait for it.
    """
    with act():
        refund = locked_refund(refund_id)
        _may_name(refund, route, actor)
        REFUND_FLOW.move(refund, "confirm")
        _set_way(refund, route, account, actor)
        refund.parts.filter(state=PartState.WAITING).update(route=refund.route)
        record(events.REFUND_CONFIRMED, refund, actor, route=refund.route)
    return refund


def reroute_refund(*, refund_id: int, account: NewAccount, actor: Actor) -> Refund:
    """What failed goes to a bank account instead: the failed parts are dropped for new ones, and two people of finance look
    at it again. What has arrived stays. Call ``sending.ask_again`` before, so that no part is dropped whose money arrived.
    """
    with act():
        refund = locked_refund(refund_id)
        _may_name(refund, Route.BANK, actor)
        REFUND_FLOW.move(refund, "reroute")
        _set_way(refund, Route.BANK, account, actor)
        refund.checked_by = refund.third_by = refund.approved_by = refund.approved_at = None
        refund.account_words = ""
        refund.save(update_fields=["checked_by", "third_by", "approved_by", "approved_at", "account_words"])
        for part in live_parts(refund):
            if REFUND_PART_FLOW.can(part, "drop"):
                _drop_for_bank(part)
        record(events.REFUND_CONFIRMED, refund, actor, route=refund.route, again=True)
    return refund


def _may_name(refund: Refund, route: str, actor: Actor) -> None:
    by_finance = is_finance_of(actor, refund) and route == Route.BANK
    if not by_finance and not may_take_money(actor, refund.party):
        raise NotAllowed(_("只有当事人本人，或者有特别授权的代理人，可以确认收款方式。"))


def _set_way(refund: Refund, route: str, account: NewAccount | None, actor: Actor) -> None:
    refund.route = Route.ORIGINAL
    refund.account = None
    if route != Route.ORIGINAL:
        if account is None:
            raise InvalidInput(_("请选择怎么收款"), route=_("请选择怎么收款"))
        if actor.is_public and changed_lately(actor.user_id or 0):
            words = _(
                "登录手机号刚换，24小时内不能填写收款账户。您填的内容没有保存，请明天再来，或选原路退回"
            )
            raise InvalidInput(words, route=words)
        refund.route = Route.BANK
        refund.account = name_account(refund, account, actor)
    elif not can_use_own_way(refund):
        words = _("这笔钱不能原路退回，请填写银行账户")
        raise InvalidInput(words, route=words)
    refund.confirmed_at = clock.now()
    refund.confirmed_by_id = actor.user_id
    refund.save(update_fields=["route", "account", "confirmed_at", "confirmed_by", "state"])


def _drop_for_bank(part: RefundPart) -> None:
    REFUND_PART_FLOW.move(part, "drop")
    part.next_query_at = None
    part.save(update_fields=["state", "next_query_at"])
    RefundPart.objects.create(
        refund=part.refund,
        payment=part.payment,
        out_no=part_number(),
        route=Route.BANK,
        amount=part.amount,
        created_at=clock.now(),
    )
