"""Named filters of the clerk's queue."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from accounts.access import allows
from common.actor import Actor
from common.errors import InvalidInput, NotAllowed, NotVisible
from eventlog.services import act
from filing.models import SavedView

MOST = 20


def save_view(*, name: str, query: str, shared: bool, actor: Actor) -> SavedView:
    """Keep the filters under a name; the same name again replaces them. At most twenty for one post."""
    if not allows(actor, "filing.review") or actor.post_id is None or actor.court_id is None:
        raise NotAllowed(_("只有立案人员可以保存视图。"))
    with act():
        mine = SavedView.objects.filter(post_id=actor.post_id)
        if mine.exclude(name=name).count() >= MOST:
            message = _("最多保存20个视图，请先删掉不用的")
            raise InvalidInput(message, name=message)
        view, _made = SavedView.objects.update_or_create(
            post_id=actor.post_id,
            name=name,
            defaults={"query": query, "shared": shared, "court_id": actor.court_id},
        )
    return view


def remove_view(*, public_id: UUID, actor: Actor) -> None:
    """Delete one of the actor's own views; NotVisible for anybody else's."""
    with act():
        deleted, _rows = SavedView.objects.filter(public_id=public_id, post_id=actor.post_id or 0).delete()
        if not deleted:
            raise NotVisible(_("没有这个页面。"))
