"""My cases for software: the same rows and words as the pages, no more; cheap to ask again; only with the right token."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from accounts.services.tokens import issue_token
from cases.models import AccessBasis, Case, Party, Side
from cases.services import grant_access
from common import clock
from feedback import services as feedback
from feedback.models import Topic
from portal.demo.cast import LI
from tests.filing.pages import text_of
from tests.support.court import Cast, accepted

CASES = "/api/v1/cases"


def token_of(cast: Cast, who: str = "wang", *scopes: str) -> str:
    user = cast.users[who]
    wanted = scopes or ("cases",)
    return issue_token(user_id=user.pk, name="软件", days=30, scopes=wanted, actor=cast.actors[who])[1]


def ask(secret: str, path: str = CASES, **headers: str) -> HttpResponse:
    answer: HttpResponse = Client().get(path, headers={"Authorization": f"Bearer {secret}", **headers})
    return answer


def represented(cast: Cast, run_outbox: Callable[..., int] | None = None, **options: object) -> Case:
    """张's case, in which 王律师 acts for him."""
    case = accepted(cast, **options)
    party = case.parties.get(side=Side.PLAINTIFF)
    grant_access(party=party, user=cast.users["wang"], basis=AccessBasis.REPRESENTATION, actor=cast.clerk)
    if run_outbox is not None:
        run_outbox()
    return case


def test_a_lawyer_reads_what_his_pages_show(cast: Cast, run_outbox: Callable[..., int]) -> None:
    case = represented(cast, run_outbox)
    party = Party.objects.get(case=case, side=Side.PLAINTIFF)
    feedback.ask(case_id=case.pk, party_id=party.pk, topic=Topic.OTHER, text="何时开庭", actor=cast.wang)
    secret, browser = token_of(cast), cast.client("wang")
    [row] = ask(secret).json()["results"]
    page = text_of(browser.get("/my/"))
    for words in (row["number"], row["court"]["name"], row["cause"], row["side_words"], row["turn"]["words"]):
        assert words in page, words
    whole = ask(secret, f"{CASES}/{case.public_id}").json()
    assert {name: whole[name] for name in row} == row
    page = text_of(browser.get(f"/my/cases/{case.public_id}/"))
    assert whole["papers"] and whole["bills"] and whole["deadlines"] and whole["threads"]
    for paper in whole["papers"]:
        assert paper["title"] in page and paper["delivery"]["state"] == "delivered"
    assert [bill["amount"] for bill in whole["bills"]] == [f"{case.bills.get().amount:.2f}"]
    assert [step["words"] for step in whole["stages"] if step["words"] not in page] == []
    assert [row["words"] for row in whole["deadlines"] if row["words"] not in page] == []
    assert whole["threads"][0]["state_words"] in page
    names = {(party["name"], party["own"]) for party in whole["parties"]}
    assert names == {("张某", True), ("李某", False)}


@pytest.mark.req("SEC-14")
def test_nothing_of_a_person_but_the_name_leaves(cast: Cast, run_outbox: Callable[..., int]) -> None:
    case = represented(cast, run_outbox)
    body = ask(token_of(cast), f"{CASES}/{case.public_id}").content.decode()
    for party in case.parties.all():
        assert party.name in body
        for value in (party.id_number, party.phone, party.address):
            assert not value or value not in body
    assert LI.phone not in body


def test_who_asks_again_is_told_only_of_changes(cast: Cast) -> None:
    case = represented(cast)
    secret = token_of(cast)
    for path in (CASES, f"{CASES}/{case.public_id}"):
        first = ask(secret, path)
        again = ask(secret, path, **{"If-None-Match": f'"other", W/{first["ETag"]}'})
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    party = case.parties.get(side=Side.PLAINTIFF)
    before = ask(secret, f"{CASES}/{case.public_id}")["ETag"]
    feedback.ask(case_id=case.pk, party_id=party.pk, topic=Topic.OTHER, text="问", actor=cast.zhang)
    changed = ask(secret, f"{CASES}/{case.public_id}", **{"If-None-Match": before})
    assert changed.status_code == 200 and changed["ETag"] != before


def test_pages_by_cursor_hold_every_case_once(cast: Cast) -> None:
    made = [represented(cast, principal=sum_lent).number for sum_lent in (60000, 50000, 40000)]
    secret, path, seen = token_of(cast), f"{CASES}?page_size=1", []
    while path:
        body = ask(secret, path).json()
        assert len(body["results"]) <= 1
        seen += [row["number"] for row in body["results"]]
        path = body["next"]
    assert seen == made[::-1]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("cursor=xyz", "cursor"),
        ("cursor=cD1hYmM%3D", "cursor"),
        ("cursor=cD0yMDI2LTAxLTAx", "cursor"),
        ("cursor=cD0lMDA%3D", "cursor"),
        ("page_size=0", "page_size"),
        ("page_size=1000000", "page_size"),
        ("ordering=password", "ordering"),
    ],
)
def test_a_wrong_query_is_said_by_field(cast: Cast, query: str, field: str) -> None:
    answer = ask(token_of(cast), f"{CASES}?{query}")
    assert (answer.status_code, list(answer.json()["fields"])) == (422, [field])


def test_a_token_needs_the_scope_and_rights_end_at_once(cast: Cast) -> None:
    case = represented(cast)
    path = f"{CASES}/{case.public_id}"

    def status(secret: str, **headers: str) -> int:
        return ask(secret, path, **headers).status_code

    good, other = token_of(cast), token_of(cast, "chen")
    assert [status(secret) for secret in (good, token_of(cast, "wang", "filings"), other)] == [200, 401, 404]
    assert ask(other).json()["results"] == []
    tag = ask(good, path)["ETag"]
    case.parties.get(side=Side.PLAINTIFF).access.filter(user=cast.users["wang"]).update(ends_at=clock.now())
    assert status(good, **{"If-None-Match": tag}) == 404
    assert ask(good).json()["results"] == []


def test_the_schema_describes_every_field(cast: Cast) -> None:
    case = represented(cast)
    schema: dict[str, Any] = Client().get("/api/schema/?format=json").json()
    shapes, body = schema["components"]["schemas"], ask(token_of(cast), f"{CASES}/{case.public_id}").json()
    assert set(shapes["CaseAnswer"]["properties"]) == set(body)
    for name, shape in {"papers": "CasePaperAnswer", "bills": "BillAnswer", "parties": "PartyAnswer"}.items():
        for row in body[name]:
            assert set(row) == set(shapes[shape]["properties"])
    assert {"/api/v1/cases", "/api/v1/cases/{public_id}"} <= schema["paths"].keys()
