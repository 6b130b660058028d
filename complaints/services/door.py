"""The one door into the zone: the public process closes a box and puts it in; it can take nothing out (SEC-30).

Nothing else is written: no session, no event, no idempotency key, no counter that outlives the hour (SEC-34, SEC-35).
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.utils.translation import gettext as _

from common import clock, crypto
from common.errors import InvalidInput
from complaints import sealing
from complaints.models import Submission
from complaints.services.counters import count
from complaints.services.taken import receipt_of_box

AN_HOUR = 5
"""Complaints from one address in one hour (SEC-34)."""
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RECEIPT_LETTERS = 26
"""130 bits."""


@dataclass(frozen=True)
class Said:
    """What a visitor writes: ``court`` and ``case_number`` as far as known, ``user_id`` only if the account is to know,
    ``files`` the boxes of tickets (``services.files``)."""

    court_id: int
    who: str
    about: str
    when: str
    case_number: str
    words: str
    confidential: bool
    user_id: int | None
    files: tuple[str, ...] = ()


def receipt_of(form_key: str) -> str:
    """The receipt code of a form: 130 bits that follow from the form's random key, so a form sent twice shows one code.

    Nowhere stored; the zone keeps a keyed hash.
    """
    number = int(crypto.keyed_hash("complaint-receipt", form_key), 16)
    code = "".join(LETTERS[number >> (5 * place) & 31] for place in range(RECEIPT_LETTERS))
    return "-".join(code[start : start + 5] for start in range(0, RECEIPT_LETTERS, 5))


@dataclass(frozen=True)
class Given:
    """What the author holds: the code that opens the answer, and a signed receipt that opens nothing (SEC-45)."""

    code: str
    text: str
    signature: str


def submit(*, said: Said, form_key: str, address: str) -> Given:
    """Put a complaint into the zone. TooManyRequests above five an hour from one address."""
    if not 16 <= len(form_key) <= 100:
        raise InvalidInput(_("这张表单已失效，请刷新页面再试。"), code="idempotency_key")
    now, code = clock.now(), receipt_of(form_key)
    box = sealing.close_box(
        {
            "court": said.court_id,
            "who": said.who,
            "about": said.about,
            "when": said.when,
            "case_number": said.case_number,
            "words": said.words,
            "confidential": said.confidential,
            "user": said.user_id,
            "receipt": code,
            "files": said.files,
        }
    )
    box_id = uuid.UUID(crypto.keyed_hash("complaint-form", form_key)[:32])
    row = Submission(
        id=box_id,
        box=box,
        key=sealing.sealing_key(),
        received_at=now,
    )
    count(address, AN_HOUR, _("这一小时里提交得太多了，请过一会儿再来。急事请拨12368。"), now=now)
    # the same form again: it is in, and its author has the same code; the database server logs no conflict either
    Submission.objects.bulk_create([row], ignore_conflicts=True)
    text, signature = receipt_of_box(
        box_id
    )  # of the box that lies there: the first, when the form came twice
    return Given(code, text, signature)
