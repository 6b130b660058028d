"""Messages about files that were handed in."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.models import UserKind
from documents.models import StoredFile
from eventlog.models import Event
from eventlog.registry import on
from notifications.recipients import Recipient, of_user
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
