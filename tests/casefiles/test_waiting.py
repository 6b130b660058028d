"""A reader of a file whose page is not drawn yet: he waits on the page itself, which comes back by itself."""

from __future__ import annotations

import pytest
from django.core.cache import cache

from documents.models import StoredFile
from documents.waiting import PAUSES
from tests.casefiles.conftest import Book, work_off
from tests.support.court import accepted
from tests.support.drawing import asked, forget, work
from tests.support.servers import Broker

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("SEC-51")]


@pytest.mark.parametrize(("name", "desk"), [("li", False), ("judge", True)])
def test_the_page_waits_and_then_shows(broker: Broker, book: Book, name: str, desk: bool) -> None:
    entry, client = book.evidence, book.client(name)
    forget(entry.file)  # type: ignore[arg-type]
    asked()
    cache.clear()
    page, image = (book.page(entry, desk=desk, image=image) for image in (False, True))
    first = client.get(page)
    assert first.status_code == 200 and "正在准备这一页，一会儿自动出现" in first.content.decode()
    assert first["Refresh"].endswith(f"{page}?try=1") and image not in first.content.decode()
    assert client.get(image).status_code == 202
    tasks = asked()
    assert len(tasks) == 1
    over = client.get(page, {"try": len(PAUSES)})
    assert "这一页打不开" in over.content.decode() and not over.has_header("Refresh")
    work(tasks)
    again = client.get(page)
    assert image in again.content.decode() and not again.has_header("Refresh")
    shown = client.get(image)
    assert shown.status_code == 200 and shown["Content-Type"] == "image/jpeg"
    shown.close()


def test_what_is_entered_is_drawn_ahead(broker: Broker, cast: object) -> None:
    case = accepted(cast)  # type: ignore[arg-type]
    forget(*StoredFile.objects.all())
    cache.clear()
    work_off()
    files = {
        str(entry.file.public_id)
        for entry in case.file_entries.exclude(file=None).exclude(file__preview_key="")
    }
    copies = {
        str(copy.public_id)
        for entry in case.file_entries.filter(paper__isnull=False)
        for copy in entry.paper.copies.filter(state="issued")
    }
    tasks = {task[0] for task in asked()}
    assert files and copies and files <= tasks and copies & tasks
