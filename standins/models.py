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


class CashierOrder(models.Model):
    """An order at the sandbox cashier."""

    merchant = models.CharField(max_length=40)
    out_no = models.CharField(max_length=40)
    amount_fen = models.BigIntegerField()
    subject = models.CharField(max_length=100)
    notify_url = models.CharField(max_length=300)
    return_url = models.CharField(max_length=300)
    state = models.CharField(max_length=10, default="pending")
    transaction_no = models.CharField(max_length=40, blank=True)
    paid_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "out_no"], name="cashier_out_no_unique")]
