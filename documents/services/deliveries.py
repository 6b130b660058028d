"""Delivery 送达: the facts a clerk records and the first opening in the inbox. Facts are never changed (REL-23)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Max, Q
from django.utils.translation import gettext as _

from common import clock
from common.actor import Actor
from common.errors import DomainError, InvalidInput, InvalidTransition, NotVisible, StaleVersion
from common.text import clean_line
from documents import access, events, policies
from documents.delivery_rules import (
    RETURNED,
    AddressOrigin,
    Attempt,
    Consent,
    Kind,
    Outcome,
    Ruling,
    outcomes_of,
    ruling_on,
)
from documents.models import (
    DELIVERY_FLOW,
    ORIGINS,
    Copy,
    Delivery,
    DeliveryFact,
    DeliveryFactKind,
    DeliveryMethod,
    DeliveryState,
    PaperState,
)
from documents.selectors import publication_over
from documents.services.papers import about
from eventlog.services import act, emit, one_by_one

DESK_METHODS = (
    DeliveryMethod.POST,
    DeliveryMethod.COUNTER,
    DeliveryMethod.IN_PERSON,
    DeliveryMethod.ENTRUSTED,
    DeliveryMethod.FORWARDED,
    DeliveryMethod.PUBLICATION,
)
HANDED_OVER = (DeliveryMethod.COUNTER, DeliveryMethod.IN_PERSON)
PUBLISHED_FOR = timedelta(days=30)
MEDIATION_PAPER = "mediation_paper"
NOON = time(12, 0)


def record_sent(
    *,
    delivery_public_id: uuid.UUID,
    version: int,
    method: str,
    sent_on: date,
    tracking_no: str = "",
    address: str = "",
    address_origin: str = "",
    note: str = "",
    actor: Actor,
) -> Delivery:
    """The copy left the court on ``sent_on`` (Beijing). By post the tracking number is required.

    ``address`` is another one than the last it went to, and ``address_origin`` then says whose word it is; empty means the
    same again.

    Raises NotVisible (other court or role), StaleVersion, InvalidTransition, InvalidInput (field by field).
    """
    with act():
        delivery = _locked(delivery_public_id, version, actor)
        number = _clean("tracking_no", tracking_no, 40).replace(" ", "")
        if method not in DESK_METHODS:
            raise InvalidInput(_("请选择送达方式"), method=_("请选择送达方式"))
        if method == DeliveryMethod.POST and not number:
            raise InvalidInput(_("请填写邮件号"), tracking_no=_("请填写邮件号"))
        when = _instant("sent_on", sent_on, _not_before(delivery, DeliveryFactKind.CREATED))
        if method == DeliveryMethod.PUBLICATION:
            _must_be_publishable(delivery, when)
        else:
            _redirect(delivery, address, address_origin)
        if method == DeliveryMethod.POST and not delivery.goes_to:
            raise InvalidInput(_("请填写送到哪里，没有地址不能寄"), address=_("请填写送到哪里"))
        DELIVERY_FLOW.move(delivery, "send")
        delivery.method = method
        _save(delivery, "method", "other_address", "address_origin")
        where = "" if method == DeliveryMethod.PUBLICATION else delivery.goes_to
        _fact(delivery, DeliveryFactKind.SENT, when, actor, tracking_no=number, note=note, address=where)
        _emit(events.SENT, delivery, actor, sent_on=sent_on)
    return delivery


def _redirect(delivery: Delivery, address: str, origin: str) -> None:
    """Another address, with whose word it is: that decides what mail that comes back from there is worth (专递规定11)."""
    address = _clean("address", address, 300)
    if address in ("", delivery.goes_to):
        return
    if origin not in dict(ORIGINS):
        sentence = _("地址改了，请选择新地址由谁提供")
        raise InvalidInput(sentence, address_origin=sentence)
    delivery.other_address, delivery.address_origin = address, origin


def _must_be_publishable(delivery: Delivery, when: datetime) -> None:
    """No publication that would deliver nothing: in a simplified procedure, for a mediation paper (解释133, 140)."""
    ruling = _ruling(delivery, DeliveryMethod.PUBLICATION, Outcome.OVER, when)
    if not ruling.counts:
        raise InvalidInput(str(ruling.rule.words), method=str(ruling.rule.words))


def mark_sent(
    *,
    deliveries: Sequence[tuple[uuid.UUID, int]],
    method: str,
    sent_on: date,
    tracking_nos: dict[uuid.UUID, str],
    note: str = "",
    actor: Actor,
) -> tuple[list[Delivery], dict[uuid.UUID, str]]:
    """Record a whole mail bag, or one publication for many: each delivery is its own act, so that one that cannot be sent does
    not stop the others.

    Several papers for one addressee at one address lie in one envelope: a tracking number typed for one of them is that of
    all. Returns the sent ones and, by public id, the sentence that says why another one was not.
    """
    sent: list[Delivery] = []
    refused: dict[uuid.UUID, str] = {}
    if method == DeliveryMethod.POST:
        tracking_nos = _of_envelopes(tracking_nos, [public_id for public_id, _version in deliveries])
    for public_id, version in deliveries:
        try:
            sent.append(
                record_sent(
                    delivery_public_id=public_id,
                    version=version,
                    method=method,
                    sent_on=sent_on,
                    tracking_no=tracking_nos.get(public_id, ""),
                    note=note,
                    actor=actor,
                )
            )
        except DomainError as error:
            refused[public_id] = error.message
    return sent, refused


def _of_envelopes(typed: dict[uuid.UUID, str], ticked: list[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The numbers of all ticked copies from those that were typed. One query."""
    rows = Delivery.objects.filter(public_id__in=ticked).select_related("copy")
    envelope = {row.public_id: (row.copy.addressee_public_id, row.goes_to) for row in rows}
    numbers = {envelope[key]: number for key, number in typed.items() if number and key in envelope}
    return {key: typed.get(key) or numbers.get(place, "") for key, place in envelope.items()}


