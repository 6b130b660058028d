"""Who the author is, and files as they came: two people of the discipline office and a reason, and the author sees later that
it was seen (SEC-33, SEC-34).
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from common import clock
from common.actor import Actor, Role
from common.errors import Conflict, NotAllowed
from complaints.models import Closed, Matter, Unlock, UnlockRequest
from complaints.notices import tell_author
from complaints.services import trail
from complaints.services.handling import locked
from complaints.services.intake import identity_of
from eventlog.services import act

VISIBLE = timedelta(hours=1)


def ask_unlock(*, matter_id: int, reason: str, actor: Actor, what: Closed = Closed.IDENTITY) -> UnlockRequest:
    """The first person says why it must be seen."""
    with act():
        matter, _standing = locked(matter_id, actor)
        _must_be_discipline(actor)
        if what == Closed.IDENTITY and not matter.author:
            raise Conflict(_("这件是匿名的，没有身份可看。"), code="anonymous")
        if what == Closed.ORIGINALS and not matter.enclosures.exists():
            raise Conflict(_("这件没有文件。"), code="no_files")
        request = UnlockRequest.objects.create(
            matter=matter, what=what, asked_by=actor.user_id or 0, reason=reason, asked_at=clock.now()
        )
        trail.write(f"{what}.asked", matter, actor.user_id, request=request.public_id)
    return request


def agree_unlock(*, matter_id: int, actor: Actor, what: Closed = Closed.IDENTITY) -> Unlock:
    """A second person agrees: for an hour both see it."""
    with act():
        matter, _standing = locked(matter_id, actor)
        _must_be_discipline(actor)
        request = waiting_request(matter, what)
        if request is None:
            raise Conflict(_("现在没有等同意的申请。"), code="not_asked")
        if request.asked_by == actor.user_id:
            raise NotAllowed(_("要由另一个人同意。"))
        now = clock.now()
        unlock = Unlock.objects.create(
            request=request, agreed_by=actor.user_id or 0, agreed_at=now, until=now + VISIBLE
        )
        tell_author(matter)
        trail.write(f"{what}.unlocked", matter, actor.user_id, request=request.public_id)
    return unlock


def _must_be_discipline(actor: Actor) -> None:
    if actor.role != Role.DISCIPLINE:
        raise NotAllowed(_("只有督察部门的两个人一起才能查看身份和原件。"))


def waiting_request(matter: Matter, what: Closed = Closed.IDENTITY) -> UnlockRequest | None:
    """The request that waits for a second person."""
    return UnlockRequest.objects.filter(matter=matter, what=what, unlock=None).order_by("-id").first()


def seen_identity(matter: Matter, actor: Actor) -> dict[str, Any]:
    """Who wrote it, if this handler may know: the author asked for no secrecy, or two people unlocked it just now."""
    if not matter.author:
        return {}
    if not matter.confidential:
        return identity_of(matter)
    return identity_of(matter) if is_unlocked(matter, actor, Closed.IDENTITY) else {}


def is_unlocked(matter: Matter, actor: Actor, what: Closed) -> bool:
    """Whether this person is one of the two who unlocked it within the last hour. One query."""
    live = Unlock.objects.filter(
        request__matter=matter, request__what=what, until__gt=clock.now()
    ).select_related("request")
    return any(actor.user_id in (row.agreed_by, row.request.asked_by) for row in live)


def unlocks_of(matter: Matter) -> list[Unlock]:
    """When it was unlocked, for the author's own page. One query."""
    return list(Unlock.objects.filter(request__matter=matter).select_related("request").order_by("id"))
