"""/manage/closings/: accounts whose owners want them closed: what would go and stay, one puts it forward, another decides (SEC-68)."""

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
from common.errors import Conflict, InvalidInput, NotAllowed
from common.pages import actor_of, posted_id
from portal import closing_services as closings
from portal.models import AccountClosing, ClosingState

DONE = {
    "propose": gettext_lazy("已核对，等另一个人决定。"),
    "agree": gettext_lazy("账号已注销，能删的都删了。"),
    "refuse": gettext_lazy("没有同意，已告诉申请人。"),
}
SHOWN = 30


@step_up()
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """What was asked for, newest first; the dry run of the one that is chosen (``?closing=``), or of the first that waits. 422 with the
    reason when it cannot be done."""
    actor = actor_of(request)
    if not allows(actor, "account.close"):
        raise NotAllowed(_("这个页面不在您的岗位权限内。"))
    problem = ""
    if request.method == "POST":
        move, public_id = request.POST.get("do", ""), posted_id(request, "closing")
        try:
            if move == "propose":
                closings.propose(public_id=public_id, actor=actor)
            else:
                reason = request.POST.get("reason", "")
                closings.decide(public_id=public_id, move=move, reason=reason, actor=actor)
        except (Conflict, InvalidInput) as error:
            problem = error.message
        else:
            messages.success(request, str(DONE[move]))
            return redirect("pages:closings")
    rows = list(closings.visible_closings(actor)[:SHOWN])
    waiting = [row for row in rows if row.state in closings.OPEN]
    wanted = request.POST.get("closing") or request.GET.get("closing")
    chosen = next((row for row in waiting if str(row.public_id) == wanted), next(iter(waiting), None))
    context = {"rows": [_shown(row, chosen, actor.user_id) for row in rows], "problem": problem}
    return render(request, "pages/closings.html", context, status=422 if problem else 200)


def _shown(row: AccountClosing, chosen: AccountClosing | None, reader: int | None) -> dict[str, Any]:
    """A dry run costs two dozen queries: only the chosen one has it, others that wait have a way to it."""
    return {
        "row": row,
        "waits": row.state in closings.OPEN,
        "plan": closings.plan_of(row.user) if row is chosen else None,
        "checks": row.state == ClosingState.ASKED,
        "decides": row.state == ClosingState.PROPOSED and row.proposed_by_id != reader,
    }
