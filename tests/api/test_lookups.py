"""Case numbers, causes, courts, materials, identity numbers, questions: every code of the data answers."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from common import clock
from common.case_numbers import format_number
from courts.domain import CAUSE_FILES, _with_class_codes
from guides.materials import identity_materials, procedures
from tests.api.conftest import Call
from tests.courts.test_domain import rows

pytestmark = pytest.mark.django_db
TYPE_ROWS = list(_with_class_codes(rows("case-type-codes.csv")))


@pytest.fixture(autouse=True)
def _a_day_in_november() -> Any:
    with clock.at(datetime(2026, 11, 21, 12, tzinfo=clock.BEIJING)):
        yield


# --- case numbers -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", TYPE_ROWS, ids=lambda row: row[0])
def test_every_type_code(get: Call, row: tuple[str, dict[str, str]]) -> None:
    code = row[1]["type_code"]
    number = format_number(year=2024, court="冀11", type_code=code, sequence=7)
    status, body = get("case-numbers/parse", number=number)
    assert status == 200
    assert (body["status"], body["normalized"], body["sequence"]) == ("valid", number, 7)
    assert body["type"]["code"] == code
    assert row[1]["case_type"] in body["type"]["name"]


@pytest.mark.parametrize("row", rows("courts.csv"), ids=lambda row: row["code"])
def test_every_court(get: Call, row: dict[str, str]) -> None:
    status, body = get("case-numbers/parse", number=f"（2024）{row['code']}执1号")
    assert (status, body["status"]) == (200, "valid")
    assert body["court"] == {"code": row["code"], "name": row["name"]}
    for former in filter(None, row["former_codes"].split("|")):
        old = get("case-numbers/parse", number=f"（2017）{former}执1号")[1]
        assert (old["status"], old["court"]["code"]) == ("valid", row["code"])
    status, found = get("courts", q=row["code"])
    assert (status, found["results"][0]["code"]) == (200, row["code"])
    assert row["code"] in [court["code"] for court in get("courts", q=row["name"])[1]["results"]]


@pytest.mark.parametrize(
    ("number", "status"),
    [
        ("（2021）冀1127执1号", "valid"), ("(2021)冀11民终123号", "valid"), ("（2021）内0103民初16号", "valid"),
        ("（2019）最高法知民终1号", "valid"), ("（2026）某1234民初1号", "valid"), ("（2021）川0104民诉前调801号", "unknown_court"),
        ("（2021）冀1127民终1号", "level_mismatch"), ("（2027）冀1127民初1号", "future_year"),
        ("（2021）冀1127民怪1号", "unknown_type"), ("(2015)石民初字第00123号", "legacy"), ("hello", "invalid"), ("", "invalid"),
    ],
)  # fmt: skip
def test_every_return_code(get: Call, number: str, status: str) -> None:
    code, body = get("case-numbers/parse", number=number)
    assert (code, body["status"]) == (200, status)
    assert set(body) == {"status", "normalized", "year", "court", "type", "sequence", "message"}


def test_a_number_must_be_asked(get: Call) -> None:
    assert get("case-numbers/parse")[0] == 422
    assert list(get("case-numbers/parse", number=["1", "2"])[1]["fields"]) == ["number"]


# --- causes and courts ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", CAUSE_FILES, ids=str)
def test_every_cause(get: Call, version: str) -> None:
    expected, page = {row["code"]: row["name"] for row in rows(CAUSE_FILES[version])}, 1
    found: dict[str, str] = {}
    while page:
        body = get("causes", version=str(version), page=page, page_size=100)[1]
        found |= {cause["code"]: cause["name"] for cause in body["results"]}
        assert all(
            cause["path"][-1] == cause["name"] and len(cause["path"]) <= cause["level"]
            for cause in body["results"]
        )
        page = page + 1 if body["next"] else 0
    assert found == expected
    assert body["count"] == len(expected)


def test_causes_by_words(get: Call) -> None:
    status, body = get("causes", q="民间借贷")
    assert status == 200
    assert body["results"][0]["name"] == "民间借贷纠纷"
    assert body["results"][0]["version"] == "2025"
    assert get("causes", q="C20-1-1-1")[1]["results"][0]["version"] == "2020"
    assert get("causes", q="没有这个案由")[1] == {"count": 0, "next": None, "previous": None, "results": []}


def test_pages_lead_to_each_other(get: Call) -> None:
    first = get("courts", q="法院", page_size=50)[1]
    assert first["count"] == 201
    assert first["previous"] is None
    second = Client().get(first["next"]).json()
    assert second["previous"].endswith("page=1")
    assert not {court["code"] for court in first["results"]} & {court["code"] for court in second["results"]}
    assert get("courts", page=99)[1]["results"] == []


@pytest.mark.parametrize(
    ("path", "query", "field"),
    [
        ("courts", {"page": -1}, "page"), ("courts", {"page_size": 10**6}, "page_size"), ("courts", {"page": "x"}, "page"),
        ("courts", {"ordering": "password"}, "ordering"), ("causes", {"judge__name": "x"}, "judge__name"),
        ("causes", {"q": ["a", "b"]}, "q"), ("causes", {"version": "1999"}, "version"), ("causes", {"level": 9}, "level"),
        ("courts", {"q": "x" * 101}, "q"), ("courts", {"q": "\x00"}, "q"), ("materials", {}, "procedure"),
        ("materials", {"procedure": "X"}, "procedure"), ("materials", {"procedure": "REFUND", "applicant": "cat"}, "applicant"),
        ("materials", {"procedure": "REFUND", "agent": "natural"}, "agent"),
    ],
)  # fmt: skip
def test_wrong_queries(get: Call, path: str, query: dict[str, Any], field: str) -> None:
    status, body = get(path, **query)
    assert (status, list(body["fields"])) == (422, [field])


def test_queries_do_not_grow_with_the_page(django_assert_num_queries: Any) -> None:
    for size in ("1", "100"):
        with django_assert_num_queries(2):
            Client().get("/api/v1/causes", {"version": "2025", "page_size": size})


# --- materials --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("applicant", identity_materials())
@pytest.mark.parametrize("procedure", procedures())
def test_every_procedure_for_everybody(get: Call, procedure: str, applicant: str) -> None:
    status, body = get("materials", procedure=procedure, applicant=applicant)
    assert status == 200
    assert body["procedure"]["code"] == procedure
    assert [one["code"] for one in body["identity"]] == [one.code for one in identity_materials()[applicant]]
    assert body["materials"]
    for one in (*body["materials"], *body["identity"]):
        assert (one["requirement"] == "conditional") == bool(one["condition"])


def test_a_lawyers_papers_are_added(get: Call) -> None:
    body = get("materials", procedure="CIVIL_LOAN", applicant="natural", agent="agent_lawyer")[1]
    assert "POA" in [one["code"] for one in body["agent"]]
    assert get("materials", procedure="CIVIL_LOAN")[1]["agent"] == []


# --- identity ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "value", "valid", "normalized"),
    [
        ("id_card", "11010519491231002x", True, "11010519491231002X"), ("id_card", "110105491231002", False, "110105491231002"),
        ("id_card", "", False, ""), ("id_card", "9" * 2000, False, "9" * 64), ("uscc", "91110000600037341l", True, "91110000600037341L"),
        ("uscc", "91110000600037341M", False, "91110000600037341M"),
    ],
)  # fmt: skip
def test_identity_numbers(post: Call, kind: str, value: str, valid: bool, normalized: str) -> None:
    status, body = post("identity/check", {"kind": kind, "value": value})
    assert status == 200
    assert (body["valid"], body["normalized"]) == (valid, normalized)
    assert set(body) == {"valid", "normalized", "message"}
    assert body["message"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"kind": "id_card"}, "value"),
        ({"kind": "cat", "value": "1"}, "kind"),
        ({"kind": "uscc", "value": ["1"]}, "value"),
    ],
)
def test_identity_needs_a_kind_and_a_value(post: Call, body: dict[str, Any], field: str) -> None:
    status, answer = post("identity/check", body)
    assert (status, list(answer["fields"])) == (422, [field])


# --- questions --------------------------------------------------------------------------------------------------


def test_a_question_gets_three_entries_and_a_way_to_a_person(post: Call) -> None:
    status, body = post("assistant/ask", {"question": "法院多久给立案结果？"})
    assert status == 200
    assert set(body) == {"entries", "refused", "handoff"}
    assert body["refused"] is False
    assert "F002" in [entry["id"] for entry in body["entries"]]
    assert len(body["entries"]) == 3
    scores = [entry["score"] for entry in body["entries"]]
    assert scores == sorted(scores, reverse=True)
    assert set(body["entries"][0]) == {"id", "question", "answer", "legal_basis", "score"}
    assert body["handoff"]["phone"] == "12368"


def test_what_nothing_matches_is_refused(post: Call) -> None:
    status, body = post("assistant/ask", {"question": "asdfgh qwerty"})
    assert (status, body["entries"], body["refused"]) == (200, [], True)
    assert body["handoff"]["phone"]


@pytest.mark.parametrize("question", ["", "  \u3000", "\u200b", "问" * 501, None, 5.5, ["x"], "\x00"])
def test_no_question_is_an_error(post: Call, question: Any) -> None:
    status, body = post("assistant/ask", {"question": question})
    assert (status, list(body["fields"])) == (422, ["question"])


# --- manners ----------------------------------------------------------------------------------------------------


@pytest.mark.req("B-37")
@pytest.mark.parametrize("path", ["fees/quote", "deadlines/compute", "identity/check", "assistant/ask"])
@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "application/x-www-form-urlencoded"])
def test_only_json(path: str, kind: str) -> None:
    answer = Client().post(f"/api/v1/{path}", "<a/>", content_type=kind)
    assert answer.status_code == 415
    assert set(answer.json()) == {"code", "message", "fields"}


@pytest.mark.parametrize("path", ["fees/quote", "deadlines/compute", "identity/check", "assistant/ask"])
def test_only_their_method(path: str) -> None:
    answer = Client().get(f"/api/v1/{path}")
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")


def test_addresses() -> None:
    assert reverse("api:fees-quote") == "/api/v1/fees/quote"
    assert reverse("api:courts") == "/api/v1/courts"


def test_the_schema_describes_every_look_up_without_warnings() -> None:
    from drf_spectacular.drainage import GENERATOR_STATS
    from drf_spectacular.generators import SchemaGenerator

    GENERATOR_STATS.reset()
    schema = SchemaGenerator().get_schema(request=None, public=True)
    assert not GENERATOR_STATS._warn_cache
    assert not GENERATOR_STATS._error_cache
    paths = {
        "fees/quote",
        "deadlines/compute",
        "case-numbers/parse",
        "causes",
        "courts",
        "materials",
        "assistant/ask",
        "identity/check",
    }
    assert {f"/api/v1/{path}" for path in paths} <= set(schema["paths"])


def test_the_schema_and_its_page_are_public() -> None:
    assert b"openapi: 3.1" in Client().get("/api/schema/").content
    page = Client().get("/api/docs/")
    assert page.status_code == 200
    assert b"cdn" not in page.content
