"""/manage/outages/: an outage that the system could not see itself, entered by one and agreed to by another (REL-51)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.access import allows
from accounts.step_up import step_up
from common import clock
from common.actor import Actor
from common.errors import NotAllowed
from common.forms import ClockField, DayField, LineField, PlainForm
from common.pages import actor_of, carried_out, form_page, settled
from common.two_people import standing
from courts import outage_services as services
from courts.models import OutageEntry, OutageService

DONE = {
    "agree": gettext_lazy("已登记，谁都可以在“系统故障记录”里查到。"),
    "refuse": gettext_lazy("没有同意，不登记。"),
    "withdraw": gettext_lazy("已撤回，不登记。"),
}
SHOWN = 50


class OutageForm(PlainForm):
    """When, what did not work, and how that is known. Times are Beijing's."""

    from_day = DayField(label=gettext_lazy("从哪一天"), future_allowed=False)
    from_time = ClockField(label=gettext_lazy("几点几分开始"))
    to_day = DayField(label=gettext_lazy("到哪一天"), future_allowed=False)
    to_time = ClockField(label=gettext_lazy("几点几分恢复"))
    services = forms.MultipleChoiceField(
        label=gettext_lazy("哪些事没能办"),
        choices=OutageService.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": gettext_lazy("请选出哪些事没能办"),
            "invalid_choice": gettext_lazy("请从列出的选项里选"),
        },
    )
    reason = LineField(
        label=gettext_lazy("原因和依据"),
        max_length=200,
        help_text=gettext_lazy("例如：支付渠道中断，有渠道公告和日志"),
    )

    def said(self) -> dict[str, Any]:
        """What the service takes."""
        data = self.cleaned_data
        return {
            "starts_at": datetime.combine(data["from_day"], data["from_time"], clock.BEIJING),
            "ends_at": datetime.combine(data["to_day"], data["to_time"], clock.BEIJING),
            "services": data["services"],
            "reason": data["reason"],
        }


@step_up()
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """What waits and what was entered, and a form for another one."""
    actor = actor_of(request)
    if not allows(actor, "outage.enter"):
        raise NotAllowed(_("这个页面不在您的岗位权限内。"))
    if settled(request, DONE, services.decide_outage):
        return redirect("pages:outage_entries")
    form = OutageForm(request.POST if request.method == "POST" else None)
    if carried_out(form, lambda: services.propose_outage(actor=actor, **form.said())):
        messages.success(request, _("已提出，等另一个人同意。"))
        return redirect("pages:outage_entries")
    rows = [_shown(row, actor) for row in services.visible_entries(actor)[:SHOWN]]
    return form_page(request, "pages/outage_entries.html", form, rows=rows)


def _shown(row: OutageEntry, actor: Actor) -> dict[str, Any]:
    names = [str(OutageService(name).label) for name in row.services]
    return standing(row, actor) | {"services": names}
