"""The supervisor's list: what came to oversight, what is very late, and how visits became opinions and ratings."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import allows
from common import clock
from common.errors import NotAllowed
from common.pages import actor_of
from common.shares import Share
from feedback import figures, watch
from qrlinks.models import Visit


@require_safe
def threads(request: HttpRequest) -> HttpResponse:
    """Numbers of the court, the list of level oversight, rates of last month. Nobody is ranked."""
    actor, now = actor_of(request), clock.now()
    if not allows(actor, "feedback.oversee"):
        raise NotAllowed(_("这个页面给院领导使用。"))
    found = watch.watch_for(actor, now=now)
    period = figures.Period.month_before(clock.today())
    content = figures.contentment(actor.court_id or 0, period)
    visits = Visit.objects.filter(
        case__court_id=actor.court_id or 0, happened_at__gte=period.start, happened_at__lt=period.end
    ).count()
    context = {
        "watch": found,
        "rows": watch.watch_rows(found.threads, actor, now),
        "now": now,
        "period": period,
        "content": content,
        "visits": visits,
        "feedback": feedback_rate(content.asked, visits),
        "reworks": watch.reworks_of(actor)[:12],
    }
    return render(request, "pages/oversight_threads.html", context)


def feedback_rate(asked: int, visits: int) -> Share | None:
    """反馈率: opinions of visits. None where more was asked than scanned: then the rest came without a code."""
    return Share(asked, visits) if asked <= visits else None
