"""Files with messages; what concerns the merits reaches the other side only after the court's check."""

from __future__ import annotations

import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from common.errors import Conflict, InvalidInput, NotAllowed
from courts.models import CourtSetting
from documents.models import StoredFile
from eventlog.relay import run_due
from feedback.models import Attachment, CheckOutcome, MeritsCheck, Message, Thread, Topic
from feedback.services import ask, check_merits
from notifications.models import Message as Notice
from tests.feedback.exchanges import bind_li, picture, send
from tests.support.scans import Told


@pytest.fixture
def zhang(told: Told) -> Client:
    return told.cast.client("zhang")


def new(told: Told, topic: str) -> str:
    return f"/my/cases/{told.case.public_id}/messages/new/?topic={topic}"


def stated(told: Told, zhang: Client, **data: object) -> Message:
    """张 tells the court that something was paid."""
    answered = send(zhang, new(told, "statement"), text="对方上周还了两千元。", **data)
    assert answered.status_code == 302
    return Message.objects.latest("id")


def test_files_are_kept_while_the_words_are_still_wrong(told: Told, zhang: Client) -> None:
    letter, path = uuid.uuid4(), new(told, "material")
    bad = SimpleUploadedFile("假的.pdf", b"<html>", content_type="application/pdf")
    page = send(zhang, path, letter=letter, text="", action="upload", files=[picture(), bad])
    text = page.content.decode()
    assert page.status_code == 422 and "收条.jpg" in text and "假的.pdf：" in text and "请填写" not in text
    assert "<title>有误：" in text
    page = send(zhang, path, letter=letter, text="")
    assert page.status_code == 422 and "收条.jpg" in page.content.decode()
    again = send(zhang, path, letter=letter, text="借条原件", action="upload", files=[picture("又一次.jpg")])
    assert again.status_code == 200 and again.content.decode().count('name="remove"') == 1
    assert send(zhang, path, letter=letter, text="借条原件").status_code == 302
    message = Message.objects.get()
    assert [item.file.display_name for item in message.attachments.all()] == ["收条.jpg"]
    assert message.on_merits


def test_a_file_can_be_taken_out_before_sending(told: Told, zhang: Client) -> None:
    letter, path = uuid.uuid4(), new(told, "other")
    send(zhang, path, letter=letter, text="x", action="upload", files=[picture()])
    file = StoredFile.objects.get(owner_kind="feedback.tray")
    send(zhang, path, letter=letter, text="x", remove=str(file.public_id))
    assert not Attachment.objects.exists() and not StoredFile.objects.filter(pk=file.pk).exists()
    assert not Message.objects.get().on_merits


def test_nobody_takes_files_from_the_tray_of_another(told: Told, zhang: Client) -> None:
    letter = uuid.uuid4()
    send(zhang, new(told, "other"), letter=letter, text="", action="upload", files=[picture()])
    li = bind_li(told)
    page = send(li, new(told, "other"), letter=letter, text="", action="upload")
    assert "收条.jpg" not in page.content.decode()
    assert send(li, new(told, "other"), letter=letter, text="没有附件").status_code == 302
    assert not Attachment.objects.exists()


@pytest.mark.req("REL-04")
def test_the_same_form_with_a_file_is_one_message(told: Told, zhang: Client) -> None:
    same = {"form_key": uuid.uuid4(), "letter": uuid.uuid4(), "text": "收条在此"}
    for _click in range(3):
        assert send(zhang, new(told, "material"), **same, files=[picture()]).status_code == 302
    assert Thread.objects.count() == Attachment.objects.count() == 1


def test_at_most_ten_files(told: Told, zhang: Client) -> None:
    files = [picture(f"{number}.jpg", (200 + number, 200)) for number in range(11)]
    page = send(zhang, new(told, "material"), text="一叠", files=files)
    assert page.status_code == 422 and "最多上传10个文件" in page.content.decode()
    assert StoredFile.objects.filter(owner_kind="feedback.tray").count() == 10 and not Thread.objects.exists()


@pytest.mark.req("SEC-50")
def test_a_full_case_says_how_much_there_is_and_keeps_the_words(told: Told, zhang: Client) -> None:
    """The words stay in the form and can be sent without the file."""
    of_application = StoredFile.objects.filter(counts_for=told.case.filing_public_id)
    assert of_application.exists(), "what came with the application counts"
    of_application.update(size_bytes=200 * (1 << 20))
    CourtSetting.objects.create(court=told.case.court, key="case_files_mb", value=200)
    letter, path = uuid.uuid4(), new(told, "material")
    page = send(zhang, path, letter=letter, text="借条原件", action="upload", files=[picture()])
    html = page.content.decode()
    assert page.status_code == 422 and "最多200MB，放不下这个文件" in html and "借条原件" in html
    assert send(zhang, path, letter=letter, text="借条原件").status_code == 302


