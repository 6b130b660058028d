"""Reconciliation: what gateways and the bank say of a day beside our books, and the closing of the day (REL-16)."""

from payments.services.recon.bank import Imported, import_bank_list
from payments.services.recon.close import close_day, days_to_close, sheet_of
from payments.services.recon.compare import resolve_difference
from payments.services.recon.run import Outcome, days_without_bill, reconcile_days_left, run_day

__all__ = [
    "Imported",
    "Outcome",
    "close_day",
    "days_to_close",
    "days_without_bill",
    "import_bank_list",
    "reconcile_days_left",
    "resolve_difference",
    "run_day",
    "sheet_of",
]
