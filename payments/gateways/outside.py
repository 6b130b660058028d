"""One HTTP call to a gateway: whatever is not an answer that its caller accepts is GatewayUnavailable (F-18, REL-59)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from common.gateways.exchange import SILENCE, Answer, TooLong, exchange
from common.gateways.sms import refuse_inside_transaction
from payments.gateways.breaker import admit, note_answer, note_failure, unavailable

T = TypeVar("T")
ANSWER_BYTES = 1024 * 1024
FILE_BYTES = 64 * 1024 * 1024
FILE_SECONDS = 120
"""How long a bill of a day may take altogether; each read still has five seconds."""


class BadAnswer(Exception):
    """The gateway answered, but not as the gateway: unsigned, malformed, too long, 5xx."""


def call(
    code: str,
    method: str,
    url: str,
    *,
    read: Callable[[Answer], T],
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
    file: bool = False,
) -> T:
    """Ask gateway ``code`` and return what ``read`` makes of the answer.

    ``read`` raises BadAnswer for what the gateway cannot have said; that, silence, a reset and a 5xx all count against
    the breaker and become GatewayUnavailable. ``file`` allows for the size of a day's bill.
    """
    refuse_inside_transaction()
    admit(code)
    try:
        answer = exchange(
            method,
            url,
            headers=headers or {},
            body=body,
            most=FILE_BYTES if file else ANSWER_BYTES,
            seconds=FILE_SECONDS if file else None,
        )
        if answer.status >= 500:
            raise BadAnswer(str(answer.status))
        result = read(answer)
    except (*SILENCE, TooLong, BadAnswer) as error:
        note_failure(code)
        raise unavailable() from error
    note_answer(code)
    return result


def shaped(read: Callable[[], T]) -> T:
    """What ``read`` makes of an answer; one that lacks what it must hold is no answer."""
    try:
        return read()
    except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        raise unavailable() from error
