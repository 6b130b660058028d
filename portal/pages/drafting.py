"""Drafting of papers on the court's side: begun at the case, written, looked at, signed off or sent back, issued."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.files.base import ContentFile
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import allows
from cases.drafting.addressees import addressed, what_he_is
from cases.drafting.changes import changes_between
from cases.drafting.content import data_of
from cases.drafting.forms import ADDRESSEES, PREFIX, DraftForm, ReturnForm, TemplateForm
from cases.drafting.rules import RULES, may_write
from cases.models import PAPER_DRAFT_FLOW, DraftState, PaperDraft
from cases.policies import can_decide_draft, can_write_draft
from cases.selectors import case_for, draft_for
from cases.services import drafting
from common import clock
from common.actor import Actor
from common.errors import DomainError, InvalidInput, NotAllowed, NotVisible
from common.pages import actor_of, add_errors, form_page, posted_number
from documents.models import Paper
from documents.rendering.fields import FIELDS
from documents.rendering.preview import draft_pdf, page_count, page_picture
from documents.responses import shield
from documents.services.wordings import current_wording
from portal.pages.need import need

EDITABLE = (DraftState.DRAFT, DraftState.RETURNED)
NOT_YOURS = "这个页面不在您的岗位权限内。"


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Which paper; a second press does not matter, an unwanted draft is thrown away."""
    need(request, "paper.draft", _(NOT_YOURS))
    actor = actor_of(request)
    case = case_for(actor, public_id)
    form = TemplateForm(case, actor.role, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        draft = drafting.start_draft(case_id=case.pk, actor=actor, template=form.cleaned_data["template"])
        return redirect("pages:draft_edit", public_id=draft.public_id)
    return form_page(request, "pages/draft_new.html", form, case=case)


@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, public_id: UUID, paper_id: UUID) -> HttpResponse:
    """Begin the paper that replaces one that went out; what this means is read beforehand."""
    need(request, "paper.draft", _(NOT_YOURS))
    actor = actor_of(request)
    case = case_for(actor, public_id)
    found = Paper.objects.filter(subject_kind="cases.case", subject_public_id=case.public_id)
    paper = found.filter(public_id=paper_id).first()
    if paper is None:
        raise NotVisible(_("没有这个页面。"))
    if not may_write(actor.role, paper.template):
        raise NotAllowed(_("这种文书不由您的岗位起草。"))
    if request.method == "POST":
        draft = drafting.start_draft(case_id=case.pk, template=paper.template, actor=actor, corrects=paper)
        return redirect("pages:draft_edit", public_id=draft.public_id)
    return render(request, "pages/draft_correct.html", {"case": case, "paper": paper})


