"""The public side: a closed box goes in, nothing comes out, nobody is written down (SEC-30, SEC-34)."""

from __future__ import annotations

import logging
import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import ProgrammingError, connection, transaction
from django.test import Client

from common import clock
from complaints import sealing
from complaints.models import Submission
from tests.documents import craft
from tests.support.court import Cast

WORDS = "赵明法官三次开庭都迟到，态度也不好。"


def a_photo(name: str = "张三的照片.jpg", content: bytes = b"") -> SimpleUploadedFile:
    """A photo that tells where and with what it was taken."""
    return SimpleUploadedFile(name, content or craft.photo_with_position(), "image/jpeg")


def form_of(cast: Cast, **changes: Any) -> dict[str, Any]:
    """What a visitor without an account fills in."""
    given = {
        "form_key": str(uuid.uuid4()),
        "court": cast.court.code,
        "who": "赵明",
        "about": "manner",
        "when": "上周三",
        "case_number": "",
        "words": WORDS,
    }
    return given | changes


def send(cast: Cast, client: Client | None = None, **changes: Any) -> Any:
    """The form, posted."""
    return (client or Client()).post("/complaints/", form_of(cast, **changes))


def code_in(answer: Any) -> str:
    """The receipt code on the page."""
    found = re.search(r'id="code">\s*([0-9A-Z-]+)\s*<', answer.content.decode())
    assert found, answer.content.decode()
    return found.group(1)


@pytest.mark.req("SEC-34")
def test_a_visitor_without_account_gets_a_receipt_of_130_bits(cast: Cast) -> None:
    answer = send(cast)
    assert answer.status_code == 200
    code = code_in(answer).replace("-", "")
    assert len(code) == 26 and set(code) <= set("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
    assert "session" not in answer.cookies
    assert code not in str(answer.headers)


@pytest.mark.req("SEC-34")
def test_the_same_form_again_is_one_box_and_the_same_code(cast: Cast, owner_connection: Any) -> None:
    key = str(uuid.uuid4())
    codes = {code_in(send(cast, form_key=key)) for _number in range(3)}
    with owner_connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM zone.submission")
        assert (len(codes), cursor.fetchone()[0]) == (1, 1)


@pytest.mark.req("SEC-30")
def test_the_public_process_cannot_read_back(cast: Cast) -> None:
    send(cast)
    for look in (lambda: Submission.objects.count(), lambda: list(Submission.objects.values_list("id"))):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            look()
    with pytest.raises(sealing.NoZoneKey):
        sealing.open_box(sealing.close_box({"words": WORDS}))


@pytest.mark.req("SEC-30")
def test_portal_app_has_one_right_in_the_schema(cast: Cast) -> None:
    """INSERT on the boxes and on pieces of files, three functions; no other table, no other verb."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, p.verb FROM pg_class c CROSS JOIN unnest(ARRAY['SELECT','INSERT','UPDATE','DELETE',"
            "'TRUNCATE']) AS p(verb) WHERE c.relnamespace = 'zone'::regnamespace AND c.relkind = 'r'"
            " AND has_table_privilege('portal_app', c.oid, p.verb) ORDER BY 1"
        )
        assert cursor.fetchall() == [("piece", "INSERT"), ("submission", "INSERT")]
        cursor.execute(
            "SELECT proname FROM pg_proc WHERE pronamespace = 'zone'::regnamespace"
            " AND has_function_privilege('portal_app', oid, 'EXECUTE') ORDER BY 1"
        )
        assert cursor.fetchall() == [("count_one",), ("hour_salt",), ("taken",)]


@pytest.mark.req("SEC-30", "SEC-35")
def test_a_box_tells_nothing_by_its_length(cast: Cast, owner_connection: Any) -> None:
    send(cast, words="短")
    send(cast, words="长" * 4000, who="很长的称呼" * 20)
    with owner_connection.cursor() as cursor:
        cursor.execute("SELECT length(box), box FROM zone.submission")
        rows = cursor.fetchall()
    assert len(rows) == 2 and len({length for length, _box in rows}) == 1
    assert all("赵明".encode() not in bytes(box) for _length, box in rows)


@pytest.mark.req("SEC-34", "SEC-35")
def test_the_portal_keeps_no_trace_of_it(cast: Cast, owner_connection: Any) -> None:
    """Not one row of the portal's own tables is written, whoever complains; the session of an account included."""
    client = cast.client("li")
    client.get("/my/")
    before = rows_outside(owner_connection)
    assert send(cast).status_code == 200
    assert send(cast, client, account="yes", confidential="yes").status_code == 200
    assert rows_outside(owner_connection) == before


def rows_outside(link: Any) -> dict[str, Any]:
    """A digest of every table of the portal's own schema."""
    found = {}
    with link.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (name,) in cursor.fetchall():
            cursor.execute(f"SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM \"{name}\" t")
            found[name] = cursor.fetchone()[0]
    return found


@pytest.mark.req("SEC-34")
def test_no_log_line_says_that_somebody_was_here(cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        client = Client(HTTP_USER_AGENT="Telltale/1.0", HTTP_REFERER="http://testserver/m/ABC/")
        client.get("/complaints/")
        send(cast, client)
        send(cast, client, words="")
        assert "portal.access" not in {record.name for record in caplog.records}
        client.get("/help/")
    text = " ".join(f"{record.getMessage()} {vars(record)}" for record in caplog.records)
    assert "portal.access" in {record.name for record in caplog.records}, (
        "the control: other pages are logged"
    )
    assert not [word for word in ("127.0.0.1", "Telltale", "complaints", "赵明") if word in text]


@pytest.mark.req("SEC-34")
def test_five_an_hour_under_a_salt_that_is_forgotten(cast: Cast, owner_connection: Any) -> None:
    noon = clock.now().replace(minute=5)
    with clock.at(noon):
        assert [send(cast).status_code for _number in range(6)] == [200] * 5 + [429]
        assert Client(REMOTE_ADDR="10.0.0.7").post("/complaints/", form_of(cast)).status_code == 200
    with owner_connection.cursor() as cursor:
        cursor.execute("SELECT tag FROM zone.hourcount")
        before = {tag for (tag,) in cursor.fetchall()}
        with clock.at(noon + timedelta(hours=1)):
            assert send(cast).status_code == 200
        cursor.execute("SELECT tag FROM zone.hourcount")
        after = {tag for (tag,) in cursor.fetchall()}
        cursor.execute("SELECT count(*) FROM zone.hoursalt")
        assert cursor.fetchone()[0] == 1
    assert len(before) == 2 and len(after) == 1 and not before & after


def test_what_is_missing_is_said_and_kept(cast: Cast) -> None:
    answer = send(cast, words="", who="")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "请填写要反映谁" in page and "请填写事情经过" in page and "上周三" in page


@pytest.mark.req("SEC-30")
@pytest.mark.parametrize(
    "path", ["/my/complaints/", "/complaints/receipt/", "/oversight/complaints/", "/interference/"]
)
def test_outside_the_zone_its_addresses_are_unknown(cast: Cast, path: str) -> None:
    client = cast.client("li")
    here, nowhere = client.get(path), client.get("/my/no-such-page/")
    assert here.status_code == 404
    assert re.sub(rb'nonce="[^"]*"', b"", here.content) == re.sub(rb'nonce="[^"]*"', b"", nowhere.content)
