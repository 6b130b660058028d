"""/manage/corrections/: what is to be mended in the database, before and after, for the second person (SEC-47)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.access import allows
from accounts.step_up import step_up
from common.actor import Actor
from common.errors import Conflict, InvalidInput, NotAllowed, NotVisible
from common.pages import actor_of, posted_id
from common.two_people import standing
from portal import correction_plans
from portal import correction_services as corrections
from portal.models import Correction

DONE = {
    "agree": gettext_lazy("已更正，写进了案件留痕，当事人会收到通知。"),
    "refuse": gettext_lazy("没有同意，记录没有改。"),
    "withdraw": gettext_lazy("已撤回，记录没有改。"),
}
SHOWN = 30


@step_up()
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """What waits and what was decided, newest first; a decision. 422 with the reason when it cannot be carried out."""
    actor = actor_of(request)
    if not allows(actor, "correction.decide"):
        raise NotAllowed(_("这个页面不在您的岗位权限内。"))
    problem = ""
    if request.method == "POST":
        move = request.POST.get("do", "")
        if move not in DONE:
            raise NotVisible(_("没有这个页面。"))
        try:
            corrections.decide(public_id=posted_id(request, "proposal"), move=move, actor=actor)
        except (Conflict, InvalidInput) as error:
            problem = error.message
        else:
            messages.success(request, str(DONE[move]))
            return redirect("pages:corrections")
    rows = [_shown(row, actor) for row in corrections.visible_corrections(actor)[:SHOWN]]
    context = {"rows": rows, "problem": problem}
    return render(request, "pages/corrections.html", context, status=422 if problem else 200)


def _shown(row: Correction, actor: Actor) -> dict[str, Any]:
    try:
        changes = correction_plans.shown(corrections.plan_of(row))
    except InvalidInput:  # its table or column went with a release
        changes = []
    return standing(row, actor) | {"changes": changes}
