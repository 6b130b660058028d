"""What is made ready when something comes into a file: pictures of its first pages, and its words for searching."""

from __future__ import annotations

from casefiles import events, services
from casefiles.models import Entry
from documents.models import Copy, PaperState, StoredFile
from documents.services import look_ahead
from eventlog.models import Event
from eventlog.registry import Mode, on


@on(events.ENTERED, Mode.OUTSIDE)
def draw_first_pages(event: Event) -> None:
    """Of a file, and of every copy of a paper: each party reads its own. Not of what the scanner has not let through. Asking is
    all that happens here, and a page that is missing later is asked for by its reader."""
    entry = Entry.objects.select_related("file").get(pk=event.subject_id)
    for source in _sources(entry):
        look_ahead(source, 1, entry.pages)


@on(events.ENTERED, Mode.OUTSIDE)
def take_words(event: Event) -> None:
    """Of an uploaded PDF or Word file."""
    entry = Entry.objects.select_related("file").get(pk=event.subject_id)
    if entry.file is not None:
        services.take_words(entry.file)


def _sources(entry: Entry) -> list[StoredFile | Copy]:
    if entry.file is not None:
        return [] if entry.file.is_closed else [entry.file]
    return list(Copy.objects.filter(paper=entry.paper_id or 0, state=PaperState.ISSUED).order_by("id"))
