"""The desk of the discipline office and of the court's leaders. Whoever may not see a matter gets an unknown address."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe

from accounts.access import allows
from accounts.step_up import step_up
from common import clock
from common.actor import Actor
from common.errors import DomainError, NotVisible
from common.pages import actor_of, add_errors, form_key
from common.pieces import by_pieces
from complaints import forms, selectors
from complaints.models import Closed, Finding, Kind, Matter, State
from complaints.services import handling, identities, openings
from complaints.views.frame import unlogged
from complaints.views.locks import WORDS, locks_of
from documents.responses import shield

PAGE = 25
FORMS = {
    "reply": forms.ReplyForm,
    "note": forms.NoteForm,
    "name": forms.NameForm,
    "close": forms.CloseForm,
    "unlock": forms.ReasonForm,
    "originals": forms.ReasonForm,
}


def _handler(request: HttpRequest) -> Actor:
    """Everybody without such a post finds nothing here, whatever the zone holds."""
    actor = actor_of(request)
    if not allows(actor, "complaint.handle"):
        raise NotVisible(_("没有这个页面。"))
    return actor


@unlogged
@require_safe
def rows(request: HttpRequest) -> HttpResponse:
    """What came to this office."""
    actor = _handler(request)
    kind = Kind.INTERFERENCE if request.GET.get("kind") == Kind.INTERFERENCE else Kind.COMPLAINT
    page = Paginator(selectors.desk_rows(actor, kind), PAGE).get_page(request.GET.get("page"))
    return render(request, "complaints/desk.html", {"page": page, "kind": kind, "now": clock.now()})


@unlogged
@require_safe
def matter(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One matter with everything a handler can do."""
    actor = _handler(request)
    return _page(request, actor, selectors.matter_for(actor, public_id))


def _page(request: HttpRequest, actor: Actor, found: Matter, **bound: Any) -> HttpResponse:
    context: dict[str, Any] = {"matter": found, "facts": selectors.facts_of(found), "now": clock.now()}
    wrong = any(form.errors for form in bound.values())
    if found.kind == Kind.COMPLAINT:
        standing = found.standing
        all_forms = {key: form(prefix=key) for key, form in FORMS.items()} | bound
        context |= {f"{key}_form": form for key, form in all_forms.items()}
        originals_open = identities.is_unlocked(found, actor, Closed.ORIGINALS)
        context |= {
            "standing": standing,
            "rows": selectors.thread_of(found, internal=True),
            "can_work": standing.state != State.CLOSED,
            "can_close": standing.state == State.OPEN and standing.replied_at is not None,
            "can_decide": standing.state == State.CLOSING and standing.proposed_by != actor.user_id,
            "identity": identities.seen_identity(found, actor),
            "locks": locks_of(found, actor, all_forms, originals_open=originals_open),
            "files": selectors.files_of(found).get(None, []),
            "originals_open": originals_open,
            "form_key": form_key(request),
            "form_errors": wrong,
            "bound": list(bound.values()),
        }
    return render(request, "complaints/matter.html", context, status=422 if wrong else 200)


def _act(request: HttpRequest, public_id: UUID, kind: str, do: Callable[[Matter, Any], str]) -> HttpResponse:
    """A form of the desk: checked, done, and back to the page; or the page again with what is wrong.

    A handler who has just lost sight of the matter by his own act comes back to the list.
    """
    actor = _handler(request)
    found = selectors.matter_for(actor, public_id)
    form: Any = FORMS[kind](request.POST, prefix=kind) if kind in FORMS else None
    if form is not None and not form.is_valid():
        return _page(request, actor, found, **{kind: form})
    try:
        said = do(found, form.cleaned_data if form is not None else {})
    except DomainError as error:
        if form is None:
            raise
        add_errors(form, error)
        return _page(request, actor, found, **{kind: form})
    messages.success(request, said)
    try:
        selectors.matter_for(actor, public_id)
    except NotVisible:
        return redirect("zone:desk")
    return redirect("zone:matter", public_id)


