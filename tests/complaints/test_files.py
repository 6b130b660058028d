"""Files of complaints: in through the public door, out of reach, cleaned for handlers, as they came only by two (SEC-34)."""

from __future__ import annotations

import base64
import io
import logging
import re
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from cryptography.exceptions import InvalidTag
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import ProgrammingError, transaction
from django.test import Client
from django.urls import reverse
from docx import Document
from PIL import Image

from common import clock
from common.errors import Conflict, NotAllowed, NotVisible
from complaints import sealing
from complaints.models import Closed, Enclosure, Entry, Matter, Piece, Submission
from complaints.services import authors, enclosures, files, handling, identities, jobs, openings, trail
from complaints.services.intake import take_in
from courts.models import Court
from tests.complaints.conftest import inside
from tests.complaints.test_access import browser
from tests.complaints.test_door import WORDS, a_photo, code_in, rows_outside, send
from tests.complaints.test_zone import Zone, received
from tests.documents import craft
from tests.support.court import Cast

GPS = 0x8825


def tokens(page: str) -> list[str]:
    """Tickets that the page carries."""
    return re.findall(r'name="ticket"\s+value="([^"]+)"', page)


def marks(page: str) -> list[str]:
    """Values of its 不要 boxes."""
    return re.findall(r'name="remove"\s+value="([^"]+)"', page)


def stored_files() -> list[str]:
    """Everything below the portal's own storage."""
    place = Path(django_settings.STORAGES["default"]["OPTIONS"]["location"])
    return sorted(str(path) for path in place.rglob("*"))


def only_file(matter: Matter) -> Enclosure:
    """The one file of a matter."""
    return matter.enclosures.get()


def body(answer: Any) -> bytes:
    """A download."""
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def word_file(text: str, *, author: str) -> bytes:
    """A Word file with its author in the properties."""
    made, buffer = Document(), io.BytesIO()
    made.add_paragraph(text)
    made.core_properties.author = author
    made.save(buffer)
    return buffer.getvalue()


def unlock(matter: Matter, cast: Cast) -> None:
    """Both of the discipline office."""
    identities.ask_unlock(
        matter_id=matter.pk, reason="需要核对原始照片", actor=cast.discipline, what=Closed.ORIGINALS
    )
    identities.agree_unlock(matter_id=matter.pk, actor=cast.discipline2, what=Closed.ORIGINALS)


# -- from the door to the desk -----------------------------------------------------------------------------------------


@pytest.mark.req("SEC-34", "SEC-33", "SEC-35")
def test_place_and_device_are_gone_and_the_original_is_intact(cast: Cast, zone: Zone, settings: Any) -> None:
    photo = craft.photo_with_position()
    with Image.open(io.BytesIO(photo)) as taken:
        assert taken.getexif().get_ifd(GPS), "the control: it tells where it was taken"
    matter, code = received(cast, zone, files=a_photo(content=photo))
    first, second = browser(cast, "discipline"), browser(cast, "discipline2")
    with inside(settings):
        file = only_file(matter)
        shown_at = reverse("zone:file", args=[matter.public_id, file.public_id])
        original_at = reverse("zone:original", args=[matter.public_id, file.public_id])
        page = first.get(reverse("zone:matter", args=[matter.public_id])).content.decode()
        assert shown_at in page and original_at not in page and "张三" not in page

        answer = first.get(shown_at)
        shown = body(answer)
        assert answer["Content-Type"] == "image/jpeg" and answer["Cache-Control"] == "no-store"
        assert "sandbox" in answer["Content-Security-Policy"] and "张三" not in str(answer.headers)
        with Image.open(io.BytesIO(shown)) as picture:
            assert not picture.getexif() and picture.size == (300, 400)
        assert b"Secret" not in shown and b"Exif" not in shown

        assert first.get(original_at).status_code == 403
        asked = first.post(
            reverse("zone:originals", args=[matter.public_id]), {"originals-text": "需要核对照片是不是原图"}
        )
        assert asked.status_code == 302
        assert first.post(reverse("zone:originals_agree", args=[matter.public_id])).status_code == 403
        assert first.get(original_at).status_code == 403
        page = second.get(reverse("zone:matter", args=[matter.public_id])).content.decode()
        assert "需要核对照片是不是原图" in page
        assert second.post(reverse("zone:originals_agree", args=[matter.public_id])).status_code == 302
        for client in (first, second):
            assert original_at in client.get(reverse("zone:matter", args=[matter.public_id])).content.decode()
            answer = client.get(original_at)
            assert body(answer) == photo
            assert answer["Content-Disposition"].startswith("attachment") and answer["Content-Length"] == str(
                len(photo)
            )
        with clock.at(clock.now() + timedelta(hours=1, seconds=1)), pytest.raises(NotAllowed):
            openings.open_original(matter_id=matter.pk, public_id=file.public_id, actor=cast.discipline)

        names = list(Entry.objects.filter(matter_id=matter.pk).order_by("seq").values_list("name", flat=True))
        assert names == [
            "complaint.received", "file.opened", "originals.asked", "originals.unlocked", "original.opened",
            "original.opened",
        ]  # fmt: skip
        assert trail.first_bad() is None
        page = Client().post("/complaints/receipt/", {"code": code}).content.decode()
        assert "随件收到1个文件" in page and "打开过您的文件原件" in page and "查看过您的身份" not in page
        assert shown_at not in page


