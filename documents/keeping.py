"""Uploading into slots, the same wherever papers are handed in: each file is kept on its own."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.utils.translation import gettext as _

from common.errors import InvalidInput
from common.pages import actor_of
from documents.names import display_name


def keep_uploads(
    request: HttpRequest, slot: str, service: Callable[..., object], **owner: int
) -> dict[str, list[str]]:
    """Give each uploaded file to a service that adds it to ``owner``; sentences about the unusable ones, by their slot."""
    sentences = []
    uploads = request.FILES.getlist("files")
    if not uploads:
        sentences.append(_("请先选照片或文件，再点上传"))
    for upload in uploads:
        try:
            service(slot=slot, upload=upload, actor=actor_of(request), **owner)
        except InvalidInput as error:
            sentences.append(f"{display_name(upload.name or '')}：{error.message}")
    return {slot: sentences} if sentences else {}
