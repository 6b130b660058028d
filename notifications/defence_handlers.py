"""Who hears of a 答辩状: who sent it, the judge and case clerk, the plaintiffs (UX §7: no case content)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from cases.models import Side
from cases.policies import live_staff
from eventlog.models import Event
from eventlog.registry import on
from filing.models import Filing
from notifications.recipients import of_party, of_post, of_user
from notifications.services import notify


@on("filing.received")
def tell_defence(event: Event) -> None:
    filing = Filing.objects.select_related("applicant", "deciding_court", "origin_case").get(
        pk=event.subject_id
    )
    case, court = filing.origin_case, filing.deciding_court
    if case is None:
        return
    notify(
        event,
        [of_user(filing.applicant)],
        kind="defence_received",
        court=court,
        title=_("法院已收到您的答辩状"),
        body=_("您的答辩状法院已收到，回执在网上，随时可以看。"),
        link=f"/my/filings/{filing.public_id}/sent/",
    )
    holders = live_staff().filter(case=case).select_related("post__user")
    notify(
        event,
        [of_post(row.post) for row in holders],
        kind="defence_to_read",
        court=court,
        title=_("收到答辩状"),
        body=_("请在5日内把副本发送原告。"),
        link=f"/desk/cases/{case.public_id}/",
    )
    for party in case.parties.filter(side=Side.PLAINTIFF):
        notify(
            event,
            of_party(party),
            kind="defence_of_other_side",
            court=court,
            title=_("对方提交了答辩状"),
            body=_("您的案件有一份答辩状，请登录查看。"),
            link=f"/my/cases/{case.public_id}/files/",
        )
