"""Small checks that pages of a desk share."""

from __future__ import annotations

from django.http import HttpRequest

from accounts.access import allows
from common.errors import NotAllowed
from common.pages import actor_of


def need(request: HttpRequest, action: str, words: str) -> None:
    """NotAllowed with a sentence for whom the role does not do such things."""
    if not allows(actor_of(request), action):
        raise NotAllowed(words)


def sure(request: HttpRequest) -> bool:
    """True when the person has read once more what he is about to do."""
    return request.POST.get("sure") == "yes"