@unlogged
@require_POST
def take(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """我来办."""

    def do(found: Matter, _given: Any) -> str:
        handling.take_up(matter_id=found.pk, actor=actor_of(request))
        return _("已由您接手。")

    return _act(request, public_id, "take", do)


@unlogged
@require_POST
def reply(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """An answer to the author."""

    def do(found: Matter, given: Any) -> str:
        handling.reply(
            matter_id=found.pk, text=given["text"], form_key=form_key(request), actor=actor_of(request)
        )
        return _("答复已发出。")

    return _act(request, public_id, "reply", do)


@unlogged
@require_POST
def note(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A note among handlers."""

    def do(found: Matter, given: Any) -> str:
        handling.note(
            matter_id=found.pk, text=given["text"], form_key=form_key(request), actor=actor_of(request)
        )
        return _("已记下，只有办理的人看得到。")

    return _act(request, public_id, "note", do)


@unlogged
@require_POST
def name(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Somebody is meant who was not known to be."""

    def do(found: Matter, given: Any) -> str:
        handling.name_person(matter_id=found.pk, staff_no=given["staff_no"], actor=actor_of(request))
        return _("已登记，这个人和他的下属从现在起看不到这件。")

    return _act(request, public_id, "name", do)


@unlogged
@require_POST
def up(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """To the level above."""

    def do(found: Matter, _given: Any) -> str:
        handling.pass_up(matter_id=found.pk, actor=actor_of(request))
        return _("已报上一级。")

    return _act(request, public_id, "up", do)


@unlogged
@require_POST
def close(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The first of two."""

    def do(found: Matter, given: Any) -> str:
        handling.propose_close(matter_id=found.pk, finding=Finding(given["finding"]), actor=actor_of(request))
        return _("已提请办结，等另一个人确认。")

    return _act(request, public_id, "close", do)


@unlogged
@require_POST
def decide(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The second of two."""
    agreed = request.POST.get("agreed") == "yes"

    def do(found: Matter, _given: Any) -> str:
        handling.decide_close(matter_id=found.pk, agreed=agreed, actor=actor_of(request))
        return _("已办结。") if agreed else _("不同意办结，继续查。")

    return _act(request, public_id, "decide", do)


@unlogged
@step_up(keep=False)
@require_POST
def unlock(request: HttpRequest, public_id: UUID, what: Closed) -> HttpResponse:
    """The first of two asks to see who it is, or to open files as they came."""

    def do(found: Matter, given: Any) -> str:
        identities.ask_unlock(matter_id=found.pk, reason=given["text"], actor=actor_of(request), what=what)
        return _("已申请，等督察部门另一个人同意。")

    return _act(request, public_id, WORDS[what].key, do)


@unlogged
@step_up(keep=False)
@require_POST
def agree(request: HttpRequest, public_id: UUID, what: Closed) -> HttpResponse:
    """The second of two agrees."""

    def do(found: Matter, _given: Any) -> str:
        identities.agree_unlock(matter_id=found.pk, actor=actor_of(request), what=what)
        return str(WORDS[what].agreed)

    return _act(request, public_id, "agree", do)


@unlogged
@require_GET
def file(request: HttpRequest, public_id: UUID, file_id: UUID) -> HttpResponseBase:
    """The cleaned copy of a file, shown in the browser."""
    found = selectors.matter_for(_handler(request), public_id)
    opened = openings.open_shown(matter_id=found.pk, public_id=file_id, actor=actor_of(request))
    return _send(opened, attachment=False)


@unlogged
@require_GET
def original(request: HttpRequest, public_id: UUID, file_id: UUID) -> HttpResponseBase:
    """The file as it came, always as a download."""
    found = selectors.matter_for(_handler(request), public_id)
    opened = openings.open_original(matter_id=found.pk, public_id=file_id, actor=actor_of(request))
    return _send(opened, attachment=True)


def _send(opened: openings.Opened, *, attachment: bool) -> StreamingHttpResponse:
    """Piece by piece, as it is unsealed."""
    response = by_pieces(StreamingHttpResponse(opened.content, content_type=opened.content_type))
    disposition = content_disposition_header(attachment, opened.name)
    if disposition is not None:
        response["Content-Disposition"] = disposition
    response["Content-Length"] = str(opened.size_bytes)
    return shield(response, attachment=attachment)
