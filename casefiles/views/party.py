"""网上阅卷 for parties, representatives and whoever was granted it: catalogue, pages, who opened what."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.services import limit
from casefiles import policies, selectors, services
from casefiles.damages import damaged_entries
from casefiles.views.parts import Place, page_picture, reader_page
from cases.models import Case
from cases.pages import party_page
from cases.policies import visible_cases, visible_parties
from common.actor import Actor
from common.errors import NotAllowed, NotVisible
from common.pages import actor_of
from common.pieces import by_pieces
from common.search import SearchForm
from documents.responses import shield
from documents.waiting import come_back, is_over

PER_PAGE = 30
HOUR, DOWNLOADS_AN_HOUR = 3600, 2
MINUTE, SEARCHES_A_MINUTE = 60, 30


def _frame(actor: Actor, case: Case) -> dict[str, Any]:
    """What every page of a file shows; ``bound``: the reader has a page of the case to go back to."""
    return {
        "case": case,
        "party": visible_parties(actor).filter(case=case).first(),
        "bound": visible_cases(actor).filter(pk=case.pk).exists(),
    }


@login_not_required
@party_page
@require_safe
def file(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The catalogue, by volume and section. A party of an archived case is led to the request for reading it."""
    actor = actor_of(request)
    bound = visible_cases(actor).filter(public_id=public_id).first()
    if bound is not None and not policies.readable_cases(actor).filter(pk=bound.pk).exists():
        return redirect(f"{reverse('casefiles:ask')}?{urlencode({'number': bound.number})}")
    case = selectors.case_to_open(actor, public_id)
    context = _frame(actor, case) | {
        "books": selectors.books(actor, case),
        "damaged": damaged_entries(actor, case),
        "archive": selectors.archive_of(case),
    }
    return render(request, "casefiles/file.html", context)


@login_not_required
@party_page
@require_safe
def page(request: HttpRequest, public_id: UUID, entry_id: UUID, number: int) -> HttpResponse:
    """One page of an entry."""
    place = Place(public_id, entry_id, number)
    return reader_page(request, place, "casefiles/page.html", lambda actor, case, _entry: _frame(actor, case))


@login_not_required
@party_page
@require_safe
def image(request: HttpRequest, public_id: UUID, entry_id: UUID, number: int) -> HttpResponseBase:
    """The picture of a page with the reader's mark."""
    return page_picture(request, Place(public_id, entry_id, number))


@login_not_required
@party_page
@require_safe
def opened(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """谁看过我的案卷."""
    actor = actor_of(request)
    case = selectors.case_to_open(actor, public_id)
    found = Paginator(selectors.openings_of(actor, case), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "casefiles/opened.html", _frame(actor, case) | {"page": found})


@require_http_methods(["GET", "POST"])
def download(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """What a reader sees of the file as a ZIP, sent while it is made; the page before says what is in it. Full sign-in only
    (RELIABILITY §2, row 38)."""
    actor = actor_of(request)
    if not actor.is_public:
        raise NotVisible(_("没有这个页面。"))
    case = selectors.case_to_open(actor, public_id)
    waits = services.pages_to_prepare(case=case, actor=actor)
    if request.method == "GET":
        over = bool(waits) and is_over(request)
        context = _frame(actor, case) | {"waits": waits, "over": over, "again": request.path}
        page = render(request, "casefiles/download.html", context)
        return come_back(request, page) if waits and not over else page
    if waits:
        return redirect("casefiles:download", public_id=public_id)
    limit(f"casefile:{actor.key}", HOUR, DOWNLOADS_AN_HOUR, _("下载太频繁了，请过一会儿再试。"))
    parts = services.plan_export(case=case, actor=actor)
    content = services.stream_export(parts, case=case, actor=actor)
    response = by_pieces(StreamingHttpResponse(content, content_type="application/zip"))
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(f'{case.number}.zip')}"
    return shield(response, attachment=True)


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """What lies in the own files under these words; full sign-in only."""
    actor = actor_of(request)
    if not actor.is_public:
        raise NotAllowed(_("这个页面给当事人使用。"))
    form = SearchForm(request.GET)
    words = form.words()
    if words:
        limit(f"casefile search:{actor.key}", MINUTE, SEARCHES_A_MINUTE, _("搜索太频繁了，请过一会儿再试。"))
    context = {"form": form, "words": words, "found": selectors.found_in_files(actor, words)}
    return render(request, "casefiles/search.html", context)
