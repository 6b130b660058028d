"""下载我的信息: asked for with a fresh proof, made by the worker, taken by its owner alone, gone after a week (SEC-68)."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from hashlib import sha256

import pytest
from django.test import Client

from cases.models import Case, Party, Side
from common import clock
from documents.models import StoredFile
from documents.storage import kept_files
from eventlog.models import Event
from feedback.models import Topic
from feedback.services import ask
from notifications.models import Message
from portal.demo import cast as people
from portal.models import DataExport
from portal.own_data.services import DATA, INDEX, MANIFEST, make_export
from portal.retention.carry import carry_out
from tests.accounts.test_step_up import old
from tests.support.court import Cast

pytestmark = pytest.mark.req("SEC-68")
PATH = "/my/data/"
OURS, THEIRS = "请问我方的材料齐了吗？", "对方看不到的一句话。"


def take(client: Client, row: DataExport) -> dict[str, bytes]:
    """The files of the ZIP, as its owner downloads it."""
    assert row.file is not None
    with closing(client.get(f"/files/{row.file.public_id}/", follow=True)) as answer:
        assert answer.status_code == 200 and answer["Content-Type"] == "application/zip"
        assert "attachment" in answer["Content-Disposition"] and answer["X-Content-Type-Options"] == "nosniff"
        content = b"".join(answer.streaming_content)  # type: ignore[arg-type]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_person_takes_home_what_is_his_and_nothing_of_others(
    cast: Cast, case: Case, run_outbox: Callable[..., int]
) -> None:
    for name, side, text in (("zhang", Side.PLAINTIFF, OURS), ("li", Side.DEFENDANT, THEIRS)):
        party = Party.objects.get(case=case, side=side)
        if name == "li":
            party.access.create(user=cast.users["li"], basis="counter", starts_at=clock.now())
        ask(case_id=case.pk, party_id=party.pk, topic=Topic.OTHER, text=text, actor=cast.actors[name])
    client = cast.client("zhang")
    assert client.post(PATH)["Location"] == PATH
    assert "正在整理" in client.get(PATH).content.decode()
    client.post(PATH)
    assert DataExport.objects.count() == 1, "one at a time"
    run_outbox()
    row = DataExport.objects.select_related("file").get()
    assert row.file is not None and row.ends_at is not None and row.ready_at is not None
    assert row.ends_at - row.ready_at == timedelta(days=7)
    page = client.get(PATH).content.decode()
    assert "已经整理好" in page and row.file.sha256 in page
    files = take(client, row)
    assert set(files) == {DATA, INDEX, MANIFEST}
    told = json.loads(files[DATA])
    assert told["账号"][0]["证件号码"] == people.ZHANG.id_number
    assert told["账号"][0]["手机号"] == people.ZHANG.phone
    assert [line["案号"] for line in told["我的案件"]] == [case.number]
    assert [line["内容"] for line in told["留言和答复"]] == [OURS]
    uploads = StoredFile.objects.filter(uploaded_by=cast.users["zhang"])
    assert {line["SHA-256"] for line in told["我上传的文件"]} == set(uploads.values_list("sha256", flat=True))
    assert told["立案申请（含草稿）"][0]["诉状内容"] and told["收到的通知"] and told["我做过的操作"]
    whole = files[DATA].decode() + files[INDEX].decode()
    for hidden in (THEIRS, people.LI.id_number, people.LI.phone):
        assert hidden not in whole
    assert OURS in files[INDEX].decode() and "谁看过我的信息" in files[INDEX].decode()
    lines = list(csv.reader(io.StringIO(files[MANIFEST].decode("utf-8-sig"))))
    assert {line[0]: line[1] for line in lines[1:]} == {
        name: sha256(files[name]).hexdigest() for name in (DATA, INDEX)
    }
    assert Message.objects.filter(user=cast.users["zhang"], kind="data_ready", channel="inbox").count() == 1
    names = Event.objects.filter(stream=f"person:{cast.users['zhang'].public_id}", name__startswith="portal.")
    assert [event.name for event in names.order_by("seq")] == ["portal.data_asked", "portal.data_ready"]
    opened = Event.objects.filter(name="documents.opened", subject_id=row.file.pk)
    assert opened.count() == 1, "who took it is on record"
    for name in ("li", "clerk", "judge", "admin"):
        other = cast.client(name)
        assert other.get(f"/files/{row.file.public_id}/").status_code == 404, name
        assert row.file.sha256 not in other.get(PATH, follow=True).content.decode()
    assert make_export(row.pk) is None, "made once"


def test_an_old_sign_in_confirms_first_and_once_a_day_is_enough(
    cast: Cast, run_outbox: Callable[..., int]
) -> None:
    client = old(cast.client("chen"))
    assert client.post(PATH)["Location"].startswith("/step-up/") and not DataExport.objects.exists()
    now, client = clock.now(), cast.client("chen")
    client.post(PATH)
    run_outbox()
    client.post(PATH)
    first = DataExport.objects.select_related("file").get()
    assert first.file is not None and first.file.storage_key in _kept()
    with clock.at(now + timedelta(days=7, minutes=1)):
        assert first.file.sha256 not in cast.client("chen").get(PATH).content.decode()
        assert cast.client("chen").get(f"/files/{first.file.public_id}/").status_code == 404
    with clock.at(now + timedelta(days=8, minutes=1)):
        carry_out()
    assert not DataExport.objects.exists() and not StoredFile.objects.filter(pk=first.file.pk).exists()
    assert first.file.storage_key not in _kept()


def _kept() -> set[str]:
    return {key for key, _at in kept_files().keys_under("files")}
