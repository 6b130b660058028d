"""The intake clerk's desk: queue, review, one correction notice, acceptance."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import allows
from common import clock
from common.errors import Conflict, InvalidInput, NotAllowed
from common.pages import actor_of, add_errors, form_page
from common.search import SearchForm
from filing import desk_rows, forms, selectors, services
from filing.hints import machine_hints
from filing.models import Filing, FilingStatus
from filing.snapshot import sent_draft_of

PER_PAGE = {"25": 25, "50": 50, "100": 100}


def _need_desk(request: HttpRequest) -> None:
    if not allows(actor_of(request), "filing.review"):
        raise NotAllowed(_("这个工作台只给立案人员使用。"))


@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """Waiting applications, oldest due first; view, search and page stand in the address."""
    _need_desk(request)
    actor = actor_of(request)
    view = request.GET.get("view", "open")
    view = view if view in selectors.VIEWS else "open"
    form = SearchForm(request.GET)
    search = form.words()
    size = PER_PAGE.get(request.GET.get("size", ""), 25)
    counts = selectors.queue_counts(actor)
    tabs = [
        {"label": label, "href": f"?view={key}", "count": counts.get(key), "current": key == view}
        for key, label in selectors.VIEWS.items()
    ]
    page = Paginator(selectors.queue(actor, view, search), size).get_page(request.GET.get("page"))
    now = clock.now()
    context = {
        "tabs": tabs,
        "page": page,
        "rows": desk_rows.queue_rows(page.object_list, now),
        "view": view,
        "view_label": selectors.VIEWS[view],
        "form": form,
        "keep": {"view": view},
        "reset_href": f"?view={view}",
        "search": search,
        "size": size,
        "now": now,
    }
    return render(request, "filing/desk_queue.html", context)


@require_safe
def review(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Materials left, checklist and fields right, decision bar below."""
    _need_desk(request)
    actor = actor_of(request)
    filing = selectors.filing_for(actor, public_id)
    draft = sent_draft_of(filing)
    held = filing.claimed_until is not None and filing.claimed_until > clock.now()
    context = {
        "filing": filing,
        "draft": draft,
        "people": desk_rows.people_rows(draft),
        "tasks": desk_rows.answer_rows(selectors.answers_by_task(draft)),
        "pages": desk_rows.material_pages(draft),
        "files": draft.slots(),
        "hints": machine_hints(draft),
        "mine": held and filing.claimed_by_id == actor.post_id,
        "taken_by": filing.claimed_by.user.name
        if held and filing.claimed_by and filing.claimed_by_id != actor.post_id
        else "",
        "waiting": filing.status == FilingStatus.SUBMITTED,
        "changes": desk_rows.changes(filing),
    }
    return render(request, "filing/desk_review.html", context)


@require_POST
def claim(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take this application."""
    _need_desk(request)
    actor = actor_of(request)
    filing = selectors.filing_for(actor, public_id)
    services.claim_filing(filing_id=filing.pk, actor=actor)
    return redirect("filing:review", public_id=public_id)


def _fence(request: HttpRequest) -> int:
    raw = request.POST.get("fence", "")
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 10 else -1


def _held(request: HttpRequest, filing: Filing) -> int:
    """The fencing number to decide with: an application that nobody took since the page was shown is taken now."""
    fence, actor = _fence(request), actor_of(request)
    if fence == filing.fence and filing.claimed_by_id != actor.post_id:
        return services.claim_filing(filing_id=filing.pk, actor=actor).fence
    return fence


def _to_next(request: HttpRequest, done: Filing) -> HttpResponse:
    """提交并看下一件: the next application that waits for a clerk is opened and taken, or the queue."""
    actor = actor_of(request)
    if request.POST.get("next") == "yes":
        following = selectors.next_to_review(actor, after=done)
        if following is not None:
            try:
                services.claim_filing(filing_id=following.pk, actor=actor)
            except Conflict as error:
                messages.warning(request, error.message)
            return redirect("filing:review", public_id=following.public_id)
    return redirect("filing:queue")


@require_POST
def accept(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """立案; the decision bar above the button says what the person will receive."""
    _need_desk(request)
    actor = actor_of(request)
    filing = selectors.filing_for(actor, public_id)
    case = services.accept_filing(filing_id=filing.pk, fence=_held(request, filing), actor=actor)
    messages.success(request, _("已立案：%(number)s") % {"number": case.number})
    return _to_next(request, filing)


@require_http_methods(["GET", "POST"])
def fix_notice(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Tick what is missing, add words, see what the person will read, send."""
    _need_desk(request)
    actor = actor_of(request)
    filing = selectors.filing_for(actor, public_id)
    draft = sent_draft_of(filing)
    form = forms.NoticeForm(draft, request.POST if request.method == "POST" else None)
    preview = None
    if request.method == "POST" and form.is_valid():
        preview = form.chosen()
        if request.POST.get("confirmed") == "yes":
            try:
                services.return_filing_for_correction(
                    filing_id=filing.pk,
                    fence=_held(request, filing),
                    defects=preview,
                    words=form.cleaned_data["words"],
                    reason_for_repeat=form.cleaned_data.get("reason_for_repeat", ""),
                    actor=actor,
                )
            except InvalidInput as error:
                add_errors(form, error)
            else:
                messages.success(request, _("补正通知已发出。"))
                return _to_next(request, filing)
    context = {"filing": filing, "draft": draft, "preview": preview, "groups": desk_rows.defect_groups(form)}
    return form_page(request, "filing/desk_fix_notice.html", form, **context)
