"""Who opens a file is decided by the app that owns it: it registers one function per kind of owner."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.db.models import Q

from common.actor import Actor

MayOpen = Callable[[Actor, uuid.UUID], bool]

PARTY = "party"
"""Owner kind of issued copies: asked with the public id of the party a copy is addressed to."""


def owner_of_copies(subject_kind: str) -> str:
    """Owner kind of the copies of a paper: the app that knows the addressees of papers about such a thing may claim them
    with ``register("party of <kind>", …)``; otherwise they belong to the party of a case."""
    special = f"{PARTY} of {subject_kind}"
    return special if special in _registry else PARTY


_registry: dict[str, MayOpen] = {}
_places: dict[str, Callable[[uuid.UUID], str]] = {}
_simplified: dict[str, Callable[[uuid.UUID], bool]] = {}
_held: dict[str, Callable[[Actor], Any]] = {}
_seals: list[Callable[[Actor, int], bool]] = []


def register(owner_kind: str, may_open: MayOpen) -> None:
    """Called once while the apps load. ValueError when two apps claim one kind."""
    if owner_kind in _registry:
        raise ValueError(f"owner kind {owner_kind} is registered twice")
    _registry[owner_kind] = may_open


def register_held(subject_kind: str, held_by: Callable[[Actor], Any]) -> None:
    """The app that knows the subjects of papers says which of them a member of staff holds: their public ids, as a queryset."""
    _held[subject_kind] = held_by


def register_seal(is_sealed_to: Callable[[Actor, int], bool]) -> None:
    """The app that knows the orders says of the key of a kept file whether one of them closes it to somebody."""
    _seals.append(is_sealed_to)


def is_sealed_to(actor: Actor, file_id: int) -> bool:
    """An order closes this file to him, whatever else he may open of its owner (RELIABILITY §2, row 7)."""
    return any(sealed(actor, file_id) for sealed in _seals)


def about_what_he_holds(actor: Actor) -> Q:
    """Papers about the things that a member of staff holds (RELIABILITY §2, rows 6, 30, 32, 33)."""
    found = Q(pk__in=[])
    for subject_kind, held_by in _held.items():
        found |= Q(subject_kind=subject_kind, subject_public_id__in=held_by(actor))
    return found


def register_simplified(subject_kind: str, is_simplified: Callable[[uuid.UUID], bool]) -> None:
    """The app that knows the subjects of papers says which of them stand in a simplified procedure, where nothing is
    delivered by publication (解释140). ValueError when two apps claim one kind."""
    if subject_kind in _simplified:
        raise ValueError(f"subject kind {subject_kind} is registered twice")
    _simplified[subject_kind] = is_simplified


def in_simplified_procedure(subject_kind: str, subject_public_id: uuid.UUID) -> bool:
    """The app's answer; False for a kind nobody registered."""
    decide = _simplified.get(subject_kind)
    return decide is not None and decide(subject_public_id)


def register_place(owner_kind: str, number_of: Callable[[uuid.UUID], str]) -> None:
    """Under which number (of a case or application) the court keeps what belongs to such an owner."""
    _places[owner_kind] = number_of


def place_of(owner_kind: str, owner_public_id: uuid.UUID) -> str:
    """The number people know it by; "" for a kind nobody registered."""
    find = _places.get(owner_kind)
    return find(owner_public_id) if find is not None else ""


def may_open(actor: Actor, owner_kind: str, owner_public_id: uuid.UUID) -> bool:
    """The owner's answer; False for a kind nobody registered."""
    decide = _registry.get(owner_kind)
    return decide is not None and decide(actor, owner_public_id)
