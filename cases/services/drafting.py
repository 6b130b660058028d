"""Drafting 起草, signing off 签发 and issuing of a paper; who signs off which stands in ``cases.drafting.rules``.

Imported by its own name: it issues papers, which ``cases.papers`` makes out of the other services.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from cases import events
from cases.drafting.addressees import addressed, addressee, first_addressees, possible_addressees
from cases.drafting.content import data_of, prefilled, prefilled_from
from cases.drafting.rules import RULES, templates_for
from cases.models import PAPER_DRAFT_FLOW, Case, DraftState, DraftVersion, PaperDraft
from cases.policies import can_decide_draft, can_draft_in, can_write_draft
from cases.services.periods import case_stream
from common import clock
from common.actor import Actor, Role
from common.errors import Conflict, InvalidInput, NotAllowed, StaleVersion
from documents.models import Copy, Paper, PaperState
from documents.rendering.reading import storable
from documents.services import issue
from eventlog.services import act, emit


def start_draft(*, case_id: int, template: str, actor: Actor, corrects: Paper | None = None) -> PaperDraft:
    """A new draft, filled in with what the case knows, or with the paper that it corrects.

    An open draft that corrects the same paper is gone on with. NotAllowed for who does not write such papers, InvalidInput
    for a paper that is not drafted in this case, Conflict when the paper was corrected already.
    """
    with act():
        case = _locked_case(case_id)
        if not can_draft_in(actor, case, template):
            raise NotAllowed(_("这种文书不由您的岗位起草。"))
        if corrects is None and template not in templates_for(actor.role, case):
            raise InvalidInput(_("请从列出的文书里选"), template=_("请从列出的文书里选"))
        if corrects is not None:
            open_one = _open_correction(case, template, corrects)
            if open_one is not None:
                return open_one
        draft = PaperDraft.objects.create(
            court_id=case.court_id,
            case=case,
            template=template,
            fields=prefilled_from(corrects) if corrects else prefilled(case, template),
            addressees=_had_it(corrects) if corrects else first_addressees(case, template),
            second_eyes=RULES[template].second_eyes,
            corrects=corrects,
            writers=[actor.user_id],
            judge_wrote=actor.role == Role.JUDGE,
            drafted_by_id=actor.post_id or 0,
            drafted_at=clock.now(),
        )
        record(events.DRAFT_STARTED, draft, actor)
    return draft


def save_draft(
    *, draft_id: int, typed: Mapping[str, str], addressees: Sequence[str], seen: int, actor: Actor
) -> PaperDraft:
    """Keep what was typed, finished or not; what cannot be stored at all leaves the text kept before.

    StaleVersion when somebody changed the draft meanwhile, InvalidTransition once it was handed in.
    """
    with act():
        draft = _to_write(draft_id, seen, actor)
        if not PAPER_DRAFT_FLOW.can(draft, "submit"):
            PAPER_DRAFT_FLOW.move(draft, "submit")  # says in which state it is
        draft.fields = storable(draft.template, typed, draft.fields)
        known = {str(one.public_id) for one in possible_addressees(draft)}
        draft.addressees = [one for one in dict.fromkeys(addressees) if one in known]
        if actor.user_id not in draft.writers:
            draft.writers = [*draft.writers, actor.user_id]
        draft.judge_wrote = draft.judge_wrote or actor.role == Role.JUDGE
        save_locked(draft)
    return draft


def submit_draft(*, draft_id: int, seen: int, actor: Actor) -> PaperDraft:
    """Hand it in for signing off; the text is kept as it is now. InvalidInput by field while something is missing."""
    with act():
        draft = _to_write(draft_id, seen, actor)
        if not draft.second_eyes:
            raise Conflict(_("这种文书不用另一个人签发，可以直接发出。"), code="no_second_eyes")
        _complete(draft)
        PAPER_DRAFT_FLOW.move(draft, "submit")
        draft.submitted_at = clock.now()
        _keep_version(draft, actor)
        save_locked(draft)
        record(events.DRAFT_SUBMITTED, draft, actor)
    return draft


def take_back_draft(*, draft_id: int, seen: int, actor: Actor) -> PaperDraft:
    """Who writes it goes on writing; InvalidTransition once it was decided."""
    with act():
        draft = _to_write(draft_id, seen, actor)
        PAPER_DRAFT_FLOW.move(draft, "take_back")
        save_locked(draft)
        record(events.DRAFT_TAKEN_BACK, draft, actor)
    return draft


def return_draft(*, draft_id: int, reason: str, seen: int, actor: Actor) -> PaperDraft:
    """Back to who wrote it, with what has to be mended. InvalidInput without a reason."""
    with act():
        draft = _to_decide(draft_id, seen, actor)
        if not reason:
            raise InvalidInput(_("请写明要改什么"), reason=_("请写明要改什么"))
        PAPER_DRAFT_FLOW.move(draft, "return")
        draft.reason = reason
        draft.decided_by_id, draft.decided_at = actor.post_id, clock.now()
        save_locked(draft)
        record(events.DRAFT_RETURNED, draft, actor)
    return draft


def approve_draft(*, draft_id: int, seen: int, actor: Actor) -> PaperDraft:
    """Sign it off 签发: numbered at once, its copies signed and sent after commit. Never by who wrote any of it.

    Raises NotAllowed, StaleVersion when the text is not the one that was read, InvalidTransition once decided.
    """
    with act():
        draft = _to_decide(draft_id, seen, actor)
        return _issued(draft, "approve", actor)


def issue_draft(*, draft_id: int, seen: int, actor: Actor) -> PaperDraft:
    """Issue a paper that needs no second pair of eyes. Raises NotAllowed where it does."""
    with act():
        draft = _to_write(draft_id, seen, actor)
        if draft.second_eyes:
            raise NotAllowed(_("这种文书要由另一个人签发。请提交审核。"))
        _keep_version(draft, actor)
        return _issued(draft, "issue_alone", actor)


def discard_draft(*, draft_id: int, seen: int, actor: Actor) -> PaperDraft:
    """Nothing will come of it; it stays on record."""
    with act():
        draft = _to_write(draft_id, seen, actor)
        PAPER_DRAFT_FLOW.move(draft, "discard")
        save_locked(draft)
        record(events.DRAFT_DISCARDED, draft, actor)
    return draft


def record_sealed(*, paper_public_id: uuid.UUID | str) -> None:
    """Every copy of a drafted paper has its seal: the draft is done. Papers that nobody drafted are none of it. Repeatable."""
    found = PaperDraft.objects.filter(paper__public_id=paper_public_id).first()
    if found is None or Copy.objects.filter(paper__draft=found, state=PaperState.REQUESTED).exists():
        return
    with act():
        draft = locked_draft(found.pk)
        if PAPER_DRAFT_FLOW.can(draft, "seal"):
            PAPER_DRAFT_FLOW.move(draft, "seal")
            save_locked(draft)


def _locked_case(case_id: int) -> Case:
    rows = Case.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("court", "cause", "division").get(pk=case_id)


def locked_draft(draft_id: int) -> PaperDraft:
    """The draft under lock, its case locked first: whoever decides, decides about what stands."""
    case = _locked_case(PaperDraft.objects.values_list("case_id", flat=True).get(pk=draft_id))
    draft = PaperDraft.objects.select_for_update(of=("self",), no_key=True).get(pk=draft_id)
    draft.case = case
    return draft


def _to_write(draft_id: int, seen: int, actor: Actor) -> PaperDraft:
    draft = locked_draft(draft_id)
    if not can_write_draft(actor, draft):
        raise NotAllowed(_("这份文书稿不由您办理。"))
    return _as_seen(draft, seen)


def _to_decide(draft_id: int, seen: int, actor: Actor) -> PaperDraft:
    draft = locked_draft(draft_id)
    if not can_decide_draft(actor, draft):
        raise NotAllowed(_("这份文书不由您签发。起草、改过的人不能自己签发。"))
    return _as_seen(draft, seen)


def _as_seen(draft: PaperDraft, seen: int) -> PaperDraft:
    if draft.version != seen:
        raise StaleVersion(_("文书稿刚刚被改过，或者别人刚办过。请看一眼最新的内容，再决定。"))
    return draft


def _complete(draft: PaperDraft) -> dict[str, Any]:
    data = data_of(draft)
    if not addressed(draft):
        raise InvalidInput(_("请至少选一个收件人"), addressees=_("请至少选一个收件人"))
    return data


def _keep_version(draft: PaperDraft, actor: Actor) -> None:
    DraftVersion.objects.create(
        draft=draft,
        number=draft.versions.count() + 1,
        fields=draft.fields,
        addressees=draft.addressees,
        written_by_id=actor.post_id or 0,
        written_at=clock.now(),
    )


def _issued(draft: PaperDraft, move: str, actor: Actor) -> PaperDraft:
    data = _complete(draft)
    PAPER_DRAFT_FLOW.move(draft, move)
    draft.paper = issue(
        template=draft.template,
        subject_kind="cases.case",
        subject_public_id=draft.case.public_id,
        court_id=draft.court_id,
        title=draft.title,
        data=data,
        addressees=[addressee(one) for one in addressed(draft)],
        stream=case_stream(draft.case),
        actor=actor,
        dedupe_key=f"draft:{draft.public_id}",
        supersedes=draft.corrects,
    )
    draft.decided_by_id, draft.decided_at = actor.post_id, clock.now()
    save_locked(draft)
    record(events.DRAFT_APPROVED, draft, actor, paper=draft.paper.public_id)
    return draft


def _open_correction(case: Case, template: str, paper: Paper) -> PaperDraft | None:
    if paper.subject_public_id != case.public_id or paper.template != template:
        raise ValueError("a correction is a paper of the same case and template")
    if Paper.objects.filter(supersedes=paper).exists():
        raise Conflict(_("这份文书已经更正过了。要再改，请更正最新的一份。"), code="paper_superseded")
    going = (DraftState.DRAFT, DraftState.RETURNED, DraftState.SUBMITTED)
    return case.drafts.filter(corrects=paper, state__in=going).first()


def _had_it(paper: Paper) -> list[str]:
    """Whoever got the wrong one gets the right one."""
    ids = paper.copies.order_by("id").values_list("addressee_public_id", flat=True)
    return list(dict.fromkeys(str(public_id) for public_id in ids))


def save_locked(draft: PaperDraft) -> None:
    """Write a draft that is locked: its version goes on."""
    draft.version += 1
    draft.save()


def record(name: str, draft: PaperDraft, actor: Actor, **data: Any) -> None:
    """The event of a draft; belongs inside an act."""
    emit(
        name, subject=draft, actor=actor, stream=case_stream(draft.case), court_id=draft.court_id,
        draft=draft.public_id, template=draft.template, version=draft.version, **data,
    )  # fmt: skip
