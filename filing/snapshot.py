"""What an application says at one moment: written when it is sent, read by the court until it is sent again."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from datetime import date
from typing import Any

from django.db.models import Q

from filing.elements import schema
from filing.elements.values import opened_answers, stored
from filing.models import Filing, FilingMaterial, FilingParty, FilingStatus
from filing.selectors import Draft, draft_of

_PERSON = (
    *("side", "order", "kind", "name", "gender", "born_on", "ethnicity", "employer", "job"),
    *("legal_representative", "id_kind", "id_number", "phone", "address", "usual_address"),
    *("registered_address", "organisation_type", "ownership"),
)


def content_of(draft: Draft, signed_name: str) -> dict[str, Any]:
    """Everything on the application as plain JSON values, sealed answers opened."""
    filing = draft.filing
    return {
        "number": filing.number,
        "court": filing.deciding_court.code,
        "cause": filing.cause.code,
        "form": filing.form,
        "answers": opened_answers(draft.form, filing.answers),
        "signed_name": signed_name,
        "e_delivery": filing.e_delivery,
        "parties": [_person(party) for party in draft.parties],
        "materials": [
            {"slot": m.slot, "sha256": m.file.sha256, "name": m.file.display_name} for m in draft.materials
        ],
    }


def _person(party: FilingParty) -> dict[str, Any]:
    values = {name: getattr(party, name) for name in _PERSON}
    values["born_on"] = party.born_on.isoformat() if party.born_on else None
    return values


def sent_draft_of(filing: Filing) -> Draft:
    """What the court holds: the last sending. What the applicant changes or adds afterwards is his own until he sends it
    (access matrix, row 2). Four queries. Submission.DoesNotExist for an application that was never sent.
    """
    draft = draft_of(filing)
    if filing.status in (FilingStatus.SUBMITTED, FilingStatus.ACCEPTED):
        return draft  # nothing of it can be changed then
    content = json.loads(filing.submissions.latest("round").content)
    as_sent = copy.copy(filing)
    as_sent.answers = _sealed(draft.form, content["answers"])
    as_sent.e_delivery = content["e_delivery"]
    parties = [_party(values) for values in content["parties"]]
    return replace(draft, filing=as_sent, parties=parties, materials=_materials_as_sent(filing))


def _sealed(form: schema.ElementForm, answers: dict[str, Any]) -> dict[str, Any]:
    questions = {item.key: item for item in form.fields()}
    return {
        key: stored(questions[key], value) if key in questions else value for key, value in answers.items()
    }


def _party(values: dict[str, Any]) -> FilingParty:
    born = values["born_on"]
    return FilingParty(**(values | {"born_on": date.fromisoformat(born) if born else None}))


def _materials_as_sent(filing: Filing) -> list[FilingMaterial]:
    then = filing.submitted_at
    lay_there = Q(removed_at=None) | Q(removed_at__gt=then)
    return list(filing.materials.filter(lay_there, added_at__lte=then).select_related("file"))
