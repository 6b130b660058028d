"""系统待办: effects that failed too often, and trying them again with a reason (REL-21)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import allows
from common.errors import NotAllowed, NotVisible
from common.forms import ChoiceField, LineField, PlainForm
from common.pages import actor_of, carried_out, form_page
from eventlog.models import Event, Outbox
from eventlog.registry import NAMES
from eventlog.relay import requeue
from eventlog.selectors import dead_letter, dead_letters, events_of, outbox_age_seconds

PER_PAGE = 25


def _need_reader(request: HttpRequest) -> None:
    if not allows(actor_of(request), "outbox.read"):
        raise NotAllowed(_("这个页面不在您的岗位权限内。"))


class RequeueForm(PlainForm):
    """Why it is tried again, and whether all that failed alike."""

    reason = LineField(
        label=gettext_lazy("为什么现在重试"),
        help_text=gettext_lazy("例如：签章服务已恢复"),
        max_length=100,
    )
    which = ChoiceField(
        label=gettext_lazy("重试哪些"),
        ask=gettext_lazy("请选重试哪些"),
        choices=[("one", gettext_lazy("只这一件")), ("alike", gettext_lazy("同样原因失败的，最多100件"))],
        widget=forms.RadioSelect,
    )


@require_safe
def outbox(request: HttpRequest) -> HttpResponse:
    """Effects that failed too often, and how old the oldest waiting one is."""
    _need_reader(request)
    page: Any = Paginator(dead_letters(), PER_PAGE).get_page(request.GET.get("page"))
    found = events_of(page.object_list)
    page.object_list = [_dead(row, found.get(row.event_id)) for row in page.object_list]
    return render(request, "pages/outbox.html", {"page": page, "age_seconds": int(outbox_age_seconds())})


def _dead(row: Outbox, event: Event | None) -> dict[str, Any]:
    """What, since when; an effect of no event has neither."""
    return {
        "row": row,
        "what": NAMES[event.name].label if event is not None and event.name in NAMES else "",
        "since": event.happened_at if event is not None else None,
    }


@require_http_methods(["GET", "POST"])
def outbox_requeue(request: HttpRequest, row_id: int) -> HttpResponse:
    """One failed effect: what, since when, why; tried again with a reason, alone or with all that failed alike."""
    _need_reader(request)
    found = dead_letter(row_id)
    if found is None:
        raise NotVisible(_("没有这个页面。"))
    row, event, alike = found
    form = RequeueForm(request.POST if request.method == "POST" else None, initial={"which": "one"})

    def again() -> None:
        data = form.cleaned_data
        number = requeue(
            row_id=row_id,
            reason=data["reason"],
            all_alike=data["which"] == "alike",
            actor=actor_of(request),
        )
        messages.success(request, _("%(number)s件已重新排队。") % {"number": number})

    if carried_out(form, again):
        return redirect("pages:outbox")
    return form_page(request, "pages/outbox_row.html", form, alike=alike, **_dead(row, event))
