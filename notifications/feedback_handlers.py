"""Messages about questions: answers, promises that were not kept, the digest of the day, 整改, surveys.

Members of staff get one message a day about what waits (REL-22); a question by itself tells them nothing.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from common.actor import Role
from courts.posts import live_posts
from eventlog.models import Event
from eventlog.registry import on
from feedback.models import Digest, Invitation, Rework, Thread
from notifications.recipients import of_party, of_post
from notifications.services import notify
from notifications.words import ANSWER_BODY, ANSWER_TITLE, spoken_day


@on("feedback.answered")
def tell_answer(event: Event) -> None:
    _tell_party(event, kind="thread_answered", title=str(ANSWER_TITLE), body=str(ANSWER_BODY))


def was_missed(event: Event) -> bool:
    """Only the promise of the answer itself; an amber mark is the court's own affair."""
    return bool(event.payload["missed"])


@on("feedback.escalated", wants=was_missed)
def tell_missed(event: Event) -> None:
    who = _("院领导") if event.payload["step"] == "supervisor" else _("庭长")
    body = _("您的留言没有按期答复，对不起。现在由%(who)s督办，新的期限是%(day)s。")
    body %= {"who": who, "day": spoken_day(event.payload["new_due_on"])}
    _tell_party(event, kind="thread_late", title=_("您的留言答复晚了"), body=body)


def _tell_party(event: Event, *, kind: str, title: str, body: str) -> None:
    thread = Thread.objects.select_related("case__court", "party").get(pk=event.subject_id)
    link = f"/my/cases/{thread.case.public_id}/messages/{thread.public_id}/"
    court = thread.case.court
    notify(event, of_party(thread.party), kind=kind, court=court, title=title, body=body, link=link)


@on("feedback.digest_made")
def tell_digest(event: Event) -> None:
    digest = Digest.objects.select_related("post__court").get(pk=event.subject_id)
    counts = {"waiting": digest.waiting, "soon": digest.soon, "late": digest.late}
    links = {Role.HEAD: "/bench/division/", Role.SUPERVISOR: "/oversight/threads/"}
    notify(
        event,
        [of_post(digest.post)],
        kind="feedback_digest",
        court=digest.post.court,
        title=_("今天的留言汇总"),
        body=_("要答复%(waiting)s件，快到期%(soon)s件，已超期%(late)s件。") % counts,
        link=links.get(Role(digest.post.role), "/bench/"),
    )


@on("feedback.rework_opened")
def tell_head_of_rework(event: Event) -> None:
    rework = Rework.objects.select_related("court").get(pk=event.subject_id)
    heads = live_posts().filter(role=Role.HEAD, division_id=rework.division_id).select_related("user")
    notify(
        event,
        [of_post(post) for post in heads],
        kind="rework_opened",
        court=rework.court,
        title=_("本庭上月评价偏低，请整改"),
        body=_("请写明原因和改进。"),
        link=f"/bench/reworks/{rework.public_id}/",
    )


@on("feedback.survey_invited")
def invite(event: Event) -> None:
    row = Invitation.objects.select_related("thread__party", "survey__court").get(pk=event.subject_id)
    notify(
        event,
        of_party(row.thread.party),
        kind="survey_invited",
        court=row.survey.court,
        title=_("请您填一份满意度调查表"),
        body=_("您被抽中填一份满意度调查表，4个问题，填不填都可以。请登录查看。"),
        link=f"/my/surveys/{row.public_id}/",
    )
