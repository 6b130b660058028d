"""What may be listened to under `/live/`, and who may: exactly those who may see the thing itself."""

from uuid import UUID

from common.actor import Actor
from feedback.policies import visible_threads
from filing.policies import visible_batches
from payments.policies import visible_orders
from portal.live import register


def may_hear_thread(actor: Actor, public_id: UUID) -> bool:
    """Thread with the judge: whoever may read it."""
    return visible_threads(actor).filter(public_id=public_id).exists()


def may_hear_order(actor: Actor, public_id: UUID) -> bool:
    """Payment that is being waited for: whoever may see its bill."""
    return visible_orders(actor).filter(public_id=public_id).exists()


def may_hear_batch(actor: Actor, public_id: UUID) -> bool:
    """Table of claims that is being worked on: its owner."""
    return visible_batches(actor).filter(public_id=public_id).exists()


register("batch", may_hear_batch)
register("thread", may_hear_thread)
register("order", may_hear_order)