def _of(request: HttpRequest, public_id: UUID) -> tuple[Actor, PaperDraft, dict[str, Any]]:
    """Who asks, the draft, and what its pages show about it."""
    actor = actor_of(request)
    if not (allows(actor, "paper.draft") or allows(actor, "paper.approve")):
        raise NotAllowed(_(NOT_YOURS))
    draft = draft_for(actor, public_id)
    return actor, draft, {"draft": draft, "case": draft.case, "rule": RULES[draft.template]}


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The texts. Every button keeps what is there; what is wrong is said by field and the rest is kept all the same."""
    actor, draft, context = _of(request, public_id)
    if not can_write_draft(actor, draft):
        raise NotAllowed(_("这份文书稿不由您办理。"))
    if draft.state not in EDITABLE:
        return redirect("pages:draft", public_id=public_id)
    if request.method != "POST":
        return render(request, "pages/draft_edit.html", context | {"form": DraftForm(draft)})
    form = DraftForm(draft, request.POST)
    form.is_valid()
    try:
        draft = drafting.save_draft(
            draft_id=draft.pk,
            typed=form.typed(),
            addressees=request.POST.getlist(ADDRESSEES),
            seen=posted_number(request, "seen") or 0,
            actor=actor,
        )
    except DomainError as error:
        if error.status != 412:
            raise
        add_errors(form, error)
        return _stale(request, form, draft_for(actor, public_id), context)
    look = request.POST.get("do") == "look"
    if form.errors and (look or not form.unfinished_only()):
        return form_page(request, "pages/draft_edit.html", form, **context | {"draft": draft})
    messages.success(request, _("已保存。"))
    return redirect("pages:draft" if look else "pages:draft_edit", public_id=public_id)


def _stale(request: HttpRequest, form: DraftForm, draft: PaperDraft, context: dict[str, Any]) -> HttpResponse:
    """Somebody saved meanwhile: what he wrote and what was typed here, side by side; nothing is lost (REL-34)."""
    now = {field.name: draft.fields.get(field.name, "") for field in FIELDS[draft.template]}
    changes = changes_between(draft.template, now, form.typed())
    response = form_page(
        request, "pages/draft_edit.html", form, **context | {"draft": draft, "theirs": changes}
    )
    response.status_code = 412
    return response


ACTS: dict[str, tuple[Callable[..., PaperDraft], str]] = {
    "submit": (drafting.submit_draft, "已提交，等待签发。"),
    "take_back": (drafting.take_back_draft, "已撤回，可以继续修改。"),
    "approve": (drafting.approve_draft, "已签发，盖章以后自动发出。"),
    "issue": (drafting.issue_draft, "已发出，盖章以后自动送达。"),
    "discard": (drafting.discard_draft, "已作废。"),
}


@require_http_methods(["GET", "POST"])
def draft(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """How it looks, what is new, and what can be done with it now."""
    actor, found, context = _of(request, public_id)
    if request.method != "POST":
        return render(request, "pages/draft.html", context | _look(found, actor) | {"form": ReturnForm()})
    seen, do = posted_number(request, "seen") or 0, request.POST.get("do", "")
    form = ReturnForm(request.POST)
    if do == "return":
        if not form.is_valid():
            return form_page(request, "pages/draft.html", form, **context | _look(found, actor))
        reason = form.cleaned_data["reason"]
        drafting.return_draft(draft_id=found.pk, reason=reason, seen=seen, actor=actor)
        messages.success(request, _("已退回起草的人。"))
    elif do in ACTS:
        service, words = ACTS[do]
        try:
            service(draft_id=found.pk, seen=seen, actor=actor)
        except InvalidInput as error:
            wrong = DraftForm(found, _as_sent(found))
            wrong.is_valid()
            add_errors(wrong, _prefixed(error))
            return form_page(request, "pages/draft_edit.html", wrong, **context)
        messages.success(request, _(words))
    if do == "discard":
        return redirect("pages:desk_case", public_id=found.case.public_id)
    return redirect("pages:draft", public_id=public_id)


def _as_sent(found: PaperDraft) -> dict[str, Any]:
    texts = {f"{PREFIX}-{name}": text for name, text in found.fields.items()}
    return texts | {ADDRESSEES: found.addressees}


def _prefixed(error: InvalidInput) -> InvalidInput:
    fields = {name if name == ADDRESSEES else f"{PREFIX}-{name}": text for name, text in error.fields.items()}
    return InvalidInput(error.message, **fields)


def _look(found: PaperDraft, actor: Actor) -> dict[str, Any]:
    """The pictures of the pages, or what is still missing; the last version beside the text as it is."""
    versions = list(found.versions.order_by("-number")[:2])
    earlier = versions[1:] if found.state not in EDITABLE else versions[:1]
    changes = changes_between(found.template, earlier[0].fields, found.fields) if earlier else []
    writes, decides = can_write_draft(actor, found), can_decide_draft(actor, found)
    context: dict[str, Any] = {
        "addressees": [(one.name, what_he_is(one)) for one in addressed(found)],
        "changes": changes,
        "compared": bool(earlier),
        "writes": writes and found.state in EDITABLE,
        "takes_back": writes and not decides and PAPER_DRAFT_FLOW.can(found, "take_back"),
        "decides": decides and PAPER_DRAFT_FLOW.can(found, "approve"),
    }
    if found.state == DraftState.DISCARDED or found.paper_id:
        return context
    try:
        pages = page_count(_pdf(found))
    except InvalidInput as error:
        labels = {field.name: field.label for field in FIELDS[found.template]}
        return context | {
            "missing": [labels.get(name, error.message) for name in error.fields] or [error.message]
        }
    return context | {"pages": range(1, pages + 1)}


def _pdf(found: PaperDraft) -> bytes:
    """The paper as its first addressee would get it."""
    parties, now = addressed(found), clock.now()
    own = current_wording(found.court_id, found.template, clock.beijing_day(now))
    return draft_pdf(
        found.template,
        data_of(found),
        court=found.case.court,
        addressee=parties[0].name if parties else "",
        moment=now,
        words=own.texts if own else None,
    )


@require_safe
def draft_page(request: HttpRequest, public_id: UUID, number: int) -> HttpResponse | FileResponse:
    """One page of a draft as a picture."""
    _actor, found, _context = _of(request, public_id)
    try:
        picture = page_picture(_pdf(found), number)
    except InvalidInput:
        picture = None
    if picture is None:
        raise NotVisible(_("没有这个页面。"))
    return shield(
        FileResponse(ContentFile(picture), filename=f"{number}.jpg", content_type="image/jpeg"),
        attachment=False,
    )


@require_safe
def draft_file(request: HttpRequest, public_id: UUID) -> HttpResponse | FileResponse:
    """The PDF of a draft, marked on every page; back to the form while something is missing."""
    _actor, found, _context = _of(request, public_id)
    try:
        pdf = _pdf(found)
    except InvalidInput:
        return redirect("pages:draft", public_id=public_id)
    name = f"{found.title}_草稿.pdf"
    return shield(
        FileResponse(ContentFile(pdf), filename=name, content_type="application/pdf"), attachment=False
    )
