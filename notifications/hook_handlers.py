"""What happened in a case is written down for each address that wants to hear of it; a task sends it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from cases.models import Case
from eventlog.models import Event
from eventlog.registry import on
from notifications.hook_events import TOPIC_OF
from notifications.hook_services import queue
from notifications.models import WebhookEndpoint
from notifications.recipients import of_user
from notifications.services import notify


def queue_webhooks(event: Event) -> None:
    """A delivery for each address of each person concerned."""
    queue(event)


for _name in TOPIC_OF:
    on(_name)(queue_webhooks)


@on("notifications.webhook_failed")
def tell_switched_off(event: Event) -> None:
    endpoint = WebhookEndpoint.objects.select_related("user").get(pk=event.subject_id)
    case = Case.objects.select_related("court").get(public_id=event.payload["case"])
    notify(
        event,
        [of_user(endpoint.user)],
        kind="webhook_failed",
        court=case.court,
        title=_("您的软件收不到通知，已经停发"),
        body=_("您登记的接收地址一直没有回应，已停发。案件不受影响。修好后请登录重新确认。"),
        link=f"/my/webhooks/{endpoint.public_id}/",
    )
