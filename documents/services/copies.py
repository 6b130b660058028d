"""Copies and their codes: making the pages, printing anew, switching a code off."""

from __future__ import annotations

import logging
import uuid
from datetime import timedelta
from hashlib import sha256
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from common import clock, crypto
from common.actor import Actor, system
from common.errors import GatewayUnavailable, InvalidTransition, NotVisible
from courts.services import setting
from documents import events, policies
from documents.delivery_rules import AddressOrigin, Attempt, Kind, Outcome, ruling_on
from documents.models import (
    COPY_FLOW,
    DELIVERY_FLOW,
    Copy,
    Delivery,
    DeliveryFact,
    DeliveryFactKind,
    DeliveryMethod,
    DeliveryState,
    PaperState,
    Seal,
)
from documents.rendering.codes import CopyCodes, new_codes
from documents.rendering.paper import CopyToPrint, render
from documents.selectors import was_replaced
from documents.services.papers import Addressee, about, add_copy, replace_delivery
from documents.services.seals import in_use, seal_of
from eventlog.services import act, emit

log = logging.getLogger(__name__)


def issue_copy(*, copy_id: int) -> None:
    """Make the pages of one copy: codes, typesetting, signature, storing; then one short act that makes it valid.

    Runs outside a transaction and is safe to repeat and to kill at any point: before the act nothing refers to the
    stored bytes (``sweep_files`` removes them), and whoever comes second drops its own file. GatewayUnavailable while
    sealing is away: the copy is marked as held, and the outbox tries again.
    """
    copy = Copy.objects.select_related("paper__court").get(pk=copy_id)
    if copy.state == PaperState.ISSUED:
        return
    moment = clock.now()
    codes = new_codes()
    try:
        seal = seal_of(copy.paper)
        pdf = render(_to_print(copy, seal), codes, moment=moment)
    except GatewayUnavailable:
        waiting = Copy.objects.filter(pk=copy_id, state=PaperState.REQUESTED, held_since=None)
        waiting.update(held_since=moment)
        raise
    name = f"papers/{uuid.uuid4().hex}.pdf"
    key = default_storage.save(name, ContentFile(pdf))
    if not _make_valid(copy_id, codes, key, pdf, seal):
        default_storage.delete(key)


def _to_print(copy: Copy, seal: Seal | None) -> CopyToPrint:
    paper = copy.paper
    return CopyToPrint(
        template=paper.template,
        title=paper.title,
        number=paper.number,
        serial=copy.serial,
        addressee=copy.addressee_name,
        court_name=paper.court.name,
        court_address=paper.court.address,
        court_phone=paper.court.phone,
        content=paper.content,
        seal=in_use(seal, paper.court.name),
    )


def _make_valid(copy_id: int, codes: CopyCodes, key: str, pdf: bytes, seal: Seal | None) -> bool:
    """The short act; False when the copy was issued meanwhile."""
    with act():
        copy = (
            Copy.objects.select_for_update(of=("self",), no_key=True).select_related("paper").get(pk=copy_id)
        )
        if not COPY_FLOW.can(copy, "issue"):
            return False
        now = clock.now()
        COPY_FLOW.move(copy, "issue")
        copy.token_hash = crypto.keyed_hash("token", codes.token)
        copy.service_code_hash = crypto.keyed_hash("service_code", codes.service_code)
        copy.check_code = codes.check_code
        copy.file_key = key
        copy.sha256 = sha256(pdf).hexdigest()
        copy.sm3 = crypto.sm3(pdf)
        copy.seal = seal
        copy.held_since = None
        copy.issued_at = now
        copy.expires_at = now + timedelta(days=setting(copy.paper.court_id, "copy_valid_days"))
        copy.save()
        delivery = Delivery.objects.select_for_update(no_key=True).get(copy=copy)
        where: dict[str, Any] = {
            "actor": system(str(_("文书系统"))),
            "stream": copy.paper.stream,
            "court_id": copy.paper.court_id,
        }
        details = about(copy, delivery)
        emit(events.ISSUED, subject=copy, **where, **details)
        if delivery.method == DeliveryMethod.INBOX:
            _deliver_to_inbox(delivery)
            emit(
                events.DELIVERED, subject=delivery, receipt=copy.serial, **where, **details, delivered_at=now
            )
    return True


