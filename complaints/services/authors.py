"""What the author of a complaint does with an account or a receipt code."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.utils.translation import gettext as _

from common import clock
from common.errors import Conflict, TooManyRequests
from complaints import sealing
from complaints.models import Entry, Kind, Matter, Standing, State, Word, WordKind
from complaints.services import trail, words
from complaints.services.enclosures import enclose
from eventlog.services import act

AN_HOUR = 10
"""Additions to one complaint in one hour."""


def matter_of_receipt(code: str) -> Matter | None:
    """The complaint of a receipt code. Two rows never share one; an unknown code finds nothing."""
    return Matter.objects.filter(receipt__in=sealing.look_ups("receipt", code), kind=Kind.COMPLAINT).first()


def write_more(*, matter: Matter, text: str, form_key: str, files: Sequence[str] = ()) -> Word:
    """The author adds something; who may do so has shown the account or the code. ``files`` are boxes of tickets."""
    with act():
        standing = Standing.objects.select_for_update(no_key=True).get(matter=matter)
        if standing.state == State.CLOSED:
            raise Conflict(_("这件已经办结。有新的情况，请另外提交。"), code="closed")
        now = clock.now()
        lately = Entry.objects.filter(
            matter_id=matter.pk, name="complaint.more", happened_at__gt=now - timedelta(hours=1)
        )
        if lately.count() >= AN_HOUR:
            raise TooManyRequests(_("补充得太多了，请过一会儿再写。"), retry_after_seconds=3600)
        word, is_new = words.add(matter=matter, kind=WordKind.AUTHOR, text=text, by=None, form_key=form_key)
        if is_new:
            taken, lost = enclose(matter, files, word)
            trail.write("complaint.more", matter, None, word=word.public_id, files=taken, files_lost=lost)
    return word
