"""Which accounts were closed, told where no restore reaches: beside the anchors, in the place that is written once (SEC-68, docs/adr/0033).

A database that comes back from a backup holds open again what was closed since. Each closing leaves a file there whose name is all it says:
the time and the account's opaque id, which means nothing to anybody without the database.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import User, UserKind
from common.errors import GatewayUnavailable
from common.write_once import place_of
from eventlog.models import Anchor, Event
from eventlog.registry import Mode, on
from portal.closing_services import is_closed
from portal.models import AccountClosing

FORM = "%Y%m%dT%H%M%SZ"
NAME = re.compile(r"closed-(?P<at>\d{8}T\d{6}Z)-(?P<account>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")


@dataclass(frozen=True)
class Closed:
    """An account that two decided to close, and when."""

    account: UUID
    at: datetime

    @property
    def name(self) -> str:
        """That of its file."""
        return f"closed-{self.at.astimezone(UTC):{FORM}}-{self.account}"


@on("portal.account_closed", Mode.OUTSIDE)
def tell_outside(event: Event) -> None:
    """Safe to repeat. GatewayUnavailable while the place is away: then it is told later."""
    account = AccountClosing.objects.values_list("user__public_id", flat=True).get(pk=event.subject_id)
    note(Closed(account, event.happened_at))


def note(closed: Closed) -> None:
    """Write it down, where there is such a place."""
    if not settings.ANCHORS_DIR:
        return
    try:
        with place_of(settings.ANCHORS_DIR) as place:
            place.put(closed.name, f"{closed.name}\n".encode())
    except OSError as error:
        raise GatewayUnavailable(
            _("写不进一次写入的地方，稍后自动补上。"), code="closed_list_pending"
        ) from error


def listed(address: str) -> list[Closed]:
    """What the place says, oldest first. OSError while it is away, or is empty although this database has anchors: then it is another place."""
    with place_of(address) as place:
        names = place.names()
    if not names and Anchor.objects.exists():
        raise FileNotFoundError("nothing lies there, but this database knows of anchors: is it mounted?")
    found = [NAME.fullmatch(name) for name in names]
    return [
        Closed(UUID(one["account"]), datetime.strptime(one["at"], FORM).replace(tzinfo=UTC))
        for one in found
        if one is not None
    ]


def still_open(address: str) -> list[tuple[Closed, User]]:
    """Those that this database holds open, with their accounts. One query. OSError while the place is away."""
    told = {closed.account: closed for closed in listed(address)}
    users = User.objects.filter(public_id__in=list(told), kind=UserKind.PUBLIC).order_by("id")
    return [(told[user.public_id], user) for user in users if not is_closed(user)]
