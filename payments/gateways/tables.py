"""Bills of a day as gateways write them: tables with a byte order mark, tabs, back-ticks and thousands marks."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from common import clock
from common.money import to_yuan
from payments.gateways.outside import BadAnswer

TOTALS = ("总", "#")
MOMENT = "%Y-%m-%d %H:%M:%S"


def rows(text: str, *, first_column: str) -> Iterator[dict[str, str]]:
    """Rows below the header that begins with ``first_column``, cleaned, up to the totals. A missing summary is none, and
    a line that stands there twice comes twice (bad input 79).

    Raises BadAnswer without that header, or when a row is cut.
    """
    header: list[str] = []
    for cells in csv.reader(io.StringIO(text.lstrip("\ufeff"))):
        cleaned = [cell.strip().lstrip("`").strip() for cell in cells]
        if not header:
            header = cleaned if cleaned[:1] == [first_column] else []
        elif not "".join(cleaned) or cleaned[0].startswith(TOTALS):
            return
        elif len(cleaned) != len(header):
            raise BadAnswer("a cut row")
        else:
            yield dict(zip(header, cleaned, strict=True))
    if not header:
        raise BadAnswer("a bill without its header")


def amount(written: str) -> Decimal:
    """“1,234.50”, “-3.00” or nothing, in yuan."""
    return to_yuan(Decimal(written.replace(",", "") or "0"))


def moment(written: str) -> datetime:
    """A gateway's local time, which is Beijing's."""
    return datetime.strptime(written, MOMENT).replace(tzinfo=clock.BEIJING)


def plain(subject: str, length: int) -> str:
    """A subject that no gateway stumbles over: python-alipay-sdk cut answers at a brace inside a value."""
    return "".join(letter for letter in subject if letter not in "{}[]\"'\\<>&=%+`,")[:length]
