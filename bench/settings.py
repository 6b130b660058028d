"""The portal's own settings with what a measurement needs: the bare views beside the pages, visitors of many addresses."""

from portal.settings import *  # noqa: F403

ROOT_URLCONF = "bench.urls"
TRUSTED_PROXIES = 1
"""The load generator names an address per request: otherwise the limit of code pages per address would be measured."""
OTP_USUAL = 1_000_000
"""Codes are asked for as fast as the machine answers; the breaker would end the measurement."""
RATE_LIMITS_TIMES = 1_000_000
"""A few accounts ask as often as the machine can answer; a refusal is fast and would look like speed."""
