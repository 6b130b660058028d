"""The words of uploaded files, taken once, so that a search finds what stands in them."""

from __future__ import annotations

from casefiles.models import FileWords
from cases.models import Case
from common import clock
from common.text import squeezed
from documents.models import StoredFile
from documents.services import is_read, text_of


def take_words(file: StoredFile) -> None:
    """Keep the words of a PDF or Word file beside it, read by the inspecting process with its limits (SEC-51); a scan has none.
    Called by workers: it may take seconds. Safe to repeat and to run twice at a time. OSError while the storage does not
    answer; a file that is missing there keeps nothing, the next ``fill_casefiles`` reads it when it is back."""
    if not is_read(file) or FileWords.objects.filter(file=file).exists():
        return
    try:
        words = squeezed(text_of(file))
    except FileNotFoundError:
        return
    FileWords.objects.get_or_create(file=file, defaults={"words": words, "taken_at": clock.now()})


def take_words_in(case: Case) -> None:
    """Of every file that lies in this case and was never read."""
    files = StoredFile.objects.filter(file_entries__case=case, words=None).distinct()
    for file in files.order_by("pk"):
        take_words(file)