@pytest.mark.req("SEC-30", "SEC-34")
def test_what_lies_in_the_tables_tells_nothing_of_a_file(
    cast: Cast, zone: Zone, owner_connection: Any
) -> None:
    """Boxes with and without files have one length, pieces one size; no byte of a file, no name, no hash is legible."""
    received(cast, zone)
    photo = craft.photo_with_position()
    received(cast, zone, by="li", files=[a_photo(content=photo), a_photo("短.jpg", craft.photo(size=(9, 9)))])
    with owner_connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT length(box) FROM zone.submission")
        assert len(cursor.fetchall()) == 1
        cursor.execute("SELECT DISTINCT length(sealed) FROM zone.piece")
        assert len(cursor.fetchall()) == 1
        cursor.execute("SELECT sealed FROM zone.piece")
        pieces = b"".join(bytes(sealed) for (sealed,) in cursor.fetchall())
        cursor.execute("SELECT t::text FROM zone.enclosure t")
        rows = "".join(row for (row,) in cursor.fetchall())
    assert not [word for word in (b"Secret", b"Exif", b"JFIF", photo[600:640]) if word in pieces]
    assert "张三" not in rows and "短" not in rows


@pytest.mark.req("SEC-30")
def test_the_public_process_reads_no_piece_and_removes_none(cast: Cast) -> None:
    assert send(cast, files=a_photo()).status_code == 200
    for touch in (
        lambda: Piece.objects.count(),
        lambda: list(Piece.objects.values_list("id")),
        lambda: Piece.objects.all().delete(),
        lambda: Enclosure.objects.count(),
    ):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            touch()


