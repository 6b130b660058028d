"""Addresses of stored bytes that live for a minute, in one browser, for one person, one file and one purpose (SEC-54)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.http import HttpRequest
from django.urls import reverse
from django.utils.crypto import constant_time_compare

from common import crypto
from common.actor import Actor
from common.pages import actor_of
from documents.models import Copy, StoredFile

SECONDS = 60
SALT = "documents.link"
ORIGINAL, PREVIEW, SHOWN, SAVED = "original", "preview", "shown", "saved"
"""The bytes as received, the cleaned copy of them, an issued paper to look at, an issued paper to keep."""


@dataclass(frozen=True)
class Link:
    """What an address says once it was found good: whether the right still exists must be asked anew."""

    action: str
    public_id: uuid.UUID


def address(request: HttpRequest, subject: StoredFile | Copy, action: str) -> str:
    """A new address for this request's person and session, on the host of the files when there is one.

    One that was asked for with HEAD, which is no opening, answers HEAD only.
    """
    body = {"a": action, "f": subject.public_id.hex, "s": _holder(request), "m": request.method}
    token = signing.dumps(body, salt=SALT)
    path = reverse("documents:link", args=[token])
    return f"{settings.FILES_URL}{path}"


def read(request: HttpRequest, token: str) -> Link | None:
    """None for a token that is forged, older than a minute, or of another person or session: all look the same."""
    try:
        body = signing.loads(token, salt=SALT, max_age=SECONDS)
        link = Link(body["a"], uuid.UUID(body["f"]))
        method, holder = body["m"], body["s"]
    except (signing.BadSignature, KeyError, ValueError, TypeError):
        return None
    if method not in (request.method, "GET"):
        return None
    return link if constant_time_compare(holder, _holder(request)) else None


def _holder(request: HttpRequest) -> str:
    """Person and session in one word that tells neither."""
    actor: Actor = actor_of(request)
    who = f"{actor.kind}:{actor.user_id or ''}:{actor.scan.copy_id if actor.scan else ''}"
    return crypto.keyed_hash("documents.link", f"{request.session.session_key}:{who}")[:32]
