"""The worker's half of page images, done at once."""

from __future__ import annotations

from contextlib import suppress
from queue import Empty
from typing import Any

from django.core.files.storage import default_storage

from documents.models import Copy, StoredFile
from documents.services import draw_pages, kept_numbers


def draw(*subjects: StoredFile | Copy, last: int = 1) -> int:
    """Draw the first pages of these as a worker does; how many there were to draw."""
    return sum(
        draw_pages(public_id=one.public_id, is_paper=isinstance(one, Copy), first=1, last=last)
        for one in subjects
    )


def forget(*subjects: StoredFile | Copy) -> None:
    """As if nobody had drawn them: the bytes of a kept world are those of the tests before."""
    for one in subjects:
        for number in kept_numbers(one):
            default_storage.delete(f"pages/{one.public_id}/{number}.jpg")


def asked(name: str = "documents.draw_pages") -> list[list[Any]]:
    """What workers were asked to do by this name, oldest first, and no longer are: for tests with a broker of their own."""
    from portal.celery import app

    found = []
    with app.connection_for_read() as connection:
        queue = connection.SimpleQueue("celery")
        with suppress(Empty):
            while message := queue.get(block=False):
                message.ack()
                if message.headers["task"] == name:
                    found.append(message.payload[0])
        queue.close()
    return found


def work(tasks: list[list[Any]], name: str = "documents.draw_pages") -> list[int]:
    """Run them as a worker would."""
    from portal.celery import app

    app.loader.import_default_modules()
    return [app.tasks[name](*arguments) for arguments in tasks]
