"""Files read inside the zone: by handlers as cleaned copies, as they came only after two people of the discipline office agreed.
Every opening is an entry of the zone's own trail (SEC-34, SEC-35).
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from common.actor import Actor
from common.errors import NotAllowed, NotVisible
from complaints import sealing
from complaints.models import Closed, Enclosure, Matter, Piece
from complaints.services import trail
from complaints.services.files import TEXT
from complaints.services.handling import locked
from complaints.services.identities import is_unlocked
from eventlog.services import act

EXTENSIONS = {"image/jpeg": "jpg", "application/pdf": "pdf", TEXT: "txt"}


@dataclass(frozen=True)
class Opened:
    """A file that a handler may read now; ``content`` comes piece by piece."""

    name: str
    content_type: str
    size_bytes: int
    content: Iterator[bytes]


def open_shown(*, matter_id: int, public_id: UUID, actor: Actor) -> Opened:
    """The cleaned copy, for whoever handles the matter; NotVisible when there is none or the matter is not his."""
    with act():
        matter, _standing = locked(matter_id, actor)
        file = _file_of(matter, public_id)
        shown = file.facts["shown"]
        if shown is None:
            raise NotVisible(_("没有这个页面。"))
        trail.write("file.opened", matter, actor.user_id, file=file.public_id)
    name = f"{file.public_id}.{EXTENSIONS[shown['type']]}"
    return Opened(name, shown["type"], shown["size"], _pieces(shown))


def open_original(*, matter_id: int, public_id: UUID, actor: Actor) -> Opened:
    """The file as it came, with its name, for the two who unlocked it just now; NotAllowed for everybody else."""
    with act():
        matter, _standing = locked(matter_id, actor)
        file = _file_of(matter, public_id)
        if not is_unlocked(matter, actor, Closed.ORIGINALS):
            raise NotAllowed(_("原件要由督察部门两个人同意才能打开。"))
        trail.write("original.opened", matter, actor.user_id, file=file.public_id)
    hidden = json.loads(
        sealing.decrypt(file.sealed, context=f"original:{file.original}", key=sealing.ORIGINAL)
    )
    parcel = hidden["parcel"]
    return Opened(hidden["name"], file.facts["type"], parcel["size"], _pieces(parcel))


def _file_of(matter: Matter, public_id: UUID) -> Enclosure:
    file = Enclosure.objects.filter(matter=matter, public_id=public_id).first()
    if file is None:
        raise NotVisible(_("没有这个页面。"))
    return file


def _pieces(parcel: dict[str, Any]) -> Iterator[bytes]:
    """Bytes of a file. A piece that was changed, moved or lost raises instead of giving something else."""
    key, left = base64.b64decode(parcel["key"]), parcel["size"]
    for number in range(parcel["pieces"]):
        sealed = bytes(Piece.objects.get(parcel=parcel["parcel"], number=number).sealed)
        place = f"{parcel['parcel']}:{parcel['pieces']}"
        raw = sealing.open_piece(sealed, key=key, place=place, number=number)[:left]
        left -= len(raw)
        yield raw
