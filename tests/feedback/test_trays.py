"""Files kept for a message that was never sent go away after the court's days; what was sent stays."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.storage import default_storage

from common import clock
from common.errors import InvalidInput
from courts.services import change_setting
from documents.models import StoredFile
from feedback import services
from feedback.models import Attachment, Message, Topic
from feedback.services.attachments import OWNER_KIND, clear_trays
from feedback.tasks import trays
from tests.feedback.exchanges import picture, send
from tests.support.scans import Told


def kept(told: Told, *names: str) -> list[StoredFile]:
    """张 puts photos beside words he does not send."""
    path = f"/my/cases/{told.case.public_id}/messages/new/?topic=other"
    send(told.cast.client("zhang"), path, text="", action="upload", files=[picture(name) for name in names])
    return list(StoredFile.objects.filter(owner_kind=OWNER_KIND).order_by("-id")[: len(names)])


def in_days(days: int, **more: int) -> int:
    with clock.at(clock.now() + timedelta(days=days, **more)):
        return clear_trays()


def test_unsent_files_go_after_the_courts_days_and_take_their_bytes(told: Told) -> None:
    (file,) = kept(told, "收条.jpg")
    keys = [key for key in (file.storage_key, file.preview_key) if key]
    assert all(default_storage.exists(key) for key in keys)
    assert in_days(7, minutes=-5) == 0
    change_setting(court_id=told.cast.court.pk, key="unsent_file_days", value=14, actor=told.cast.admin)
    assert in_days(8) == 0
    change_setting(court_id=told.cast.court.pk, key="unsent_file_days", value=None, actor=told.cast.admin)
    assert in_days(8) == 1
    assert not StoredFile.objects.filter(pk=file.pk).exists()
    assert not any(default_storage.exists(key) for key in keys)
    assert in_days(8) == 0 and trays() == 0, "twice is once"


def test_what_was_sent_and_what_others_keep_stays(told: Told) -> None:
    path = f"/my/cases/{told.case.public_id}/messages/new/?topic=other"
    assert send(told.cast.client("zhang"), path, text="见附件", files=[picture()]).status_code == 302
    others = set(StoredFile.objects.exclude(owner_kind=OWNER_KIND).values_list("pk", flat=True))
    assert in_days(400) == 0
    sent = Attachment.objects.get().file
    assert default_storage.exists(sent.storage_key)
    assert others <= set(StoredFile.objects.values_list("pk", flat=True))


def test_a_file_that_was_cleared_is_not_sent(told: Told) -> None:
    (file,) = kept(told, "收条.jpg")
    assert in_days(8) == 1
    with pytest.raises(InvalidInput, match="已经清理"):
        services.ask(
            case_id=told.case.pk,
            party_id=told.plaintiff.pk,
            topic=Topic.OTHER,
            text="见附件",
            actor=told.cast.zhang,
            files=[file],
        )
    assert not Message.objects.exists()
