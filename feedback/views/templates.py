"""Reply templates of a court, kept by its heads."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import allows
from common.errors import InvalidInput, NotAllowed, NotVisible, StaleVersion
from common.pages import actor_of, add_errors, form_page
from common.versions import seen_of
from feedback import selectors, services
from feedback.forms import TemplateForm
from feedback.models import ReplyTemplate
from feedback.placeholders import BLANKS
from feedback.services.templates import shown_of


def _own(request: HttpRequest) -> list[ReplyTemplate]:
    """Templates of the head's court."""
    actor = actor_of(request)
    if not allows(actor, "template.keep"):
        raise NotAllowed(_("答复模板由庭长维护。"))
    return selectors.templates_of(actor.court_id or 0)


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """All of them."""
    return render(request, "feedback/templates.html", {"templates": _own(request)})


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, public_id: UUID | None = None) -> HttpResponse:
    """Write a new one, or change one."""
    rows = _own(request)
    found = next((row for row in rows if row.public_id == public_id), None)
    if public_id is not None and found is None:
        raise NotVisible(_("没有这个页面。"))
    first = {}
    if found:
        first = {"title": found.title, "text": found.text, "seen": seen_of(*shown_of(found).values())}
    form = TemplateForm(request.POST if request.method == "POST" else None, initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            services.keep_template(public_id=public_id, actor=actor_of(request), **form.cleaned_data)
        except (InvalidInput, StaleVersion) as error:
            add_errors(form, error)
        else:
            messages.success(request, _("模板已保存，全院可用。"))
            return redirect("feedback:templates")
    blanks = [("{" + name + "}", label) for name, label in BLANKS.items()]
    return form_page(request, "feedback/template.html", form, prepared=found, blanks=blanks)


@require_POST
def retire(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Offer it no longer."""
    _own(request)
    services.retire_template(public_id=public_id, actor=actor_of(request))
    messages.success(request, _("模板已停用。"))
    return redirect("feedback:templates")
