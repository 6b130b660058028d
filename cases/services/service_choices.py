"""Consent to electronic service 电子送达, its withdrawal, and the address for papers (民诉法90; 解释135–137).

Every consent has its row: the choice on the page of the case, the one in an application, the one in a defence.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from cases import events
from cases.models import Case, ConsentBasis, Party, ServiceChoice
from cases.policies import can_choose_service, can_record_choice, live_access
from cases.selectors import service_choice_of
from cases.service_wording import CURRENT
from cases.services.periods import case_stream
from common import clock
from common.actor import Actor
from common.errors import InvalidInput, NotAllowed, NotVisible, StaleVersion
from documents.services import follow_choice
from eventlog.services import act, emit

PAGE, PLEADING, APPLICATION, SPOKEN = "page", "pleading", "application", "spoken"
"""Where somebody chose, as the event says it."""


@dataclass(frozen=True)
class Wish:
    """What somebody chose: the inbox or paper, and the address, with a phone for the messenger, that he confirmed for
    papers; empty where he was not asked for one. ``basis`` says why a consent is one, ``source`` what a
    member of staff took it from."""

    electronic: bool
    address: str = ""
    phone: str = ""
    confidential: bool = False
    basis: ConsentBasis = ConsentBasis.SAID
    source: str = ""


def choose_service(*, party_id: int, wish: Wish, seen: int, actor: Actor) -> ServiceChoice:
    """A party or its representative with full sign-in says how papers reach it from now on, and confirms the address.

    A withdrawal counts for what comes after it; what was served before stays served. ``seen`` is how many choices the
    form showed. Raises NotAllowed for everybody else, StaleVersion when somebody chose meanwhile, InvalidInput without
    an address.
    """
    with act():
        party = _locked(party_id)
        if not can_choose_service(actor, party):
            raise NotAllowed(_("送达方式由当事人本人或者代理人登录以后选择。"))
        _check(party, wish, seen)
        return _chosen(party, wish, actor.user_id, actor, way=PAGE)


def record_spoken_choice(*, party_id: int, wish: Wish, seen: int, actor: Actor) -> ServiceChoice:
    """What a party said at the counter or in the hearing, taken up by the staff of the case (解释135, 136): ``wish.source`` names
    the 笔录 or the signed form.

    The inbox only reaches who is bound to the party: without such a person a consent is refused (InvalidInput). Raises
    NotVisible for staff who do not see the case, else as :func:`choose_service`.
    """
    with act():
        party = _locked(party_id)
        if not can_record_choice(actor, party):
            raise NotVisible(_("没有这个页面。"))
        if not wish.source:
            raise InvalidInput(_("请填写根据什么记录"), source=_("请填写根据什么记录"))
        holder = live_access().filter(party=party).order_by("id").first()
        if wish.electronic and holder is None:
            sentence = _("这位当事人还没有登录绑定本案，收件箱送不到。请先登记寄纸质文书")
            raise InvalidInput(sentence, electronic=sentence)
        _check(party, wish, seen)
        return _chosen(party, wish, holder.user_id if holder else None, actor, way=SPOKEN)


def _check(party: Party, wish: Wish, seen: int) -> None:
    if not wish.address:
        raise InvalidInput(_("请填写收件地址"), postal_address=_("请填写收件地址"))
    if party.service_choices.count() != seen:
        raise StaleVersion(_("送达方式刚刚被改过，请看一眼上面最新的情况，再提交一次。"))


def record_pleaded_choice(*, party: Party, electronic: bool, actor: Actor) -> None:
    """What a party ticked in a pleading sent in this case; the address it confirmed before stays. Inside an act.

    Choosing paper is a withdrawal where there was a consent, and nothing new where there was none.
    """
    party = _locked(party.pk)
    if not electronic and party.e_delivery_since is None:
        return
    before = service_choice_of(party)
    wish = Wish(
        electronic,
        before.postal_address if before else "",
        before.postal_phone if before else "",
        before.confidential if before else False,
    )
    _chosen(party, wish, actor.user_id, actor, way=PLEADING)


def record_first_consents(parties: Iterable[Party], *, applicant_id: int, actor: Actor) -> None:
    """The consents given in the application of a new case, by the account that filed it. Inside the act that opens it."""
    rows = [
        _row(party, Wish(electronic=True), applicant_id, actor, way=APPLICATION)
        for party in parties
        if party.e_delivery_since is not None
    ]
    for row in ServiceChoice.objects.bulk_create(rows):
        _record(row, actor, way=APPLICATION)


def _locked(party_id: int) -> Party:
    """The party under its case's lock: two people who act for it choose one after the other."""
    case_id = Party.objects.values_list("case_id", flat=True).get(pk=party_id)
    case = Case.objects.select_for_update(of=("self",), no_key=True).get(pk=case_id)
    party = Party.objects.get(pk=party_id)
    party.case = case
    return party


def _chosen(party: Party, wish: Wish, chosen_by_id: int | None, actor: Actor, *, way: str) -> ServiceChoice:
    """The row, and the present state with it: a consent that goes on keeps its beginning; papers that have not left
    the court follow it."""
    row = _row(party, wish, chosen_by_id, actor, way=way)
    row.save()
    follow_choice(
        party_public_id=party.public_id,
        by_inbox=wish.electronic,
        address=wish.address,
        phone=wish.phone,
        secret=wish.confidential,
        actor=actor,
    )
    since = (party.e_delivery_since or row.chosen_at) if row.electronic else None
    if since != party.e_delivery_since:
        party.e_delivery_since = since
        party.save(update_fields=["e_delivery_since"])
    _record(row, actor, way=way)
    return row


def _row(party: Party, wish: Wish, chosen_by_id: int | None, actor: Actor, *, way: str) -> ServiceChoice:
    """Only the pages of the case ask for an address and say what comes of a wrong one."""
    return ServiceChoice(
        court_id=party.case.court_id,
        party=party,
        electronic=wish.electronic,
        basis=wish.basis if wish.electronic else "",
        wording_version=CURRENT.version,
        wording=CURRENT.said(electronic=wish.electronic, address=way in (PAGE, SPOKEN)),
        postal_address=wish.address,
        postal_phone=wish.phone,
        confidential=wish.confidential,
        source=wish.source,
        chosen_by_id=chosen_by_id,
        recorded_by_id=actor.post_id,
        chosen_at=clock.now(),
    )


def _record(row: ServiceChoice, actor: Actor, *, way: str) -> None:
    case = row.party.case
    emit(
        events.SERVICE_CHOSEN,
        subject=row,
        actor=actor,
        stream=case_stream(case),
        court_id=case.court_id,
        party=row.party.public_id,
        electronic=row.electronic,
        basis=row.basis,
        wording=row.wording_version,
        address=bool(row.postal_address),
        confidential=row.confidential,
        way=way,
    )
