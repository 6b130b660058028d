"""我的: what waits for the signed-in person first, then applications and cases; notices."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from cases.selectors import cases_of
from cases.services import bind_by_real_name
from common.actor import Kind
from common.pages import actor_of
from feedback.policies import visible_threads
from filing.models import FilingStatus
from filing.selectors import filings_of
from notifications.selectors import inbox_of
from notifications.services import mark_all_read
from payments.selectors import open_bills_of

PER_PAGE = 20


@require_GET
def my(request: HttpRequest) -> HttpResponse:
    """Things to do, applications, cases."""
    actor = actor_of(request)
    if actor.is_staff:
        return redirect("pages:desk")
    filings = list(filings_of(actor)[:50])
    context = {
        "returned": [filing for filing in filings if filing.status == FilingStatus.RETURNED],
        "filings": [filing for filing in filings if filing.status != FilingStatus.RETURNED],
        "bills": open_bills_of(actor),
        "unread": inbox_of(actor).filter(read_at=None).count(),
        "to_rate": _to_rate(request),
        "page": Paginator(cases_of(actor), PER_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "pages/my.html", context)


def _to_rate(request: HttpRequest) -> list[object]:
    answered = visible_threads(actor_of(request)).filter(state="answered")
    return list(answered.exclude(ratings__round=2).exclude(round=1, ratings__round=1).select_related("case")[:10])


@require_POST
def find_my_cases(request: HttpRequest) -> HttpResponse:
    """Bind cases in which a party has this person's checked identity number and name."""
    actor = actor_of(request)
    if not actor.is_public or actor.user_id is None:
        raise Http404
    bind_by_real_name(user_id=actor.user_id, actor=actor)
    return redirect("pages:my")


@require_GET
def notices(request: HttpRequest) -> HttpResponse:
    """All notices, newest first."""
    page = Paginator(inbox_of(actor_of(request)), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "pages/notices.html", {"page": page})


@require_POST
def notices_read(request: HttpRequest) -> HttpResponse:
    """Mark all notices as read."""
    actor = actor_of(request)
    if actor.user_id is not None:
        mark_all_read(user_id=actor.user_id)
    return redirect("pages:notices")


@login_not_required
@require_GET
def receipt(request: HttpRequest, public_id: str) -> HttpResponse:
    """A signed receipt as text file, for the person it was given to."""
    from eventlog.models import Event, Receipt

    actor = actor_of(request)
    found = Receipt.objects.filter(public_id=public_id).first()
    event = Event.objects.filter(pk=found.event_id).first() if found else None
    mine = event is not None and actor.kind in (Kind.PUBLIC, Kind.STAFF) and event.actor_id == actor.user_id
    if found is None or not mine:
        raise Http404
    body = f"{found.text}\n\n签名：{found.signature}\n"
    headers = {"Content-Disposition": f'attachment; filename="receipt-{found.key_id}.txt"', "Cache-Control": "no-store"}
    return HttpResponse(body, content_type="text/plain; charset=utf-8", headers=headers)
