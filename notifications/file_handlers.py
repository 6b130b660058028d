"""Messages about files that were handed in."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.models import UserKind
from common.actor import Role
from courts.models import Court
from courts.posts import live_posts
from documents.models import StoredFile
from eventlog.models import Event
from eventlog.registry import on
from notifications.recipients import Recipient, of_post, of_user
from notifications.services import notify


@on("documents.infected")
def tell_infected(event: Event) -> None:
    """Whoever sent the file: it is closed, the time of receipt stands, and how to send it anew (SEC-53)."""
    file = StoredFile.objects.select_related("uploaded_by", "court").get(pk=event.subject_id)
    sender = file.uploaded_by
    if sender is None:
        return
    is_staff = sender.kind == UserKind.STAFF
    person = Recipient(f"user:{sender.pk}", sender.pk, "", wants_sms=False) if is_staff else of_user(sender)
    notify(
        event,
        [person],
        kind="file_infected",
        court=file.court,
        title=_("您交的一个文件里有病毒，打不开"),
        body=_("文件已经隔离，收到的时间不变。请用杀毒软件检查设备，再重新导出或者拍照，交一份干净的。"),
        link="/desk/" if is_staff else "/my/",
    )


@on("documents.read_much")
def tell_read_much(event: Event) -> None:
    """The leaders of the court whose documents they are: a stolen account, or somebody who looks where he has no business."""
    court = Court.objects.get(pk=event.court_id or 0)
    people = [
        of_post(post)
        for post in live_posts().filter(court=court, role=Role.SUPERVISOR).select_related("user")
    ]
    notify(
        event,
        people,
        kind="read_much",
        court=court,
        title=_("有账号短时间查阅很多文书"),
        body=_("1小时内%(hour)s份。已放慢，没有停用。请核实是不是本人在办案；查阅清单请找系统管理员。")
        % {"hour": event.payload["hour"]},
        link="/oversight/reads/",
    )
