"""The spend breaker of codes by text message (SEC-03): above three times the usual number people wait their turn, nobody is shut out.

Usual is the median of the same hour of the same weekday in the four weeks before, from counters of their own: the codes themselves are
deleted after a week (SEC-68).
"""

from __future__ import annotations

import logging
from datetime import timedelta
from statistics import median

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.services.limits import count, counted_each, limit
from common import clock

WEEKS, TIMES = 4, 3
KEPT_SECONDS = (7 * WEEKS + 1) * 86400
logger = logging.getLogger("portal.security")


def _hour_key(weeks_ago: int) -> str:
    hour = clock.now() - timedelta(weeks=weeks_ago)
    return f"otp-hour:{hour:%Y-%m-%dT%H}"


def usual() -> int:
    """How many codes an hour like this one usually sends, at least OTP_USUAL. One query."""
    before = counted_each([_hour_key(weeks) for weeks in range(1, WEEKS + 1)], KEPT_SECONDS)
    return max(settings.OTP_USUAL, int(median(before)))


def spend_one() -> None:
    """Count one more code of this hour. Above three times the usual number only a sixtieth of that goes out each minute; who comes
    when it is used up gets TooManyRequests and the next minute. The first one above is an error in the log."""
    now = count(_hour_key(0), KEPT_SECONDS)
    at_most = TIMES * usual()
    if now <= at_most:
        return
    if now == at_most + 1:
        logger.error("codes.spend_breaker", extra={"codes": now, "usual": at_most // TIMES})
    words = _("现在要验证码的人太多，请1分钟后再试。您填的内容还在。")
    limit("otp-turn", 60, max(1, at_most // 60), words)
