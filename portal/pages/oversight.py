"""The supervisor's list: what came to oversight, what is very late, and how visits became opinions and ratings. Reading a
case that is not his to work on takes a typed reason (SEC-18)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import allows
from cases.models import Case, ReasonedRead
from cases.selectors import case_numbered_to_read, case_to_read, parties_of, reading_of, reads_of, staff_of
from cases.services import case_stream, read_with_reason
from common import clock
from common.actor import Actor
from common.case_numbers import normalize
from common.errors import InvalidInput, NotAllowed
from common.forms import LineField, PlainForm, TextField
from common.pages import actor_of, add_errors, form_page
from common.search import SearchForm
from common.shares import Share
from eventlog.registry import Timeline
from eventlog.timeline import timeline
from feedback import figures, watch
from feedback.presenters import message_rows
from feedback.selectors import threads_to_read
from portal.pages import presenters
from qrlinks.models import Visit

PER_PAGE = 25
LISTED_WEEKS = 8


class ReasonForm(PlainForm):
    """Why a supervisor reads a case that is not his to work on."""

    reason = TextField(
        label=gettext_lazy("为什么要看这个案件"),
        help_text=gettext_lazy("至少10个字。承办法官和书记员会看到您的姓名和理由，不要写到投诉、举报的事。"),
        max_length=200,
    )


class NumberForm(SearchForm):
    """The case to read, by its number."""

    q = LineField(label=gettext_lazy("案号"), max_length=60, required=False)


@require_safe
def threads(request: HttpRequest) -> HttpResponse:
    """Numbers of the court, the list of level oversight, rates of last month. Nobody is ranked."""
    actor, now = actor_of(request), clock.now()
    if not allows(actor, "feedback.oversee"):
        raise NotAllowed(_("这个页面给院领导使用。"))
    found = watch.watch_for(actor, now=now)
    period = figures.Period.month_before(clock.today())
    content = figures.contentment(actor.court_id or 0, period)
    visits = Visit.objects.filter(
        case__court_id=actor.court_id or 0, happened_at__gte=period.start, happened_at__lt=period.end
    ).count()
    context = {
        "watch": found,
        "rows": watch.watch_rows(found.threads, actor, now),
        "now": now,
        "period": period,
        "content": content,
        "visits": visits,
        "feedback": feedback_rate(content.asked, visits),
        "reworks": watch.reworks_of(actor)[:12],
    }
    return render(request, "pages/oversight_threads.html", context)


def feedback_rate(asked: int, visits: int) -> Share | None:
    """反馈率: opinions of visits. None where more was asked than scanned: then the rest came without a code."""
    return Share(asked, visits) if asked <= visits else None


@require_safe
def reads(request: HttpRequest) -> HttpResponse:
    """Readings with a reason of the last weeks, for the discipline office and the supervisors; a case to read by its
    number, for the supervisor."""
    actor = actor_of(request)
    if not allows(actor, "reads.list"):
        raise NotAllowed(_("这个页面给院领导和督察使用。"))
    form = NumberForm(request.GET)
    may_read, number = allows(actor, "case.read_with_reason"), normalize(form.words())
    if may_read and number:
        found = case_numbered_to_read(actor, number)
        if found is not None:
            return redirect("pages:read_case", public_id=found.public_id)
    since = clock.now() - timedelta(weeks=LISTED_WEEKS)
    page = Paginator(reads_of(actor).filter(opened_at__gte=since), PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "form": form, "may_read": may_read, "not_found": may_read and bool(number)}
    return render(request, "pages/reads.html", context)


@require_http_methods(["GET", "POST"])
def read_case(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """First the reason; for an hour afterwards the case and what was written in it, to read and nothing else."""
    actor = actor_of(request)
    if not allows(actor, "case.read_with_reason"):
        raise NotAllowed(_("这个页面给院领导使用。"))
    case = case_to_read(actor, public_id)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            read_with_reason(case_public_id=public_id, reason=form.cleaned_data["reason"], actor=actor)
        except InvalidInput as error:
            add_errors(form, error)
        else:
            messages.success(request, _("已记录，1小时内可以查阅。"))
            return redirect("pages:read_case", public_id=public_id)
    reading = None if form.is_bound else reading_of(actor, case)
    if reading is None:
        return form_page(request, "pages/read_reason.html", form, case=case)
    return render(request, "pages/read_case.html", _to_read(actor, case, reading))


def _to_read(actor: Actor, case: Case, reading: ReasonedRead) -> dict[str, Any]:
    found = threads_to_read(actor, case)
    for thread in found:
        thread.case = case
    return {
        "case": case,
        "reading": reading,
        "facts": presenters.case_facts(case, parties_of(case), staff_of(case), []),
        "stages": presenters.stages(case),
        "threads": [(thread, message_rows(thread, own_side="reader")) for thread in found],
        "entries": timeline(case_stream(case), audience=Timeline.STAFF),
    }
