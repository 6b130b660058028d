"""What one party writes on the merits is checked by the court before the other side reads it."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from common import clock
from common.actor import Actor
from common.errors import Conflict, InvalidInput, NotAllowed
from common.live import announce
from eventlog.services import act
from feedback import events
from feedback.models import CheckOutcome, MeritsCheck, Message
from feedback.policies import can_check, visible_threads
from feedback.services.rows import emit_thread, locked_thread


def files_taken(check: MeritsCheck) -> list[UUID]:
    """Public ids of the files that came with a checked message and stay with the court. One query, none when it took nothing."""
    if check.outcome == CheckOutcome.REFUSED:
        return []
    attached = check.message.attachments.order_by("id")
    return list(attached.values_list("file__public_id", flat=True))


def check_merits(*, message_public_id: UUID, outcome: CheckOutcome, reason: str, actor: Actor) -> MeritsCheck:
    """Pass a message and its files on to the other side, keep them in court, or do not take them; once.

    The last two need a reason, which the sender reads. Raises NotAllowed for who does not hold the case, Conflict when
    it was checked already, InvalidInput without a reason.
    """
    with act():
        message = Message.objects.filter(public_id=message_public_id, on_merits=True).first()
        if message is None or not visible_threads(actor).filter(pk=message.thread_id).exists():
            raise NotAllowed(_("这份材料不由您核对。"))
        thread = locked_thread(message.thread_id)
        if MeritsCheck.objects.filter(message=message).exists():
            raise Conflict(_("这份材料刚刚已经有人核对了，请看最新情况。"), code="checked_already")
        if not can_check(actor, message):
            raise NotAllowed(_("这份材料不由您核对。"))
        if outcome != CheckOutcome.SHOWN and not reason:
            raise InvalidInput(_("请写明理由"), reason=_("请写明理由"))
        check = MeritsCheck.objects.create(
            message=message,
            outcome=outcome,
            reason=reason,
            checked_by_id=actor.post_id or 0,
            checked_at=clock.now(),
        )
        announce("thread", thread.public_id)
        emit_thread(
            events.MERITS_CHECKED,
            thread,
            actor,
            message=message.public_id,
            outcome=CheckOutcome(outcome),
            files=files_taken(check),
        )
    return check