def record_outcome(
    *,
    delivery_public_id: uuid.UUID,
    version: int,
    outcome: str,
    happened_on: date,
    method: str = "",
    without_fault: bool = False,
    note: str = "",
    actor: Actor,
) -> Delivery:
    """What came of it on ``happened_on`` (Beijing), as 送达回证 or the post says. The law, not the clerk, decides whether that
    delivers the paper (``delivery_rules``); what does not deliver it leaves it to be sent again.

    The day is not in the future and not before the sending. A copy that was never sent was handed over: ``method``
    then says how (counter or in person). ``without_fault``: the addressee has shown that the mail did not come back through
    him (专递规定11). Raises as :func:`record_sent`.
    """
    with act():
        delivery = _locked(delivery_public_id, version, actor)
        way = DeliveryMethod(delivery.method)
        if delivery.state == DeliveryState.WAITING:
            if method not in HANDED_OVER:
                raise InvalidInput(_("请选择怎么交给收件人的"), method=_("请选择怎么交给收件人的"))
            way = DeliveryMethod(method)
        if outcome not in outcomes_of(way):
            raise InvalidInput(_("请选择送的结果"), outcome=_("请选择送的结果"))
        when = _instant("happened_on", happened_on, _not_before(delivery, DeliveryFactKind.SENT))
        ruling = _ruling(delivery, way, Outcome(outcome), when, without_fault=without_fault)
        _settle(delivery, ruling, actor, note=note)
    return delivery


