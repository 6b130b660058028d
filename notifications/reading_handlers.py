"""Messages about requests to read a file: the court answered."""

from __future__ import annotations

from django.utils.translation import gettext as _

from casefiles.models import ReadingRequest, RequestState
from eventlog.models import Event
from eventlog.registry import on
from notifications.recipients import of_user
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
