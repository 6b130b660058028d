"""The outside offices that a court writes to, kept by the people of its print desk."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from common import clock
from common.actor import Actor
from common.errors import InvalidInput, NotAllowed, NotVisible
from common.versions import must_be_seen
from courts.models import Court
from documents import events
from documents.delivery_rules import AddressOrigin
from documents.models import Office
from documents.policies import can_use_print_desk
from documents.services.papers import Addressee
from eventlog.services import act, emit


def shown_of(office: Office) -> dict[str, str]:
    """What a page shows of an office, by label."""
    return {
        str(_("单位")): office.get_kind_display(),
        str(_("全称")): office.name,
        str(_("地址")): office.address,
        str(_("电话")): office.phone,
    }


def keep_office(
    *,
    public_id: UUID | None,
    kind: str,
    name: str,
    address: str,
    phone: str,
    actor: Actor,
    seen: str | None = None,
) -> Office:
    """Write down an office of the own court, or put one right; letters that went out keep what they say. InvalidInput for a name
    that is there already, NotVisible for an office of another court, NotAllowed for everybody but the print desk, StaleVersion for
    a form that showed something else."""
    with act():
        court = _court_of(actor)
        row = _own(public_id, court) if public_id else Office(court=court)
        if public_id:
            must_be_seen(seen, shown_of(row))
        twins = Office.objects.filter(court=court, name=name, retired_at=None).exclude(pk=row.pk)
        if twins.exists():
            raise InvalidInput(_("已经有这个单位"), name=_("已经有这个单位"))
        row.kind, row.name, row.address, row.phone = kind, name, address, phone
        row.save()
        _record(row, court, actor, retired=False)
    return row


def retire_office(*, public_id: UUID, actor: Actor) -> None:
    """Offer an office no longer; what went to it stays."""
    with act():
        court = _court_of(actor)
        row = _own(public_id, court)
        row.retired_at = clock.now()
        row.save(update_fields=["retired_at"])
        _record(row, court, actor, retired=True)


def office_addressee(office: Office) -> Addressee:
    """A copy of a letter to this office: by the print desk, without a last day."""
    return Addressee(
        office.public_id,
        office.name,
        office.address,
        by_inbox=False,
        due_on=None,
        address_origin=AddressOrigin.KNOWN,
        phone=office.phone,
    )


def _court_of(actor: Actor) -> Court:
    """The court whose list is kept, under lock: two names cannot be written at once."""
    if not can_use_print_desk(actor) or actor.court_id is None:
        raise NotAllowed(_("往来单位由文书寄送的工作人员维护。"))
    return Court.objects.select_for_update(no_key=True).get(pk=actor.court_id)


def _own(public_id: UUID, court: Court) -> Office:
    row = Office.objects.filter(public_id=public_id, court=court, retired_at=None).first()
    if row is None:
        raise NotVisible(_("没有找到这个单位。"))
    return row


def _record(row: Office, court: Court, actor: Actor, *, retired: bool) -> None:
    emit(
        events.OFFICE_KEPT,
        subject=row,
        actor=actor,
        stream=f"court:{court.code}",
        court_id=court.pk,
        office=row.public_id,
        retired=retired,
    )
