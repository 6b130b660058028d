"""先看看能不能立案: five questions before any sign-in; the answers stand in the address and nowhere else."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from filing.forms import PRECHECK_STEPS
from filing.precheck import advice_for


@login_not_required
@require_GET
def precheck(request: HttpRequest) -> HttpResponse:
    """The first question without a good answer, or the result when all are answered."""
    given: dict[str, str] = {}
    for index, (name, form_class) in enumerate(PRECHECK_STEPS):
        form = form_class(request.GET if name in request.GET or request.GET.get("step") == name else None)
        if request.GET.get("change") == name or not form.is_valid():
            return _question(request, index, form, given)
        given[name] = str(form.cleaned_data[name])
    if request.GET.get("step"):
        return redirect(f"{reverse('filing:precheck')}?{urlencode(given)}")
    return render(request, "filing/precheck_result.html", {"advice": advice_for(given), "query": urlencode(given)})


def _question(request: HttpRequest, index: int, form: object, given: dict[str, str]) -> HttpResponse:
    names = [name for name, _form in PRECHECK_STEPS]
    back = "/" if index == 0 else f"{reverse('filing:precheck')}?{urlencode(given | {'change': names[index - 1]})}"
    later = {name: request.GET[name] for name in names[index + 1 :] if name in request.GET}
    context = {
        "form": form,
        "step": names[index],
        "number": index + 1,
        "total": len(names),
        "given": given | later,
        "back_href": back,
    }
    status = 422 if getattr(form, "is_bound", False) and getattr(form, "errors", None) else 200
    return render(request, "filing/precheck_question.html", context, status=status)
