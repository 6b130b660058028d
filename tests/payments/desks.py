"""Money as finance meets it: paid bills, sums that fit nothing, lists of the bank."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cases.models import Case
from common import clock
from payments.models import Bill, Order, Payment, Suspense
from payments.services import receive_notice
from tests.payments.callbacks import callback, order_for
from tests.support.court import Cast, accepted

HEAD = "交易日期,流水号,收入金额,支出金额,对方户名,摘要"


def finance(cast: Cast, name: str = "finance1") -> Client:
    """A browser of somebody of finance."""
    return cast.client(name)


def notify(order: Order, **changes: Any) -> str:
    """The gateway says that an order is paid."""
    message = callback(order, **changes)
    return receive_notice(code="sandbox", headers=message.headers, body=message.body)


def paid(cast: Cast, number: str = "TX1", **options: Any) -> Case:
    """An accepted case whose bill was paid online."""
    case = accepted(cast, **options)
    assert notify(order_for(case), event_no=f"EV{number}", transaction_no=number) == "paid"
    return case


def odd_money(cast: Cast, case: Case, amount: str = "100.00", number: str = "TXodd") -> Suspense:
    """Money for the bill of a case that is not its amount."""
    order = order_for(case)
    assert notify(order, event_no=f"EV{number}", transaction_no=number, amount=Decimal(amount)) == "suspense"
    return Suspense.objects.get(payment=Payment.objects.get(transaction_no=number))


def bank_list(*lines: str, head: str = HEAD) -> bytes:
    """A list of the bank in UTF-8."""
    return "\n".join((head, *lines)).encode()


def credit(number: str, amount: Any, summary: str = "", payer: str = "张某") -> str:
    """A line of today with money that came in."""
    return f'{clock.today()},{number},"{amount}",,{payer},{summary}'


def debit(number: str, amount: Any, summary: str = "退费") -> str:
    """A line of today with money that went out."""
    return f'{clock.today()},{number},,"{amount}",张某,{summary}'


def upload(content: bytes) -> dict[str, SimpleUploadedFile]:
    """The file as the form sends it."""
    return {"file": SimpleUploadedFile("流水.csv", content, content_type="text/csv")}


def bill_of(case: Case) -> Bill:
    """The open or paid bill of a case."""
    return Bill.objects.exclude(status="void").get(case=case)
