"""What one person proposes and another decides: who may do which, and the constraint that holds the rows to it.

A row has ``state``, ``proposed_by`` and ``decided_by`` (posts, or accounts below the courts), ``proposed_at``, ``decided_at``. Its
flow has the moves "agree" (or another name), "refuse" and "withdraw"; states are "proposed", "refused", "withdrawn" and the agreed one.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _

from common import clock
from common.actor import Actor
from common.errors import NotAllowed
from common.flow import Flow


def second_person(name: str, *, agreed: str = "agreed") -> models.CheckConstraint:
    """Decided by somebody else than who proposed it, or not decided."""
    decided = Q(state__in=[agreed, "refused"], decided_by__isnull=False, decided_at__isnull=False)
    return models.CheckConstraint(
        name=name,
        condition=decided & ~Q(decided_by=F("proposed_by"))
        | Q(state__in=["proposed", "withdrawn"], decided_by=None),
    )


def decide(row: Any, flow: Flow, move: str, actor: Actor, *, not_by: tuple[int, ...] = ()) -> None:
    """Another person decides; ``not_by`` names further accounts that may not. Saves the row; NotAllowed, InvalidTransition."""
    if actor.user_id is None or actor.user_id in (_proposer(row), *not_by):
        raise NotAllowed(_("要由另一个人决定，提出的人和本人都不能决定。"))
    flow.move(row, move)
    by_post = hasattr(row.proposed_by, "user_id")
    row.decided_by_id, row.decided_at = (actor.post_id if by_post else actor.user_id), clock.now()
    row.save(update_fields=["state", "decided_by", "decided_at"])


def take_back(row: Any, flow: Flow, move: str, actor: Actor) -> None:
    """Who proposed it takes it back. Saves the row; NotAllowed for anybody else, InvalidTransition."""
    if actor.user_id is None or _proposer(row) != actor.user_id:
        raise NotAllowed(_("由提出的人撤回。"))
    flow.move(row, move)
    row.save(update_fields=["state"])


def _proposer(row: Any) -> int:
    """The account behind who proposed it: of a post, or itself."""
    by = row.proposed_by
    return int(getattr(by, "user_id", by.pk))
