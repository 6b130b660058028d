"""Who opens a file is decided by the app that owns it: it registers one function per kind of owner."""

from __future__ import annotations

import uuid
from collections.abc import Callable

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


def register(owner_kind: str, may_open: MayOpen) -> None:
    """Called once while the apps load. ValueError when two apps claim one kind."""
    if owner_kind in _registry:
        raise ValueError(f"owner kind {owner_kind} is registered twice")
    _registry[owner_kind] = may_open


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
