"""Files of a request on their way to the disk: piece by piece, not longer than a set time (SEC-50)."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.core.files.uploadhandler import TemporaryFileUploadHandler


class UploadTooSlow(SuspiciousOperation):
    """The files of one request took longer than ``UPLOAD_SECONDS``; answered with 400, nothing was kept."""


class LimitedUploadHandler(TemporaryFileUploadHandler):
    """Django's handler with two limits: of one file no more is written than shows that it is too large, and a request that
    drips on ends."""

    def handle_raw_input(self, *args: Any, **named: Any) -> None:
        """The files begin: from here the time runs."""
        self.end = time.monotonic() + settings.UPLOAD_SECONDS
        super().handle_raw_input(*args, **named)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """One piece, 64 KB at most."""
        if time.monotonic() > self.end:
            self.upload_interrupted()
            raise UploadTooSlow("an upload took too long")
        if start <= settings.MAX_FILE_BYTES:
            try:
                super().receive_data_chunk(raw_data, start)
            except OSError:  # no room: the piece that is there goes with it, Django closes whole files only
                with suppress(OSError):
                    self.file.close()
                raise
