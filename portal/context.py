"""What every page knows: names of service and court, display mode, who is signed in and as what."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.roles import ROLE_WORDS
from common import text
from common.actor import ANONYMOUS, Actor, Helper, Kind, Role
from eventlog.wake import notices_may_be_late

PREFS_COOKIE = "prefs"
TEXT_MODES = ("standard", "large", "xlarge")
CONTRASTS = ("normal", "high")

LINKS = {
    "sign_in": "/login/",
    "sign_out": "/logout/",
    "my": "/my/",
    "bills": "/my/#bills",
    "scan": "/scan/",
    "precheck": "/precheck/",
    "desk": "/desk/",
}
"""Addresses people know by heart or have on paper; fixed for good, whichever app answers there."""
SESSION_MINUTES = {Kind.PUBLIC: 30, Kind.STAFF: 15}


@dataclass(frozen=True)
class Display:
    """How this visitor wants pages to look."""

    text: str = "standard"
    contrast: str = "normal"

    @property
    def elder(self) -> bool:
        """长辈版 or 特大: fewer choices, larger letters."""
        return self.text != "standard"

    @property
    def html_class(self) -> str:
        """Classes of the html element."""
        return f"text-{self.text} contrast-{self.contrast}"

    @property
    def cookie(self) -> str:
        """The cookie's value; ``read_display`` understands it."""
        return f"{self.text}.{self.contrast}"


def read_display(request: HttpRequest) -> Display:
    """Display mode from the cookie, else from the account; anything unknown is the default."""
    chosen, _dot, contrast = request.COOKIES.get(PREFS_COOKIE, "").partition(".")
    if not chosen:
        chosen = getattr(getattr(request, "user", None), "text_mode", "")
    return Display(
        text=chosen if chosen in TEXT_MODES else "standard",
        contrast=contrast if contrast in CONTRASTS else "normal",
    )


@dataclass(frozen=True)
class Site:
    """Everything the layouts print that is not the page's own."""

    service_name: str
    court_name: str | Promise
    hotline: str
    hotline_hours: str | Promise
    emblem: str
    display: Display
    mode: str
    path: str
    actor: Actor
    role: str | Promise
    user_name: str
    session_minutes: int
    notices_late: bool
    kiosk: bool = False
    """A device in a hall: it forgets who is here a minute after the last click."""
    roles: list[dict[str, Any]] = field(default_factory=list)

    @property
    def acting(self) -> Helper | None:
        """Who acts for another here, for the banner that nobody can hide."""
        return self.actor.helper

    @property
    def links(self) -> dict[str, str]:
        """Fixed addresses for the frame of every page."""
        return LINKS

    @property
    def signed_in(self) -> bool:
        """True for accounts and for a scan login."""
        return self.actor.kind in (Kind.PUBLIC, Kind.STAFF, Kind.SCAN)

    @property
    def call(self) -> str:
        """The hotline as a link."""
        return f"tel:{self.hotline}"

    @property
    def elder(self) -> bool:
        """长辈版 or 特大."""
        return self.display.elder


def _role_words(actor: Actor) -> str | Promise:
    if actor.helper is not None:
        return _("代办人")
    if actor.kind == Kind.SCAN:
        return _("扫码查看")
    return ROLE_WORDS.get(actor.role, "")


def _user_name(request: HttpRequest, actor: Actor) -> str:
    if actor.is_staff:
        return actor.name
    if actor.helper is not None:
        return actor.helper.who
    if not actor.is_public:
        return ""
    user: Any = request.user
    return text.mask_name(user.name) if user.name else text.mask_phone(user.phone)


def _roles(request: HttpRequest, actor: Actor) -> list[dict[str, Any]]:
    """Roles a member of the public may switch between; posts of staff are put in by the desks."""
    if actor.helper is not None or not (actor.is_public and getattr(request.user, "is_lawyer", False)):
        return []
    return [
        {"value": role.value, "label": ROLE_WORDS[role], "current": actor.role == role}
        for role in (Role.LITIGANT, Role.LAWYER)
    ]


def site(request: HttpRequest) -> dict[str, Site]:
    """Context processor ``site``; no query of its own (the signed-in user is already read)."""
    actor: Actor = getattr(request, "actor", ANONYMOUS)
    return {
        "site": Site(
            service_name=settings.SERVICE_NAME,
            court_name=settings.COURT_NAME,
            hotline=settings.COURT_HOTLINE,
            hotline_hours=settings.HOTLINE_HOURS,
            emblem=settings.COURT_EMBLEM,
            display=read_display(request),
            mode=settings.PORTAL_MODE,
            path=request.get_full_path(),
            actor=actor,
            role=_role_words(actor),
            user_name=_user_name(request, actor),
            session_minutes=SESSION_MINUTES.get(actor.kind, 0),
            notices_late=notices_may_be_late(),
            kiosk=getattr(request, "kiosk", False),
            roles=_roles(request, actor),
        )
    }
