"""The intake clerk's desk: queue, review, one correction notice, acceptance."""

from __future__ import annotations

import uuid
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import allows
from accounts.services import once, request_hash
from cases.models import Case
from common import clock
from common.errors import InvalidInput, NotAllowed
from common.pages import actor_of, add_errors, form_key, form_page, posted_number
from courts.models import StaffPost
from filing import desk_queue, desk_rows, selectors, services
from filing.forms.desk import AssignForm, NoticeForm, QueueForm
from filing.hints import machine_hints
from filing.models import Filing, FilingStatus
from filing.services.review import needs_nod
from filing.snapshot import sent_draft_of

PER_PAGE = {"25": 25, "50": 50, "100": 100}


def need_desk(request: HttpRequest) -> None:
    """Only intake clerks work here; NotAllowed for others."""
    if not allows(actor_of(request), "filing.review"):
        raise NotAllowed(_("这个工作台只给立案人员使用。"))


@require_http_methods(["GET", "POST"])
def queue(request: HttpRequest) -> HttpResponse:
    """Waiting applications, earliest due first; view, filters, order and page stand in the address. A POST gives the
    ticked ones to a colleague; what is wrong shows beside the same list."""
    need_desk(request)
    clerks = desk_queue.colleagues(actor_of(request))
    if request.method == "GET":
        return _queue_page(request, AssignForm(clerks))
    return _assign(request, clerks)


def _queue_page(request: HttpRequest, assign: AssignForm) -> HttpResponse:
    actor = actor_of(request)
    view = request.GET.get("view", "open")
    view = view if view in desk_queue.VIEWS else "open"
    form = QueueForm(request.GET)
    wanted = form.wanted(view, request.GET.get("sort", ""))
    size = PER_PAGE.get(request.GET.get("size", ""), 25)
    moved = view == desk_queue.MOVED
    rows: Any = desk_queue.hand_overs(actor) if moved else desk_queue.queue(actor, wanted)
    page = desk_queue.CappedPaginator(rows, size).get_page(request.GET.get("page"))
    now = clock.now()
    context = {
        "tabs": desk_rows.queue_tabs(view, desk_queue.queue_counts(actor)),
        "page": page,
        "rows": desk_rows.moved_rows(page, actor)
        if moved
        else desk_rows.queue_rows(page, now, request.POST.getlist("picked")),
        "moved": moved,
        "view": view,
        "view_label": desk_queue.VIEWS[view],
        "form": form,
        "filters": len(form.given()),
        "untouched": not any(name in request.GET for name in form.fields),
        "keep": {"view": view},
        "reset_href": f"?view={view}",
        "sort": wanted.sort,
        "size": size,
        "now": now,
        "assign": assign,
        "clerks": assign.choices,
        "can_assign": not moved and view not in ("returned", "refusal", "mediating", "decided"),
        "form_key": str(uuid.uuid4()),
        "saved": desk_rows.saved_rows(desk_queue.saved_views(actor), actor),
        "query": request.GET.urlencode(),
        "form_errors": assign.is_bound,
    }
    return render(request, "filing/desk_queue.html", context, status=422 if context["form_errors"] else 200)


def _assign(request: HttpRequest, clerks: list[StaffPost]) -> HttpResponse:
    """Pressed ten times, done once."""
    actor, form = actor_of(request), AssignForm(clerks, request.POST)
    picked = [found for raw in request.POST.getlist("picked")[:100] if (found := _uuid(raw))]
    if not form.is_valid():
        return _queue_page(request, form)
    post_id = int(form.cleaned_data["post"])

    def give() -> str:
        done = services.assign_filings(public_ids=picked, post_id=post_id, actor=actor)
        return f"{done.given} {done.kept}"

    try:
        answer = once(
            actor=actor,
            route="filing:assign",
            key=form_key(request),
            body_hash=request_hash({"post": post_id, "picked": sorted(map(str, picked))}),
            write=give,
        )
    except InvalidInput as error:
        add_errors(form, error)
        return _queue_page(request, form)
    given, kept = answer.split()
    messages.success(request, _("已分派%(n)s件。") % {"n": given})
    if kept != "0":
        messages.warning(request, _("%(n)s件没有分派：同事正在审，或者已经办完。") % {"n": kept})
    return redirect(request.get_full_path())


def _uuid(raw: str) -> UUID | None:
    try:
        return UUID(raw)
    except ValueError:
        return None


