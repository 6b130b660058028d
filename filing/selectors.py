"""Reads of applications: one by its id, those of a person, what its pages show, the cases it became."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.utils.translation import gettext as _

from cases.models import Case
from cases.policies import live_access
from common.actor import Actor
from common.errors import NotVisible
from eventlog.registry import Timeline
from eventlog.timeline import Entry, timeline
from filing.draft import Draft
from filing.elements import schema
from filing.elements.values import opened_answers, shown
from filing.models import CorrectionItem, CorrectionNotice, Filing, FilingMaterial, FilingStatus
from filing.policies import visible_filings


def filing_for(actor: Actor, public_id: UUID | str) -> Filing:
    """An application the actor may see; NotVisible otherwise. One query."""
    filing = (
        visible_filings(actor)
        .filter(public_id=public_id)
        .select_related("deciding_court", "court", "cause", "applicant", "claimed_by__user")
        .first()
    )
    if filing is None:
        raise NotVisible(_("没有这个页面。"))
    return filing


def filings_of(actor: Actor) -> QuerySet[Filing]:
    """The applicant's own applications that are not cases yet, newest first."""
    return (
        visible_filings(actor)
        .exclude(status__in=[FilingStatus.ACCEPTED, FilingStatus.WITHDRAWN, FilingStatus.RECEIVED])
        .select_related("deciding_court", "cause")
        .order_by("-id")
    )


def live_materials(filing: Filing) -> list[FilingMaterial]:
    """Materials that were not taken out, with their files. One query."""
    return list(filing.materials.filter(removed_at=None).select_related("file"))


def latest_notice(filing: Filing) -> CorrectionNotice | None:
    """The newest correction notice with its items. Two queries."""
    items = Prefetch("items", queryset=CorrectionItem.objects.order_by("id"))
    return filing.notices.prefetch_related(items).select_related("sent_by__user").order_by("-round").first()


def draft_of(filing: Filing) -> Draft:
    """Load what the pages of one application show. Five queries."""
    return Draft(
        filing=filing,
        form=schema.load(filing.form),
        parties=list(filing.parties.all()),
        materials=live_materials(filing),
        notice=latest_notice(filing),
        agents=list(filing.agents.all()),
    )


@dataclass(frozen=True)
class Answer:
    """One question of the form with its answer: ``value`` as it is kept (opened), ``shown`` for reading."""

    label: str
    value: Any
    page: str
    kind: str
    shown: str = ""


def answers_by_task(draft: Draft) -> list[tuple[schema.Task, list[Answer]]]:
    """Given answers per task for the check page and the review desk."""
    answers = opened_answers(draft.form, draft.filing.answers)
    return [
        (
            task,
            [
                Answer(
                    item.label, answers.get(item.key), page.key, item.type, shown(item, answers.get(item.key))
                )
                for page in task.pages
                for item in page.fields
                if item.is_asked(answers)
            ],
        )
        for task in draft.form.tasks
    ]


def story_of(filing: Filing) -> list[Entry]:
    """What happened to an application, for its applicant, newest first. One query."""
    return timeline(f"filing:{filing.public_id}", audience=Timeline.PARTIES)


def case_of(filing: Filing) -> Case | None:
    """The case an accepted application became, the first of several. One query."""
    return Case.objects.filter(filing_public_id=filing.public_id).order_by("filing_part").first()


def cases_of_filing(filing: Filing) -> list[Case]:
    """All cases an accepted application became, in their order; ``is_mine`` tells those its applicant may open. One
    query."""
    mine = live_access().filter(user_id=filing.applicant_id, party__case=OuterRef("pk"))
    cases = Case.objects.filter(filing_public_id=filing.public_id).annotate(is_mine=Exists(mine))
    return list(cases.order_by("filing_part"))


def claims_of(filing_public_id: UUID) -> Draft | None:
    """The accepted application behind a case, for showing the pleading to both sides."""
    filing = (
        Filing.objects.filter(public_id=filing_public_id).select_related("cause", "deciding_court").first()
    )
    return draft_of(filing) if filing else None
