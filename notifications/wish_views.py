"""/my/notices/settings/: which notices also come by text, and when the telephone stays quiet."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from common.errors import NotAllowed
from common.forms import ChoiceField, PlainForm
from common.gateways import weixin
from common.pages import actor_of, carried_out, form_page
from notifications.models import NoticeGroup, QuietHours
from notifications.wishes import choose, wishes_of


class WishesForm(PlainForm):
    """Groups that come by text, and quiet hours."""

    wanted = forms.MultipleChoiceField(
        label=gettext_lazy("哪些通知同时发短信"),
        help_text=gettext_lazy("不选的只在“通知”里看"),
        choices=NoticeGroup.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": gettext_lazy("请从列出的选项里选")},
    )
    quiet_hours = ChoiceField(
        label=gettext_lazy("夜间不打扰"),
        help_text=gettext_lazy("这段时间的短信到早上合成一条发"),
        ask=gettext_lazy("请选夜间不打扰的时间"),
        choices=QuietHours.choices,
        widget=forms.RadioSelect,
    )


@require_http_methods(["GET", "POST"])
def wishes(request: HttpRequest) -> HttpResponse:
    """The form with what holds now."""
    actor = actor_of(request)
    if not actor.is_public:
        raise NotAllowed(_("工作人员不收短信，没有这项设置。"))
    now = wishes_of(actor.user_id)
    chosen = {
        "wanted": [group for group in NoticeGroup.values if group not in now.muted],
        "quiet_hours": now.quiet,
    }
    form = WishesForm(request.POST if request.method == "POST" else None, initial=chosen)

    def save() -> None:
        data = form.cleaned_data
        choose(wanted=data["wanted"], quiet=data["quiet_hours"], actor=actor)
        messages.success(request, _("通知设置已保存。"))

    if carried_out(form, save):
        return redirect("notifications:wishes")
    return form_page(request, "notifications/wishes.html", form, has_weixin=weixin.is_on())
