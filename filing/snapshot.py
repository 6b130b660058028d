"""What an application says at one moment: written when it is sent, read by the court until it is sent again."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q

from filing.draft import Draft
from filing.elements import schema
from filing.elements.values import opened_answers, stored
from filing.models import Filing, FilingAgent, FilingMaterial, FilingParty, FilingStatus
from filing.selectors import draft_of

PERSON = (
    *("side", "order", "kind", "name", "gender", "born_on", "ethnicity", "employer", "job"),
    *("legal_representative", "id_kind", "id_number", "phone", "address", "usual_address"),
    *("registered_address", "organisation_type", "ownership", "address_unknown", "guardian_name"),
    *("guardian_relation", "guardian_id_number", "guardian_phone", "is_deputy", "claim", "claim_amount"),
)
AGENT = (
    *("order", "kind", "name", "firm", "job", "licence", "relation", "id_number", "phone", "power"),
    "is_applicant",
)
_ABOUT = ("capacity", "separate_cases", "procedure", "origin_number", "e_delivery")
"""What stands on the application itself and may change until it is sent again."""


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
        **{name: getattr(filing, name) for name in _ABOUT},
        "parties": [_person(party) for party in draft.parties],
        "agents": [{name: getattr(agent, name) for name in AGENT} for agent in draft.agents],
        "materials": [
            {"slot": m.slot, "sha256": m.file.sha256, "name": m.file.display_name} for m in draft.materials
        ],
    }


def _person(party: FilingParty) -> dict[str, Any]:
    values = {name: getattr(party, name) for name in PERSON}
    values["born_on"] = party.born_on.isoformat() if party.born_on else None
    values["claim_amount"] = None if party.claim_amount is None else f"{party.claim_amount:.2f}"
    return values


def sent_draft_of(filing: Filing) -> Draft:
    """What the court holds: the last sending. What the applicant changes or adds afterwards is his own until he sends it
    (access matrix, row 2). Four queries. Submission.DoesNotExist for an application that was never sent.
    """
    draft = draft_of(filing)
    if filing.status in (FilingStatus.SUBMITTED, FilingStatus.ACCEPTED):
        return draft  # nothing of it can be changed then; papers that follow are handed in as they come
    content = json.loads(filing.submissions.latest("round").content)
    as_sent = copy.copy(filing)
    as_sent.answers = _sealed(draft.form, content["answers"])
    for name in _ABOUT:
        if name in content:  # sealed before the column existed: as it stands
            setattr(as_sent, name, content[name])
    return replace(
        draft,
        filing=as_sent,
        parties=[_party(values) for values in content["parties"]],
        agents=[FilingAgent(**values) for values in content.get("agents", ())],
        materials=_materials_as_sent(draft),
    )


def _sealed(form: schema.ElementForm, answers: dict[str, Any]) -> dict[str, Any]:
    questions = {item.key: item for item in form.fields()}
    return {
        key: stored(questions[key], value) if key in questions else value for key, value in answers.items()
    }


def _party(values: dict[str, Any]) -> FilingParty:
    born, amount = values["born_on"], values.get("claim_amount")
    opened = {
        "born_on": date.fromisoformat(born) if born else None,
        "claim_amount": Decimal(amount) if amount else None,
    }
    return FilingParty(**(values | opened))


def _materials_as_sent(draft: Draft) -> list[FilingMaterial]:
    """What lay there when the court returned it, those that followed the sending too; all of it when it did not."""
    filing, notice = draft.filing, draft.notice
    if notice is None or filing.submitted_at is None or notice.sent_at < filing.submitted_at:
        return draft.materials
    lay_there = Q(removed_at=None) | Q(removed_at__gt=notice.sent_at)
    return list(filing.materials.filter(lay_there, added_at__lte=notice.sent_at).select_related("file"))
