"""Who hears of which event, by which channel. Texts carry no case content and no parties (UX §7)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from cases.models import CaseRole, Party, PhoneChange
from cases.policies import live_staff
from courts.models import Court
from documents.models import Copy, Delivery, DeliveryMethod
from eventlog.models import Event
from eventlog.registry import on
from filing.models import Channel, Filing
from notifications.recipients import of_change, of_party, of_post, of_user
from notifications.services import notify
from notifications.words import spoken_day
from payments.models import Bill
from payments.words import otherwise_in_short


def _is_alone(event: Event) -> bool:
    """False for a row of a table: there is one message for the whole table, see ``notifications.ways``."""
    return event.channel != Channel.BATCH


@on("filing.submitted", wants=_is_alone)
def tell_submitted(event: Event) -> None:
    filing = _filing(event)
    title = _("您的申请已提交")
    body = _("您的立案申请已提交，还没有立案。最晚%(day)s答复。") % {"day": spoken_day(filing.due_on)}
    _tell_applicant(event, filing, kind="filing_submitted", title=title, body=body)


@on("filing.returned")
def tell_returned(event: Event) -> None:
    title, day = _("您的立案申请有材料要补"), {"day": spoken_day(event.payload["due_on"])}
    body = _("您的立案申请有材料要补，请于%(day)s24:00前登录查看。") % day
    _tell_applicant(event, _filing(event), kind="filing_returned", title=title, body=body)


@on("filing.accepted")
def tell_accepted(event: Event) -> None:
    title, body = _("法院已立案"), _("您的立案申请已经立案，请登录查看案号和下一步。")
    link = f"/my/cases/{event.payload['case']}/"
    _tell_applicant(event, _filing(event), kind="filing_accepted", title=title, body=body, link=link)


@on("payments.bill_issued")
def tell_bill(event: Event) -> None:
    body = _("您有一笔诉讼费要交，请于%(day)s24:00前交纳。交费有困难可以申请缓减免。")
    _tell_of_bill(event, kind="bill_issued", title=_("您有一笔诉讼费要交"), body=body)


@on("payments.bill_reminded")
def remind_of_bill(event: Event) -> None:
    body = _("您的诉讼费还没有交，最晚%(day)s24:00。%(otherwise)s")
    _tell_of_bill(event, kind="bill_reminded", title=_("提醒：诉讼费快到期了"), body=body)


def _tell_of_bill(event: Event, *, kind: str, title: str, body: str) -> None:
    bill = Bill.objects.select_related("party", "case__court").get(pk=event.subject_id)
    words = {"day": spoken_day(bill.due_on), "otherwise": otherwise_in_short(bill)}
    _tell_payer(event, bill, bill.case.court, kind=kind, title=title, body=body % words)


@on("payments.relief_asked")
def tell_judge_of_relief(event: Event) -> None:
    bill = Bill.objects.select_related("case__court").get(pk=event.subject_id)
    judges = live_staff().filter(case=bill.case, role=CaseRole.JUDGE).select_related("post__user")
    notify(
        event,
        [of_post(row.post) for row in judges],
        kind="relief_asked",
        court=bill.case.court,
        title=_("有一份缓减免申请要您决定"),
        body=_("%(number)s，最晚交费日%(day)s。")
        % {"number": bill.case.number, "day": spoken_day(bill.due_on)},
        link=f"/desk/reliefs/{event.payload['relief']}/",
    )


@on("payments.relief_decided")
def tell_relief_decided(event: Event) -> None:
    title, body = _("缓减免申请有结果"), _("您的缓交、减交、免交申请有结果了，请登录查看。")
    bill = Bill.objects.select_related("party", "case__court").get(pk=event.subject_id)
    _tell_payer(event, bill, bill.case.court, kind="relief_decided", title=title, body=body)


@on("payments.paid")
def tell_paid(event: Event) -> None:
    bill, court = _paid_bill(event)
    body = _("您交的诉讼费法院已收到，可登录查看回执。")
    _tell_payer(event, bill, court, kind="bill_paid", title=_("诉讼费已收到"), body=body)


def names_a_bill(event: Event) -> bool:
    """Money that names no bill came from nobody we know."""
    return bool(event.payload["bill"])


@on("payments.money_suspended", wants=names_a_bill)
def tell_held(event: Event) -> None:
    bill, court = _paid_bill(event)
    title = _("收到一笔款，正在核对")
    body = _("收到您一笔款，和账单对不上，没有算作诉讼费，法院会核对。请先拨电话问清再付。")
    _tell_payer(event, bill, court, kind="money_held", title=title, body=body, rest="result/")


@on("documents.delivered")
def tell_delivered(event: Event) -> None:
    delivery = Delivery.objects.select_related("copy__paper", "court").get(pk=event.subject_id)
    paper = delivery.copy.paper
    if delivery.method != DeliveryMethod.INBOX or paper.subject_kind != "cases.case":
        return
    party = Party.objects.select_related("case").get(public_id=delivery.copy.addressee_public_id)
    notify(
        event,
        of_party(party),
        kind="paper_delivered",
        court=delivery.court,
        title=_("您收到一份法院文书"),
        body=_("您收到一份法院文书，请登录查看。"),
        link=f"/my/cases/{party.case.public_id}/files/",
    )


def is_no_reprint(event: Event) -> bool:
    """A new copy in place of an old one is told by its delivery."""
    return event.payload["reason"] != "reprinted"


@on("documents.copy_revoked", wants=is_no_reprint)
def tell_code_off(event: Event) -> None:
    """Also to who did it himself: somebody else may have sat at his phone."""
    copy = Copy.objects.select_related("paper__court").get(pk=event.subject_id)
    party = Party.objects.select_related("case").filter(public_id=copy.addressee_public_id).first()
    if party is None or copy.paper.subject_kind != "cases.case":
        return
    notify(
        event,
        of_party(party),
        kind="code_off",
        court=copy.paper.court,
        title=_("您的一份文书的二维码已停用"),
        body=_("您的一份法院文书的二维码已停用，扫它看不到案件，文书仍然有效。不是您要停用的，请拨电话。"),
        link=f"/my/cases/{party.case.public_id}/files/",
    )


@on("cases.phone_changed")
def tell_phone_changed(event: Event) -> None:
    """The new number, the accounts and the old number get the same words; none of them is named."""
    change = PhoneChange.objects.select_related("party__case__court").get(public_id=event.payload["change"])
    case = change.party.case
    notify(
        event,
        of_change(change),
        kind="phone_changed",
        court=case.court,
        title=_("您在法院留的手机号换了"),
        body=_("您在法院留的手机号刚刚在窗口换了，以后验证码发到新号。不是您要换的，请马上拨电话。"),
        link=f"/my/cases/{case.public_id}/people/",
    )


def _filing(event: Event) -> Filing:
    return Filing.objects.select_related("applicant", "deciding_court").get(pk=event.subject_id)


def _tell_applicant(
    event: Event, filing: Filing, *, kind: str, title: str, body: str, link: str = ""
) -> None:
    where, court = link or f"/my/filings/{filing.public_id}/", filing.deciding_court
    notify(event, [of_user(filing.applicant)], kind=kind, court=court, title=title, body=body, link=where)


def _paid_bill(event: Event) -> tuple[Bill, Court]:
    bill = Bill.objects.select_related("party", "court").get(public_id=event.payload["bill"])
    return bill, bill.court


def _tell_payer(
    event: Event, bill: Bill, court: Court, *, kind: str, title: str, body: str, rest: str = ""
) -> None:
    link = f"/my/bills/{bill.public_id}/{rest}"
    notify(event, of_party(bill.party), kind=kind, court=court, title=title, body=body, link=link)
