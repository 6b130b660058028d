"""One page of a form: questions, tables, the sum as a help, the notes of the other side beside a defence."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from common.money import format_yuan
from common.pages import actor_of, carried, carried_out, carry, form_page
from common.rows import RowChange
from filing import presenters, services
from filing.defences import told_beside
from filing.draft import Draft
from filing.elements import schema
from filing.elements.forms import PageForm
from filing.elements.values import sum_of
from filing.kept import page_kept
from filing.models import Filing
from filing.views.own import from_check, home, my_draft, onward


@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, public_id: UUID, task: str, page: str) -> HttpResponse:
    """Show the page, change the rows of a table, or save and go on."""
    draft = my_draft(request, public_id)
    filing, found = draft.filing, draft.form.pages.get(page)
    if found is None or draft.form.task_of_page(page).key != task:
        raise Http404
    if request.method == "GET" and not draft.unlocked(task):
        return redirect(home(filing))
    if not found.asked(filing.answers):
        if request.method == "POST":
            messages.warning(
                request, _("前面的回答改过了，这一页现在不用填。刚才填的没有保存，按返回键还能看到。")
            )
        return redirect(_after_page(request, draft, found))
    data = request.POST if request.method == "POST" else None
    told = told_beside(draft)
    form = PageForm(draft.form, found, filing.answers, data, told=told, carried=draft.carried)
    context = _frame(request, draft, found)
    change = RowChange.asked(request.POST, form.tables())
    if change is not None:
        form = form.with_rows(change)
        carry(request, form, {})
        return render(request, "filing/page.html", {"form": form, **context})
    carry(request, form, page_kept(found, filing.answers))
    if carried_out(form, lambda: _save(request, filing, found, form)):
        return redirect(_after_page(request, my_draft(request, public_id), found))
    return form_page(request, "filing/page.html", form, **context)


def _save(request: HttpRequest, filing: Filing, found: schema.Page, form: PageForm) -> None:
    services.save_page(
        filing_id=filing.pk,
        page=found.key,
        values=form.values(),
        actor=actor_of(request),
        seen=carried(request),
    )


def _frame(request: HttpRequest, draft: Draft, found: schema.Page) -> dict[str, object]:
    """What stands around the questions: task, place in it, ways back and out."""
    filing, task = draft.filing, draft.form.task_of_page(found.key)
    keys = [item.key for item in task.asked(filing.answers)]
    place = keys.index(found.key)
    back = presenters.page_href(filing, task.key, keys[place - 1]) if place else home(filing)
    return {
        "filing": filing,
        "page": found,
        "task": task,
        "number": place + 1,
        "total": len(keys),
        "back_href": onward(request, filing) if from_check(request) else back,
        "leave_href": home(filing),
        "sum_hint": _sum_hint(filing, found),
    }


def _after_page(request: HttpRequest, draft: Draft, found: schema.Page) -> str:
    """Back to the check page when one answer was changed from there, else on to the next page of the task."""
    if from_check(request):
        return onward(request, draft.filing)
    task = draft.form.task_of_page(found.key)
    later = task.pages[task.pages.index(found) + 1 :]
    following = next((item.key for item in later if item.asked(draft.filing.answers)), "")
    return presenters.page_href(draft.filing, task.key, following) if following else home(draft.filing)


def _sum_hint(filing: Filing, found: schema.Page) -> str:
    """The sum of the single claims, as help for the total; never enforced."""
    for item in found.fields:
        added = sum_of(item, filing.answers)
        if added is not None:
            return _("您前面填的各项合计是 %(sum)s") % {"sum": format_yuan(added)}
    return ""
