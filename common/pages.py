"""Small things every view does the same way."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, cast

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from common.actor import Actor
from common.errors import DomainError, NotAllowed, NotVisible, StaleVersion
from common.money import format_yuan
from common.templatetags.time_words import day_words
from common.versions import LENGTH, SEEN, seen_of


def actor_of(request: HttpRequest) -> Actor:
    """Who asks, as the session middleware found out."""
    return cast(Actor, request.actor)  # type: ignore[attr-defined]


def form_page(request: HttpRequest, template: str, form: BaseForm, **context: Any) -> HttpResponse:
    """A page with a form: 422 when it was sent and something is wrong, 412 when it was filled in against something older; everything
    typed is kept."""
    wrong = form.is_bound and bool(form.errors)
    status = getattr(form, "answers_with", 422) if wrong else 200
    return render(request, template, {"form": form, **context}, status=status)


def add_errors(form: BaseForm, error: DomainError) -> None:
    """Put a service's refusal beside the fields it names, else on top of the form. One that is stale says what stands now, and the form
    has seen it from then on (REL-34)."""
    if isinstance(error, StaleVersion) and hasattr(form, "carries"):
        _put_beside(form, error)
        return
    if isinstance(error, StaleVersion) and SEEN in error.fields and SEEN in form.fields:
        form.data = {**form.data.dict(), form.add_prefix(SEEN): error.fields[SEEN]}  # type: ignore[attr-defined]
        form.answers_with = error.status  # type: ignore[attr-defined]
        form.add_error(None, error.message)
        return
    known = {name: text for name, text in error.fields.items() if name in form.fields}
    for name, text in known.items():
        form.add_error(name, text)
    if not known:
        form.add_error(None, error.message)


def carry(request: HttpRequest, form: BaseForm, kept: Mapping[str, object]) -> None:
    """Let the page of a draft say what it showed (``components/kept.html``): what was sent with the form, else what is kept now."""
    form.carries = carried(request) if request.method == "POST" else seen_of(*kept.values())  # type: ignore[attr-defined]


def carried(request: HttpRequest) -> str:
    """What a sent form says that its page showed, for ``common.versions.must_not_overwrite``; a form without it has seen nothing."""
    return request.POST.get(SEEN, "")[:LENGTH]


def _put_beside(form: Any, error: StaleVersion) -> None:
    """Both texts of a draft, side by side, where they differ; the form has seen what is kept from then on (REL-34)."""
    form.carries, form.answers_with = error.fields[SEEN], error.status
    form.add_error(None, error.message)
    names = [name for name in form.fields if name in error.typed]
    pairs = [
        (
            form.fields[name].label,
            _said(form, name, error.kept.get(name)),
            _said(form, name, error.typed[name]),
        )
        for name in names
    ]
    form.both = [
        {"label": label, "gone": kept.splitlines(), "came": typed.splitlines()}
        for label, kept, typed in pairs
        if kept != typed
    ]


def _said(form: Any, name: str, value: Any) -> str:
    """An answer in the words of its page; a form whose values need more says it itself (``said``)."""
    if hasattr(form, "said"):
        return str(form.said(name, value))
    chosen = {str(key): str(words) for key, words in getattr(form.fields[name], "choices", [])}
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, date):
        return day_words(value)
    if isinstance(value, Decimal):
        return format_yuan(value)
    if isinstance(value, list):
        return "、".join(chosen.get(str(one), str(one)) for one in value)
    return chosen.get(str(value), str(value)) if value else ""


def carried_out(form: BaseForm, service: Callable[[], object]) -> bool:
    """Whether a form was sent, found right, and the service did what it asks. A refusal goes into the form, so that nothing typed
    is lost; only who may not do it at all gets the page that says so."""
    if not (form.is_bound and form.is_valid()):
        return False
    try:
        service()
    except (NotAllowed, NotVisible):
        raise
    except DomainError as error:
        add_errors(form, error)
        return False
    return True


READ_BACK = "read_back"
"""Field of a form that says: it was read out to the person, and he said it is right."""


def read_back(request: HttpRequest, rows: Sequence[tuple[Any, Any]], **kept: Any) -> HttpResponse | None:
    """While somebody acts for another (代办), what he is about to send, label and value, to be read out first; the page sends the same
    form again. None once the person said it is right, and for everybody who acts for himself. ``kept`` goes into the form."""
    if actor_of(request).helper is None or request.POST.get(READ_BACK) == "yes":
        return None
    carried = {
        name: values
        for name, values in request.POST.lists()
        if name not in (READ_BACK, "csrfmiddlewaretoken")
    }
    carried |= {name: [str(value)] for name, value in kept.items()}
    fields = [(name, value) for name, values in carried.items() for value in values]
    shown = [{"label": label, "value": value} for label, value in rows]
    return render(request, "assistance/read_back.html", {"rows": shown, "fields": fields})


def spoken(form: BaseForm) -> list[tuple[Any, Any]]:
    """What was filled into a valid form, in the words of its page."""
    found = []
    for name, field in form.fields.items():
        value = form.cleaned_data.get(name)
        chosen = {str(key): words for key, words in getattr(field, "choices", [])}
        found.append((field.label, chosen.get(str(value), value)))
    return found


def form_key(request: HttpRequest) -> str:
    """The once-only key of the sent form, or a new one for a form that is shown."""
    return request.POST.get("form_key") or str(uuid.uuid4())


def posted_number(request: HttpRequest, name: str) -> int | None:
    """The whole number a form carries in a hidden field or a choice, of at most 18 digits; None for anything else."""
    raw = request.POST.get(name, "")
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 19 else None


def posted_id(request: HttpRequest, name: str) -> uuid.UUID:
    """The public id a form carries in a hidden field; NotVisible for anything else."""
    try:
        return uuid.UUID(request.POST.get(name, ""))
    except ValueError:
        raise NotVisible(_("没有这个页面。")) from None


def settled(request: HttpRequest, words: Mapping[str, Any], decide: Callable[..., object]) -> bool:
    """Whether a button of ``components/proposal.html`` was pressed and its move made: ``words`` is what to say after each move,
    ``decide`` the service (public_id, move, actor). What it refuses is raised."""
    move = request.POST.get("do", "")
    if move not in words:
        return False
    decide(public_id=posted_id(request, "proposal"), move=move, actor=actor_of(request))
    messages.success(request, str(words[move]))
    return True


def addresses(name: str) -> Callable[[uuid.UUID], str]:
    """For lists: a function from a row's public id to the address of its page ``name``, resolved once for all rows."""
    example = uuid.UUID(int=0)
    address = reverse(name, args=[example])
    return lambda public_id: address.replace(str(example), str(public_id))
