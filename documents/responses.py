"""How bytes of a file leave the server: as a download, or shown where nothing in them can run."""

from __future__ import annotations

from typing import TypeVar

from django.http import StreamingHttpResponse

Answer = TypeVar("Answer", bound=StreamingHttpResponse)

SANDBOX = "sandbox; default-src 'none'"
OUR_PDF = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"
"""For papers and cleaned previews: browsers' PDF viewers do not run in a sandbox."""


def shield(response: Answer, *, attachment: bool) -> Answer:
    """Headers of every file that leaves. Ranges are not offered, so each request asks for the right again (SEC-54)."""
    shows_pdf = response["Content-Type"] == "application/pdf" and not attachment
    response["Content-Security-Policy"] = OUR_PDF if shows_pdf else SANDBOX
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Accept-Ranges"] = "none"
    return response
