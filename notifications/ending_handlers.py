"""Who hears of the end of a case and of changes on the way: parties that something was decided, judges what waits."""

from __future__ import annotations

from django.utils.translation import gettext as _

from cases.models import Case, CaseRole, Withdrawal
from cases.policies import live_staff
from eventlog.models import Event
from eventlog.registry import on
from notifications.recipients import Recipient, of_party, of_post
from notifications.services import notify
from payments.models import Overdue


def _case(event: Event) -> Case:
    return Case.objects.select_related("court").get(pk=event.payload["case_id"])


def _judges(case: Case) -> list[Recipient]:
    rows = live_staff().filter(case=case, role=CaseRole.JUDGE).select_related("post__user")
    return [of_post(row.post) for row in rows]


def _tell_parties(event: Event, *, kind: str, title: str, body: str) -> None:
    """Every party of the case, each person once."""
    case = _case(event)
    people = {person.key: person for party in case.parties.all() for person in of_party(party)}
    link = f"/my/cases/{case.public_id}/"
    notify(event, list(people.values()), kind=kind, court=case.court, title=title, body=body, link=link)


@on("cases.withdrawal_asked")
def tell_judge_of_withdrawal(event: Event) -> None:
    case = _case(event)
    notify(
        event,
        _judges(case),
        kind="withdrawal_asked",
        court=case.court,
        title=_("有一份撤诉申请要您裁定"),
        body=_("%(number)s。") % {"number": case.number},
        link=f"/desk/withdrawals/{event.payload['withdrawal']}/",
    )


@on("cases.withdrawal_decided")
def tell_withdrawal_decided(event: Event) -> None:
    row = Withdrawal.objects.select_related("case__court", "party").get(pk=event.subject_id)
    notify(
        event,
        of_party(row.party),
        kind="withdrawal_decided",
        court=row.case.court,
        title=_("撤诉申请有结果"),
        body=_("您的撤诉申请有结果了，请登录查看。"),
        link=f"/my/cases/{row.case.public_id}/withdraw/",
    )


@on("cases.track_changed")
def tell_track_changed(event: Event) -> None:
    body = _("您的案件审理程序有变化，请登录查看。")
    _tell_parties(event, kind="track_changed", title=_("审理程序有变化"), body=body)


@on("cases.claim_changed")
def tell_claim_changed(event: Event) -> None:
    body = _("您的案件请求金额有变更，请登录查看。")
    _tell_parties(event, kind="claim_changed", title=_("请求金额有变更"), body=body)


@on("cases.closed")
def tell_closed(event: Event) -> None:
    body = _("您的案件已经结案，请登录查看。该退的诉讼费法院会主动退。")
    _tell_parties(event, kind="case_closed", title=_("案件已经结案"), body=body)


@on("payments.bill_overdue")
def tell_judge_of_late_bill(event: Event) -> None:
    case = _case(event)
    notify(
        event,
        _judges(case),
        kind="bill_overdue",
        court=case.court,
        title=_("有一笔诉讼费逾期未交，要您决定"),
        body=_("%(number)s。") % {"number": case.number},
        link=f"/desk/overdue/{event.payload['overdue']}/",
    )


@on("payments.overdue_decided")
def tell_overdue_decided(event: Event) -> None:
    overdue = Overdue.objects.select_related("bill__party", "bill__case__court").get(pk=event.subject_id)
    case = overdue.bill.case
    notify(
        event,
        of_party(overdue.bill.party),
        kind="overdue_decided",
        court=case.court,
        title=_("逾期没有交费，法官作了决定"),
        body=_("您有一笔诉讼费逾期没有交，法官作了决定，请登录查看。"),
        link=f"/my/cases/{case.public_id}/money/",
    )
