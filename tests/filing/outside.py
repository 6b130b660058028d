"""A whole application as software sends it, and the files that belong to it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from cases.models import Side
from common import clock
from portal.demo import cast as people
from portal.demo.cast import Person
from portal.demo.loan import FORM, answers, photo

SLOTS = ("ID_CARD", "IOU", "TRANSFER")


def person(who: Person, side: Side) -> dict[str, Any]:
    """A natural person as the API takes it."""
    return {
        "side": side.value,
        "kind": "natural",
        "name": who.name,
        "ethnicity": "汉族",
        "id_kind": "id_card",
        "id_number": who.id_number,
        "phone": who.phone,
        "address": who.address,
    }


def application(**changed: Any) -> dict[str, Any]:
    """张某's loan against 李某."""
    pages = answers(
        principal=60000,
        interest=0,
        lent_on=clock.today() - timedelta(days=500),
        lender="张某",
        borrower="李某",
    )
    return {
        "form": FORM,
        "court": "某1234",
        "capacity": "self",
        "parties": [person(people.ZHANG, Side.PLAINTIFF), person(people.LI, Side.DEFENDANT)],
        "answers": {key: value for page in pages.values() for key, value in page.items()},
        "e_delivery": True,
        "statement": {"agree": True, "signed_name": "张某"},
    } | changed


def papers() -> dict[str, SimpleUploadedFile]:
    """A picture for each slot."""
    return {slot: photo([slot], f"{slot}.jpg") for slot in SLOTS}