def end_publications(actor: Actor) -> int:
    """Every paper whose publication is over counts as delivered: thirty days after the last notice (民诉法95; D75). Once for
    each; safe to run twice and in parallel. Returns how many."""
    today = clock.today()
    last_notice = Max("facts__happened_at", filter=Q(facts__kind=DeliveryFactKind.SENT))
    over = Delivery.objects.filter(method=DeliveryMethod.PUBLICATION, state=DeliveryState.SENT).annotate(
        published_at=last_notice
    )
    over = over.filter(published_at__lt=clock.start_of_day(today - PUBLISHED_FOR + timedelta(days=1)))

    def end(delivery: Delivery) -> None:
        noon = datetime.combine(publication_over(delivery), NOON, tzinfo=clock.BEIJING)
        when = min(noon, clock.now())
        _settle(delivery, _ruling(delivery, DeliveryMethod.PUBLICATION, Outcome.OVER, when), actor)

    return one_by_one(over.select_related("court", "copy__paper").order_by("id"), end)


def _ruling(
    delivery: Delivery, way: DeliveryMethod, outcome: Outcome, when: datetime, *, without_fault: bool = False
) -> Ruling:
    paper = delivery.copy.paper
    kind = Kind(
        mediation=paper.template == MEDIATION_PAPER,
        simplified=access.in_simplified_procedure(paper.subject_kind, paper.subject_public_id),
    )
    address = AddressOrigin(delivery.address_origin)
    return ruling_on(Attempt(way, outcome, when, address=address, without_fault=without_fault), kind)


def _settle(delivery: Delivery, ruling: Ruling, actor: Actor, *, note: str = "") -> None:
    """Write down what came of an attempt: delivered, or not; then mail is to be sent again, and a copy that never left the
    court waits on."""
    at = ruling.attempt.at
    if ruling.counts or delivery.state != DeliveryState.WAITING:
        DELIVERY_FLOW.move(delivery, "deliver" if ruling.counts else "fail")
        delivery.method = ruling.attempt.method
        delivery.delivered_at = at if ruling.counts else None
    _save(delivery, "method", "delivered_at")
    _fact(delivery, _kind_of(ruling), at, actor, note=note, ruling=ruling)
    said = {"rule": ruling.rule.code}
    if ruling.counts:
        _emit(events.DELIVERED, delivery, actor, receipt=delivery.copy.serial, delivered_at=at, **said)
    else:
        _emit(events.DELIVERY_FAILED, delivery, actor, happened_on=clock.beijing_day(at), **said)


def _kind_of(ruling: Ruling) -> DeliveryFactKind:
    if ruling.attempt.outcome == Outcome.OVER:
        return DeliveryFactKind.OVER
    if ruling.attempt.outcome in RETURNED:
        return DeliveryFactKind.RETURNED
    return DeliveryFactKind.SIGNED if ruling.counts else DeliveryFactKind.TRIED


def follow_choice(
    *, party_public_id: uuid.UUID, by_inbox: bool, address: str, phone: str, secret: bool, actor: Actor
) -> None:
    """What has not left the court yet, or came back, follows what its addressee has just chosen: a paper that was to go to the
    inbox, and is not made yet, does not go there after a withdrawal (在线诉讼规则29); what goes by post goes to ``address``,
    unless that is empty. Inside an act."""
    rows = Delivery.objects.filter(
        copy__addressee_public_id=party_public_id, state__in=(DeliveryState.WAITING, DeliveryState.FAILED)
    )
    for delivery in rows.select_for_update(of=("self",), no_key=True).order_by("pk"):
        if delivery.method == DeliveryMethod.INBOX and not by_inbox:
            _leave_inbox(delivery, actor)
        if address:
            delivery.other_address, delivery.address_origin = address, AddressOrigin.OWN
            delivery.phone, delivery.keeps_address_secret = phone, secret
        _save(delivery, "method", "other_address", "address_origin", "phone", "keeps_address_secret")


def _leave_inbox(delivery: Delivery, actor: Actor) -> None:
    now = clock.now()
    refused = Attempt(DeliveryMethod.INBOX, Outcome.ARRIVED, now, consent=Consent.REFUSED)
    _fact(delivery, DeliveryFactKind.TRIED, now, actor, ruling=ruling_on(refused, Kind()))
    delivery.method = DeliveryMethod.POST


