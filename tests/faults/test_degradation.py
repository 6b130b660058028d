"""What still works, what waits and what is said while one part is down: a row of the table in REL-50 each."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from cases.models import Case
from common import clock
from common.errors import StaleVersion
from documents.models import Copy, PaperState
from documents.sealing import doors
from documents.services import scan_waiting
from eventlog.models import Event, Outbox, OutboxState
from eventlog.relay import run_due
from feedback.models import Message
from filing.defects import library_for
from filing.models import Filing, FilingMaterial
from filing.selectors import draft_of
from filing.services import accept_filing, return_filing_for_correction, submit_filing
from filing.snapshot import sent_draft_of
from payments.models import Bill
from portal.health import DEGRADED, run_checks
from tests.filing.pages import home
from tests.filing.test_pages_draft import photo, returned
from tests.support.court import Cast, accepted, claimed, draft
from tests.support.servers import Broker


@dataclass
class Portal:
    """What a row needs: people, settings, a closed port, a folder."""

    cast: Cast
    settings: Any
    nobody: str
    folder: Path
    broker: Broker
    monkeypatch: pytest.MonkeyPatch

    def zhang(self) -> Client:
        client = self.cast.client("zhang")
        client.raise_request_exception = False
        return client


def ask(client: Client, case: Case, key: str = "k") -> Any:
    path = f"/my/cases/{case.public_id}/messages/new/?topic=material"
    return client.post(path, {"text": "我补交了转账记录，请查收。", "form_key": key})


def said(answer: Any) -> str:
    return str(answer.content.decode())


def redis(portal: Portal) -> None:
    """People sign in, file and ask; notices wait, and the page says so."""
    case, zhang = accepted(portal.cast), portal.zhang()
    portal.broker.stop()
    assert ask(zhang, case).status_code == 302
    assert "通知可能延迟" in said(zhang.get("/my/"))
    assert Outbox.objects.filter(state=OutboxState.PENDING).exists()


def workers(portal: Portal) -> None:
    """All acts of users; the outbox gets old, and /readyz and its alarm say so."""
    case = accepted(portal.cast)
    assert ask(portal.zhang(), case).status_code == 302
    with clock.at(clock.now() + timedelta(minutes=10)):
        assert run_checks()["outbox"] == DEGRADED
    assert Message.objects.count() == 1


def postgres(portal: Portal) -> None:
    """503 with Retry-After for pages and gateways, never a false 已提交; the same works when it is back."""
    case, zhang = accepted(portal.cast), portal.zhang()
    connection.close()
    with portal.monkeypatch.context() as patch:
        patch.setitem(connection.settings_dict, "HOST", str(portal.folder / "nowhere"))
        for answer in (ask(zhang, case), zhang.get("/my/"), zhang.post("/gateway/sandbox/notify/")):
            assert answer.status_code == 503 and answer["Retry-After"] == "30"
            assert "已提交" not in said(answer) and "也可能没有" in said(answer)
    assert ask(zhang, case).status_code == 302


def storage(portal: Portal) -> None:
    """Writing and reading go on; a photo cannot be taken now, and whose claim is here is told that its time stands; a first
    application is handed in without its papers, which follow."""
    zhang = portal.zhang()
    begun, sent = draft(portal.cast), returned(portal.cast, "unreadable_IOU")
    bare = draft(portal.cast, without=("IOU", "TRANSFER"))
    assert "提交立案申请" not in said(zhang.get(home(bare, "check/"))), (
        "with a storage that works they are asked for"
    )
    (portal.folder / "no folder").touch()
    there = portal.settings.STORAGES
    gone = there["default"] | {"OPTIONS": {"location": str(portal.folder / "no folder" / "files")}}
    portal.settings.STORAGES = there | {"default": gone}
    kept = FilingMaterial.objects.count()
    for filing in (begun, sent):
        answer = zhang.post(home(filing, "evidence/"), {"slot": "IOU", "files": photo()})
        assert answer.status_code == 422 and "材料暂时不能上传" in said(answer) and "12368" in said(answer)
        assert ("起诉时间已记录" in said(answer)) == (filing is sent)
        assert zhang.get(home(filing, "evidence/")).status_code == 200
    assert FilingMaterial.objects.count() == kept
    sent_at = submit_filing(filing_id=begun.pk, actor=portal.cast.zhang).first_submitted_at
    assert sent_at is not None, "an application whose materials are there is sent"
    _handed_in_without_papers(portal, zhang, bare)
    portal.settings.STORAGES = there
    _papers_follow(portal, zhang, bare)
    assert zhang.post(home(sent, "evidence/"), {"slot": "IOU", "files": photo()}).status_code == 302


def _handed_in_without_papers(portal: Portal, zhang: Client, bare: Filing) -> None:
    """What is kept, what is missing and until when, told to the person and to the clerk."""
    page = said(zhang.get(home(bare, "check/")))
    assert "可以先提交" in page and "借条" in page and "提交立案申请" in page
    signed = {"agree": "on", "signed_name": "张某", "form_key": "bare"}
    assert zhang.post(home(bare, "check/"), signed)["Location"] == home(bare, "sent/")
    bare.refresh_from_db()
    assert bare.first_submitted_at is not None and bare.materials_follow
    for rest in ("sent/", ""):
        page = said(zhang.get(home(bare, rest)))
        assert "起诉时间已记录" in page and "还要补：" in page and "借条" in page
        assert "最晚补到" in page and f'datetime="{bare.due_on}' in page
    assert "补提交时没有传上的材料" in said(zhang.get("/my/"))
    answer = zhang.post(home(bare, "evidence/"), {"slot": "IOU", "files": photo()})
    assert answer.status_code == 422 and "起诉时间已记录" in said(answer)
    clerk = portal.cast.client("clerk")
    page = said(clerk.get(f"/desk/filings/{bare.public_id}/"))
    assert "提交时系统收不了材料" in page and "还缺：" in page and "借条" in page
    assert "材料后补" in said(clerk.get("/desk/filings/"))


def _papers_follow(portal: Portal, zhang: Client, bare: Filing) -> None:
    """They are added, none is taken back, nothing else is open; the time of filing stays, and who decides has seen them."""
    first, fence = bare.first_submitted_at, claimed(portal.cast, bare).fence
    for slot in ("IOU", "TRANSFER"):
        assert zhang.post(home(bare, "evidence/"), {"slot": slot, "files": photo()}).status_code == 302
    assert "要补的材料都收到了" in said(zhang.get(home(bare)))
    material = bare.materials.filter(slot="IOU").latest("id")
    assert zhang.post(home(bare, f"evidence/{material.public_id}/remove/")).status_code == 403
    assert zhang.get(home(bare, "delivery/"))["Location"] == home(bare)
    assert Event.objects.filter(name="filing.material_followed", subject_id=bare.pk).count() == 2
    with pytest.raises(StaleVersion):
        accept_filing(filing_id=bare.pk, fence=fence, actor=portal.cast.clerk)
    bare.refresh_from_db()
    defects = [one for one in library_for(draft_of(bare)) if one.code == "unreadable_IOU"]
    return_filing_for_correction(
        filing_id=bare.pk,
        fence=bare.fence,
        defects=defects,
        words="",
        reason_for_repeat="",
        actor=portal.cast.clerk,
    )
    bare.refresh_from_db()
    assert bare.first_submitted_at == first
    late = {one.slot for one in sent_draft_of(bare).materials}
    assert {"IOU", "TRANSFER"} <= late, "the court keeps what followed"


def gateway(portal: Portal) -> None:
    """Accepting and everything else; whoever wants to pay is told that nothing was taken and his materials stand."""
    case = accepted(portal.cast)
    while run_due():
        pass
    portal.settings.CASHIER_URL = f"http://{portal.nobody}/cashier"
    bill = Bill.objects.get(case=case)
    answer = portal.zhang().post(f"/my/bills/{bill.public_id}/pay/", follow=True)
    assert "没有扣款" in said(answer) and "已提交的材料不受影响" in said(answer)
    portal.settings.PAYMENT_GATEWAYS = []
    answer = portal.zhang().get(f"/my/bills/{bill.public_id}/")
    assert answer.status_code == 200


def texts(portal: Portal) -> None:
    """A code cannot be sent: the page names the password and the window; papers reach the inbox all the same."""
    portal.settings.SMS_URL = f"http://{portal.nobody}/"
    answer = Client().post("/login/", {"phone": "13800000001"})
    words = said(answer)
    assert "短信现在发不出去" in words and "用密码登录" in words and "服务窗口" in words and "12368" in words
    case = accepted(portal.cast)
    while run_due():
        pass
    assert Copy.objects.filter(state=PaperState.ISSUED).exists()
    assert said(portal.zhang().get(f"/my/cases/{case.public_id}/")).count("电子签章服务暂停") == 0


def scanner(portal: Portal) -> None:
    """Uploads go on and are marked; the verdict comes later."""
    portal.settings.SCANNER, portal.settings.CLAMD_ADDRESS = "clamd", portal.nobody
    filing, zhang = draft(portal.cast, without=("IOU",)), portal.zhang()
    assert zhang.post(home(filing, "evidence/"), {"slot": "IOU", "files": photo()}).status_code == 302
    assert scan_waiting() == 0
    assert filing.materials.get(slot="IOU", removed_at=None).file.scan_note == "（检查中）"
    assert submit_filing(filing_id=filing.pk, actor=portal.cast.zhang).first_submitted_at


def signer(portal: Portal) -> None:
    """Acceptance goes on; papers wait, and both the court and the party are told."""
    portal.settings.SIGNER_URL = f"http://{portal.nobody}"
    doors.forget_failures()
    case = accepted(portal.cast)
    while run_due():
        pass
    doors.forget_failures()
    assert not Copy.objects.filter(state=PaperState.ISSUED).exists()
    for who, path in (("clerk", "/desk/print/"), ("zhang", f"/my/cases/{case.public_id}/")):
        assert "恢复后自动发出" in said(portal.cast.client(who).get(path))


ROWS: dict[str, Callable[[Portal], None]] = {
    "Redis": redis,
    "Workers": workers,
    "Postgres": postgres,
    "Object storage": storage,
    "Gateway": gateway,
    "SMS": texts,
    "Scanner": scanner,
    "Signer": signer,
}


@pytest.fixture
def portal(
    cast: Cast, settings: Any, tmp_path: Path, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Portal]:
    settings.OUTSIDE_CONNECT_SECONDS, settings.OUTSIDE_READ_SECONDS = 1.0, 2.0
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        yield Portal(cast, settings, f"127.0.0.1:{nobody.getsockname()[1]}", tmp_path, broker, monkeypatch)
    doors.forget_failures()


@pytest.mark.req("REL-50")
@pytest.mark.parametrize("down", ROWS)
def test_a_part_that_is_down(down: str, portal: Portal) -> None:
    ROWS[down](portal)
