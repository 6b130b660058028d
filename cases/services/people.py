"""Changes of people in a case: another phone on file. Holds at once (SEC-25)."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext as _

from accounts.access import allows
from accounts.models import AccountPhoneChange
from cases import events
from cases.models import AccessBasis, Case, Party, PhoneChange, PhoneOrigin
from cases.policies import live_access, visible_cases
from cases.services.periods import case_stream
from common import clock, crypto, keyed
from common.actor import Actor
from common.errors import InvalidInput, NotVisible
from common.text import mask_phone
from common.versions import must_be_seen
from eventlog.services import act, emit


def phone_shown(party: Party) -> dict[str, object]:
    """What the desk sees of the phone on file, by label: masked, with its origin."""
    return {str(_("手机号")): mask_phone(party.phone), str(_("来源")): party.get_phone_origin_display()}


def change_phone(*, party_public_id: uuid.UUID, phone: str, actor: Actor, seen: str | None = None) -> Party:
    """The court confirmed another phone of a party (手机号换了): from now on codes go there, scan logins by the old one end.
    The old one is kept with the change, so that it can be told.

    ``phone`` is normalised. InvalidInput when it is the one on file, NotVisible for parties of cases of others, StaleVersion for a
    form that showed another one.
    """
    with act():
        party = Party.objects.filter(public_id=party_public_id, case__in=_cases(actor)).first()
        if party is None:
            raise NotVisible(_("没有找到这位当事人。"))
        party = (
            Party.objects.select_for_update(no_key=True, of=("self",)).select_related("case").get(pk=party.pk)
        )
        must_be_seen(seen, phone_shown(party))
        index = crypto.blind_index("phone", phone)
        on_file = keyed.alike(keyed.INDEX, party.phone_index, index)
        if on_file and party.phone_origin == PhoneOrigin.COURT:
            raise InvalidInput(_("留的就是这个手机号"), phone=_("留的就是这个手机号"))
        change = PhoneChange.objects.create(
            party=party,
            old_phone="" if on_file else party.phone,
            old_origin=party.phone_origin,
            changed_by_id=actor.post_id or 0,
            changed_at=clock.now(),
        )
        party.phone, party.phone_index, party.phone_origin = phone, index, PhoneOrigin.COURT
        party.save(update_fields=["phone", "phone_index", "phone_origin"])
        _record(events.PHONE_CHANGED, party.case, actor, party, change=change.public_id)
    return party


def follow_account(change: AccountPhoneChange, *, actor: Actor) -> None:
    """Parties of this account that had its old phone on file have the new one from now on. Part of the act that changes it."""
    with act():
        access = live_access().filter(user_id=change.user_id).exclude(basis=AccessBasis.REPRESENTATION)
        parties = Party.objects.select_for_update(no_key=True, of=("self",)).select_related("case")
        for party in parties.filter(
            pk__in=access.values("party_id"), phone_index=change.old_phone_index
        ).order_by("pk"):
            party.phone, party.phone_index = change.new_phone, change.new_phone_index
            party.phone_origin = PhoneOrigin.OWN
            party.save(update_fields=["phone", "phone_index", "phone_origin"])
            _record(events.PHONE_FOLLOWED, party.case, actor, party)


def _cases(actor: Actor) -> models.QuerySet[Case]:
    return visible_cases(actor) if actor.is_staff and allows(actor, "qr.reprint") else Case.objects.none()


def _record(name: str, case: Case, actor: Actor, party: Party, change: uuid.UUID | None = None) -> None:
    emit(
        name,
        subject=case,
        actor=actor,
        stream=case_stream(case),
        court_id=case.court_id,
        party=party.public_id,
        change=change,
    )