@pytest.mark.req("SEC-13")
def test_the_other_side_reads_it_after_the_check_and_not_before(told: Told, zhang: Client) -> None:
    li = bind_li(told)
    message = stated(told, zhang, files=[picture()])
    file = f"/files/{message.attachments.get().file.public_id}/"
    page, empty = f"/my/cases/{told.case.public_id}/exchanged/", "对方交的材料和说明，经书记员核对"
    own = f"/my/cases/{told.case.public_id}/messages/{message.thread.public_id}/"
    assert empty in li.get(page).content.decode() and li.get(file).status_code == 404
    assert "等书记员核对，核对以前对方当事人看不到" in zhang.get(own).content.decode()
    clerk = told.cast.client("caseclerk")
    assert "要核对的材料和说明" in clerk.get("/bench/").content.decode()
    desk = f"/bench/messages/{message.thread.public_id}/check/{message.public_id}/"
    assert "李某（被告）" in clerk.get(desk).content.decode()
    assert clerk.post(desk, {}).status_code == 422
    assert clerk.post(desk, {"outcome": "shown"}).status_code == 302
    shown = li.get(page).content.decode()
    assert "对方上周还了两千元" in shown and "原告 张某" in shown and "收条.jpg" in shown
    opened = li.get(file, follow=True)
    opened.close()
    assert opened.status_code == 200
    assert li.get(own).status_code == 404
    assert "已核对，对方当事人能看到" in zhang.get(own).content.decode()
    assert "对方上周还了两千元" not in zhang.get(page).content.decode()
    while run_due():
        pass
    assert Notice.objects.filter(kind="merits_passed_on", user=told.cast.users["li"]).exists()
    assert not Notice.objects.filter(kind="merits_passed_on", user=told.cast.users["zhang"]).exists()
    assert Notice.objects.filter(kind="merits_checked", user=told.cast.users["zhang"]).exists()
    assert "要核对的材料和说明" not in clerk.get("/bench/").content.decode()


@pytest.mark.parametrize("outcome", [CheckOutcome.COURT_ONLY, CheckOutcome.REFUSED])
def test_what_is_not_passed_on_has_a_reason_for_the_sender(
    told: Told, zhang: Client, outcome: CheckOutcome
) -> None:
    li = bind_li(told)
    message = stated(told, zhang)
    clerk = told.cast.client("caseclerk")
    desk = f"/bench/messages/{message.thread.public_id}/check/{message.public_id}/"
    bare = clerk.post(desk, {"outcome": outcome})
    assert bare.status_code == 422 and "请写明理由" in bare.content.decode()
    assert clerk.post(desk, {"outcome": outcome, "reason": "与本案无关"}).status_code == 302
    own = f"/my/cases/{told.case.public_id}/messages/{message.thread.public_id}/"
    assert "与本案无关" in zhang.get(own).content.decode()
    page = li.get(f"/my/cases/{told.case.public_id}/exchanged/").content.decode()
    assert "两千元" not in page and "与本案无关" not in page
    while run_due():
        pass
    assert not Notice.objects.filter(kind="merits_passed_on").exists()


def test_checked_once_and_only_by_who_holds_the_case(told: Told, zhang: Client) -> None:
    message, cast = stated(told, zhang), told.cast
    check = {"message_public_id": message.public_id, "outcome": CheckOutcome.SHOWN, "reason": ""}
    for who in ("head", "judge-b", "clerk", "supervisor", "zhang", "li"):
        with pytest.raises(NotAllowed):
            check_merits(**check, actor=cast.actors[who])
    with pytest.raises(InvalidInput):
        check_merits(**check | {"outcome": CheckOutcome.REFUSED}, actor=cast.judge)
    check_merits(**check, actor=cast.judge)
    with pytest.raises(Conflict):
        check_merits(**check, actor=cast.caseclerk)
    assert MeritsCheck.objects.count() == 1


def test_questions_of_procedure_are_never_passed_on(told: Told, zhang: Client) -> None:
    assert send(zhang, new(told, "progress"), text="到哪一步了？").status_code == 302
    message = Message.objects.get()
    assert not message.on_merits
    with pytest.raises(NotAllowed):
        check_merits(
            message_public_id=message.public_id, outcome=CheckOutcome.SHOWN, reason="", actor=told.cast.judge
        )


def test_a_doubt_names_one_of_the_own_papers(told: Told, zhang: Client) -> None:
    mine, theirs = told.copy(told.plaintiff), told.copy(told.defendant)
    page = zhang.get(new(told, "paper")).content.decode()
    assert mine.serial in page and theirs.serial not in page
    assert send(zhang, new(told, "paper"), text="写错了").status_code == 422
    foreign = send(zhang, new(told, "paper"), text="写错了", copy=theirs.public_id)
    assert foreign.status_code == 422 and "请从列出的选项里选" in foreign.content.decode()
    assert send(zhang, new(told, "paper"), text="写错了", copy=mine.public_id).status_code == 302
    assert Thread.objects.get().copy == mine
    with pytest.raises(InvalidInput):
        ask(
            case_id=told.case.pk,
            party_id=told.plaintiff.pk,
            topic=Topic.PAPER,
            text="x",
            copy=theirs,
            actor=told.cast.zhang,
        )
