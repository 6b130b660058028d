"""/my/feeds/: private addresses for a calendar or a feed reader. The feeds themselves: ``portal.pages.feeds``."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import RealNameLevel
from accounts.services import once, request_hash
from common.errors import InvalidInput, NotAllowed
from common.forms import ChoiceField, PlainForm
from common.pages import actor_of, add_errors, form_key, form_page
from notifications.feed_services import make_feed, opened, revoke_feed, sealed
from notifications.models import FeedKind
from notifications.selectors import feeds_of

FRESH = "fresh_feed"
PAGES = {FeedKind.CALENDAR: "pages:feed_calendar", FeedKind.EVENTS: "pages:feed_events"}


class FeedForm(PlainForm):
    """What the address is for."""

    kind = ChoiceField(
        label=gettext_lazy("订阅什么"),
        ask=gettext_lazy("请选订阅什么"),
        choices=FeedKind.choices,
        widget=forms.RadioSelect,
    )


@require_http_methods(["GET", "POST"])
def feeds(request: HttpRequest) -> HttpResponse:
    """Live addresses; a new one is shown once."""
    actor, user = actor_of(request), request.user
    if not actor.is_public:
        raise NotAllowed(_("订阅地址由当事人或律师自己建。"))
    form = FeedForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        kind = FeedKind(form.cleaned_data["kind"])

        def write() -> str:
            feed, token = make_feed(kind=kind, actor=actor)
            request.session[FRESH] = sealed(settings.PUBLIC_URL + reverse(PAGES[kind], args=[token]))
            return str(feed.public_id)

        try:
            once(
                actor=actor,
                route="notifications.feed",
                key=form_key(request),
                body_hash=request_hash(form.cleaned_data),
                write=write,
            )
            return redirect("notifications:feeds")
        except InvalidInput as error:
            add_errors(form, error)
    fresh = request.session.pop(FRESH, "") if request.method == "GET" else ""
    account: Any = user
    context = {
        "feeds": list(feeds_of(actor)),
        "fresh": opened(fresh) if fresh else "",
        "has_real_name": account.real_name_level == RealNameLevel.REAL_NAME,
        "form_key": form_key(request),
    }
    return form_page(request, "notifications/feeds.html", form, **context)


@require_POST
def revoke(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """End one address now."""
    revoke_feed(public_id=public_id, actor=actor_of(request))
    messages.success(request, _("订阅地址已停用。"))
    return redirect("notifications:feeds")