def _deliver_to_inbox(delivery: Delivery) -> None:
    """Sent and arrived are one moment here, the database's (在线诉讼规则 art. 31: arrival in the system counts)."""
    now = clock.now()
    DELIVERY_FLOW.move(delivery, "deliver")
    delivery.delivered_at = now
    delivery.version += 1
    delivery.save(update_fields=["state", "delivered_at", "version"])
    # the inbox is used only after consent, and is the person's own
    ruling = ruling_on(Attempt(DeliveryMethod.INBOX, Outcome.ARRIVED, now), Kind())
    for kind, outcome, rule in (
        (DeliveryFactKind.SENT, "", ""),
        (DeliveryFactKind.ARRIVED, ruling.attempt.outcome, ruling.rule.code),
    ):
        DeliveryFact.objects.create(
            delivery=delivery, kind=kind, outcome=outcome, rule=rule, happened_at=now, recorded_at=now
        )


def revoke_copy(*, copy_public_id: uuid.UUID, actor: Actor, reason: str) -> Copy:
    """Switch a copy's code off, at once and for good (SEC-25). ``reason`` is one short word for the record, such as
    ``lost`` or ``case_closed``. Doing it again changes nothing. NotVisible for staff of another court."""
    with act():
        copy = _lock(copy_public_id, actor)
        if copy.revoked_at is None:
            _revoke(copy, actor=actor, reason=reason)
    return copy


def report_lost(*, copy_public_id: uuid.UUID, actor: Actor) -> Copy:
    """A signed-in party or its representative switches the code of an own copy off, at once and for good (SEC-25): it was
    lost or photographed. The paper stays what it is; the court prints it anew (:func:`reprint`).

    Doing it again changes nothing. NotVisible for copies of others, InvalidTransition for one that has not left the court.
    """
    with act():
        found = Copy.objects.filter(public_id=copy_public_id, state=PaperState.ISSUED).select_related("paper")
        copy = found.select_for_update(of=("self",), no_key=True).first()
        if copy is None or not policies.can_report_lost(actor, copy):
            raise NotVisible(_("没有找到这份文书。"))
        if copy.delivery.state == DeliveryState.WAITING:
            raise InvalidTransition(_("这份文书还在法院，没有寄给您。"))
        if copy.revoked_at is None:
            _revoke(copy, actor=actor, reason="lost")
    return copy


def reprint(*, copy_public_id: uuid.UUID, actor: Actor, keep_old: bool = False) -> Copy:
    """A new copy of the same paper for the same addressee, with new codes; the old code dies unless kept on purpose.

    An old copy still waiting at the print desk leaves the queue, the new one takes its place and its due day.
    One that was switched off (lost) is printed anew too. Raises InvalidTransition while the old copy is still being made or
    when there is a newer one already.
    """
    with act():
        old = _lock(copy_public_id, actor)
        if old.state != PaperState.ISSUED:
            raise InvalidTransition(_("这份文书还在生成，请过一会儿再看。"))
        if was_replaced(old):
            raise InvalidTransition(_("这份文书已经换过新份，请用最新的一份重新打印。"))
        delivery = Delivery.objects.select_for_update(no_key=True).get(copy=old)
        delivery.copy = old
        addressee = Addressee(
            old.addressee_public_id,
            old.addressee_name,
            delivery.goes_to,
            by_inbox=False,
            due_on=delivery.due_on,
            address_origin=AddressOrigin(delivery.address_origin),
            phone=delivery.phone,
            secret=delivery.keeps_address_secret,
        )
        number = Copy.objects.filter(paper=old.paper).count() + 1
        new = add_copy(old.paper, addressee, serial=f"{old.paper.number}-{number}", actor=actor)
        if old.revoked_at is None and not keep_old:
            _revoke(old, actor=actor, reason="reprinted")
        if old.revoked_at is not None:
            replace_delivery(delivery, actor)
    return new


def _lock(copy_public_id: uuid.UUID, actor: Actor) -> Copy:
    """The copy under lock, its paper locked first so that serials are counted one after the other."""
    found = policies.printable_copies(actor).filter(public_id=copy_public_id).select_related("paper").first()
    if found is None:
        raise NotVisible(_("没有找到这份文书。"))
    type(found.paper).objects.select_for_update(no_key=True).get(pk=found.paper_id)
    return Copy.objects.select_for_update(of=("self",), no_key=True).select_related("paper").get(pk=found.pk)


def _revoke(copy: Copy, *, actor: Actor, reason: str) -> None:
    copy.revoked_at = clock.now()
    copy.save(update_fields=["revoked_at"])
    paper = copy.paper
    emit(
        events.REVOKED, subject=copy, actor=actor, stream=paper.stream, court_id=paper.court_id,
        copy=copy.public_id, paper=paper.public_id, reason=reason,
    )  # fmt: skip
