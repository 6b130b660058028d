"""How bytes of a file leave the server: as a download, or shown where nothing in them can run."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import TypeVar

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.http import content_disposition_header

from common.pieces import by_pieces
from documents import ranges
from documents.storage import kept_files

Answer = TypeVar("Answer", bound=HttpResponse | StreamingHttpResponse)

SANDBOX = "sandbox; default-src 'none'"
OUR_PDF = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"
"""For papers and cleaned previews: browsers' PDF viewers do not run in a sandbox."""


def shield(response: Answer, *, attachment: bool) -> Answer:
    """Headers of every file that leaves. Ranges are offered only where :func:`send_kept` answers them."""
    shows_pdf = response["Content-Type"] == "application/pdf" and not attachment
    response["Content-Security-Policy"] = OUR_PDF if shows_pdf else SANDBOX
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers.setdefault("Accept-Ranges", "none")
    return response


def send_kept(
    request: HttpRequest, key: str, *, tag: str, name: str, content_type: str, attachment: bool
) -> HttpResponse | StreamingHttpResponse:
    """Stored bytes, whole or the ranges asked for, piece by piece (SEC-54).

    ``tag`` names the bytes for ``If-Range``: with another one the whole file is sent. More than five ranges, overlapping
    ones or none inside the file: 416. A condition on the tag alone is not answered, since nothing is to be cached.
    """
    files = kept_files()
    size = files.size_of(key)
    etag = f'"{tag}"'
    asked = request.headers.get("Range", "") if request.headers.get("If-Range", etag) == etag else ""
    try:
        spans = ranges.wanted(asked, size)
    except ranges.NotSatisfiable:
        refused = HttpResponse(
            status=416, content_type=content_type, headers={"Content-Range": f"bytes */{size}"}
        )
        return _named(refused, etag, name, attachment)
    if len(spans) > 1:
        return _named(_several(request, key, spans, size, content_type), etag, name, attachment)
    start, length = spans[0] if spans else (0, size)
    body = iter(()) if request.method == "HEAD" else files.pieces(key, start, length)
    response = by_pieces(StreamingHttpResponse(body, status=206 if spans else 200, content_type=content_type))
    response["Content-Length"] = str(length)
    if spans:
        response["Content-Range"] = f"bytes {start}-{start + length - 1}/{size}"
    return _named(response, etag, name, attachment)


def _several(
    request: HttpRequest, key: str, spans: list[tuple[int, int]], size: int, content_type: str
) -> StreamingHttpResponse:
    """Two to five ranges in one answer, each behind a head of its own."""
    boundary = secrets.token_hex(16)
    parts = [(_part_head(boundary, content_type, span, size), span) for span in spans]
    tail = f"--{boundary}--\r\n".encode()
    length = sum(len(head) + span[1] + 2 for head, span in parts) + len(tail)
    kind = f"multipart/byteranges; boundary={boundary}"
    response = by_pieces(
        StreamingHttpResponse(_parts(request, key, parts, tail), status=206, content_type=kind)
    )
    response["Content-Length"] = str(length)
    return response


def _named(response: Answer, etag: str, name: str, attachment: bool) -> Answer:
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = etag
    disposition = content_disposition_header(attachment, name)
    if disposition is not None:
        response["Content-Disposition"] = disposition
    return shield(response, attachment=attachment)


def _part_head(boundary: str, content_type: str, span: tuple[int, int], size: int) -> bytes:
    first, last = span[0], span[0] + span[1] - 1
    lines = (
        f"--{boundary}",
        f"Content-Type: {content_type}",
        f"Content-Range: bytes {first}-{last}/{size}",
        "",
        "",
    )
    return "\r\n".join(lines).encode()


def _parts(
    request: HttpRequest, key: str, parts: list[tuple[bytes, tuple[int, int]]], tail: bytes
) -> Iterator[bytes]:
    if request.method == "HEAD":
        return
    for head, (start, length) in parts:
        yield head
        yield from kept_files().pieces(key, start, length)
        yield b"\r\n"
    yield tail
