"""Messages about how papers reach a party."""

from __future__ import annotations

from django.utils.translation import gettext as _

from cases.models import ServiceChoice
from cases.services.service_choices import PAGE
from eventlog.models import Event
from eventlog.registry import on
from notifications.recipients import of_party
from notifications.services import notify


def is_of_its_own(event: Event) -> bool:
    """Choices made with an application or a defence are told by these."""
    return event.payload["way"] == PAGE


@on("cases.service_chosen", wants=is_of_its_own)
def tell_service_chosen(event: Event) -> None:
    """Everybody of the party, also who chose: somebody else may have sat at his phone."""
    choice = ServiceChoice.objects.select_related("party__case__court").get(pk=event.subject_id)
    case = choice.party.case
    notify(
        event,
        of_party(choice.party),
        kind="service_chosen",
        court=case.court,
        title=_("您的送达方式或者收件地址改了"),
        body=_("您的送达方式或者收件地址刚刚改了，以后的文书按新的送。不是您要改的，请马上拨电话。"),
        link=f"/my/cases/{case.public_id}/service/?party={choice.party.public_id}",
    )