@pytest.mark.req("SEC-32", "SEC-34", "SEC-35")
def test_outside_the_zone_a_file_leaves_no_trace(
    cast: Cast, owner_connection: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """No row of the portal, nothing in its storage, no line in its log; a file that cannot be read included."""
    rows, kept = rows_outside(owner_connection), stored_files()
    with caplog.at_level(logging.DEBUG):
        assert send(cast, files=[a_photo(), a_photo("b.jpg")]).status_code == 200
        assert send(cast, files=a_photo("b.jpg", b"\xff\xd8\xff broken")).status_code == 422
        too_heavy = SimpleUploadedFile("a.png", craft.png_bomb(), "image/png")
        assert send(cast, files=too_heavy).status_code == 422
    assert rows_outside(owner_connection) == rows and stored_files() == kept
    text = " ".join(f"{record.name} {record.getMessage()} {vars(record)}" for record in caplog.records)
    assert not [
        word for word in ("portal.access", "documents", "complaint", ".jpg", "upload") if word in text
    ]


# -- the page before it is sent ---------------------------------------------------------------------------------------


@pytest.mark.req("SEC-34")
def test_a_bad_file_is_named_and_nothing_else_is_lost(cast: Cast, zone: Zone) -> None:
    """Words stay, the good file stays and is not chosen again, the bad one says what to do."""
    photo = craft.photo_with_position()
    client = Client()
    answer = send(cast, client, who="", files=[a_photo(content=photo), a_photo("账.exe", b"MZ" + b"\0" * 99)])
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "账.exe：这里可以上传JPG" in page and "请填写要反映谁" in page
    assert WORDS in page and "张三的照片.jpg" in page
    (token,) = tokens(page)
    done = send(cast, client, ticket=token)
    assert done.status_code == 200 and "随件的1个文件" in done.content.decode()
    with zone():
        take_in()
        file = Enclosure.objects.get()
        unlock(file.matter, cast)
        opened = openings.open_original(
            matter_id=file.matter_id, public_id=file.public_id, actor=cast.discipline
        )
        assert (opened.name, b"".join(opened.content)) == ("张三的照片.jpg", photo)


def test_files_kept_first_taken_out_and_sent_later(cast: Cast, zone: Zone) -> None:
    """Without scripts a phone takes one photo after the other: each is kept, and what was typed stays."""
    page = send(cast, words="", action="upload", files=a_photo("一.jpg")).content.decode()
    assert "请填写事情经过" not in page and "上周三" in page
    again = send(cast, action="upload", ticket=tokens(page), files=a_photo("二.jpg"))
    page = again.content.decode()
    assert again.status_code == 200 and len(tokens(page)) == 2
    nothing = send(cast, action="upload", ticket=tokens(page))
    assert nothing.status_code == 422 and "请先选照片或文件" in nothing.content.decode()
    page = send(cast, action="upload", ticket=tokens(page), remove=marks(page)[0]).content.decode()
    assert "二.jpg" in page and "一.jpg" not in page
    assert send(cast, ticket=tokens(page)).status_code == 200
    with zone():
        take_in()
        assert Matter.objects.get().enclosures.count() == 1
        assert Piece.objects.values("parcel").distinct().count() == 4, (
            "what was taken out waits to be removed"
        )


def test_tickets_that_are_old_or_changed(cast: Cast) -> None:
    page = send(cast, action="upload", files=a_photo("一.jpg")).content.decode()
    (token,) = tokens(page)
    with clock.at(clock.now() + files.HOLDS):
        late = send(cast, ticket=token)
        assert late.status_code == 422 and "一.jpg：放得太久了" in late.content.decode()
    changed = send(cast, ticket=token[:-3] + "abc")
    assert changed.status_code == 200 and "文件已封存" not in changed.content.decode()


@pytest.mark.req("SEC-34")
def test_how_many_and_how_large(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    small = craft.photo(size=(20, 20))
    many = send(cast, files=[a_photo(f"{number}.jpg", small) for number in range(files.MAX_FILES + 1)])
    page = many.content.decode()
    assert many.status_code == 422 and len(tokens(page)) == files.MAX_FILES
    assert "10.jpg：最多上传10个文件" in page
    monkeypatch.setattr(files, "MAX_BYTES", len(small) + 10)
    answer = send(cast, files=[a_photo("a.jpg", small), a_photo("b.jpg", small)])
    assert answer.status_code == 422 and "b.jpg：全部文件加起来超过" in answer.content.decode()
    monkeypatch.setattr(files, "AN_HOUR", 3)
    with clock.at(clock.now() + timedelta(hours=1)):
        answer = send(cast, files=[a_photo(f"{number}.jpg", small) for number in range(1, 5)])
        assert answer.status_code == 422
        assert "传的文件太多了" in answer.content.decode() and WORDS in answer.content.decode()


def test_the_same_form_again_is_one_complaint_with_one_file(cast: Cast, zone: Zone) -> None:
    key = str(uuid.uuid4())
    codes = {code_in(send(cast, form_key=key, files=a_photo())) for _twice in range(2)}
    with zone():
        take_in()
        assert len(codes) == Matter.objects.count() == Enclosure.objects.count() == 1


# -- inside ----------------------------------------------------------------------------------------------------------


@pytest.mark.req("SEC-34")
def test_the_author_adds_files_with_the_receipt(cast: Cast, zone: Zone, settings: Any) -> None:
    """In the zone, with the same care: a bad file keeps words and good files, the count is read with the code."""
    matter, code = received(cast, zone)
    visitor, officer = Client(), browser(cast, "discipline")
    form = {"code": code, "text": "补充两张照片", "form_key": "k"}
    with inside(settings):
        bad = visitor.post(
            "/complaints/receipt/", form | {"files": [a_photo("一.jpg"), a_photo("x.jpg", b"x")]}
        )
        page = bad.content.decode()
        assert bad.status_code == 422 and "x.jpg：" in page and "补充两张照片" in page
        good = visitor.post(
            "/complaints/receipt/", form | {"ticket": tokens(page), "files": a_photo("二.jpg")}
        )
        page = good.content.decode()
        assert (
            good.status_code == 200 and "随这条收到2个文件" in page and "已补充" in page and not tokens(page)
        )
        repeated = visitor.post("/complaints/receipt/", form | {"files": a_photo("三.jpg")})
        assert "随这条收到2个文件" in repeated.content.decode(), "the same form again"
        page = officer.get(reverse("zone:matter", args=[matter.public_id])).content.decode()
        assert page.count("下载原件") == 0 and page.count("/files/") == 2
        entry = Entry.objects.get(name="complaint.more")
        assert entry.payload["files"] == 2


def test_the_author_adds_files_with_the_account(cast: Cast, zone: Zone, settings: Any) -> None:
    matter, _code = received(cast, zone, by="li", files=a_photo())
    author, path = browser(cast, "li"), f"/my/complaints/{matter.public_id}/"
    with inside(settings):
        kept = author.post(path, {"text": "", "action": "upload", "files": a_photo("一.jpg")})
        page = kept.content.decode()
        assert kept.status_code == 200 and "一.jpg" in page
        assert author.post(path, {"text": "", "ticket": tokens(page)}).status_code == 422
        assert author.post(path, {"text": "见照片", "ticket": tokens(page)}).status_code == 302
        page = author.get(path).content.decode()
        assert "随件收到1个文件" in page and "随这条收到1个文件" in page


@pytest.mark.req("SEC-34")
def test_papers_are_cleaned_too(cast: Cast, zone: Zone) -> None:
    """A PDF loses its author and the EXIF of its pictures; of a Word file the words are shown; an empty one shows nothing."""
    scan = craft.pdf_of_a_photo(craft.photo_with_position())
    letter = word_file("我要反映的情况", author="SecretAuthor")
    sent = [
        SimpleUploadedFile("扫描.pdf", scan, "application/pdf"),
        SimpleUploadedFile("信.docx", letter, ""),
        SimpleUploadedFile("空.docx", word_file("", author="SecretAuthor"), ""),
    ]
    matter, _code = received(cast, zone, files=sent)
    with zone():
        paper, words, empty = matter.enclosures.order_by("id")
        where = {"matter_id": matter.pk, "actor": cast.discipline}
        shown = b"".join(openings.open_shown(public_id=paper.public_id, **where).content)
        assert shown.startswith(b"%PDF") and b"Secret" not in shown
        opened = openings.open_shown(public_id=words.public_id, **where)
        text = b"".join(opened.content)
        assert opened.name.endswith(".txt") and "我要反映的情况" in text.decode() and b"Secret" not in text
        with pytest.raises(NotVisible):
            openings.open_shown(public_id=empty.public_id, **where)
        unlock(matter, cast)
        for file, raw in ((paper, scan), (words, letter)):
            assert b"".join(openings.open_original(public_id=file.public_id, **where).content) == raw


@pytest.mark.req("SEC-33", "SEC-34")
def test_who_opens_no_original(cast: Cast, zone: Zone) -> None:
    """Not leaders, not one alone, not by the agreement about the identity, not where there is no file."""
    matter, _code = received(cast, zone, by="li", files=a_photo(), confidential="no")
    bare, _code = received(cast, zone, by="li")
    with zone():
        file = only_file(matter)
        handling.pass_up(matter_id=matter.pk, actor=cast.discipline)
        for actor in (cast.supervisor, cast.discipline):
            with pytest.raises(NotAllowed):
                openings.open_original(matter_id=matter.pk, public_id=file.public_id, actor=actor)
        with pytest.raises(NotAllowed):
            identities.ask_unlock(
                matter_id=matter.pk, reason="x" * 10, actor=cast.supervisor, what=Closed.ORIGINALS
            )
        with pytest.raises(Conflict):
            identities.ask_unlock(
                matter_id=bare.pk, reason="x" * 10, actor=cast.discipline, what=Closed.ORIGINALS
            )
        identities.ask_unlock(matter_id=matter.pk, reason="x" * 10, actor=cast.discipline)
        with pytest.raises(Conflict):
            identities.agree_unlock(matter_id=matter.pk, actor=cast.discipline2, what=Closed.ORIGINALS)
        identities.agree_unlock(matter_id=matter.pk, actor=cast.discipline2)
        with pytest.raises(NotAllowed):
            openings.open_original(matter_id=matter.pk, public_id=file.public_id, actor=cast.discipline)
        with pytest.raises(NotVisible):
            openings.open_shown(matter_id=bare.pk, public_id=file.public_id, actor=cast.discipline)
        with pytest.raises(NotVisible):
            openings.open_shown(matter_id=matter.pk, public_id=file.public_id, actor=cast.judge)


@pytest.mark.req("SEC-34", "SEC-40")
def test_files_of_a_matter_stay_and_what_nobody_sent_goes(
    cast: Cast, zone: Zone, owner_connection: Any
) -> None:
    received(cast, zone, files=a_photo())
    send(cast, action="upload", files=a_photo("二.jpg"))
    later = clock.now() + enclosures.LEFT_AFTER + timedelta(seconds=1)
    with zone():
        kept = set(Piece.objects.values_list("parcel", flat=True))
        assert len(kept) == 4 and jobs.remove_left() == 0
    send(cast, Client(REMOTE_ADDR="10.0.0.9"))
    with zone(), clock.at(later):
        assert enclosures.remove_left() == 0, "a box that waits may name them"
        take_in()
        assert enclosures.remove_left() > 0 and enclosures.remove_left() == 0
        file = Enclosure.objects.get()
        assert set(Piece.objects.values_list("parcel", flat=True)) == {file.original, file.shown}
    with owner_connection.cursor() as cursor:
        for statement in (
            "DELETE FROM zone.piece", "UPDATE zone.piece SET number = number", "TRUNCATE zone.piece",
            "DELETE FROM zone.enclosure", "UPDATE zone.enclosure SET kind = kind",
        ):  # fmt: skip
            with pytest.raises(psycopg2.Error, match="append-only"):
                cursor.execute(statement)


@pytest.mark.req("SEC-30", "SEC-34")
def test_what_is_put_in_beside_the_page_is_put_aside(cast: Cast, zone: Zone, settings: Any) -> None:
    """A ticket used for a second complaint, rubbish, a box that is no ticket: the words come in, the files do not."""
    page = send(cast, action="upload", files=a_photo("一.jpg")).content.decode()
    (token,) = tokens(page)
    assert [send(cast, ticket=token).status_code for _twice in range(2)] == [200, 200]
    with zone():
        take_in()
        counted = Entry.objects.filter(name="complaint.received").order_by("seq")
        assert [(row.payload["files"], row.payload["files_lost"]) for row in counted] == [(1, 0), (0, 1)]
        matter = Matter.objects.order_by("id").last()
        assert matter is not None
        box = bytes(Submission.objects.order_by("received_at").values_list("box", flat=True)[0])
        strange = [base64.b64encode(box).decode(), "cnViYmlzaA==", "!"]
        assert enclosures.enclose(matter, strange) == (0, 3)


def rubbish() -> list[dict[str, Any]]:
    """What somebody with the public key and the login of the public process could put into a box."""
    page: dict[str, Any] = {
        "court": 0, "who": "x", "about": "manner", "when": "", "case_number": "", "words": "x", "confidential": True,
        "user": None, "receipt": "R", "files": [],
    }  # fmt: skip
    court = page | {"court": Court.objects.get(code="某1234").pk}
    return [
        {}, page, court | {"user": 10**9}, court | {"user": "x"}, court | {"about": "x"}, court | {"words": None},
        court | {"confidential": "x"}, court | {"files": 7}, court | {"files": [7]},
        court | {"receipt": None, "files": None}, {"court": [1]},
    ]  # fmt: skip


@pytest.mark.req("SEC-30", "SEC-36")
def test_rubbish_in_boxes_stops_nobody(cast: Cast, zone: Zone) -> None:
    """Boxes that the page never closed are put aside, whatever is in them, and those behind them are opened."""
    contents = rubbish()
    for content in contents:
        box = sealing.close_box(content)
        Submission(id=uuid.uuid4(), box=box, received_at=clock.now()).save(force_insert=True)
    code = code_in(send(cast))
    with zone():
        assert take_in() == len(contents) + 1 and take_in() == 0
        assert authors.matter_of_receipt(code) is not None
        assert Matter.objects.count() == 1 and trail.first_bad() is None
        assert Entry.objects.filter(name="complaint.unreadable").count() == len(contents)


@pytest.mark.req("SEC-34")
@pytest.mark.parametrize("attack", ["sealed = set_byte(sealed, 5, 7)", "number = number + 1"])
def test_a_changed_piece_is_not_handed_out(
    cast: Cast, zone: Zone, owner_connection: Any, attack: str
) -> None:
    matter, _code = received(cast, zone, files=a_photo())
    with owner_connection.cursor() as cursor:
        cursor.execute(f"SET session_replication_role = replica; UPDATE zone.piece SET {attack}")
    with zone():
        opened = openings.open_shown(
            matter_id=matter.pk, public_id=only_file(matter).public_id, actor=cast.discipline
        )
        with pytest.raises((InvalidTag, Piece.DoesNotExist)):
            b"".join(opened.content)
