"""How a file grows: by what other apps say happened, each source once. A handler calls a service."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from casefiles import policies, services
from casefiles.models import Section
from cases.models import Case, Party
from common.actor import Actor, system
from documents.access import register, register_seal
from documents.models import Delivery
from eventlog.models import Event, Receipt
from eventlog.registry import Mode, on

ACTOR = system(str(_("案卷")))
PASSED_ON = "shown"
"""The outcome of a check that lets the other side read."""


@on("documents.issued", Mode.OUTSIDE)
def enter_paper(event: Event) -> None:
    """The first copy of a paper brings it into the file."""
    services.enter_paper(copy_id=event.subject_id, actor=ACTOR)


@on("documents.delivered", Mode.OUTSIDE)
def enter_delivery(event: Event) -> None:
    """The record of a delivery that took place."""
    services.enter_delivery(copy_id=Delivery.objects.get(pk=event.subject_id).copy_id, actor=ACTOR)


@on("filing.accepted")
def enter_filed(event: Event) -> None:
    """What came with the application lies in each case that was made of it."""
    made = [event.payload["case"], *event.payload.get("more_cases", [])]
    for case in Case.objects.filter(public_id__in=made).order_by("pk"):
        services.enter_materials(
            case,
            _materials(event.payload),
            owners=services.plaintiffs_of(case),
            only_own=bool(event.payload.get("only_own")),
            actor=ACTOR,
        )


@on("filing.received")
def enter_defence(event: Event) -> None:
    """What came with a defence (答辩状)."""
    case = Case.objects.get(public_id=event.payload["case"])
    party = Party.objects.get(case=case, public_id=event.payload["party"])
    services.enter_materials(
        case, _materials(event.payload), owners=[party.pk], pleading=Section.DEFENCE, actor=ACTOR
    )


@on("filing.pleading_kept")
def enter_pleading(event: Event) -> None:
    """The PDF of what was filled in online: a complaint from all who sued, a defence from who answered."""
    said = event.payload
    for case in Case.objects.filter(public_id__in=said["cases"]).order_by("pk"):
        answered = Party.objects.filter(case=case, public_id=said["party"]) if said["party"] else None
        services.enter_materials(
            case,
            [services.Material(said["file"], said["title"], "pleading")],
            owners=services.plaintiffs_of(case)
            if answered is None
            else list(answered.values_list("pk", flat=True)),
            pleading=Section.COMPLAINT if answered is None else Section.DEFENCE,
            only_own=bool(said["only_own"]),
            actor=ACTOR,
        )


@on("feedback.merits_checked")
def enter_checked(event: Event) -> None:
    """What a party sent with a message, once the court has checked it: open to all when it was passed on, to the sender when it
    stays with the court. What the court did not take is no part of the file."""
    case = Case.objects.get(pk=event.payload["case_id"])
    party = Party.objects.get(case=case, public_id=event.payload["party"])
    services.enter_materials(
        case,
        [services.Material(public_id, "", "evidence") for public_id in event.payload.get("files", [])],
        owners=[party.pk],
        only_own=event.payload["outcome"] != PASSED_ON,
        actor=ACTOR,
    )


@on("payments.paid")
def enter_payment(event: Event) -> None:
    """The signed receipt of a payment, for who owed the bill."""
    case = Case.objects.get(pk=event.payload["case_id"])
    receipt = Receipt.objects.filter(event_id=event.pk).first()
    if receipt is None:
        return
    paid_by = Party.objects.filter(case=case, public_id=event.payload.get("party"))
    owners = list(paid_by.values_list("pk", flat=True))
    services.enter_receipt(case, receipt, title=_("交费回执"), owners=owners, actor=ACTOR)


def may_open_added(actor: Actor, owner_public_id: UUID) -> bool:
    """Originals the court put in are for who reads the whole file; parties read the pages made for them."""
    if not policies.reads_everything(actor):
        return False
    own = {"file__owner_kind": services.OWNER_KIND, "file__owner_public_id": owner_public_id}
    return policies.visible_entries(actor).filter(**own).exists()


register_seal(policies.is_sealed_to)
register(services.OWNER_KIND, may_open_added)


def _materials(payload: dict[str, Any]) -> list[services.Material]:
    """Events from before the file existed name no materials; those cases are filled by ``fill_casefiles``."""
    return [services.Material(one["file"], one["title"], one["part"]) for one in payload.get("materials", [])]
