"""Refunds by bank transfer: a list for the bank, fixed once; its answer comes back by hand (F-09).

The list marks its parts as sent in the act that makes it. Nothing ever puts such a part on a list again by itself: when nobody
knows whether the bank has the list, a person asks the bank, and records the voucher or the rejection.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from common import clock
from common.actor import Actor
from common.errors import Conflict, InvalidInput, NotAllowed
from courts.services import next_number
from eventlog.holding import is_held
from eventlog.services import act
from payments import events
from payments.models import (
    REFUND_FLOW,
    REFUND_PART_FLOW,
    BankList,
    BankListRow,
    Refund,
    RefundPart,
    Route,
)
from payments.refund_policies import is_finance_of
from payments.services.refunds.asking import locked_refund
from payments.services.refunds.propose import record
from payments.services.refunds.sending import OUT, READY, fail_part, finish_part

MOST_ROWS = 500


def make_bank_list(*, actor: Actor) -> BankList:
    """Fix a list of every approved transfer of the court that has not gone to the bank yet; its parts are sent from now on.

    Two officers at once make one list and a Conflict. Raises Conflict when there is nothing to pay, and while payouts are held
    after a restore (REL-56).
    """
    if is_held():
        raise Conflict(
            _("系统刚恢复，正在核对账目，暂时不能制作付款清单。没有付出任何款项，核对完会放行。"), code="held"
        )
    waiting = RefundPart.objects.filter(
        refund__court_id=actor.court_id or 0, route=Route.BANK, state__in=READY, refund__state__in=OUT
    )
    refunds = list(
        dict.fromkeys(waiting.order_by("refund_id").values_list("refund_id", flat=True)[:MOST_ROWS])
    )
    with act():
        rows = [row for refund_id in refunds for row in _take(locked_refund(refund_id), actor)]
        if not rows:
            raise Conflict(_("没有等着转账的退费。"), code="nothing_to_pay")
        now = clock.now()
        year = clock.beijing_day(now).year
        court = rows[0].refund.court
        made = BankList.objects.create(
            court=court,
            number=f"FK{court.code}-{year}-{next_number(court.pk, 'bank_list', str(year)):04d}",
            made_at=now,
            made_by_id=actor.post_id or 0,
        )
        BankListRow.objects.bulk_create(
            BankListRow(list=made, part=part, account=part.refund.account) for part in rows
        )
    return made


def _take(refund: Refund, actor: Actor) -> list[RefundPart]:
    """Mark what of a refund goes to the bank now."""
    if not is_finance_of(actor, refund):
        raise NotAllowed(_("付款清单由收款法院的财务制作。"))
    now = clock.now()
    taken = []
    ready = refund.parts.filter(route=Route.BANK, state__in=READY, refund__state__in=OUT)
    for part in ready.order_by("id"):
        REFUND_PART_FLOW.move(part, "send")
        part.sent_at, part.failure = now, ""
        part.save(update_fields=["state", "sent_at", "failure"])
        part.refund = refund
        taken.append(part)
    if taken and REFUND_FLOW.can(refund, "send"):
        REFUND_FLOW.move(refund, "send")
        refund.save(update_fields=["state"])
        record(events.REFUND_SENT, refund, actor)
    return taken


def record_bank_result(*, part_id: int, voucher: str = "", failure: str = "", actor: Actor) -> RefundPart:
    """What the bank did with a transfer: its voucher number, or why it sent the money back. One of the two.

    Raises InvalidInput by field; the same voucher twice changes nothing, one voucher never stands for two transfers.
    """
    with act():
        refund = locked_refund(RefundPart.objects.only("refund_id").get(pk=part_id).refund_id)
        part = RefundPart.objects.select_related("payment", "refund").get(pk=part_id)
        if not is_finance_of(actor, refund) or part.route != Route.BANK:
            raise NotAllowed(_("转账结果由收款法院的财务登记。"))
        if voucher and part.gateway_no == voucher:
            return part
        if bool(voucher) == bool(failure):
            told = _("到账的填银行流水号，被退回的填原因，只填一项")
            raise InvalidInput(told, voucher=told)
        if failure:
            fail_part(refund, part, why=failure, actor=actor)
            return part
        other = RefundPart.objects.filter(route=Route.BANK, refund__court_id=refund.court_id)
        if other.filter(gateway_no=voucher).exists():
            told = _("这个流水号已经登记在另一笔退费上，请核对")
            raise InvalidInput(told, voucher=told)
        finish_part(refund, part, number=voucher, actor=actor)
    return part
