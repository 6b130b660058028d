"""What one person proposes and another decides: who may do which, and the constraint that holds the rows to it.

A row is a ``Proposal`` with ``proposed_by`` and ``decided_by`` of its own: posts, or accounts below the courts.
"""

from __future__ import annotations

from typing import Any, TypeVar
from uuid import UUID

from django.db import models
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import clock
from common.actor import Actor
from common.errors import InvalidInput, NotAllowed, NotVisible
from common.fields import PublicIdField
from common.flow import Flow

WITHDRAW = "withdraw"
SHORTEST_REASON = 4
Row = TypeVar("Row", bound="Proposal")


class ProposalState(models.TextChoices):
    PROPOSED = "proposed", gettext_lazy("等另一个人同意")
    AGREED = "agreed", gettext_lazy("已同意")
    REFUSED = "refused", gettext_lazy("未同意")
    WITHDRAWN = "withdrawn", gettext_lazy("已撤回")


PROPOSAL_FLOW = Flow(
    ("agree", {ProposalState.PROPOSED}, ProposalState.AGREED),
    ("refuse", {ProposalState.PROPOSED}, ProposalState.REFUSED),
    (WITHDRAW, {ProposalState.PROPOSED}, ProposalState.WITHDRAWN),
    field="state",
)


class Proposal(models.Model):
    """Columns of what one person proposes and another decides; times are of the database's clock."""

    public_id = PublicIdField()
    state = models.CharField(max_length=9, choices=ProposalState, default=ProposalState.PROPOSED)
    proposed_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


def second_person(name: str, *, agreed: str = "agreed") -> models.CheckConstraint:
    """Decided by somebody else than who proposed it, or not decided."""
    decided = Q(state__in=[agreed, "refused"], decided_by__isnull=False, decided_at__isnull=False)
    return models.CheckConstraint(
        name=name,
        condition=decided & ~Q(decided_by=F("proposed_by"))
        | Q(state__in=["proposed", "withdrawn"], decided_by=None),
    )


def require_reason(reason: str, sentence: str) -> None:
    """Raises InvalidInput with ``sentence`` beside the field "reason" where it is too short to be one."""
    if len(reason.strip()) < SHORTEST_REASON:
        raise InvalidInput(sentence, reason=sentence)


def locked(rows: QuerySet[Row], public_id: UUID) -> Row:
    """The proposal for update, of the ``rows`` that the actor sees; NotVisible when it is none of them. Inside ``act()``."""
    row = rows.select_for_update(of=("self",), no_key=True).filter(public_id=public_id).first()
    if row is None:
        raise NotVisible(_("没有这个页面。"))
    return row


def settle(
    row: Any, move: str, actor: Actor, *, not_by: tuple[int, ...] = (), flow: Flow = PROPOSAL_FLOW
) -> None:
    """Another person decides, or who proposed it takes it back ("withdraw"); ``not_by`` names further accounts that may not decide.

    Saves the row. NotAllowed for the wrong person, InvalidTransition once it is settled.
    """
    proposer = _account(row.proposed_by)
    if move == WITHDRAW:
        if actor.user_id is None or proposer != actor.user_id:
            raise NotAllowed(_("由提出的人撤回。"))
        flow.move(row, move)
        row.save(update_fields=["state"])
        return
    if actor.user_id is None or actor.user_id in (proposer, *not_by):
        raise NotAllowed(_("要由另一个人决定，提出的人和本人都不能决定。"))
    flow.move(row, move)
    by_post = hasattr(row.proposed_by, "user_id")
    row.decided_by_id, row.decided_at = (actor.post_id if by_post else actor.user_id), clock.now()
    row.save(update_fields=["state", "decided_by", "decided_at"])


def standing(row: Any, actor: Actor, *, may_decide: bool = True) -> dict[str, Any]:
    """What ``components/proposal.html`` shows of a proposal: who, when, and what the reader may do about it.

    ``may_decide`` is False where the reader's office does not decide, or where it is about himself.
    """
    waits = row.state == ProposalState.PROPOSED
    mine = _account(row.proposed_by) == actor.user_id
    return {
        "row": row,
        "proposer": _name(row.proposed_by),
        "decider": _name(row.decided_by) if row.decided_by else "",
        "withdraws": waits and mine,
        "decides": waits and not mine and may_decide,
    }


def _account(by: Any) -> int:
    """The account behind who proposed it: of a post, or itself."""
    return int(getattr(by, "user_id", by.pk))


def _name(by: Any) -> str:
    return str(getattr(by, "user", by).name)
