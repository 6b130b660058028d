"""Beside the clerk's queue: saved views, and who has how much work."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.errors import InvalidInput
from common.pages import actor_of, add_errors, form_page
from filing import desk_queue, desk_rows
from filing.forms.desk import SavedViewForm
from filing.services.saved_views import remove_view, save_view
from filing.views.desk import need_desk


@require_http_methods(["GET", "POST"])
def views(request: HttpRequest) -> HttpResponse:
    """Keep view, filters and order of the address under a name; the same name again replaces them."""
    need_desk(request)
    actor, query = actor_of(request), request.GET.urlencode()[:500]
    form = SavedViewForm(request.POST if request.method == "POST" else None)
    back = f"{reverse('filing:queue')}?{query}"
    if request.method == "POST" and form.is_valid():
        try:
            save_view(query=query, actor=actor, **form.cleaned_data)
        except InvalidInput as error:
            add_errors(form, error)
        else:
            messages.success(request, _("视图已保存。"))
            return redirect(back)
    saved = desk_rows.saved_rows(desk_queue.saved_views(actor), actor)
    return form_page(request, "filing/desk_views.html", form, saved=saved, back_href=back)


@require_POST
def view_remove(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Delete one of one's own views."""
    need_desk(request)
    remove_view(public_id=public_id, actor=actor_of(request))
    messages.success(request, _("视图已删除。"))
    return redirect("filing:queue")


@require_safe
def workload(request: HttpRequest) -> HttpResponse:
    """What each clerk of the court has in hand and has done this week."""
    need_desk(request)
    actor = actor_of(request)
    rows = desk_queue.workload(actor, desk_queue.colleagues(actor))
    return render(request, "filing/desk_workload.html", {"rows": rows})
