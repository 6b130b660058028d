"""What the stand-ins of the outside world remember. Demo and test mode only; no production process has these tables."""

from __future__ import annotations

from django.db import models


class SentText(models.Model):
    """A text message or mail that the stand-in provider took over for sending."""

    provider_id = models.CharField(max_length=64, unique=True)
    channel = models.CharField(max_length=6)
    to = models.CharField(max_length=100)
    text = models.TextField()
    received_at = models.DateTimeField()


class RefundMode(models.TextChoices):
    """What the stand-in does with refunds of an order: book them when asked about, send them back, or let them lie."""

    DO = "", "照办"
    FAIL = "fail", "退回"
    HOLD = "hold", "先放着"


class CashierOrder(models.Model):
    """An order at one of the stand-in gateways.

    ``bill_lines`` says how often it stands in the bill of the day (0: forgotten, 2: doubled) and ``fee_fen`` what the
    gateway kept, so that a reconciliation has something to find.
    """

    gateway = models.CharField(max_length=12, default="sandbox")
    way = models.CharField(max_length=12, blank=True)
    merchant = models.CharField(max_length=40)
    out_no = models.CharField(max_length=40)
    amount_fen = models.BigIntegerField()
    subject = models.CharField(max_length=100)
    notify_url = models.CharField(max_length=300)
    return_url = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=10, default="pending")
    transaction_no = models.CharField(max_length=40, blank=True)
    paid_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    owes_notice = models.BooleanField(default=False)
    refund_mode = models.CharField(max_length=4, choices=RefundMode, blank=True)
    fee_fen = models.BigIntegerField(default=0)
    bill_lines = models.PositiveSmallIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "out_no"], name="cashier_out_no_unique")]


class CashierRefund(models.Model):
    """A refund at one of the stand-in gateways, under the merchant's own number: pending, done or failed."""

    order = models.ForeignKey(CashierOrder, models.CASCADE, related_name="refunds")
    refund_no = models.CharField(max_length=64)
    amount_fen = models.BigIntegerField()
    reason = models.CharField(max_length=100, blank=True)
    notify_url = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=10, default="pending")
    gateway_no = models.CharField(max_length=40)
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=100, blank=True)
    tries = models.PositiveSmallIntegerField(default=1)
    bill_lines = models.PositiveSmallIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "refund_no"], name="cashier_refund_no_unique")
        ]
