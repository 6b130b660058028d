"""Who hears of decisions about an application besides acceptance and correction, each with the promised day (UX §7)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from common.actor import Role
from courts.models import StaffPost
from courts.posts import live_posts
from eventlog.models import Event
from eventlog.registry import on
from filing.models import Filing, FilingComplaint, HandOver, RefusalProposal, RepeatProposal
from filing.policies import FILING_DIVISION
from notifications.recipients import Recipient, of_post, of_user
from notifications.services import notify
from notifications.words import spoken_day

ON_ITS_PAGE, ON_THE_DESK = "/my/filings/%(id)s/", "/desk/filings/%(id)s/"
ITS_NUMBER = _("申请编号%(number)s。")


@dataclass(frozen=True)
class News:
    """One message about an application: what happened, whom it is for, the words and where to look.

    Title and body may name %(number)s, %(court)s and %(day)s (the day the event promises), the link %(id)s.
    ``approved``: only when what was asked for was granted (or, False, was not).
    """

    event: str
    kind: str
    to: Callable[[Event, Filing], list[Recipient]]
    title: str | Promise
    body: str | Promise = ITS_NUMBER
    link: str = ON_THE_DESK
    approved: bool | None = None


def _applicant(_event: Event, filing: Filing) -> list[Recipient]:
    return [of_user(filing.applicant)]


def _posts(found: QuerySet[StaffPost]) -> list[Recipient]:
    return [of_post(post) for post in found.select_related("user")]


def _assigned(event: Event, _filing: Filing) -> list[Recipient]:
    return _posts(StaffPost.objects.filter(pk=event.payload["post"]))


def _overseers(court_id: int) -> list[Recipient]:
    heads = Q(role=Role.HEAD, division__kind=FILING_DIVISION)
    return _posts(live_posts().filter(Q(role=Role.SUPERVISOR) | heads, court_id=court_id))


def _overseers_of_desk(_event: Event, filing: Filing) -> list[Recipient]:
    return _overseers(filing.deciding_court_id)


def _overseers_of_complaint(event: Event, _filing: Filing) -> list[Recipient]:
    return _overseers(FilingComplaint.objects.get(public_id=event.payload["complaint"]).court_id)


def _who_asked_to_repeat(event: Event, filing: Filing) -> list[Recipient]:
    asked = RepeatProposal.objects.filter(filing=filing, proposed_by_id=event.payload["post"])
    return [of_post(asked.select_related("proposed_by__user").latest("id").proposed_by)]


def _filing_judges(_event: Event, filing: Filing) -> list[Recipient]:
    here = live_posts().filter(court_id=filing.deciding_court_id)
    return _posts(here.filter(role=Role.JUDGE, division__kind=FILING_DIVISION))


def _who_proposed_refusal(event: Event, _filing: Filing) -> list[Recipient]:
    proposals = RefusalProposal.objects.select_related("proposed_by__user")
    return [of_post(proposals.get(public_id=event.payload["proposal"]).proposed_by)]


def _clerks_of_new_court(_event: Event, filing: Filing) -> list[Recipient]:
    step = HandOver.objects.filter(filing=filing).latest("id")
    return _posts(live_posts().filter(court_id=step.to_court_id, role=Role.INTAKE_CLERK))


NEWS = (
    News("filing.assigned", "filing_assigned", _assigned, _("分给您一件立案申请")),
    News(
        "filing.repeat_proposed",
        "repeat_proposed",
        _overseers_of_desk,
        _("有一件再次补正等您答复"),
        link="/oversight/overrides/",
    ),
    News(
        "filing.repeat_decided",
        "repeat_decided",
        _who_asked_to_repeat,
        _("再次补正已同意并发出"),
        approved=True,
    ),
    News(
        "filing.repeat_decided",
        "repeat_decided",
        _who_asked_to_repeat,
        _("再次补正没有同意，请继续办理"),
        approved=False,
    ),
    News(
        "filing.refusal_proposed",
        "refusal_proposed",
        _filing_judges,
        _("有一件不予受理建议等您决定"),
        link="/desk/rulings/",
    ),
    News("filing.refusal_declined", "refusal_declined", _who_proposed_refusal, _("立案法官决定继续审查")),
    News(
        "filing.refused",
        "filing_refused",
        _applicant,
        _("法院裁定不予受理"),
        _("您的立案申请，法院裁定不予受理。收到裁定书起10日内可以上诉，请登录看裁定书。"),
        ON_ITS_PAGE,
    ),
    News(
        "filing.handed_over",
        "filing_handed_over",
        _applicant,
        _("您的申请已移送有管辖权的法院"),
        _("您的立案申请已移送%(court)s，由它最晚%(day)s答复。您不用再跑一趟。"),
        ON_ITS_PAGE,
    ),
    News(
        "filing.handed_over",
        "filing_received_over",
        _clerks_of_new_court,
        _("有一件跨域移送的立案申请"),
        link="/desk/filings/?view=moved",
    ),
    News(
        "filing.mediation_asked",
        "mediation_asked",
        _applicant,
        _("法院问您愿不愿意先调解"),
        _("法院问您愿不愿意先调解。不愿意也照常审查，最晚%(day)s答复。请登录回答。"),
        ON_ITS_PAGE + "mediation/",
    ),
    News(
        "filing.mediation_started",
        "mediation_started",
        _applicant,
        _("已转入先行调解"),
        _("您同意先调解，最长到%(day)s。没调成会自动继续立案，您也可以随时不调了。"),
        ON_ITS_PAGE,
    ),
    News(
        "filing.mediation_ended",
        "mediation_ended",
        _applicant,
        _("调解结束，继续审查立案"),
        _("调解已经结束，法院继续审查您的立案申请，最晚%(day)s答复。"),
        ON_ITS_PAGE,
    ),
    News(
        "filing.complained",
        "filing_complained",
        _overseers_of_complaint,
        _("有一件立案投诉，最晚%(day)s答复"),
        link="/oversight/filing-complaints/",
    ),
    News(
        "filing.complaint_answered",
        "complaint_answered",
        _applicant,
        _("您的立案投诉有答复"),
        _("您有一条新答复，请登录查看。"),
        ON_ITS_PAGE + "complain/",
    ),
)


def tell_decision(event: Event) -> None:
    """Send every message of :data:`NEWS` about this event."""
    for news in NEWS:
        if news.event == event.name and news.approved in (None, event.payload.get("approved")):
            _tell(event, news)


for _name in {news.event for news in NEWS}:
    on(_name)(tell_decision)


def _tell(event: Event, news: News) -> None:
    filing = Filing.objects.select_related("applicant", "deciding_court").get(pk=event.subject_id)
    promised = event.payload.get("due_on")
    words = {
        "number": filing.number,
        "court": filing.deciding_court.name,
        "day": spoken_day(promised) if promised else "",
    }
    notify(
        event,
        news.to(event, filing),
        kind=news.kind,
        court=filing.deciding_court,
        title=str(news.title) % words,
        body=str(news.body) % words,
        link=news.link % {"id": filing.public_id},
    )
