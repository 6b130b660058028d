"""The codes of one copy: token in the QR, service code 服务码 and check code 校验码 in print (DESIGN §9, SEC-20).

The token is never printed as text and neither it nor the service code is stored: only keyed hashes are.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

from common.text import fold_width, strip_invisible

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
READABLE = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Letters and digits that cannot be mixed up on paper: no 0 O 1 I L."""

TOKEN_LENGTH = 26
SERVICE_CODE_LENGTH = 10
CHECK_CODE_LENGTH = 6
LONGEST_ADDRESS = 60
"""QR version 3 at level M holds 61 characters of the alphanumeric alphabet."""

_TOKEN = re.compile(rf"[{CROCKFORD}]{{{TOKEN_LENGTH}}}")
_SERVICE_CODE = re.compile(rf"[{READABLE}]{{{SERVICE_CODE_LENGTH}}}")
_CHECK_CODE = re.compile(rf"[{READABLE}]{{{CHECK_CODE_LENGTH}}}")
SERIAL = re.compile(r"[一-\u9fff]{1,4}[0-9A-Z]{0,6}-[0-9]{4}-[0-9]{6}-[0-9]{1,4}")
"""Serial of a copy as printed: code of the court, year, number of the paper, number of the copy."""
_LOOKALIKES = str.maketrans("ILO", "110")
_DASHES = re.compile(r"[‐‑‒–—―−－_]+")
_SPACERS = re.compile(r"[\s\-‐‑–—·.]")


@dataclass(frozen=True)
class CopyCodes:
    """The plain codes of one copy; they live only as long as the paper is being printed."""

    token: str
    service_code: str
    check_code: str


def new_codes() -> CopyCodes:
    """130 random bits for the token, about 49 for the service code, 29 for the check code."""
    return CopyCodes(
        token="".join(secrets.choice(CROCKFORD) for _ in range(TOKEN_LENGTH)),
        service_code="".join(secrets.choice(READABLE) for _ in range(SERVICE_CODE_LENGTH)),
        check_code="".join(secrets.choice(READABLE) for _ in range(CHECK_CODE_LENGTH)),
    )


def read_token(text: str) -> str:
    """The token in upper case; "" when ``text`` cannot be one. Crockford: I and L read as 1, O as 0."""
    token = text[: TOKEN_LENGTH + 1].upper().translate(_LOOKALIKES)
    return token if _TOKEN.fullmatch(token) else ""


def read_service_code(text: str) -> str:
    """The service code as people type it, in any case, width and grouping; "" when it cannot be one."""
    code = _SPACERS.sub("", strip_invisible(fold_width(text[:100]))).upper()
    return code if _SERVICE_CODE.fullmatch(code) else ""


def read_check_code(text: str) -> str:
    """The check code as people type it; "" when it cannot be one."""
    code = _SPACERS.sub("", strip_invisible(fold_width(text[:60]))).upper()
    return code if _CHECK_CODE.fullmatch(code) else ""


def read_serial(text: str) -> str:
    """The serial as people type it, whatever blanks and dashes they use; "" when it cannot be one."""
    line = re.sub(r"\s", "", strip_invisible(fold_width(text[:100]))).upper()
    serial = _DASHES.sub("-", line)
    return serial if SERIAL.fullmatch(serial) else ""


def read_address(text: str) -> tuple[str, str]:
    """Host and token of what a scanner reads from a code, both in upper case and "" when there is none.

    ``https://HOST/m/TOKEN/`` in any case, with or without the scheme and the last slash. A host with anything before
    an @, or a path of ours on another host, keeps the host that a browser would open.
    """
    line = re.sub(r"\s", "", strip_invisible(fold_width(text[:300])))
    try:
        parts = urlsplit(line if re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", line) else f"//{line}")
    except ValueError:  # brackets that hold no address
        return line.upper(), ""
    host = parts.netloc.rpartition("@")[2].upper()
    found = re.fullmatch(r"/M/([^/]+)/?", parts.path.upper())
    return host, read_token(found[1]) if found else ""


def printed_address(token: str) -> str:
    """What the QR says: ``HTTPS://HOST/M/TOKEN/`` in upper case. ValueError above 60 characters."""
    address = f"{settings.PUBLIC_URL}/m/{token}/".upper()
    if len(address) > LONGEST_ADDRESS:
        raise ValueError("PUBLIC_URL is too long to be printed as a code on papers")
    return address


def printed_host() -> str:
    """The host as people read it on paper."""
    return urlsplit(settings.PUBLIC_URL).netloc
