"""Changes around money: bills, orders, confirmed payments, the ledger."""

from payments.services.bills import PROPERTY, issue_bill, remind_of_bills
from payments.services.confirm import ask_gateway, receive_notice
from payments.services.orders import start_payment

__all__ = ["PROPERTY", "ask_gateway", "issue_bill", "receive_notice", "remind_of_bills", "start_payment"]
