"""A form that arrives after its session has ended: what was typed is kept until the same person has signed in again."""

from __future__ import annotations

import json
from dataclasses import dataclass

from django.http import HttpRequest

from common import crypto

UNSENT = "unsent"
"""Session key; the content is encrypted, because it may hold personal data (SEC-67)."""
LONGEST = 300_000
NEVER_KEPT = frozenset({"csrfmiddlewaretoken", "password", "again"})


@dataclass(frozen=True)
class Unsent:
    """Where the form was to go, what was in it (files are not kept), and whose it is."""

    path: str
    fields: tuple[tuple[str, str], ...]
    user_id: int
    had_files: bool = False


def keep(request: HttpRequest, user_id: int) -> bool:
    """Keep the fields of this POST in the new, empty session; False when there is nothing to keep or too much."""
    if request.method != "POST":
        return False
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        if name not in NEVER_KEPT
        for value in values
        if isinstance(value, str)
    ]
    content = json.dumps([request.get_full_path(), fields, user_id, bool(request.FILES)])
    if not fields or len(content) > LONGEST:
        return False
    request.session[UNSENT] = crypto.encrypt(content, context=UNSENT)
    return True


def kept(request: HttpRequest) -> Unsent | None:
    """What is kept in this session, whoever it belongs to."""
    sealed = request.session.get(UNSENT)
    if not sealed:
        return None
    path, fields, user_id, had_files = json.loads(crypto.decrypt(sealed, context=UNSENT))
    return Unsent(path, tuple((name, value) for name, value in fields), user_id, had_files)


def forget(request: HttpRequest) -> None:
    """Throw it away."""
    request.session.pop(UNSENT, None)
