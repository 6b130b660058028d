"""What happens inside threads besides asking and answering: checks, corrections, new hands."""

from __future__ import annotations

from django.utils.translation import gettext as _

from cases.models import CaseDeadline
from cases.policies import live_staff
from common import clock
from common.actor import Role
from courts.models import StaffPost
from courts.posts import live_posts
from eventlog.models import Event
from eventlog.registry import on
from feedback.models import CheckOutcome, Level, Thread, ThreadState
from feedback.policies import supervisors_of
from notifications.recipients import of_party, of_post
from notifications.services import notify
from notifications.words import spoken_day


def _thread(event: Event) -> Thread:
    return Thread.objects.select_related("case__court", "party").get(pk=event.subject_id)


def _tell_party(event: Event, thread: Thread, *, kind: str, title: str, body: str) -> None:
    link = f"/my/cases/{thread.case.public_id}/messages/{thread.public_id}/"
    people, court = of_party(thread.party), thread.case.court
    notify(event, people, kind=kind, court=court, title=title, body=body, link=link)


@on("feedback.corrected")
def tell_corrected(event: Event) -> None:
    title, body = _("法院更正了一条答复"), _("法院更正了给您的一条答复，请登录或重新扫码查看。")
    _tell_party(event, _thread(event), kind="thread_corrected", title=title, body=body)


@on("feedback.merits_checked")
def tell_checked(event: Event) -> None:
    """The sender hears what became of it; what is passed on, all other parties of the case."""
    thread = _thread(event)
    title, body = _("您交的材料已核对"), _("您交的材料或说明法院已核对，请登录或重新扫码查看结果。")
    _tell_party(event, thread, kind="merits_checked", title=title, body=body)
    if event.payload["outcome"] != CheckOutcome.SHOWN:
        return
    others = thread.case.parties.exclude(pk=thread.party_id)
    told = {person.key: person for party in others for person in of_party(party)}
    sender = {person.key for person in of_party(thread.party)}
    notify(
        event,
        [person for key, person in told.items() if key not in sender],
        kind="merits_passed_on",
        court=thread.case.court,
        title=_("对方交来了材料"),
        body=_("对方交来了材料或说明，法院已转给您，请登录或重新扫码查看。"),
        link=f"/my/cases/{thread.case.public_id}/exchanged/",
    )


@on("feedback.handed_over")
def tell_new_staff(event: Event) -> None:
    """Who holds the case now hears of each open thread and its promise; the party that somebody else answers."""
    thread = _thread(event)
    holders = live_staff().filter(case=thread.case).select_related("post__user")
    notify(
        event,
        [of_post(row.post) for row in holders],
        kind="thread_handed_over",
        court=thread.case.court,
        title=_("有一条留言转给您答复"),
        body=_("%(number)s，最晚%(day)s答复。")
        % {"number": thread.case.number, "day": spoken_day(clock.beijing_day(thread.reply_due_at))},
        link=f"/bench/messages/{thread.public_id}/",
    )
    title = _("您的案件换了承办人")
    body = _("您的案件换了承办人，您的留言由新的承办人答复，期限不变。")
    _tell_party(event, thread, kind="thread_new_judge", title=title, body=body)


def has_moved(event: Event) -> bool:
    """A day that only became certain is no news."""
    return bool(event.payload["moved"])


@on("feedback.promise_confirmed", wants=has_moved)
def tell_promise_moved(event: Event) -> None:
    title = _("您的留言的答复日期改了")
    body = _("放假安排公布了，您的留言的答复日期由%(old)s改为%(day)s。")
    days = {"old": spoken_day(event.payload["old"]), "day": spoken_day(event.payload["due"])}
    _tell_party(event, _thread(event), kind="promise_moved", title=title, body=body % days)


@on("cases.deadline_confirmed", wants=has_moved)
def tell_deadline_moved(event: Event) -> None:
    """Who has to keep the period; one of the court is shown on the case page."""
    row = CaseDeadline.objects.select_related("case__court", "party").get(pk=event.subject_id)
    notify(
        event,
        of_party(row.party) if row.party else [],
        kind="deadline_moved",
        court=row.case.court,
        title=_("您的一个期限改了"),
        body=_("放假安排公布了，您在案件里的一个期限由%(old)s改为%(day)s24:00，请登录查看。")
        % {"old": spoken_day(event.payload["old"]), "day": spoken_day(event.payload["due"])},
        link=f"/my/cases/{row.case.public_id}/",
    )


def was_supervisor(event: Event) -> bool:
    """Only that post can leave questions without anybody above."""
    return event.payload["role"] == Role.SUPERVISOR


@on("courts.post_ended", wants=was_supervisor)
def tell_nobody_oversees(event: Event) -> None:
    """The court lost its last supervisor: its heads answer what came to oversight, and its administrator knows."""
    post = StaffPost.objects.select_related("court").get(pk=event.subject_id)
    if supervisors_of(post.court_id).exists():
        return
    told = (
        live_posts().filter(court_id=post.court_id, role__in=[Role.HEAD, Role.ADMIN]).select_related("user")
    )
    waiting = Thread.objects.filter(court_id=post.court_id, level=Level.OVERSIGHT, state=ThreadState.OPEN)
    notify(
        event,
        [of_post(one) for one in told],
        kind="nobody_oversees",
        court=post.court,
        title=_("本院现在没有院领导岗位"),
        body=_("请院领导答复的留言现在有%(count)s件，先由庭长答复，请尽快安排院领导岗位。")
        % {"count": waiting.count()},
        link="/bench/",
    )
