"""Uploading, the same wherever papers are handed in: each file is kept on its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils.translation import gettext as _

from common.errors import InvalidInput, TooManyRequests
from common.pages import actor_of
from documents.errors import FilesAway
from documents.names import display_name


def keep_each(uploads: Iterable[UploadedFile[Any]], keep: Callable[[UploadedFile[Any]], object]) -> list[str]:
    """Give each file to ``keep``; sentences, with their names, about those that could not be kept."""
    sentences = []
    for upload in uploads:
        try:
            keep(upload)
        except (InvalidInput, TooManyRequests, FilesAway) as error:
            sentences.append(f"{display_name(upload.name or '')}：{error.message}")
    return sentences


def keep_uploads(request: HttpRequest, service: Callable[..., object], **place: Any) -> list[str]:
    """Give each uploaded file to a service that adds it to a ``place``; sentences about those that could not be kept."""
    uploads = request.FILES.getlist("files")
    if not uploads:
        return [_("请先选照片或文件，再点上传")]
    return keep_each(uploads, lambda upload: service(upload=upload, actor=actor_of(request), **place))


def tray_context(rows: Sequence[dict[str, Any]], sentences: Sequence[str]) -> dict[str, Any]:
    """``components/file_tray.html`` and the error box of a page on which files wait until its form is sent."""
    return {
        "tray": {"rows": rows, "error": "；".join(sentences)},
        "file_errors": [{"href": "#files", "text": sentence} for sentence in sentences],
    }
