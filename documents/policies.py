"""Who may do what with files, papers and deliveries. Whose a file is, is said by the app that owns it (``access``)."""

from __future__ import annotations

from django.db.models import QuerySet

from accounts.access import allows
from common.actor import Actor, Kind
from documents import access
from documents.models import Copy, Delivery, DeliveryMethod, StoredFile


def can_use_print_desk(actor: Actor) -> bool:
    """Intake clerk, case clerk and judge, in the court of their active post."""
    return actor.is_staff and actor.court_id is not None and allows(actor, "service.send")


def visible_deliveries(actor: Actor) -> QuerySet[Delivery]:
    """Deliveries of the actor's court outside the inbox: intake clerk, case clerk and judge of that court."""
    if actor.court_id is None or not can_use_print_desk(actor):
        return Delivery.objects.none()
    return Delivery.objects.filter(court_id=actor.court_id).exclude(method=DeliveryMethod.INBOX)


def printable_copies(actor: Actor) -> QuerySet[Copy]:
    """Copies whose code the actor may switch off or print anew: same people, inbox copies too."""
    if actor.court_id is None or not can_use_print_desk(actor) or not allows(actor, "qr.reprint"):
        return Copy.objects.none()
    return Copy.objects.filter(paper__court_id=actor.court_id)


def can_open_file(actor: Actor, file: StoredFile) -> bool:
    """The owner's app decides; without its word nobody opens, and nobody without a name."""
    return actor.kind != Kind.ANONYMOUS and access.may_open(actor, file.owner_kind, file.owner_public_id)


def can_open_copy(actor: Actor, copy: Copy) -> bool:
    """The party it is addressed to and that party's representatives, and the print desk of the court.

    Nobody else, not even another party of the case: the page carries the addressee's own code (DESIGN §9).
    """
    if not allows(actor, "service.read"):
        return False
    if can_use_print_desk(actor) and copy.paper.court_id == actor.court_id:
        return True
    owner = access.owner_of_copies(copy.paper.subject_kind)
    return access.may_open(actor, owner, copy.addressee_public_id)


def can_ask_for_paper(actor: Actor, copy: Copy) -> bool:
    """The party a copy is addressed to and its representatives, signed in; a scan login is not enough (SEC-22)."""
    if not actor.is_public or not allows(actor, "service.choose"):
        return False
    return access.may_open(actor, access.owner_of_copies(copy.paper.subject_kind), copy.addressee_public_id)


def can_report_lost(actor: Actor, copy: Copy) -> bool:
    """The party a copy is addressed to and its representatives, signed in; a scan login is not enough (SEC-22)."""
    if not actor.is_public or not allows(actor, "qr.report_lost"):
        return False
    return access.may_open(actor, access.owner_of_copies(copy.paper.subject_kind), copy.addressee_public_id)
