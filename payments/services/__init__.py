"""Changes around money: bills, orders, confirmed payments, the ledger."""

from payments.services.bills import PROPERTY, issue_bill, remind_of_bills
from payments.services.confirm import ask_gateway, receive_notice
from payments.services.overdue import deem_withdrawn, give_new_day, propose_overdue
from payments.services.paying import start_payment
from payments.services.reliefs import (
    PAPERS_OWNER,
    Answer,
    add_relief_paper,
    ask_relief,
    decide_relief,
    grounds_for,
    kinds_for,
    withdraw_relief,
)

__all__ = [
    "PAPERS_OWNER",
    "PROPERTY",
    "Answer",
    "add_relief_paper",
    "ask_gateway",
    "ask_relief",
    "decide_relief",
    "deem_withdrawn",
    "give_new_day",
    "grounds_for",
    "issue_bill",
    "kinds_for",
    "propose_overdue",
    "receive_notice",
    "remind_of_bills",
    "start_payment",
    "withdraw_relief",
]
