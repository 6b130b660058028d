"""Messages about other ways to the court: tables of claims, appointments and home visits."""

from __future__ import annotations

from django.utils.translation import gettext as _

from eventlog.models import Event
from eventlog.registry import on
from filing.models import Batch, Visit, VisitKind
from notifications.recipients import of_post, of_user
from notifications.services import notify
from notifications.words import spoken_day


@on("filing.batch_checked")
def tell_checked(event: Event) -> None:
    rows = {"good": event.payload["good"], "bad": event.payload["bad"]}
    body = _("您上传的表检查完了：%(good)s行可以提交，%(bad)s行要改。请登录确认。") % rows
    _tell_holder(event, kind="batch_checked", title=_("批量立案的表检查完了"), body=body)


@on("filing.batch_finished")
def tell_finished(event: Event) -> None:
    body, due = _("这一批没有可以提交的申请，请登录查看原因。"), event.payload["due_on"]
    if due:
        body = _("%(rows)s份立案申请已提交，还没有立案。最晚%(day)s答复。")
        body %= {"rows": event.payload["rows"], "day": spoken_day(due)}
    _tell_holder(event, kind="batch_finished", title=_("批量立案已全部提交"), body=body)


def _tell_holder(event: Event, *, kind: str, title: str, body: str) -> None:
    batch = Batch.objects.select_related("applicant", "court").get(pk=event.subject_id)
    link = f"/my/batches/{batch.public_id}/"
    notify(event, [of_user(batch.applicant)], kind=kind, court=batch.court, title=title, body=body, link=link)


def _visit(event: Event) -> tuple[Visit, str]:
    visit = Visit.objects.select_related("user", "slot__court", "post__user").get(pk=event.subject_id)
    return visit, visit.slot.words


@on("filing.visit_booked")
def tell_booked(event: Event) -> None:
    _tell_expected(event, kind="visit_booked", title=_("预约成功"))


@on("filing.visit_reminded")
def remind(event: Event) -> None:
    _tell_expected(event, kind="visit_reminded", title=_("提醒：您的预约快到了"))


def _tell_expected(event: Event, *, kind: str, title: str) -> None:
    visit, when = _visit(event)
    at_home = visit.slot.kind == VisitKind.HOME
    if at_home:
        sentence = _("您预约了%(when)s请法院上门，请备好身份证和证据。不用上门了，请登录取消。")
    else:
        sentence = _("您预约了%(when)s到立案窗口，请带身份证。来不了请登录取消。")
    notify(
        event,
        [of_user(visit.user)],
        kind=kind,
        court=visit.court,
        title=title,
        body=sentence % {"when": when},
        link=f"/my/visits/{visit.public_id}/",
    )


@on("filing.visit_assigned")
def tell_assigned(event: Event) -> None:
    visit, when = _visit(event)
    if visit.post is None:
        return
    notify(
        event,
        [of_post(visit.post)],
        kind="visit_assigned",
        court=visit.court,
        title=_("有一个预约由您接待"),
        body=_("%(kind)s，%(when)s。") % {"kind": visit.slot.get_kind_display(), "when": when},
        link=f"/desk/visits/{visit.public_id}/",
    )


@on("filing.visit_cancelled")
def tell_cancelled(event: Event) -> None:
    visit, when = _visit(event)
    people = [of_user(visit.user)] + ([of_post(visit.post)] if visit.post else [])
    notify(
        event,
        people,
        kind="visit_cancelled",
        court=visit.court,
        title=_("预约已取消"),
        body=_("%(when)s的预约已取消。需要的话请重新预约，或拨12368。") % {"when": when},
        link="/visits/",
    )
