"""Who hears that a wrong row was mended by two (SEC-47): the parties of the case and who works on it, or the applicant."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.models import User, UserKind
from cases.models import Case
from cases.policies import live_staff
from courts.models import Court
from eventlog.models import Event
from eventlog.registry import on
from filing.models import Filing
from notifications.recipients import Recipient, of_party, of_post, of_user
from notifications.services import notify


def names_a_court(event: Event) -> bool:
    """What belongs to no court concerns nobody who could be told."""
    return event.court_id is not None


@on("portal.corrected", wants=names_a_court)
def tell_corrected(event: Event) -> None:
    """Everybody once; the people of the court with a link of their own."""
    case = Case.objects.filter(pk=event.payload.get("case_id")).first()
    filing = Filing.objects.select_related("applicant").filter(pk=event.payload.get("filing_id")).first()
    staff: list[Recipient] = []
    people: list[Recipient] = []
    link, desk_link = "/my/", "/desk/"
    if case is not None:
        link, desk_link = f"/my/cases/{case.public_id}/", f"/desk/cases/{case.public_id}/"
        people = [person for party in case.parties.all() for person in of_party(party)]
        rows = live_staff().filter(case=case).select_related("post__user")
        staff = [of_post(row.post) for row in rows]
    elif filing is not None:
        link = f"/my/filings/{filing.public_id}/"
        people = [of_user(filing.applicant)]
    else:
        accounts = User.objects.filter(pk__in=event.payload["user_ids"], kind=UserKind.PUBLIC)
        people = [of_user(user) for user in accounts.order_by("pk")]
    title = _("更正了一处登记错误")
    body = _("您的案件记录里有一处登记错误，法院两人核对后已更正。请登录查看，有疑问请留言。")
    about_case = _("%(number)s有一处登记错误，两人核对后已更正。") % {"number": case.number} if case else body
    court = Court.objects.get(pk=event.court_id or 0)
    for group, text, address in ((people, body, link), (staff, about_case, desk_link)):
        once = list({person.key: person for person in group}.values())
        notify(event, once, kind="record_corrected", court=court, title=title, body=text, link=address)
