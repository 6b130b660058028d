"""Everything that happens with codes: the switch of a case, scans, reports, and binding an account to a party."""

from qrlinks.services.binding import find_cases_of
from qrlinks.services.checking import Checked, Outcome, check_paper
from qrlinks.services.codes import (
    allow_resolve,
    live_copy,
    live_copy_by_id,
    live_copy_by_service_code,
    make_case_code,
    note_resolve,
    pass_holds,
    unknown_last_hour,
)
from qrlinks.services.counter import Given, Shown, enter_with_pass, identify
from qrlinks.services.reports import raise_alarm, report_code, settle_report, take_report
from qrlinks.services.switching import end_with_case, switch_case, switch_copy_off
from qrlinks.services.verification import Facts, Pass, finish_verification, send_code, start_verification

__all__ = [
    "Checked",
    "Facts",
    "Given",
    "Outcome",
    "Pass",
    "Shown",
    "allow_resolve",
    "check_paper",
    "end_with_case",
    "enter_with_pass",
    "find_cases_of",
    "finish_verification",
    "identify",
    "live_copy",
    "live_copy_by_id",
    "live_copy_by_service_code",
    "make_case_code",
    "note_resolve",
    "pass_holds",
    "raise_alarm",
    "report_code",
    "send_code",
    "settle_report",
    "start_verification",
    "switch_case",
    "switch_copy_off",
    "take_report",
    "unknown_last_hour",
]
