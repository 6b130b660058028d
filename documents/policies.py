"""Who may do what with files, papers and deliveries. Whose a file is, is said by the app that owns it (``access``)."""

from __future__ import annotations

from django.db.models import QuerySet

from accounts.access import allows
from common.actor import Actor, Kind, Role
from documents import access
from documents.models import (
    Copy,
    Damage,
    Delivery,
    DeliveryMethod,
    Paper,
    ScanState,
    SealProposal,
    StoredFile,
    Wording,
)


def can_use_print_desk(actor: Actor) -> bool:
    """Intake clerk, case clerk and judge, in the court of their active post."""
    return actor.is_staff and actor.court_id is not None and allows(actor, "service.send")


def can_keep_wordings(actor: Actor) -> bool:
    """Heads and the administrator of a court, for that court."""
    return actor.is_staff and actor.court_id is not None and allows(actor, "wording.keep")


def can_keep_seals(actor: Actor) -> bool:
    """Heads and the administrator of a court, for that court."""
    return actor.is_staff and actor.court_id is not None and allows(actor, "seal.keep")


def visible_wordings(actor: Actor) -> QuerySet[Wording]:
    """Every version of the actor's own court; nobody else's business."""
    if not can_keep_wordings(actor):
        return Wording.objects.none()
    return Wording.objects.filter(court_id=actor.court_id or 0)


def visible_seal_proposals(actor: Actor) -> QuerySet[SealProposal]:
    """What was proposed for the actor's own court, with place and proposer; nobody else's business."""
    if not can_keep_seals(actor):
        return SealProposal.objects.none()
    rows = SealProposal.objects.filter(court_id=actor.court_id or 0)
    return rows.select_related("court", "division", "proposed_by__user", "decided_by__user")


def _works_for_all(actor: Actor) -> bool:
    """The intake clerk sends what the court sends; judge and case clerk what is about a case they hold (rows 32 and 33)."""
    return actor.role == Role.INTAKE_CLERK


def _own_papers(actor: Actor) -> QuerySet[Paper]:
    return Paper.objects.filter(access.about_what_he_holds(actor), court_id=actor.court_id or 0)


def visible_deliveries(actor: Actor) -> QuerySet[Delivery]:
    """Deliveries outside the inbox: for the intake clerk those of the court, for case clerk and judge those of the cases they hold."""
    if actor.court_id is None or not can_use_print_desk(actor):
        return Delivery.objects.none()
    rows = Delivery.objects.filter(court_id=actor.court_id).exclude(method=DeliveryMethod.INBOX)
    return rows if _works_for_all(actor) else rows.filter(copy__paper__in=_own_papers(actor))


def printable_copies(actor: Actor) -> QuerySet[Copy]:
    """Copies whose code the actor may switch off or print anew: same people, inbox copies too."""
    if actor.court_id is None or not can_use_print_desk(actor) or not allows(actor, "qr.reprint"):
        return Copy.objects.none()
    rows = Copy.objects.filter(paper__court_id=actor.court_id)
    return rows if _works_for_all(actor) else rows.filter(paper__in=_own_papers(actor))


def can_open_file(actor: Actor, file: StoredFile) -> bool:
    """The owner's app decides; without its word nobody opens, and nobody without a name.

    While the scanner has not said anything only whoever sent the file opens it, and nobody one that is infected (SEC-53). What an
    order closes opens to whom it lists, and to who sent it.
    """
    if file.scan_state == ScanState.INFECTED:
        return False
    if not _sent(actor, file) and (
        file.scan_state == ScanState.CHECKING or access.is_sealed_to(actor, file.pk)
    ):
        return False
    return actor.kind != Kind.ANONYMOUS and access.may_open(actor, file.owner_kind, file.owner_public_id)


def _sent(actor: Actor, file: StoredFile) -> bool:
    """Whether the actor sent it; files sent after a scan have no account, there the owner's word is enough."""
    if file.uploaded_by_id is None:
        return actor.kind == Kind.SCAN
    return file.uploaded_by_id == actor.user_id


def can_open_copy(actor: Actor, copy: Copy) -> bool:
    """The party it is addressed to and that party's representatives, the intake clerk of the court, and who holds the case.

    Nobody else, not even another party of the case: the page carries the addressee's own code (DESIGN §9).
    """
    if not allows(actor, "service.read"):
        return False
    if can_use_print_desk(actor) and copy.paper.court_id == actor.court_id:
        if _works_for_all(actor) or _own_papers(actor).filter(pk=copy.paper_id).exists():
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


def visible_damages(actor: Actor) -> QuerySet[Damage]:
    """Damaged files of the actor's court for clerk, judge and case clerk, who are shown only those they may open; all of them,
    without their names, for the technical admin, who brings the bytes back (SEC-55)."""
    if not actor.is_staff or not allows(actor, "files.damaged"):
        return Damage.objects.none()
    if actor.role == Role.ADMIN:
        return Damage.objects.all()
    return Damage.objects.filter(court_id=actor.court_id) if actor.court_id else Damage.objects.none()
