"""Messages about people who help people: what was arranged, nobody was reached."""

from __future__ import annotations

from django.utils.translation import gettext as _

from assistance.models import HelpKind, HelpRequest, HelpState
from common.templatetags.time_words import moment
from eventlog.models import Event
from eventlog.registry import on
from notifications.recipients import Recipient, of_party, of_post
from notifications.services import notify


@on("assistance.arranged")
def tell_arranged(event: Event) -> None:
    """The person hears when, whoever helps hears that somebody counts on him."""
    request = _request(event)
    if request.post is None:
        return
    body = _("法院安排了工作人员打电话给您，请留意来电。")
    if request.kind != HelpKind.CALL and request.meet_at:
        body = _("法院安排了工作人员帮您，%(when)s见面。地点请登录查看。") % {"when": moment(request.meet_at)}
    _tell_person(event, request, kind="help_arranged", title=_("帮您的人安排好了"), body=body)
    notify(
        event,
        [of_post(request.post)],
        kind="help_assigned",
        court=request.court,
        title=_("有人要您帮忙"),
        body=_("有一位当事人要您帮忙：%(what)s。") % {"what": request.get_kind_display()},
        link=f"/desk/help/{request.public_id}/",
    )


@on("assistance.ended")
def tell_unreached(event: Event) -> None:
    """What was done needs no message; that nobody answered three calls does."""
    if event.payload["state"] == HelpState.UNREACHED:
        body = _("您请法院打电话，我们打了三次都没有接通。需要的话请再请一次，或拨12368。")
        _tell_person(event, _request(event), kind="help_unreached", title=_("电话没有接通"), body=body)


def _request(event: Event) -> HelpRequest:
    return HelpRequest.objects.select_related("court", "case", "party", "post__user").get(pk=event.subject_id)


def _tell_person(event: Event, request: HelpRequest, *, kind: str, title: str, body: str) -> None:
    """Whoever is bound to the party; nobody bound: the number that was left for this help."""
    left = Recipient(f"help:{request.public_id}", None, request.phone)
    notify(
        event,
        of_party(request.party) or [left],
        kind=kind,
        court=request.court,
        title=title,
        body=body,
        link=f"/my/cases/{request.case.public_id}/help/{request.public_id}/",
    )
