"""/manage/resets/: the second step of a member of staff is reset by two administrators (SEC-04)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.access import allows
from accounts.services import resets as services
from accounts.step_up import step_up
from common.errors import NotAllowed
from common.forms import LineField, PlainForm
from common.pages import actor_of, carried_out, form_page, settled
from common.two_people import standing

DONE = {
    "agree": gettext_lazy("已重设。这个人的登录都已结束，下次登录要重新设置。"),
    "refuse": gettext_lazy("已退回，不重设。"),
    "withdraw": gettext_lazy("已撤回。"),
}


class ResetForm(PlainForm):
    """Whose, and how the person was recognised."""

    username = LineField(label=gettext_lazy("用户名"), max_length=60)
    reason = LineField(
        label=gettext_lazy("理由"),
        max_length=200,
        help_text=gettext_lazy("写明丢了什么、怎么核对的本人，例如当面核对工作证"),
    )


@step_up()
@require_http_methods(["GET", "POST"])
def resets(request: HttpRequest) -> HttpResponse:
    """What waits, what was decided, a new proposal."""
    actor = actor_of(request)
    if not allows(actor, "factor.reset"):
        raise NotAllowed(_("重设第二步验证由本院管理员办理。"))
    if settled(request, DONE, services.decide_reset):
        return redirect("accounts:resets")
    form = ResetForm(request.POST if request.method == "POST" else None)
    if carried_out(form, lambda: services.propose_reset(actor=actor, **form.cleaned_data)):
        messages.success(request, _("已提出，等另一位管理员同意。本人会收到通知。"))
        return redirect("accounts:resets")
    rows = [
        standing(row, actor, may_decide=row.user_id != actor.user_id) | {"own": row.user_id == actor.user_id}
        for row in services.visible_resets(actor)[:50]
    ]
    return form_page(request, "accounts/resets.html", form, rows=rows)
