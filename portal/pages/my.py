"""我的: what waits for the signed-in person first, then applications and cases; notices."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import allows
from accounts.models import RealNameLevel
from accounts.services.limits import limit
from cases.selectors import cases_of
from common.pages import actor_of
from eventlog.offline import receipt_file
from eventlog.proofs import proof_of
from filing.selectors import filings_of
from filing.ways_selectors import coming_visits
from notifications.selectors import inbox_of
from notifications.services import mark_all_read
from portal.pages.overview import case_rows, filing_rows, to_dos
from portal.pages.receipts import receipt_for
from qrlinks.services import find_cases_of

PER_PAGE = 20
FILINGS_SHOWN = 50
MINUTE, PROOFS_A_MINUTE = 60, 10


@require_safe
def my(request: HttpRequest) -> HttpResponse:
    """Things to do, applications, cases."""
    actor = actor_of(request)
    if actor.is_staff:
        return redirect("pages:desk")
    page = Paginator(cases_of(actor), PER_PAGE).get_page(request.GET.get("page"))
    filings = list(filings_of(actor)[:FILINGS_SHOWN])
    context = {
        "to_dos": to_dos(actor, filings),
        "filings": filing_rows(filings),
        "may_file": allows(actor, "filing.create"),
        "cases": case_rows(actor, page.object_list),
        "page": page,
        "visits": coming_visits(actor),
        "unread": inbox_of(actor).filter(read_at=None).count(),
        "has_real_name": request.user.real_name_level == RealNameLevel.REAL_NAME,  # type: ignore[union-attr]
    }
    return render(request, "pages/my.html", context)


@require_POST
def find_my_cases(request: HttpRequest) -> HttpResponse:
    """Bind cases in which this person is a party; the answer is the same whether or not one was found (SEC-09)."""
    actor = actor_of(request)
    if not actor.is_public or actor.user_id is None:
        raise Http404
    find_cases_of(user_id=actor.user_id, actor=actor)
    messages.info(
        request,
        _("查过了。能确认是您的案件，都在下面。没有列出的，请扫文书上的码，或带身份证到法院窗口办理。"),
    )
    return redirect("pages:my")


@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """All notices, newest first."""
    actor = actor_of(request)
    inbox = inbox_of(actor)
    page = Paginator(inbox, PER_PAGE).get_page(request.GET.get("page"))
    unread = inbox.filter(read_at=None).count()
    context = {"page": page, "unread": unread, "may_choose": actor.is_public}
    return render(request, "pages/notices.html", context)


@require_POST
def notices_read(request: HttpRequest) -> HttpResponse:
    """Mark all notices as read."""
    actor = actor_of(request)
    if actor.user_id is not None:
        mark_all_read(user_id=actor.user_id)
    return redirect("pages:notices")


@login_not_required
@require_safe
def receipt(request: HttpRequest, public_id: str) -> HttpResponse:
    """A signed receipt as text file, for the person it was given to."""
    found = receipt_for(actor_of(request), public_id)
    body = receipt_file(found.text, found.signature)
    headers = {
        "Content-Disposition": f'attachment; filename="receipt-{found.key_id}.txt"',
        "Cache-Control": "no-store",
    }
    return HttpResponse(body, content_type="text/plain; charset=utf-8", headers=headers)


@login_not_required
@require_safe
def receipt_proof(request: HttpRequest, public_id: str) -> HttpResponse:
    """The receipt with its way into a published anchor, for ``offline.py --proof`` (SEC-45)."""
    actor = actor_of(request)
    found = receipt_for(actor, public_id)
    limit(f"proof:{actor.key}", MINUTE, PROOFS_A_MINUTE, _("下载太频繁了，请过一会儿再试。"))
    headers = {
        "Content-Disposition": f'attachment; filename="proof-{found.key_id}.json"',
        "Cache-Control": "no-store",
    }
    return JsonResponse(
        proof_of(found), headers=headers, json_dumps_params={"ensure_ascii": False, "indent": 1}
    )
