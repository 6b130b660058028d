"""Messages about reading: the court answered a request to read a file; who oversees readings is told of a week of them."""

from __future__ import annotations

from django.utils.translation import gettext as _

from casefiles.models import ReadingRequest, RequestState
from common.actor import Role
from courts.models import Court
from courts.posts import live_posts
from eventlog.models import Event
from eventlog.registry import on
from notifications.recipients import of_post, of_user
from notifications.services import notify


@on("casefiles.reading_decided")
def tell_answer(event: Event) -> None:
    """Whoever asked hears that there is an answer; what it says is on the page."""
    if event.payload["state"] not in (RequestState.GRANTED, RequestState.REFUSED):
        return
    request = ReadingRequest.objects.select_related("court", "asked_by").get(pk=event.subject_id)
    notify(
        event,
        [of_user(request.asked_by)],
        kind="reading_answered",
        court=request.court,
        title=_("阅卷申请有答复了"),
        body=_("法院答复了您的阅卷申请，请登录查看。"),
        link=f"/my/reading/{request.public_id}/",
    )


@on("cases.reads_listed")
def tell_discipline(event: Event) -> None:
    """The discipline office of the court looks through the readings with a reason of the week before (SEC-18)."""
    court = Court.objects.get(pk=event.subject_id)
    posts = live_posts().filter(court=court, role=Role.DISCIPLINE).select_related("user").order_by("id")
    notify(
        event,
        [of_post(post) for post in posts],
        kind="reads_listed",
        court=court,
        title=_("一周凭理由查阅清单"),
        body=_("上周本院有%(number)s次凭理由查阅，请逐条核对。") % {"number": event.payload["number"]},
        link="/oversight/reads/",
    )
