"""/manage/trail/: how old the newest witnessed anchor is, and two people who let work go on without one (SEC-44)."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.access import allows
from accounts.step_up import step_up
from common.errors import NotAllowed
from common.forms import LineField, PlainForm
from common.pages import actor_of, carried_out, form_page, settled
from common.two_people import standing
from courts import trail_services as services
from eventlog.selectors import standing_anchor

DONE = {
    "agree": gettext_lazy("已放行24小时。立案和送达可以接着办。"),
    "refuse": gettext_lazy("已退回，不放行。"),
    "withdraw": gettext_lazy("已撤回。"),
}
SHOWN = 50


class ReleaseForm(PlainForm):
    """Why it cannot wait."""

    reason = LineField(
        label=gettext_lazy("为什么不能等"),
        max_length=200,
        help_text=gettext_lazy("例如：时间戳机构检修到明天，今天有3件立案到期"),
    )


@step_up()
@require_http_methods(["GET", "POST"])
def trail_hold(request: HttpRequest) -> HttpResponse:
    """How it stands, what waits for a second person, a new proposal where work is held."""
    actor = actor_of(request)
    if not allows(actor, "trail.release"):
        raise NotAllowed(_("这个页面不在您的岗位权限内。"))
    if settled(request, DONE, services.decide_release):
        return redirect("pages:trail_hold")
    form = ReleaseForm(request.POST if request.method == "POST" else None)
    if carried_out(form, lambda: services.propose_release(actor=actor, **form.cleaned_data)):
        messages.success(request, _("已提出，等另一个人同意。"))
        return redirect("pages:trail_hold")
    rows = list(services.visible_releases(actor)[:SHOWN])
    released = services.released_until()
    context = {
        "anchor": standing_anchor(),
        "hours": settings.TRAIL_HOLD_HOURS,
        "held": services.is_old() and released is None,
        "until": released.decided_at + services.RELEASED_FOR if released and released.decided_at else None,
        "rows": [standing(row, actor) for row in rows],
    }
    return form_page(request, "pages/trail_hold.html", form, **context)
