"""Who hears of decisions about an application besides acceptance and correction, each with the promised day (UX §7)."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext as _

from common.actor import Role
from courts.models import StaffPost
from courts.posts import live_posts
from eventlog.models import Event
from eventlog.registry import on
from filing.models import Filing, FilingComplaint, HandOver, RefusalProposal, RepeatProposal
from filing.policies import FILING_DIVISION
from notifications.recipients import Recipient, of_post, of_user
from notifications.services import notify
from notifications.words import spoken_day as _day


def _filing(event: Event) -> Filing:
    return Filing.objects.select_related("applicant", "deciding_court").get(pk=event.subject_id)


def _tell_applicant(
    event: Event, filing: Filing, *, kind: str, title: str, body: str, rest: str = ""
) -> None:
    link = f"/my/filings/{filing.public_id}/{rest}"
    court = filing.deciding_court
    notify(event, [of_user(filing.applicant)], kind=kind, court=court, title=title, body=body, link=link)


def _tell_staff(
    event: Event, filing: Filing, posts: list[StaffPost], *, kind: str, title: str, link: str
) -> None:
    recipients: list[Recipient] = [of_post(post) for post in posts]
    body = _("申请编号%(number)s。") % {"number": filing.number}
    notify(event, recipients, kind=kind, court=filing.deciding_court, title=title, body=body, link=link)


def _filing_judges(court_id: int) -> list[StaffPost]:
    posts = live_posts().filter(court_id=court_id, role=Role.JUDGE, division__kind=FILING_DIVISION)
    return list(posts.select_related("user"))


def _overseers(court_id: int) -> list[StaffPost]:
    heads = Q(role=Role.HEAD, division__kind=FILING_DIVISION)
    posts = live_posts().filter(Q(role=Role.SUPERVISOR) | heads, court_id=court_id)
    return list(posts.select_related("user"))


@on("filing.assigned")
def tell_assigned(event: Event) -> None:
    filing = _filing(event)
    posts = list(StaffPost.objects.select_related("user").filter(pk=event.payload["post"]))
    link = f"/desk/filings/{filing.public_id}/"
    _tell_staff(event, filing, posts, kind="filing_assigned", title=_("分给您一件立案申请"), link=link)


@on("filing.repeat_proposed")
def tell_repeat_proposed(event: Event) -> None:
    filing = _filing(event)
    posts = _overseers(filing.deciding_court_id)
    title = _("有一件再次补正等您答复")
    _tell_staff(event, filing, posts, kind="repeat_proposed", title=title, link="/oversight/overrides/")


@on("filing.repeat_decided")
def tell_repeat_decided(event: Event) -> None:
    filing = _filing(event)
    asked = RepeatProposal.objects.filter(filing=filing, proposed_by_id=event.payload["post"])
    posts = [asked.select_related("proposed_by__user").latest("id").proposed_by]
    title = _("再次补正已同意并发出") if event.payload["approved"] else _("再次补正没有同意，请继续办理")
    link = f"/desk/filings/{filing.public_id}/"
    _tell_staff(event, filing, posts, kind="repeat_decided", title=title, link=link)


@on("filing.refusal_proposed")
def tell_refusal_proposed(event: Event) -> None:
    filing = _filing(event)
    posts = _filing_judges(filing.deciding_court_id)
    title = _("有一件不予受理建议等您决定")
    _tell_staff(event, filing, posts, kind="refusal_proposed", title=title, link="/desk/rulings/")


@on("filing.refusal_declined")
def tell_refusal_declined(event: Event) -> None:
    filing = _filing(event)
    proposal = RefusalProposal.objects.select_related("proposed_by__user").get(
        public_id=event.payload["proposal"]
    )
    title, link = _("立案法官决定继续审查"), f"/desk/filings/{filing.public_id}/"
    posts = [proposal.proposed_by]
    _tell_staff(event, filing, posts, kind="refusal_declined", title=title, link=link)


@on("filing.refused")
def tell_refused(event: Event) -> None:
    filing = _filing(event)
    _tell_applicant(
        event,
        filing,
        kind="filing_refused",
        title=_("法院裁定不予受理"),
        body=_("您的立案申请，法院裁定不予受理。收到裁定书起10日内可以上诉，请登录看裁定书。"),
    )


@on("filing.handed_over")
def tell_handed_over(event: Event) -> None:
    filing = _filing(event)
    day = {"court": filing.deciding_court.name, "day": _day(event.payload["due_on"])}
    _tell_applicant(
        event,
        filing,
        kind="filing_handed_over",
        title=_("您的申请已移送有管辖权的法院"),
        body=_("您的立案申请已移送%(court)s，由它最晚%(day)s答复。您不用再跑一趟。") % day,
    )
    step = HandOver.objects.filter(filing=filing).latest("id")
    posts = live_posts().filter(court_id=step.to_court_id, role=Role.INTAKE_CLERK).select_related("user")
    title, link = _("有一件跨域移送的立案申请"), "/desk/filings/?view=moved"
    _tell_staff(event, filing, list(posts), kind="filing_received_over", title=title, link=link)


@on("filing.mediation_asked")
def tell_mediation_asked(event: Event) -> None:
    filing = _filing(event)
    _tell_applicant(
        event,
        filing,
        kind="mediation_asked",
        title=_("法院问您愿不愿意先调解"),
        body=_("法院问您愿不愿意先调解。不愿意也照常审查，最晚%(day)s答复。请登录回答。")
        % {"day": _day(event.payload["due_on"])},
        rest="mediation/",
    )


@on("filing.mediation_started")
def tell_mediation_started(event: Event) -> None:
    filing = _filing(event)
    _tell_applicant(
        event,
        filing,
        kind="mediation_started",
        title=_("已转入先行调解"),
        body=_("您同意先调解，最长到%(day)s。没调成会自动继续立案，您也可以随时不调了。")
        % {"day": _day(event.payload["due_on"])},
    )


@on("filing.mediation_ended")
def tell_mediation_ended(event: Event) -> None:
    filing = _filing(event)
    _tell_applicant(
        event,
        filing,
        kind="mediation_ended",
        title=_("调解结束，继续审查立案"),
        body=_("调解已经结束，法院继续审查您的立案申请，最晚%(day)s答复。")
        % {"day": _day(event.payload["due_on"])},
    )


@on("filing.complained")
def tell_complained(event: Event) -> None:
    filing = _filing(event)
    complaint = FilingComplaint.objects.get(public_id=event.payload["complaint"])
    title = _("有一件立案投诉，最晚%(day)s答复") % {"day": _day(complaint.due_on)}
    link = "/oversight/filing-complaints/"
    _tell_staff(
        event, filing, _overseers(complaint.court_id), kind="filing_complained", title=title, link=link
    )


@on("filing.complaint_answered")
def tell_complaint_answered(event: Event) -> None:
    filing = _filing(event)
    _tell_applicant(
        event,
        filing,
        kind="complaint_answered",
        title=_("您的立案投诉有答复"),
        body=_("您有一条新答复，请登录查看。"),
        rest="complain/",
    )
