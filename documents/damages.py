"""The list of damaged files and the cases they belong to (SEC-55): a read for the court's people and the operator."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from common.actor import Actor, Role
from documents import access, policies
from documents.models import Copy, Damage, StoredFile

SHOWN = 100


@dataclass(frozen=True)
class DamagedFile:
    """``name`` and ``href`` are empty for whoever may not open the file; ``place`` is a case or application number."""

    public_id: uuid.UUID
    kind: str
    court: str
    place: str
    name: str
    href: str
    found_at: datetime
    recovered_at: datetime | None


def damaged_files(actor: Actor) -> list[DamagedFile]:
    """The latest hundred damages this actor may see, those that are not over first."""
    rows = (
        policies.visible_damages(actor).select_related("court").order_by("-recovered_at", "-found_at")[:SHOWN]
    )
    papers = [row.public_id for row in rows if row.is_paper]
    files = [row.public_id for row in rows if not row.is_paper]
    subjects: dict[uuid.UUID, StoredFile | Copy] = {}
    subjects |= {row.public_id: row for row in StoredFile.objects.filter(public_id__in=files)}
    copies = Copy.objects.filter(public_id__in=papers).select_related("paper", "delivery")
    subjects |= {row.public_id: row for row in copies}
    found = [_shown(actor, row, subjects[row.public_id]) for row in rows]
    return [row for row in found if row is not None]


def _shown(actor: Actor, damage: Damage, subject: StoredFile | Copy) -> DamagedFile | None:
    if isinstance(subject, Copy):
        opens = policies.can_open_copy(actor, subject)
        place = str(subject.paper.data.get("case_number", "")) or subject.paper.number
        name, href = (
            f"{subject.paper.title} {subject.serial}",
            reverse("documents:paper", args=[subject.public_id]),
        )
    else:
        opens = policies.can_open_file(actor, subject)
        place = access.place_of(subject.owner_kind, subject.owner_public_id)
        name, href = subject.display_name, reverse("documents:file", args=[subject.public_id])
    if not opens and actor.role != Role.ADMIN:
        return None
    return DamagedFile(
        public_id=damage.public_id,
        kind=damage.get_kind_display(),
        court=damage.court.name,
        place=place,
        name=name if opens else "",
        href=href if opens else "",
        found_at=damage.found_at,
        recovered_at=damage.recovered_at,
    )
