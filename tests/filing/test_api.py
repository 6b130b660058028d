"""Law-firm software files in its holder's name: same rules and sentences as the pages, once, with a receipt."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from accounts.models import ApiToken
from accounts.services.tokens import issue_token
from common import clock
from documents.models import StoredFile
from eventlog.models import Event
from eventlog.receipts import is_genuine
from filing.models import Channel, Filing
from tests.filing.outside import application, papers
from tests.filing.pages import text_of
from tests.support.court import Cast

FILINGS = "/api/v1/filings"


def token_of(cast: Cast, who: str = "zhang", days: int = 30) -> str:
    user = cast.users[who]
    return issue_token(user_id=user.pk, name="办案软件", days=days, actor=cast.actors[who])[1]


def send(secret: str, content: dict[str, Any], files: Any = None, key: str = "case-2026-001") -> HttpResponse:
    """Multipart: the application as JSON beside its files."""
    headers = {"Authorization": f"Bearer {secret}", "Idempotency-Key": key}
    body = {"filing": json.dumps(content, ensure_ascii=False), **(papers() if files is None else files)}
    answer: HttpResponse = Client().post(FILINGS, body, headers=headers)
    return answer


def read(answer: HttpResponse) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(answer.content)
    return found


@pytest.mark.req("REL-04")
def test_an_application_is_sent_once_with_number_date_and_signed_receipt(cast: Cast) -> None:
    secret = token_of(cast)
    answers = [send(secret, application()) for _again in range(3)]
    assert [answer.status_code for answer in answers] == [201, 201, 201], answers[0].content.decode()
    body = read(answers[0])
    assert body == read(answers[2])
    assert body["state"] == "submitted" and body["number"] and body["due_on"]
    assert is_genuine(body["receipt"]["text"], body["receipt"]["signature"])
    filing = Filing.objects.get()
    assert (filing.channel, filing.materials.count()) == (Channel.API, 3)
    assert Event.objects.get(name="filing.submitted").channel == "api"
    seen = Client().get(f"{FILINGS}/{body['id']}", headers={"Authorization": f"Bearer {secret}"})
    assert read(seen) == body
    other = send(secret, application(e_delivery=False))
    assert (other.status_code, read(other)["code"]) == (422, "idempotency_reused")
    assert Filing.objects.count() == 1


WRONG: dict[str, tuple[Callable[[dict[str, Any]], None], str, str]] = {
    "unknown field": (lambda c: c.update(paid=True), "paid", "没有这个字段"),
    "field of the row": (
        lambda c: c["parties"][0].update(is_deputy=True),
        "parties.0.is_deputy",
        "没有这个字段",
    ),
    "question": (lambda c: c["answers"].update(status="accepted"), "answers.status", "这份诉状没有这一项"),
    "identity number": (
        lambda c: c["parties"][0].update(id_number="130102198503140019"),
        "parties.0.id_number",
        "",
    ),
    "sum": (lambda c: c["answers"].update(principal="很多"), "answers.principal", ""),
    "a list for a line": (lambda c: c["parties"][1].update(name=["李某"]), "parties.1.name", ""),
    "an object": (lambda c: c["answers"].update(principal={"a": 1}), "answers.principal", ""),
    "no answers": (lambda c: c.update(answers=[]), "answers", ""),
    "other name signed": (
        lambda c: c.update(statement={"agree": True, "signed_name": "李某"}),
        "statement.signed_name",
        "签名和您的实名不一致",
    ),
    "not stated": (lambda c: c.update(statement={}), "statement.agree", "请先确认内容真实"),
    "no plaintiff": (lambda c: c["parties"].pop(0), "parties.plaintiff", "请填写"),
    "unknown court": (lambda c: c.update(court="某9999"), "court", "没有找到"),
    "unknown form": (lambda c: c.update(form="../secret"), "form", "没有这种诉状"),
    "side": (lambda c: c["parties"][0].update(side="judge"), "parties.0.side", "请写明是哪一方"),
}


@pytest.mark.req("SEC-14")
@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_said_by_field_and_nothing_is_kept(cast: Cast, name: str) -> None:
    change, field, sentence = WRONG[name]
    content = application()
    change(content)
    answer = send(token_of(cast), content)
    body = read(answer)
    assert answer.status_code == 422, body
    assert field in body["fields"] and sentence in body["fields"][field], body
    assert not Filing.objects.exists()


def test_missing_papers_and_bad_files_are_named(cast: Cast) -> None:
    secret = token_of(cast)
    answer = send(secret, application(), files={})
    assert answer.status_code == 422 and "files.ID_CARD" in read(answer)["fields"]

    def spoilt() -> dict[str, SimpleUploadedFile]:
        return papers() | {
            "IOU": SimpleUploadedFile("a.pdf", b"%PDF-1.7 broken", content_type="application/pdf")
        }

    refused = send(secret, application(), files=spoilt(), key="k2")
    assert refused.status_code == 422 and "a.pdf" in read(refused)["fields"]["files.IOU"]
    unknown = send(secret, application(send=False), files=papers() | {"MONEY": papers()["IOU"]}, key="k3")
    assert unknown.status_code == 422 and "files.MONEY" in read(unknown)["fields"]
    assert (
        not Filing.objects.exists()
        and not StoredFile.objects.exists()
        and not Event.objects.filter(name__startswith="filing.").exists()
    )
    mended = send(secret, application(), key="k2")
    assert mended.status_code == 201 and read(mended)["state"] == "submitted"


def test_a_repeat_keeps_no_second_file(cast: Cast) -> None:
    secret = token_of(cast)
    first, again = (read(send(secret, application(), key="k1")) for _time in range(2))
    assert first["id"] == again["id"]
    assert StoredFile.objects.count() == len(papers()) == Filing.objects.get().materials.count()


def test_a_key_is_needed_and_json_keeps_a_draft(cast: Cast) -> None:
    headers = {"Authorization": f"Bearer {token_of(cast)}"}
    content = {k: v for k, v in application(send=False).items() if k != "statement"}
    kind = "application/json"
    without = Client().post(FILINGS, json.dumps(content), content_type=kind, headers=headers)
    assert (without.status_code, read(without)["code"]) == (422, "idempotency_key")
    answer = Client().post(
        FILINGS, json.dumps(content), content_type=kind, headers=headers | {"Idempotency-Key": "d1"}
    )
    assert answer.status_code == 201 and read(answer)["state"] == "draft", answer.content.decode()
    unread = Client().post(FILINGS, "{", content_type=kind, headers=headers | {"Idempotency-Key": "d2"})
    assert unread.status_code == 400


def test_tokens_expire_end_and_never_open_what_is_not_their_holders(cast: Cast) -> None:
    mine, other = token_of(cast, days=1), token_of(cast, "wang")
    identity = read(send(mine, application()))["id"]

    def status(secret: str) -> int:
        return (
            Client().get(f"{FILINGS}/{identity}", headers={"Authorization": f"Bearer {secret}"}).status_code
        )

    assert (
        status(mine),
        status(other),
        status("msx_guess"),
        Client().get(f"{FILINGS}/{identity}").status_code,
    ) == (
        200,
        404,
        401,
        401,
    )
    with clock.at(clock.now() + timedelta(days=2)):
        assert status(mine) == 401
    browser = cast.client("zhang")
    assert (
        browser.post(
            f"/my/tokens/{ApiToken.objects.get(user=cast.users['zhang']).public_id}/revoke/"
        ).status_code
        == 302
    )
    assert status(mine) == 401
    assert cast.client("clerk").post(
        FILINGS, "{}", content_type="application/json", headers={"Idempotency-Key": "x"}
    ).status_code in (401, 403, 422)


def test_a_new_token_is_shown_once_and_kept_as_a_hash(cast: Cast) -> None:
    browser = cast.client("zhang")
    for _click in range(3):
        data = {"name": "某某律所办案软件", "days": "90", "scopes": ["filings"], "form_key": "once"}
        assert browser.post("/my/tokens/", data).status_code == 302
    page = text_of(browser.get("/my/tokens/"))
    secret = re.search(r"msx_[\w-]{40,}", page)
    assert secret is not None and ApiToken.objects.count() == 1
    assert not re.search(r"msx_[\w-]{40,}", text_of(browser.get("/my/tokens/")))
    assert secret.group() not in ApiToken.objects.get().token_hash
    assert send(secret.group(), application()).status_code == 201
