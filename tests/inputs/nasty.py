"""What RELIABILITY §6 puts into fields, by number of its list; and whether a run tries all of it or a part."""

from __future__ import annotations

import os

FULL_LENGTH = os.environ.get("PORTAL_FULL_LENGTH") == "1"
"""Set by the gates (``launcher.gates``): everything everywhere; without it, a part that differs from form to form."""

TEXTS: dict[str, str] = {
    "01 wrong check digit": "130102198503140019",
    "02 lower-case x": "11010519491231002x",
    "03 fifteen digits": "110105491231002",
    "04 foreign paper": "H12345678",
    "05 four bytes and a dot": "𠮷某·买买提",
    "06 hundred characters": "张" * 100,
    "07 full-width digits": "１３８０００００００１",
    "08 phone as people write it": "+86 138-0000-0001",
    "09 invisible marks": "张\u200b\u202e某\ufeff",
    "10 NUL": "张\x00某",
    "12 decomposed": "Zoe\u0308",
    "13 ten thousand marks": "a" + "\u0301" * 10_000,
    "14 a megabyte": "字" * 350_000,
    "15 blanks": " \u3000\t ",
    "16 script": "<script>alert(1)</script><svg onload=alert(1)>",
    "17 template": "{{7*7}}{% debug %}${7*7}",
    "18 quotes": "' OR '1'='1\"; DROP TABLE accounts_user; --",
    "19 wild cards": "%_\\%",
    "20 regex bomb": "(a+)+$" + "a" * 60 + "!",
    "21 formula": "=cmd|' /C calc'!A0",
    "22 line breaks": "张\r\nSet-Cookie: a=b",
    "23 log line": '张\n{"level": "INFO", "event": "forged"}',
    "24 zero": "0",
    "24 minus one": "-1",
    "25 a tenth of a fen": "0.001",
    "25 exponent": "1e3",
    "26 not a number": "NaN",
    "26 infinity": "Infinity",
    "27 two to the 63rd": str(2**63),
    "28 dollars": "100 USD",
    "29 no such day": "2025-02-29",
    "29 year zero": "0000-01-01",
    "29 year 9999": "9999-12-31",
    "30 future": "2999-01-01",
    "31 no zone": "2026-01-01T00:00",
    "32 leap second": "23:59:60",
    "33 minus a page": "-1",
    "33 a million": "1000000",
    "34 a column": "applicant__password",
}
SCRIPT = b"<script>alert("
