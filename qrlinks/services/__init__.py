"""Everything that happens with codes: the switch of a case, scans, reports, and binding an account to a party."""

from qrlinks.services.binding import find_cases_of
from qrlinks.services.codes import (
    allow_resolve,
    live_copy,
    live_copy_by_id,
    live_copy_by_service_code,
    make_case_code,
    note_resolve,
    pass_holds,
)
from qrlinks.services.reports import report_code
from qrlinks.services.verification import Facts, Pass, finish_verification, send_code, start_verification

__all__ = [
    "Facts",
    "Pass",
    "allow_resolve",
    "find_cases_of",
    "finish_verification",
    "live_copy",
    "live_copy_by_id",
    "live_copy_by_service_code",
    "make_case_code",
    "note_resolve",
    "pass_holds",
    "report_code",
    "send_code",
    "start_verification",
]
