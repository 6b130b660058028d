"""Template tags and filters of every page: ``{% load portal %}``. Tags print, they do not query or decide."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import forms, template
from django.core.paginator import Page
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.template.context import Context
from django.template.loader import get_template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from common import clock, text
from common.purposes import PURPOSES
from common.templatetags import form_parts, time_words
from common.templatetags.glossary import TERMS

register = template.Library()

PAGE_SIZES = (25, 50, 100)
INPUT_TYPES = {
    "date": "date",
    "file": "file",
    "tel": "tel",
    "password": "password",
    "search": "search",
    "email": "email",
}

LIMIT = '<span class="due {}"><time class="nb" datetime="{}">{}</time>{}</span>'
LIMIT_LEFT = ' <span class="due-left"><span class="dot">· </span>{}</span>'
"""A limit stands in every row of a queue: written here, because a template of its own per row costs ten times as much."""
MOST_FIXED = 200


def _include(name: str, arguments: dict[str, Any]) -> SafeString:
    printed: str = get_template(name).template.render(Context(arguments))  # type: ignore[attr-defined]
    return mark_safe(printed.strip())  # noqa: S308  rendered with autoescape; the strip alone made it plain text


def _language(context: Context) -> str:
    """The language of this template, looked up once for it: a list asks in every row, and the look-up is not cheap."""
    known: str | None = context.render_context.get("fixed_language")
    if known is None:
        known = get_language() or ""
        context.render_context["fixed_language"] = known
    return known


# --- parts of a page that are the same for everybody -------------------------------------------------------------
class FixedPart(template.Node):
    """What ``{% fixed %}`` encloses, printed once per language and arguments in this process."""

    def __init__(self, inside: NodeList, arguments: list[FilterExpression]) -> None:
        self.inside, self.arguments = inside, arguments
        self.known: dict[tuple[str, ...], SafeString] = {}

    def render(self, context: Context) -> SafeString:
        """The part as it was printed the first time."""
        key = (_language(context), *[str(argument.resolve(context)) for argument in self.arguments])
        printed = self.known.get(key)
        if printed is None:
            printed = self.inside.render(context)
            if len(self.known) < MOST_FIXED:
                self.known[key] = printed
        return printed


@register.tag
def fixed(parser: Parser, token: Token) -> FixedPart:
    """``{% fixed a b %}…{% endfixed %}``: a part that hangs on nothing but settings, language and these arguments.

    Nothing of a visitor may stand inside that is not an argument: no name, no csrf_token, no nonce, no own address.
    """
    arguments = [parser.compile_filter(word) for word in token.split_contents()[1:]]
    inside = parser.parse(("endfixed",))
    parser.delete_first_token()
    return FixedPart(inside, arguments)


# --- numbers ---------------------------------------------------------------------------------------------------
@register.filter
def yuan(value: Decimal | int | str | None) -> str:
    """Yuan as ¥1,250.00; nothing known gives —. A float → TypeError, like ``common.money``."""
    if value is None or value == "":
        return "—"
    if isinstance(value, float):
        raise TypeError("Money is Decimal, never float.")
    amount = Decimal(value)
    sign = "−" if amount < 0 else ""
    return f"{sign}¥{abs(amount):,.2f}"


# --- time ------------------------------------------------------------------------------------------------------
@register.filter
def day_words(value: date | datetime | None) -> str:
    """2025年3月14日（星期五）."""
    return time_words.day_words(value) if value else "—"


@register.filter
def moment(value: datetime | None) -> str:
    """2025年3月14日（星期五）上午9:30."""
    return time_words.moment(value) if value else "—"


@register.filter
def staff_moment(value: datetime | date | None) -> str:
    """03-14 09:30, for staff tables."""
    return time_words.staff_moment(value) if value else "—"


@register.filter
def iso(value: datetime | date | None) -> str:
    """The datetime attribute of a time element."""
    return time_words.iso(value) if value else ""


@register.simple_tag(takes_context=True)
def deadline_label(
    context: Context,
    due: date | datetime | None,
    now: datetime | None = None,
    *,
    confirmed: bool | None = None,
) -> str:
    """A limit with what remains of it. Without ``now`` one reading of the database's clock serves the whole page.

    ``confirmed`` is what was kept with the limit; without it a day in a year whose holidays are not announced yet is
    marked 待确认.
    """
    if not due:
        return ""
    at = now or context.get("now") or _page_now(context)
    label = _limit_html(time_words.limit(due, at))
    if confirmed is None:
        day = clock.beijing_day(due) if isinstance(due, datetime) else due
        confirmed = clock.is_announced(day, at)
    return label if confirmed else format_html("{}{}", label, _unconfirmed())


@register.simple_tag(takes_context=True)
def calendar_note(context: Context, due: date | None) -> str:
    """（待确认 …）beside a promised day that stands in running words."""
    return "" if due is None or clock.is_announced(due, _page_now(context)) else _unconfirmed()


def _unconfirmed() -> str:
    return format_html('<span class="small">{}</span>', _("（待确认：那一年的放假安排还没有公布）"))


@lru_cache(maxsize=4000)
def _limit_html(found: time_words.Limit) -> str:
    left = format_html(LIMIT_LEFT, found.left) if found.left else ""
    return format_html(LIMIT, found.state, found.iso, found.words, left)


def _page_now(context: Context) -> datetime:
    request = getattr(context, "request", None)
    if request is None:
        return clock.now()
    if not hasattr(request, "page_now"):
        request.page_now = clock.now()
    read: datetime = request.page_now
    return read


# --- words that must not break or must not be read in full -------------------------------------------------------
@register.filter
def nowrap(value: object) -> str:
    """Keep a case number, date or sum on one line (below 特大)."""
    return format_html('<span class="nb">{}</span>', value)


@register.filter
def mask_name(value: str | None) -> str:
    """王**."""
    return text.mask_name(value) if value else ""


@register.filter
def mask_phone(value: str | None) -> str:
    """138****5678."""
    return text.mask_phone(value) if value else ""


@register.filter
def mask_mail(value: str | None) -> str:
    """z***@example.com."""
    return text.mask_mail(value) if value else ""


@register.filter
def mask_id(value: str | None) -> str:
    """First three and last four characters of an identity number."""
    return text.mask_id_number(value) if value else ""


@register.simple_tag
def icon(name: str) -> str:
    """A drawing from the sprite, always beside a word and hidden from screen readers."""
    return format_html('<svg class="i" aria-hidden="true" focusable="false"><use href="#i-{}"/></svg>', name)


@register.simple_tag
def purpose(key: str) -> str:
    """Why a form asks for what it asks (``common.purposes``); an unknown key → KeyError."""
    return _include("components/purpose.html", {"purpose": PURPOSES[key]})


@register.simple_tag
def term(word: str) -> str:
    """A legal word with its plain explanation from the glossary; an unknown word → KeyError."""
    return _include("components/term.html", {"word": word, "plain": TERMS[word]})


# --- forms -----------------------------------------------------------------------------------------------------
@register.simple_tag
def form_field(form: forms.BaseForm, name: str, **options: Any) -> str:
    """One field of a form as a component. Options: heading, plain, label, hint, who, prefix, suffix, boxed."""
    bound = form[name]
    if bound.is_hidden:
        return bound.as_widget()
    part = form_parts.part_for(bound, **options)
    return _include(part.template, part.arguments)


@register.simple_tag
def form_fields(form: forms.BaseForm, *, plain: bool = False) -> str:
    """All fields of a form, hidden ones first."""
    hidden = [bound.as_widget() for bound in form.hidden_fields()]
    shown = [form_field(form, bound.name, plain=plain) for bound in form.visible_fields()]
    return format_html_join("", "{}", ((one,) for one in [*hidden, *shown]))


@register.simple_tag
def error_summary(*sources: Any, heading: str = "") -> str:
    """The box on top of a page whose entries need changing; prints nothing when all is well."""
    errors = form_parts.collect_errors(sources)
    return _include("components/error_summary.html", {"errors": errors, "heading": heading}) if errors else ""


@register.filter
def has_errors(form: Any) -> bool:
    """A sent form with errors; anything else (a page without a form) is False."""
    return bool(getattr(form, "is_bound", False) and not form.is_valid())


@register.simple_tag
def described(element: str, hint: Any, error: Any, counter: Any, who: Any) -> str:
    """aria-describedby, and aria-invalid when there is an error, of a field written without a Django form."""
    ids = form_parts.described_by(
        element, hint=bool(hint), error=bool(error), counter=bool(counter), who=bool(who)
    )
    invalid = mark_safe(' aria-invalid="true"') if error else ""
    return format_html('aria-describedby="{}"{}', ids, invalid) if ids else ""


@register.simple_tag
def typing_help(
    *, kind: str = "", width: str = "", inputmode: str = "", autocomplete: str = "", accept: str = ""
) -> str:
    """Keyboard, autofill and width of a box written without a Django form; money and codes know theirs."""
    keyboard = inputmode or {"money": "decimal", "code": "numeric"}.get(kind, "")
    fill = autocomplete or {"money": "off", "code": "one-time-code"}.get(kind, "")
    width = width or {"money": "money", "code": "code"}.get(kind, "")
    attributes = {
        "inputmode": keyboard,
        "autocomplete": fill,
        "accept": accept,
        "class": f"w-{width}" if width else "",
    }
    return format_html_join(" ", '{}="{}"', ((name, value) for name, value in attributes.items() if value))


@register.simple_tag
def input_type(kind: str) -> str:
    """The type attribute for a field kind; money and codes are typed as text."""
    return INPUT_TYPES.get(kind, "text")


# --- lists -----------------------------------------------------------------------------------------------------
@register.simple_tag
def task_status(task: dict[str, Any]) -> str:
    """The state of a task in words, from its ``state`` (todo, part, done, later, problem) or its own ``status``."""
    states = {
        "todo": (_("未开始"), "plain"),
        "part": (_("填了一部分"), "wait"),
        "done": (_("已完成"), "ok"),
        "later": (_("暂时不用填"), "plain"),
        "problem": (_("有问题"), "err"),
    }
    state = task["state"] if isinstance(task, dict) else task.state
    own = task.get("status") if isinstance(task, dict) else getattr(task, "status", "")
    words, kind = states[state]
    return _include("components/status_tag.html", {"label": own or words, "kind": kind})


@register.simple_tag
def sort_state(key: str, sort: str | None) -> dict[str, str]:
    """For a sortable column: the next sort value, aria-sort and an arrow."""
    if sort == key:
        return {"next": f"-{key}", "aria": "ascending", "arrow": "↑"}
    if sort == f"-{key}":
        return {"next": key, "aria": "descending", "arrow": "↓"}
    return {"next": key, "aria": "", "arrow": ""}


@register.filter
def page_numbers(page: Page[Any]) -> Iterator[int | None]:
    """Page numbers around the current one; None stands for the gap."""
    for number in page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1):
        yield number if isinstance(number, int) else None


@register.simple_tag
def page_sizes() -> tuple[int, ...]:
    """How many rows a queue may show at once."""
    return PAGE_SIZES
