"""Changes of state around accounts: codes, counters, sign-in, once-only forms."""

from accounts.services.codes import check_code, start_code
from accounts.services.idempotency import once, request_hash
from accounts.services.limits import count, limit, seconds_to_wait
from accounts.services.people import (
    public_by_outside,
    public_by_password,
    record_staff_sign_in,
    register_staff,
    sign_in_by_phone,
    staff_by_outside,
    staff_by_password,
    switch_role,
    verify_real_name,
)

__all__ = [
    "check_code",
    "count",
    "limit",
    "once",
    "public_by_outside",
    "public_by_password",
    "record_staff_sign_in",
    "register_staff",
    "request_hash",
    "seconds_to_wait",
    "sign_in_by_phone",
    "staff_by_outside",
    "staff_by_password",
    "start_code",
    "switch_role",
    "verify_real_name",
]
