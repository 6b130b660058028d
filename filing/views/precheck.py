"""先看看能不能立案: at most eight questions before any sign-in; the answers stand in the address and nowhere else.

The answer is a page of ``portal``, which alone may put the court fee beside it.
"""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from common.pages import form_page
from filing.forms import QUESTIONS
from filing.precheck import Progress, progress_of


@login_not_required
@require_safe
def precheck(request: HttpRequest) -> HttpResponse:
    """The first question without a good answer; when all are answered, on to the result."""
    asked = request.GET
    progress = progress_of(asked, step=asked.get("step", ""), change=asked.get("change", ""))
    if progress.form is None:
        return redirect(f"{reverse('pages:precheck_result')}?{urlencode(progress.given)}")
    return _question(request, progress)


def _question(request: HttpRequest, progress: Progress) -> HttpResponse:
    """Earlier and later answers travel along as hidden fields."""
    name, asked = progress.name, request.GET
    later = {other: asked[other] for other in QUESTIONS if other in asked and other != name}
    return form_page(
        request,
        "filing/precheck_question.html",
        progress.form,  # type: ignore[arg-type]
        step=name,
        number=progress.index + 1,
        total=len(progress.steps) if progress.given else 0,
        given=later | progress.given,
        back_href=_before(progress),
    )


def _before(progress: Progress) -> str:
    if progress.index == 0:
        return "/"
    before = progress.steps[progress.index - 1]
    return f"{reverse('filing:precheck')}?{urlencode(progress.given | {'change': before})}"
