"""Uploading, the same wherever papers are handed in: each file is kept on its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from common.errors import InvalidInput
from common.pages import actor_of
from documents.names import display_name


def keep_uploads(request: HttpRequest, service: Callable[..., object], **place: Any) -> list[str]:
    """Give each uploaded file to a service that adds it to a ``place``; sentences about those that could not be kept."""
    uploads = request.FILES.getlist("files")
    if not uploads:
        return [_("请先选照片或文件，再点上传")]
    sentences = []
    for upload in uploads:
        try:
            service(upload=upload, actor=actor_of(request), **place)
        except InvalidInput as error:
            sentences.append(f"{display_name(upload.name or '')}：{error.message}")
    return sentences
