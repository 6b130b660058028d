"""The division head's page: open questions by age, late and reopened ones, leave, 整改."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import allows
from common import clock
from common.errors import NotAllowed, NotVisible
from common.pages import actor_of, carried_out, form_page, posted_number
from courts.posts import leaves_to_end
from courts.services import end_leave, set_leave
from feedback import figures, forms, services, watch
from feedback.models import ReworkState


def _need(request: HttpRequest) -> None:
    if not allows(actor_of(request), "division.lead"):
        raise NotAllowed(_("这个页面给庭长使用。"))


@require_safe
def division(request: HttpRequest) -> HttpResponse:
    """How the division answers now, and what its ratings of last month were."""
    _need(request)
    actor, now = actor_of(request), clock.now()
    found = watch.watch_for(actor, now=now)
    period = figures.Period.month_before(clock.today())
    context = {
        "watch": found,
        "rows": watch.watch_rows(found.threads, actor, now),
        "now": now,
        "period": period,
        "content": figures.contentment(actor.court_id or 0, period, division_id=actor.division_id or 0),
        "reworks": watch.reworks_of(actor)[:12],
        "leaves": leaves_to_end(actor),
    }
    return render(request, "feedback/division.html", context)


@require_http_methods(["GET", "POST"])
def leave(request: HttpRequest) -> HttpResponse:
    """Leaves that run or lie ahead; note who is away and who answers meanwhile."""
    _need(request)
    actor = actor_of(request)
    posts = watch.posts_of_division(actor)
    form = forms.LeaveForm(
        request.POST if request.method == "POST" else None, posts=posts, deputies=watch.deputies_for(actor)
    )

    def note_leave() -> None:
        set_leave(
            post_id=int(form.cleaned_data["post"]),
            deputy_id=int(form.cleaned_data["deputy"]),
            from_on=form.cleaned_data["from_on"],
            until_on=form.cleaned_data["until_on"],
            actor=actor,
        )

    if carried_out(form, note_leave):
        messages.success(request, _("已登记，休假期间由代班的人答复。"))
        return redirect("feedback:leave")
    context = {"leaves": leaves_to_end(actor), "today": clock.today()}
    return form_page(request, "feedback/leave.html", form, **context)


@require_POST
def leave_end(request: HttpRequest) -> HttpResponse:
    """提前结束: who is back answers again at once."""
    _need(request)
    ended = end_leave(leave_id=posted_number(request, "leave") or 0, actor=actor_of(request))
    messages.success(request, _("已结束，现在起由%(name)s本人答复。") % {"name": ended.post.user.name})
    return redirect("feedback:leave")


@require_http_methods(["GET", "POST"])
def rework(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One 整改: what the ratings were; the head writes what was wrong and what changes."""
    actor = actor_of(request)
    if not allows(actor, "division.lead") and not allows(actor, "feedback.oversee"):
        raise NotAllowed(_("这个页面给庭长和院领导使用。"))
    found = watch.reworks_of(actor).filter(public_id=public_id).first()
    if found is None:
        raise NotVisible(_("没有这个页面。"))
    form = forms.ReworkForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        services.finish_rework(rework_id=found.pk, words=form.cleaned_data["words"], actor=actor)
        messages.success(request, _("已提交整改。"))
        return redirect("feedback:division")
    can = found.state == ReworkState.OPEN and allows(actor, "division.lead")
    content = figures.Share(found.content, found.ratings, out_of=found.answered)
    return form_page(request, "feedback/rework.html", form, rework=found, can=can, content=content)
