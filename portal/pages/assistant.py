"""The judge names the 法官助理 of a case."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.access import allows
from cases.models import CaseRole
from cases.policies import can_close
from cases.selectors import case_for, staff_of
from cases.services import assistants_for, name_assistant
from cases.services.assistants import assistant_shown
from common.errors import NotAllowed, NotVisible
from common.forms import ChoiceField, PlainForm, SeenField
from common.pages import actor_of, carried_out, form_page
from common.versions import seen_of
from courts.models import StaffPost

NOBODY = "none"


class AssistantForm(PlainForm):
    """Who of the division helps with this case."""

    boxed = ("assistant",)
    seen = SeenField()

    def __init__(self, data: Any = None, *, posts: list[StaffPost], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["assistant"] = ChoiceField(
            label=gettext_lazy("法官助理"),
            choices=[(NOBODY, _("不设")), *((str(post.public_id), post.user.name) for post in posts)],
            widget=forms.RadioSelect,
            ask=gettext_lazy("请选择法官助理"),
        )


@require_http_methods(["GET", "POST"])
def assistant(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Name one, another one, or nobody any more."""
    actor = actor_of(request)
    if not allows(actor, "case.close"):
        raise NotAllowed(_("这个页面给承办法官使用。"))
    case = case_for(actor, public_id)
    if not can_close(actor, case):
        raise NotVisible(_("没有这个页面。"))
    now = staff_of(case).get(CaseRole.ASSISTANT)
    first = {
        "assistant": str(now.post.public_id) if now else NOBODY,
        "seen": seen_of(*assistant_shown(case).values()),
    }
    form = AssistantForm(
        request.POST if request.method == "POST" else None, posts=list(assistants_for(case)), initial=first
    )

    def name() -> None:
        said = form.cleaned_data["assistant"]
        chosen = None if said == NOBODY else UUID(said)
        name_assistant(case_id=case.pk, post_public_id=chosen, actor=actor, seen=form.cleaned_data["seen"])

    if carried_out(form, name):
        messages.success(request, _("已保存。助理能看本案、答复本案的留言，用自己的名字。"))
        return redirect("pages:desk_case", public_id=case.public_id)
    return form_page(request, "pages/assistant.html", form, case=case)
