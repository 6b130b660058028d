"""The print desk: what waits to be printed and posted, and the facts of each delivery."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.files.base import ContentFile
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common import clock
from common.errors import InvalidInput, InvalidTransition, NotVisible, StaleVersion
from common.pages import actor_of
from documents import forms, presenters, selectors, services
from documents.delivery_rules import DeliveryMethod
from documents.models import DELIVERY_FLOW, Delivery, DeliveryState
from documents.policies import can_use_print_desk
from documents.print_bundles import covers_pdf, papers_pdf
from documents.responses import shield

PAGE_SIZES = {"25": 25, "50": 50, "100": 100}


@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """The queue of one view, filters in the address. The whole serial or tracking number, as a scanner reads it from a cover
    that came back, opens its page."""
    scanned = selectors.delivery_marked(actor_of(request), forms.QueueFilter(request.GET).chosen()["search"])
    if scanned is not None:
        return redirect("documents:delivery", public_id=scanned.public_id)
    return _queue_page(request, forms.PostedForm(initial={"sent_on": clock.today()}))


def _queue_page(request: HttpRequest, bulk: forms.PostedForm, *, status: int = 200) -> HttpResponse:
    actor = actor_of(request)
    if not can_use_print_desk(actor):
        raise NotVisible(_("没有找到这个页面。"))
    filters = forms.QueueFilter(request.GET)
    chosen = filters.chosen()
    desk = selectors.print_desk(actor, **chosen)
    size = PAGE_SIZES.get(request.GET.get("size", ""), 25)
    page = Paginator(desk.deliveries, size).get_page(request.GET.get("page"))
    today = clock.today()
    context = {
        "form": filters,
        "bulk": bulk,
        "desk": desk,
        "tabs": presenters.tabs(desk),
        "rows": [presenters.row(delivery, today, bulk) for delivery in page],
        "page": page,
        "size": size,
        "keep": {"view": desk.view},
        "can_post": desk.view in ("waiting", "failed"),
    }
    return render(request, "documents/print_desk.html", context, status=status)


@require_POST
def posted(request: HttpRequest) -> HttpResponse:
    """Record a mail bag, the ticked copies with their tracking numbers, or one publication for all of them."""
    form = forms.PostedForm(request.POST)
    if not form.is_valid():
        return _queue_page(request, form, status=422)
    published = form.cleaned_data["way"] == DeliveryMethod.PUBLICATION
    sent, refused = services.mark_sent(
        deliveries=form.ticked(),
        method=form.cleaned_data["way"],
        sent_on=form.cleaned_data["sent_on"],
        tracking_nos={} if published else form.tracking_numbers(),
        note=form.cleaned_data["note"] if published else "",
        actor=actor_of(request),
    )
    if sent:
        done = _("已登记公告%(count)s份") if published else _("已登记寄出%(count)s份")
        words = done % {"count": len(sent)}
        messages.success(request, words)
    if refused:
        form.refuse(refused)
        return _queue_page(request, form, status=422)
    return redirect(f"{reverse('documents:print_desk')}?view={form.cleaned_data['view']}")


@require_POST
def covers(request: HttpRequest) -> HttpResponseBase:
    """Covers for the ticked copies, one for each envelope, to print. Changes nothing."""
    return _to_printer(request, _("信封封面"), covers_pdf)


@require_POST
def papers(request: HttpRequest) -> HttpResponseBase:
    """The ticked papers in one file, to print. Changes nothing; each counts as opened by who prints it."""
    actor = actor_of(request)

    def opened(deliveries: list[Delivery]) -> bytes:
        content = papers_pdf(deliveries, actor)
        for found in deliveries:
            services.record_opening(subject=found.copy, actor=actor, at_print_desk=True)
        return content

    return _to_printer(request, _("文书"), opened)


def _to_printer(request: HttpRequest, name: str, make: Callable[[list[Delivery]], bytes]) -> HttpResponseBase:
    """What was made of the ticked copies as a PDF; the queue with a sentence when nothing printable is ticked."""
    if not can_use_print_desk(actor_of(request)):
        raise NotVisible(_("没有找到这个页面。"))
    form = forms.PostedForm(request.POST)
    ticked = [public_id for public_id, _version in form.ticked()]
    found = selectors.deliveries_among(actor_of(request), ticked)
    if not found:
        messages.error(request, _("请先勾选要打印的文书。还在生成的不能打印。"))
        return redirect(f"{reverse('documents:print_desk')}?view={request.POST.get('view', '')}")
    content = ContentFile(make(found))
    response = FileResponse(
        content, as_attachment=True, filename=f"{name}_{len(found)}.pdf", content_type="application/pdf"
    )
    return shield(response, attachment=True)


@require_safe
def delivery(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """One copy on its way: open it, see its facts, record the next one."""
    return _delivery_page(request, _delivery(request, public_id))


def _delivery(request: HttpRequest, public_id: uuid.UUID) -> Delivery:
    found = selectors.delivery_for(actor_of(request), public_id)
    if found is None:
        raise NotVisible(_("没有找到这份文书。"))
    return found


def _delivery_page(
    request: HttpRequest, found: Delivery, bound: forms.FactForm | None = None, *, status: int = 200
) -> HttpResponse:
    shown: list[forms.FactForm] = []
    for kind in forms.FACT_FORMS:
        if DELIVERY_FLOW.can(found, kind.move) and presenters.can_move(found):
            form = bound if isinstance(bound, kind) else kind(delivery=found)
            if form.is_offered:
                shown.append(form)
    if bound is not None and bound not in shown:
        shown.insert(0, bound)
    context = {
        "delivery": found,
        "copy": found.copy,
        "crumbs": [
            {"label": _("文书寄送"), "href": reverse("documents:print_desk")},
            {"label": found.copy.serial, "href": ""},
        ],
        "rows": presenters.summary(found),
        "facts": presenters.facts(found),
        "forms": shown,
        "bad_form": bound,
        "form_errors": bound is not None,
        "can_reprint": presenters.can_reprint(found),
    }
    return render(request, "documents/delivery.html", context, status=status)


def _record(
    request: HttpRequest,
    public_id: uuid.UUID,
    kind: type[forms.FactForm],
    service: Callable[..., Any],
    done: Callable[[Delivery], str],
) -> HttpResponse:
    """Form, one service call, redirect; a refusal comes back to the same page with everything kept."""
    found = _delivery(request, public_id)
    form = kind(request.POST, delivery=found)
    status = 422
    if form.is_valid():
        try:
            changed = service(delivery_public_id=public_id, actor=actor_of(request), **form.facts())
        except (InvalidInput, StaleVersion, InvalidTransition) as error:
            status = error.status
            form.take(error)
        else:
            failed = changed.state == DeliveryState.FAILED
            (messages.warning if failed else messages.success)(request, done(changed))
            return redirect("documents:delivery", public_id=public_id)
    return _delivery_page(request, _delivery(request, public_id), form, status=status)


@require_POST
def sent(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Record that the copy left the court."""
    return _record(request, public_id, forms.SentForm, services.record_sent, lambda _sent: _("已登记发出"))


@require_POST
def outcome(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Record what came of it; the page says whether that delivered the paper, and why."""
    return _record(request, public_id, forms.OutcomeForm, services.record_outcome, presenters.last_ruling)


@require_http_methods(["GET", "POST"])
def reprint(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Ask first, then print anew with a new code."""
    found = selectors.delivery_to_reprint(actor_of(request), public_id)
    if found is None:
        raise NotVisible(_("没有找到这份文书。"))
    if request.method == "POST":
        copy = services.reprint(
            copy_public_id=found.copy.public_id,
            actor=actor_of(request),
        )
        messages.success(request, _("已换新份，旧的二维码和服务码已停用"))
        return redirect("documents:delivery", public_id=copy.delivery.public_id)
    context = {
        "copy": found.copy,
        "back_href": reverse("qrlinks:desk_copy", args=[found.copy.public_id]),
    }
    return render(request, "documents/reprint.html", context)