@require_safe
def review(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Materials left, checklist and fields right, decision bar below; for the filing judge with the proposal."""
    actor = actor_of(request)
    if not allows(actor, "filing.rule"):
        need_desk(request)
    filing = selectors.filing_for(actor, public_id)
    draft = sent_draft_of(filing)
    held = filing.claimed_until is not None and filing.claimed_until > clock.now()
    clerk = allows(actor, "filing.review")
    context = {
        "filing": filing,
        "draft": draft,
        "people": desk_rows.people_rows(draft),
        "tasks": desk_rows.answer_rows(selectors.answers_by_task(draft)),
        "pages": desk_rows.material_pages(draft),
        "files": draft.slots(),
        "follow": "、".join(draft.missing_papers()) or _("没有，都补齐了") if draft.may_follow else "",
        "hints": machine_hints(draft),
        "mine": held and filing.claimed_by_id == actor.post_id,
        "taken_by": filing.claimed_by.user.name
        if held and filing.claimed_by and filing.claimed_by_id != actor.post_id
        else "",
        "waiting": clerk and filing.status == FilingStatus.SUBMITTED,
        "mediating": clerk and filing.status == FilingStatus.MEDIATING,
        "back_href": "/desk/filings/" if clerk else "/desk/rulings/",
        "changes": desk_rows.changes(filing),
    }
    context |= desk_rows.review_extras(filing)
    return render(request, "filing/desk_review.html", context)


@require_POST
def claim(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take this application."""
    need_desk(request)
    actor = actor_of(request)
    filing = selectors.filing_for(actor, public_id)
    services.claim_filing(filing_id=filing.pk, actor=actor)
    return redirect("filing:review", public_id=public_id)


def _fence(request: HttpRequest) -> int:
    sent = posted_number(request, "fence")
    return -1 if sent is None else sent


def held(request: HttpRequest, filing: Filing) -> int:
    """The fencing number to decide with: an application that nobody took since the page was shown is taken now."""
    fence, actor = _fence(request), actor_of(request)
    if fence == filing.fence and filing.claimed_by_id != actor.post_id:
        return services.claim_filing(filing_id=filing.pk, actor=actor).fence
    return fence


def to_next(request: HttpRequest, done: Filing) -> HttpResponse:
    """提交并看下一件: the next application that waits for a clerk is taken and opened, or the queue."""
    if request.POST.get("next") == "yes" or request.POST.get("confirmed") == "next":
        following = services.claim_next(actor=actor_of(request), after_id=done.pk)
        if following is not None:
            return redirect("filing:review", public_id=following.public_id)
    return redirect("filing:queue")


@require_POST
def accept(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """立案; the decision bar above the button says what the person will receive."""
    need_desk(request)
    actor = actor_of(request)
    filing = selectors.filing_for(actor, public_id)
    case = services.accept_filing(filing_id=filing.pk, fence=held(request, filing), actor=actor)
    messages.success(request, _accepted_words(case, filing))
    return to_next(request, filing)


def _accepted_words(case: Case, filing: Filing) -> str:
    """The number, or the first of as many as there are applicants with a case each."""
    several = len(selectors.cases_of_filing(filing)) if filing.separate_cases else 1
    if several == 1:
        return _("已立案：%(number)s") % {"number": case.number}
    return _("已立%(n)s案，案号从%(number)s起，互相关联") % {"n": several, "number": case.number}


@require_http_methods(["GET", "POST"])
def fix_notice(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Tick what is missing, add words, see what the person will read, send; or ask for the nod to a second notice."""
    need_desk(request)
    filing = selectors.filing_for(actor_of(request), public_id)
    draft = sent_draft_of(filing)
    form = NoticeForm(draft, request.POST if request.method == "POST" else None)
    preview, nod = None, False
    if request.method == "POST" and form.is_valid():
        preview, nod = form.chosen(), needs_nod(filing, form.chosen())
        if request.POST.get("confirmed") in ("yes", "next"):
            try:
                messages.success(request, _send_notice(request, filing, form, nod))
            except InvalidInput as error:
                add_errors(form, error)
            else:
                return to_next(request, filing)
    context = {
        "filing": filing,
        "draft": draft,
        "preview": preview,
        "nod": nod,
        "due": desk_rows.correction_day(filing),
        "groups": desk_rows.defect_groups(form, draft),
    }
    return form_page(request, "filing/desk_fix_notice.html", form, **context)


def _send_notice(request: HttpRequest, filing: Filing, form: NoticeForm, nod: bool) -> str:
    """Send it, or put the question; returns the word for the clerk."""
    actor, data = actor_of(request), form.cleaned_data
    reason, words = data.get("repeat_reason", ""), data.get("reason_for_repeat", "")
    common: dict[str, Any] = {"filing_id": filing.pk, "fence": held(request, filing), "actor": actor}
    common |= {"defects": form.chosen(), "words": data["words"]}
    if nod:
        services.propose_repeat(reason=reason, reason_words=words, **common)
        return str(_("已报请同意。同意后补正通知会自动发出，这件先留在您名下。"))
    services.return_filing_for_correction(repeat_reason=reason, reason_for_repeat=words, **common)
    return str(_("补正通知已发出。"))
