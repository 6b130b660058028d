"""Messages about people who help people: what was arranged, nobody was reached."""

from __future__ import annotations

from django.utils.translation import gettext as _

from assistance.acting_selectors import done_by
from assistance.models import ActingConsent, HelpKind, HelpRequest, HelpState
from common.templatetags.time_words import moment
from courts.models import Court
from eventlog.models import Event
from eventlog.registry import on
from notifications.recipients import Recipient, of_party, of_post, of_user
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


MY_ACTING = "/my/acting/"


@on("assistance.acting_begun")
def tell_acting_begun(event: Event) -> None:
    """Whoever agreed, and whoever did not."""
    body = _("有人开始代您办事，最晚到%(until)s。不是您同意的，请马上登录“谁在代我办理”停止，或拨12368。")
    consent = _consent(event)
    _tell_agreed(
        event, consent, "acting_begun", _("有人开始代您办事"), body % {"until": moment(consent.ends_at)}
    )


@on("assistance.acting_ended")
def tell_acting_ended(event: Event) -> None:
    """A copy for the person: what was done for him."""
    consent = _consent(event)
    done = list(dict.fromkeys(label for _when, label in done_by(consent)))
    body = _("代办已经结束。办了：%(what)s。明细请登录“谁在代我办理”查看。") % {
        "what": "、".join(done) or _("没有办什么")
    }
    _tell_agreed(event, consent, "acting_ended", _("代办结束了"), body)


def _consent(event: Event) -> ActingConsent:
    return ActingConsent.objects.select_related("person", "court").get(pk=event.subject_id)


def _tell_agreed(event: Event, consent: ActingConsent, kind: str, title: str, body: str) -> None:
    court = consent.court or Court.objects.filter(parent=None).order_by("pk").first()
    if court is not None:
        notify(
            event, [of_user(consent.person)], kind=kind, court=court, title=title, body=body, link=MY_ACTING
        )


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
