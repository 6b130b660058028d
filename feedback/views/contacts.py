"""接触记录: the judge's own, the head's division, the supervisor's court; as a page and as a file."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import allows
from accounts.step_up import step_up
from common import clock
from common.actor import Actor
from common.errors import NotAllowed
from common.pages import actor_of
from common.tables import download
from feedback import contacts
from feedback.forms import ContactsForm
from feedback.models import Message

PER_PAGE = 50
DAYS = 30


def _asked(request: HttpRequest) -> tuple[Actor, ContactsForm, dict[str, Any]]:
    """Who looks, the filter, and what it says; a wrong filter counts as none."""
    actor = actor_of(request)
    if not allows(actor, "contacts.read"):
        raise NotAllowed(_("接触记录给法官、书记员、庭长和院领导看。"))
    today = clock.today()
    posts = contacts.posts_with_contacts(actor)
    form = ContactsForm(request.GET, posts=posts)
    said = form.chosen()
    last = said.get("last") or today
    first = min(said.get("first") or last - timedelta(days=DAYS), last)
    post = next((row for row in posts if str(row.public_id) == said.get("who")), None)
    return actor, form, {"first": first, "last": last, "number": said.get("number", ""), "post": post}


@require_safe
def ledger(request: HttpRequest) -> HttpResponse:
    """Contacts of a period, newest first."""
    actor, form, asked = _asked(request)
    rows = contacts.contacts(actor, **asked)
    page: Paginator[Message] = Paginator(rows, PER_PAGE)
    shown = page.get_page(request.GET.get("page"))
    shown_heading = contacts.HEADING[:-1]  # the number of a message is for the file
    context = {
        "form": form,
        "page": shown,
        "heading": shown_heading,
        "rows": [list(zip(shown_heading, row[:-1], strict=True)) for row in contacts.cells(shown)],
        "totals": contacts.totals(rows),
        "first": asked["first"],
        "last": asked["last"],
        "query": request.GET.urlencode(),
    }
    return render(request, "feedback/contacts.html", context)


@step_up(reads=True)
@require_safe
def ledger_file(request: HttpRequest, kind: str) -> HttpResponseBase:
    """The same as CSV or XLSX."""
    actor, _form, asked = _asked(request)
    rows = contacts.cells(contacts.contacts(actor, **asked).iterator(chunk_size=2000))
    name = f"{_('接触记录')}_{asked['first']:%Y%m%d}-{asked['last']:%Y%m%d}"

    def lines() -> Any:
        yield list(contacts.HEADING)
        yield from rows

    return download(lines(), name, kind, _("接触记录"))
