"""The answer of the pre-check: what filing knows, with the fee from payments."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from filing.precheck import advice_for, court_missing, progress_of, way_out
from portal.pages.precheck_fee import fees_for


@login_not_required
@require_safe
def result(request: HttpRequest) -> HttpResponse:
    """Court, papers, fee, time and other ways; or why this way ends here and what else to do."""
    progress = progress_of(request.GET)
    query = urlencode(progress.given)
    questions = reverse("filing:precheck")
    if progress.form is not None:
        return redirect(f"{questions}?{query}" if query else questions)
    context: dict[str, Any] = {
        "given": progress.given,
        "query": query,
        "change": f"{questions}?{query}&change=",
    }
    reason = way_out(progress.given)
    if reason:
        return render(request, "filing/precheck_exit.html", context | {"reason": reason})
    missing = court_missing(progress)
    if missing is not None:
        context |= {"reason": "court", "court": missing}
        return render(request, "filing/precheck_exit.html", context)
    advice = advice_for(progress)
    if advice is None:
        return redirect(questions)
    context["back"] = progress.steps[-1]
    return render(
        request, "filing/precheck_result.html", context | {"advice": advice, "fees": fees_for(advice)}
    )
