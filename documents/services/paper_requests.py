"""A paper copy of what came by the inbox, for whoever asks for one (民诉法90 第二款)."""

from __future__ import annotations

import uuid

from django.utils.translation import gettext as _

from common import clock
from common.actor import Actor
from common.errors import InvalidInput, InvalidTransition, NotVisible
from courts.calendar import end_of_workdays
from courts.services import setting
from documents import events, policies
from documents.delivery_rules import AddressOrigin
from documents.models import Copy, Delivery, DeliveryFact, DeliveryFactKind, Paper, PaperState
from documents.selectors import may_have_paper, paper_asked
from documents.services.papers import Addressee, about, add_copy
from eventlog.services import act, emit


def ask_for_paper(
    *, copy_public_id: uuid.UUID, address: str, actor: Actor, phone: str = "", secret: bool = False
) -> Copy:
    """A second copy of the same paper, by the print desk to ``address``, which the party confirmed with ``phone`` and maybe wants
    kept ``secret`` from the other side; the copy in the inbox and its day of service stay as they are.

    Once for a copy: asked again, it is the copy made then. The court sends it within ``paper_copy_workdays``. Raises
    NotVisible for anybody but the addressee and its representatives with full sign-in, InvalidTransition for a copy that
    did not come by the inbox or whose code is off, InvalidInput without an address.
    """
    with act():
        found = Copy.objects.filter(public_id=copy_public_id, state=PaperState.ISSUED)
        copy = found.select_related("paper__court").first()
        if copy is None or not policies.can_ask_for_paper(actor, copy):
            raise NotVisible(_("没有找到这份文书。"))
        Paper.objects.select_for_update(no_key=True).get(pk=copy.paper_id)
        delivery = Delivery.objects.select_for_update(no_key=True).get(copy=copy)
        asked = paper_asked(copy)
        if asked is not None:
            return asked
        copy.refresh_from_db(fields=["revoked_at"])
        if not may_have_paper(copy):
            raise InvalidTransition(_("这一份不是送到收件箱的，或者已经换过新份，不用再要。"))
        if not address:
            raise InvalidInput(_("请先确认收件地址"), address=_("请先确认收件地址"))
        until, _announced = end_of_workdays(
            copy.paper.court, setting(copy.paper.court, "paper_copy_workdays")
        )
        addressee = Addressee(
            copy.addressee_public_id,
            copy.addressee_name,
            address,
            by_inbox=False,
            due_on=clock.beijing_day(until),
            address_origin=AddressOrigin.OWN,
            phone=phone,
            secret=secret,
        )
        return _add(copy, delivery, addressee, actor)


def _add(copy: Copy, delivery: Delivery, addressee: Addressee, actor: Actor) -> Copy:
    paper, now = copy.paper, clock.now()
    number = Copy.objects.filter(paper=paper).count() + 1
    new = add_copy(paper, addressee, serial=f"{paper.number}-{number}", actor=actor)
    DeliveryFact.objects.create(
        delivery=delivery,
        kind=DeliveryFactKind.ASKED,
        happened_at=now,
        recorded_at=now,
        note=new.serial,
    )
    emit(
        events.PAPER_ASKED,
        subject=delivery,
        actor=actor,
        stream=paper.stream,
        court_id=paper.court_id,
        **about(copy, delivery),
        paper_copy=new.public_id,
    )
    return new
