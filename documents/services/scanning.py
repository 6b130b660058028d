"""Files wait for the scanner's verdict; until then only whoever sent one opens it (SEC-53)."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.conf import settings
from django.db.models import F
from django.utils.translation import gettext as _

from common import clock
from common.actor import system
from common.gateways import breaker
from courts.services import access_stream
from documents import events
from documents.models import ScanState, StoredFile
from documents.scanner import ScannerAway, is_infected
from documents.storage import kept_files
from eventlog.services import act, emit

log = logging.getLogger(__name__)
AT_A_TIME = 20
SCANNER = "scanner"
"""Its name at the breaker (REL-59)."""
LONGEST = timedelta(seconds=60)
"""A run begins no further file after this; one file takes two minutes at most."""


def first_state() -> ScanState:
    """What a file is when it comes in: waiting for the verdict, or visibly not scanned where there is no scanner."""
    return ScanState.CHECKING if settings.SCANNER == "clamd" else ScanState.UNSCANNED


def scan_waiting() -> int:
    """Ask the scanner about files that wait, those first that were asked about least; returns how many got a verdict.

    Without an answer a file keeps waiting and is asked about again by a later run; when the file is received says nothing
    of this. Bytes are read outside transactions. Safe to run twice at a time: the first verdict stands.
    """
    if settings.SCANNER != "clamd":
        return 0
    end, number = clock.process_now() + LONGEST, 0
    waiting = StoredFile.objects.filter(scan_state=ScanState.CHECKING).order_by("scan_tries", "pk")
    for file in waiting.select_related("court")[:AT_A_TIME]:
        if clock.process_now() > end:
            break
        if not breaker.admit(breaker.IN_MEMORY, SCANNER):
            break
        try:
            infected = is_infected(settings.CLAMD_ADDRESS, kept_files().pieces(file.storage_key))
        except (ScannerAway, OSError) as error:
            breaker.note_failure(breaker.IN_MEMORY, SCANNER)
            log.error("no verdict on a file", extra={"subject": str(file.public_id), "reason": str(error)})
            StoredFile.objects.filter(pk=file.pk).update(scan_tries=F("scan_tries") + 1)
            continue
        breaker.IN_MEMORY.close(SCANNER)
        number += _decide(file, ScanState.INFECTED if infected else ScanState.CLEAN)
    return number


def _decide(file: StoredFile, state: ScanState) -> int:
    """Write the verdict unless another run was faster; whoever sent an infected file is told what to do."""
    with act():
        decided = StoredFile.objects.filter(pk=file.pk, scan_state=ScanState.CHECKING).update(
            scan_state=state
        )
        if decided and state == ScanState.INFECTED:
            log.error("a file is infected and stays closed", extra={"subject": str(file.public_id)})
            emit(
                events.INFECTED,
                subject=file,
                actor=system(str(_("病毒检查"))),
                stream=access_stream(file.court.code),
                court_id=file.court_id,
                public_id=file.public_id,
            )
    return decided
