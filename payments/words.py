"""What a bill says about itself: what it asks for by which article, and what happens when it is not paid."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from payments.models import Bill, BillReason, Refund
from payments.services.overdue import GREW, ends_the_case


def shown_steps(kept: Bill | Refund) -> list[dict[str, Any]]:
    """The steps of a bill or refund with their sums as numbers; a step that names no sum has none."""
    return [
        {"text": step["text"], "article": step["article"], "amount": _sum(step["amount"])}
        for step in kept.steps
    ]


def _sum(written: str) -> Decimal | None:
    return None if written in ("", "None") else Decimal(written)


def otherwise(bill: Bill) -> str:
    """What happens when it is not paid in time, said beforehand on the bill."""
    if bill.reason == BillReason.AFTERWARDS:
        return _("到期没有交的，法院可以强制执行。")
    if not ends_the_case(bill):
        return _("到期没有补交的，增加的请求不审理，原来的请求照常审理。")
    if bill.reason == BillReason.TOP_UP:
        return _("到期没有补交的，法官可以决定按撤诉处理，退还已经交的一半（民诉法解释第一百九十九条）。")
    return _("到期没有交，也没有申请缓交、减交、免交的，法官可以决定按撤诉处理，也就是当作您不告了。")


def otherwise_in_short(bill: Bill) -> str:
    """The same for a text message."""
    if bill.reason == BillReason.AFTERWARDS:
        return _("不交的，法院可以强制执行。")
    if not ends_the_case(bill):
        return _("不补交的，增加的请求不审理。")
    return _("不交又不申请缓减免的，法院会按撤诉处理。")


def demand(bill: Bill) -> str:
    """Why the fee notice asks for the sum, with the articles; empty for what is paid beforehand when a case begins."""
    operation = bill.inputs.get("operation")
    if bill.reason == BillReason.AFTERWARDS:
        return _(
            "依照《诉讼费用交纳办法》第二十条、第二十九条、第三十八条和《最高人民法院关于适用〈中华人民共和国民事诉讼法〉的解释》第一百九十四条、第二百零七条，案件办结后你方应当交纳%(label)s"
        ) % {"label": bill.label}
    if operation == GREW:
        return _("诉讼请求的金额已经变更。依照《诉讼费用交纳办法》第二十一条，你方应当补交%(label)s") % {
            "label": bill.label
        }
    if bill.reason == BillReason.TOP_UP:
        return _(
            "本案的审理程序已经变更。依照《最高人民法院关于适用〈中华人民共和国民事诉讼法〉的解释》第一百九十九条，你方应当补交%(label)s"
        ) % {"label": bill.label}
    return ""


def consequence(bill: Bill) -> str:
    """What the fee notice says about not paying; empty for what is paid beforehand when a case begins."""
    if bill.reason == BillReason.FIRST:
        return ""
    if bill.reason == BillReason.AFTERWARDS:
        return _("逾期不交的，本院可以强制执行。")
    if not ends_the_case(bill):
        return _("逾期不补交的，对增加的诉讼请求不予审理。")
    return _(
        "逾期不补交的，依照《最高人民法院关于适用〈中华人民共和国民事诉讼法〉的解释》第一百九十九条，可以按撤诉处理，退还已收取费用的一半。"
    )
