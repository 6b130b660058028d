"""Celery entry points: ask the gateways about orders and refunds that are due, send refunds, remind of bills."""

from __future__ import annotations

import logging

from celery import shared_task
from django.utils.translation import gettext as _

from common import clock
from common.actor import system
from common.errors import GatewayUnavailable
from payments.models import Order
from payments.services import ask_gateway, propose_overdue, refunds, remind_of_bills
from payments.services.ledger_check import check_ledger
from payments.services.recon import reconcile_days_left

log = logging.getLogger(__name__)
BATCH = 50


@shared_task(name="payments.poll_orders")
def poll_orders() -> int:
    """Query due orders, oldest first; a silent gateway is asked no more in this round. Safe to run twice."""
    due = Order.objects.filter(next_query_at__lte=clock.now()).order_by("next_query_at")
    asked, silent = 0, set[str]()
    for order_id, code in list(due.values_list("pk", "gateway")[:BATCH]):
        if code in silent:
            continue
        try:
            ask_gateway(order_id=order_id)
        except GatewayUnavailable:
            log.warning("gateway %s silent, %s orders wait", code, due.filter(gateway=code).count())
            silent.add(code)
        else:
            asked += 1
    return asked


@shared_task(name="payments.remind_of_bills")
def remind() -> int:
    """Who has two days left to pay is reminded; safe to run twice and in parallel."""
    return remind_of_bills(system(str(_("诉讼费管理"))))


@shared_task(name="payments.send_refunds")
def send_refunds() -> int:
    """Approved parts that are not out yet leave now; safe to run twice and in parallel."""
    return refunds.send_due()


@shared_task(name="payments.poll_refunds")
def poll_refunds() -> int:
    """Ask about refunds that are under way; safe to run twice."""
    return refunds.poll_parts()


@shared_task(name="payments.propose_overdue")
def propose() -> int:
    """Bills whose last day is over are put before their judges; safe to run twice and in parallel."""
    return propose_overdue(system(str(_("诉讼费管理"))))


@shared_task(name="payments.reconcile")
def reconcile() -> int:
    """Bills of the gateways that are not there yet, and days with open differences; safe to run twice and in parallel."""
    return len(reconcile_days_left())


@shared_task(name="payments.check_ledger")
def check_books() -> int:
    """All books are counted again; what is wrong is an alarm and stands on the page of finance. Safe to run twice."""
    return len(check_ledger().findings)