def record_opened(*, copy_public_id: uuid.UUID, actor: Actor) -> None:
    """The addressee opened the paper on the portal: written once, whatever the state of the delivery.

    Who may open is asked before (``documents.policies``); staff leave no such fact.
    """
    if actor.is_staff:
        return
    with act():
        delivery = (
            Delivery.objects.select_for_update(of=("self",), no_key=True)
            .select_related("copy__paper")
            .get(copy__public_id=copy_public_id)
        )
        if delivery.facts.filter(kind=DeliveryFactKind.OPENED).exists():
            return
        _fact(delivery, DeliveryFactKind.OPENED, clock.now(), actor)


def _locked(public_id: uuid.UUID, version: int, actor: Actor) -> Delivery:
    """The delivery under lock, in the version the form showed. Other court → NotVisible."""
    delivery = (
        policies.visible_deliveries(actor)
        .select_for_update(of=("self",), no_key=True)
        .select_related("copy__paper")
        .filter(public_id=public_id)
        .first()
    )
    if delivery is None:
        raise NotVisible(_("没有找到这份文书。"))
    if delivery.version != version:
        raise StaleVersion(_("这份文书刚刚被别人登记过，请看一眼最新情况再办。"))
    if delivery.copy.state != PaperState.ISSUED:
        raise InvalidTransition(_("这份文书还在生成，请过一会儿再看。"))
    if delivery.copy.revoked_at is not None and delivery.state != DeliveryState.SENT:
        raise InvalidTransition(_("这份文书的二维码已经停用，不能再寄。请用最新的一份。"))
    return delivery


def _not_before(delivery: Delivery, kind: DeliveryFactKind) -> datetime:
    """The last moment of ``kind``; a delivery that was never sent counts from its creation."""
    moments = delivery.facts.filter(kind__in=(kind, DeliveryFactKind.CREATED)).order_by("-happened_at", "-id")
    return moments.values_list("happened_at", flat=True)[0]


def _instant(field: str, day: date, earliest: datetime) -> datetime:
    """The moment of a day a clerk wrote down: today means now, an earlier day its noon (a paper form knows only days,
    and the day counts in Beijing), never before ``earliest``.
    """
    now = clock.now()
    today = clock.beijing_day(now)
    if day > today:
        raise InvalidInput(_("日期不能晚于今天"), **{field: _("日期不能晚于今天")})
    if day < clock.beijing_day(earliest):
        message = _("日期不能早于%(day)s") % {"day": clock.beijing_day(earliest).isoformat()}
        raise InvalidInput(message, **{field: message})
    if day == today:
        return now
    return max(datetime.combine(day, NOON, tzinfo=clock.BEIJING), earliest)


def _clean(field: str, text: str, max_length: int) -> str:
    try:
        return clean_line(text, max_length=max_length)
    except ValueError as error:
        raise InvalidInput(str(error), **{field: str(error)}) from error


def _save(delivery: Delivery, *fields: str) -> None:
    delivery.version += 1
    delivery.save(update_fields=["state", "version", *fields])


def _fact(
    delivery: Delivery,
    kind: DeliveryFactKind,
    when: datetime,
    actor: Actor,
    *,
    tracking_no: str = "",
    address: str = "",
    note: str = "",
    ruling: Ruling | None = None,
) -> None:
    DeliveryFact.objects.create(
        delivery=delivery,
        kind=kind,
        outcome=ruling.attempt.outcome if ruling else "",
        rule=ruling.rule.code if ruling else "",
        happened_at=when,
        recorded_at=clock.now(),
        recorded_by_post=actor.post_id,
        tracking_no=tracking_no,
        address=address,
        note=_clean("note", note, 200),
    )


def _emit(name: str, delivery: Delivery, actor: Actor, *, receipt: str | None = None, **data: Any) -> None:
    copy: Copy = delivery.copy
    emit(
        name,
        subject=delivery,
        actor=actor,
        stream=copy.paper.stream,
        court_id=delivery.court_id,
        receipt=receipt,
        **about(copy, delivery),
        **data,
    )
