"""Asking for one's own data, making the file, and its end (SEC-68; 个人信息保护法45)."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import uuid
import zipfile
from datetime import timedelta
from functools import partial
from hashlib import sha256

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services.people import person_actor
from common import clock
from common.actor import Actor, Role, system
from common.errors import Conflict, NotAllowed
from common.tables import BOM, safe
from courts.models import Court
from documents.models import ScanState, StoredFile
from eventlog.services import act, emit
from portal import events
from portal.models import DataExport
from portal.own_data.contents import Section, sections_of

OWNER_KIND = "portal.dataexport"
KEPT = timedelta(days=7)
PAUSE = timedelta(days=1)
"""Between two files for one person."""
DATA, INDEX, MANIFEST = "data.json", "目录.html", "校验.csv"


def exports_of(user_id: int) -> list[DataExport]:
    """What was asked for and is being made, or still lies there; newest first. One query."""
    rows = DataExport.objects.filter(user_id=user_id).select_related("file").order_by("-id")[:10]
    now = clock.now()
    return [row for row in rows if row.ends_at is None or row.ends_at > now]


def ask_export(*, actor: Actor) -> DataExport:
    """The worker is to make the file. NotAllowed for staff and scan logins, Conflict while one is being made and within a day of
    the last one."""
    if not actor.is_public or actor.user_id is None:
        raise NotAllowed(_("请先登录，再下载自己的信息。"))
    with act():
        user = User.objects.select_for_update(no_key=True).get(pk=actor.user_id)
        last = DataExport.objects.filter(user=user).order_by("-id").first()
        if last is not None and last.ready_at is None:
            raise Conflict(_("正在整理，请等通知。"))
        if last is not None and last.asked_at > clock.now() - PAUSE:
            raise Conflict(_("一天可以整理一次。上一份还在，可以直接下载。"))
        row = DataExport.objects.create(user=user, asked_at=clock.now())
        emit(events.DATA_ASKED, subject=row, actor=actor, stream=f"person:{user.public_id}")
    return row


def make_export(export_id: int) -> DataExport | None:
    """Make the file of somebody who asked; None when it is made already. Outside a transaction; safe to repeat and to kill."""
    row = DataExport.objects.select_related("user").get(pk=export_id)
    court = Court.objects.filter(parent=None).order_by("pk").first()
    if row.ready_at is not None or court is None:
        return None
    user = row.user
    role = Role.LAWYER if user.is_lawyer else Role.LITIGANT
    content = archive_of(user, sections_of(user, person_actor(user, role)))
    key = str(default_storage.save(f"files/{uuid.uuid4().hex}", ContentFile(content)))
    with act():
        row = DataExport.objects.select_for_update(of=("self",)).select_related("user").get(pk=export_id)
        if row.ready_at is None:
            row.file = _kept(row, court, key, content)
            row.ready_at = clock.now()
            row.ends_at = row.ready_at + KEPT
            row.save(update_fields=["file", "ready_at", "ends_at"])
            emit(
                events.DATA_READY,
                subject=row,
                actor=system(str(_("下载我的信息"))),
                stream=f"person:{row.user.public_id}",
                user=row.user_id,
                sha256=row.file.sha256,
            )
            return row
    _drop([key])
    return None


def _kept(row: DataExport, court: Court, key: str, content: bytes) -> StoredFile:
    name = _("我的信息_%(day)s.zip") % {"day": f"{clock.today():%Y%m%d}"}
    return StoredFile.objects.create(
        court=court,
        owner_kind=OWNER_KIND,
        owner_public_id=row.public_id,
        display_name=name,
        storage_key=key,
        content_type="application/zip",
        size_bytes=len(content),
        sha256=sha256(content).hexdigest(),
        scan_state=ScanState.CLEAN,
        received_at=clock.now(),
    )


def archive_of(user: User, sections: list[Section]) -> bytes:
    """The ZIP: for software, for reading, and the SHA-256 of both."""
    now = clock.now()
    told = {section.title: section.lines for section in sections}
    text = json.dumps(told, ensure_ascii=False, indent=1, cls=DjangoJSONEncoder)
    page = render_to_string(
        "pages/own_data_export.html", {"sections": sections, "made_at": now, "name": user.name}
    )
    files = {DATA: text.encode(), INDEX: page.encode()}
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
        archive.writestr(MANIFEST, _manifest(files))
    return target.getvalue()


def _manifest(files: dict[str, bytes]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([_("文件"), "SHA-256", _("大小（字节）")])
    for name, content in files.items():
        writer.writerow([safe(name), sha256(content).hexdigest(), str(len(content))])
    return (BOM + text.getvalue()).encode()


def may_open(actor: Actor, public_id: uuid.UUID) -> bool:
    """Who asked for it, while it is kept."""
    own = DataExport.objects.filter(user_id=actor.user_id or 0, ends_at__gt=clock.sql_now())
    return actor.is_public and actor.helper is None and own.filter(public_id=public_id).exists()


def end_export(row: DataExport) -> None:
    """A locked row whose time is over goes with its file; the bytes after the commit."""
    with act():
        file = row.file
        row.delete()
        if file is not None:
            file.delete()
            transaction.on_commit(partial(_drop, [file.storage_key]), robust=True)


def _drop(keys: list[str]) -> None:
    with contextlib.suppress(OSError):
        for key in keys:
            default_storage.delete(key)
