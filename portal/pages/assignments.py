"""分案 of a division as its head sees it: who has which case, how it was drawn, and a new draw when a judge withdraws."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import allows
from cases.assignment import reassign_judge
from cases.selectors import assigned_in_division, assignment_for, draws_of, judge_name
from common.errors import InvalidInput, NotAllowed
from common.forms import PlainForm, TextField
from common.pages import actor_of, add_errors, form_page, posted_number

PER_PAGE = 25


class ReassignForm(PlainForm):
    """Why the judge does not go on."""

    reason = TextField(label=gettext_lazy("为什么重新分案"), max_length=200)


def _need(request: HttpRequest) -> None:
    if not allows(actor_of(request), "case.reassign"):
        raise NotAllowed(_("这个页面给庭长使用。"))


@require_safe
def assignments(request: HttpRequest) -> HttpResponse:
    """Open cases of the division by number and judge, newest first; nothing of what they are about."""
    _need(request)
    rows = assigned_in_division(actor_of(request))
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "pages/assignments.html", {"page": page})


@require_http_methods(["GET", "POST"])
def assignment(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The draws of one case as recorded; a POST draws anew without the judge who withdraws (回避)."""
    _need(request)
    actor = actor_of(request)
    case = assignment_for(actor, public_id)
    form = ReassignForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        seen = posted_number(request, "draw")
        try:
            judge = reassign_judge(
                case_id=case.pk,
                seen_draw_id=-1 if seen is None else seen,
                reason=form.cleaned_data["reason"],
                actor=actor,
            )
        except InvalidInput as error:
            add_errors(form, error)
        else:
            messages.success(request, _("已重新分案，承办法官：%(name)s。") % {"name": judge.user.name})
            return redirect("pages:assignments")
    draws = draws_of(case)
    context = {"case": case, "draws": draws, "judge": judge_name(case), "last": draws[0].pk if draws else 0}
    return form_page(request, "pages/assignment.html", form, **context)
