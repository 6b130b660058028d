"""Reads of 答辩状: the one of a party, those a case has received, what the other side wrote beside each question."""

from __future__ import annotations

from cases.models import Case, Party
from filing.draft import Draft
from filing.elements import schema
from filing.elements.defence import SUFFIX, answered_element
from filing.elements.values import opened_answers, shown
from filing.models import Filing, FilingStatus
from filing.selectors import claims_of, draft_of

DEFENCE_PERIOD, COPY_PERIOD = "D12", "D13"
"""15 days for the defence, 5 days for the court to pass it on (民诉法128)."""


def defence_form(case: Case) -> schema.ElementForm | None:
    """The form in which this case's pleading is answered; the general one for a pleading that was not filled in here.

    None for a procedure without a defence. One query.
    """
    key = Filing.objects.filter(public_id=case.filing_public_id).values_list("form", flat=True).first()
    form = schema.load(key or "general")
    return schema.load(form.key + SUFFIX) if form.defence else None


def live_defence(party: Party) -> Filing | None:
    """The defence of this party, draft or received; one that was withdrawn does not count. One query."""
    rows = Filing.objects.filter(
        origin_case_id=party.case_id, form__endswith=SUFFIX, precheck__party=str(party.public_id)
    )
    return rows.exclude(status=FilingStatus.WITHDRAWN).select_related("deciding_court", "cause").first()


def received_defences(case: Case) -> list[Draft]:
    """Defences that the court has received, oldest first, for all who may read the case. Four queries each."""
    rows = Filing.objects.filter(
        origin_case=case, form__endswith=SUFFIX, status=FilingStatus.RECEIVED
    ).select_related("deciding_court", "cause")
    return [draft_of(filing) for filing in rows.order_by("submitted_at")]


def told_beside(draft: Draft) -> dict[str, str]:
    """For each question of a defence what the other side wrote about it, by question key; empty for another form."""
    case = draft.filing.origin_case
    complaint = claims_of(case.filing_public_id) if case is not None and draft.filing.is_defence else None
    if complaint is None:
        return {}
    written: dict[str, list[str]] = {}
    answers = opened_answers(complaint.form, complaint.filing.answers)
    for item in complaint.form.fields():
        words = shown(item, answers.get(item.key)) if item.is_asked(answers) else ""
        if words:
            written.setdefault(item.element, []).append(f"{item.label}：{words}")
    return {
        item.key: "；".join(written.get(answered_element(item.element), []))
        for item in draft.form.fields()
        if answered_element(item.element) and item.type == "radio"
    }
