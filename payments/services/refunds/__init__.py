"""Refunds without asking: proposed by what happens in a case, confirmed by the person, decided by two of finance, sent once."""

from payments.services.refunds.asking import (
    ask_refund,
    can_use_own_way,
    confirm_refund,
    explain_asked,
    live_parts,
    reroute_refund,
)
from payments.services.refunds.bank import make_bank_list, record_bank_result
from payments.services.refunds.causes import (
    back_on_withdrawal,
    refund_after_claim_change,
    refund_after_closing,
    refund_after_track_change,
)
from payments.services.refunds.deciding import (
    agree_refund,
    approve_refund,
    check_refund,
    may_decide,
    needs_third,
    refuse_refund,
    return_refund,
)
from payments.services.refunds.money import can_go_back, fee_bills, kept_of, payments_of
from payments.services.refunds.payee import NewAccount, cases_of_account, is_used_by_many
from payments.services.refunds.propose import give_back_suspense, propose_refund
from payments.services.refunds.sending import (
    ask_again,
    poll_parts,
    record_refund_answer,
    repeat_refund,
    send_due,
    send_refund,
)

__all__ = [
    "NewAccount",
    "agree_refund",
    "approve_refund",
    "ask_again",
    "ask_refund",
    "back_on_withdrawal",
    "can_go_back",
    "can_use_own_way",
    "cases_of_account",
    "check_refund",
    "confirm_refund",
    "explain_asked",
    "fee_bills",
    "give_back_suspense",
    "is_used_by_many",
    "kept_of",
    "live_parts",
    "make_bank_list",
    "may_decide",
    "needs_third",
    "payments_of",
    "poll_parts",
    "propose_refund",
    "record_bank_result",
    "record_refund_answer",
    "refund_after_claim_change",
    "refund_after_closing",
    "refund_after_track_change",
    "refuse_refund",
    "repeat_refund",
    "reroute_refund",
    "return_refund",
    "send_due",
    "send_refund",
]
