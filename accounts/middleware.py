"""Who is asking: puts ``request.actor`` on every request and ends sessions that stood idle too long (SEC-07)."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.contrib.sessions.exceptions import SessionInterrupted
from django.contrib.sessions.middleware import SessionMiddleware
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import rotate_token
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from accounts import kiosk, unsent
from accounts.models import User, UserKind
from accounts.services.passwords import must_change
from accounts.services.sessions import note_new_id, note_sign_in
from common import clock
from common.actor import ANONYMOUS, Actor, Kind, Role, ScanPass
from common.errors import NotAllowed
from common.requests import lies_in, peer_address

PUBLIC_IDLE, PUBLIC_LONGEST = timedelta(minutes=30), timedelta(hours=12)
STAFF_IDLE, STAFF_LONGEST = timedelta(minutes=15), timedelta(hours=8)
TOUCH_EVERY = timedelta(minutes=1)
BROWSER_COOKIE_SESSION_KEY = "browser"

PostFinder = Callable[[int, int | None], Any]
_find_post: PostFinder | None = None
ActingFinder = Callable[[User, Actor, str], tuple[Actor, User] | None]
_find_acting: ActingFinder | None = None
ACTING = "acting"
"""Session key: the consent by which somebody acts for another (代办)."""
SIGN_OUT = "/logout/"
ACTING_OVER, ACTING_CLOSED = "/acting/over/", "/acting/closed/"
PassCheck = Callable[[ScanPass], bool]
_pass_holds: PassCheck | None = None
SCAN_AREAS = ("/my/", "/papers/", "/files/")
SCAN_ENDED = "/scan/?ended=1"
SAFE_METHODS = ("GET", "HEAD")
FACTOR = "factor"
"""Session key: how a member of staff took the second step. Without it nobody is signed in where one is asked for."""
PROVED = "proved_at"
"""Session key: when its owner signed in or proved himself anew (SEC-08)."""
SIGN_IN = "sign_in_id"
"""Session key: the row of this sign-in in its owner's list (SEC-07)."""
STAFF_AREAS = (
    "/desk/",
    "/bench/",
    "/oversight/",
    "/manage/",
    "/fund/",
    "/hotline/",
    "/interference/",
    "/staff/",
)


def use_posts(finder: PostFinder) -> None:
    """``courts`` hands in how a member of staff's post is found; this app lies below it and knows no posts."""
    global _find_post
    _find_post = finder


def use_pass_check(check: PassCheck) -> None:
    """``qrlinks`` hands in whether a scan login still holds; without it no scan login does."""
    global _pass_holds
    _pass_holds = check


def use_acting(finder: ActingFinder) -> None:
    """``assistance`` hands in for whom somebody acts by a live consent; without it nobody does."""
    global _find_acting
    _find_acting = finder


def staff_door_is_here(request: HttpRequest) -> bool:
    """Whether staff may come in here: the staff host and a staff network, where the installation names them (SEC-04)."""
    if settings.STAFF_HOST and request.get_host() != settings.STAFF_HOST:
        return False
    return is_staff_network(peer_address(request))


def is_staff_network(address: str) -> bool:
    """Whether staff may come from this address; from everywhere where the installation names no network."""
    networks = settings.STAFF_DOOR_NETWORKS
    return not networks or lies_in(address, networks)


def user_of(request: HttpRequest) -> User:
    """The account that is signed in; NotAllowed for everybody else: a scan login is no account."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if not (actor.is_staff or actor.is_public):
        raise NotAllowed(_("请先登录。"))
    user: Any = request.user
    return user


def browser_key(request: HttpRequest) -> str:
    """A random key that stays with this browser's session; one-time codes are bound to it (SEC-02)."""
    key = request.session.get(BROWSER_COOKIE_SESSION_KEY)
    if not key:
        key = request.session[BROWSER_COOKIE_SESSION_KEY] = secrets.token_urlsafe(16)
    return str(key)


class ActorMiddleware:
    """Sets ``request.actor`` from session, post and scan pass; nothing else decides who somebody is.

    A page that only reads asks the database for the time once.
    """

    keeps_forms = True
    """Whether a form that comes after its session has ended is kept for the next one (``accounts.unsent``)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in SAFE_METHODS:
            with clock.read_once(in_transaction=False):
                return self._answer(request)
        return self._answer(request)

    def _answer(self, request: HttpRequest) -> HttpResponse:
        request_id = getattr(request, "request_id", "")
        request.kiosk = kiosk.is_kiosk(request)  # type: ignore[attr-defined]
        actor = self._actor(request) if request.session.session_key else ANONYMOUS
        request.actor = replace(actor, request_id=request_id)  # type: ignore[attr-defined]
        if elsewhere := getattr(request, "acting_elsewhere", ""):
            return HttpResponseRedirect(elsewhere)
        if request.kiosk:  # type: ignore[attr-defined]
            return self._answer_in_a_hall(request)
        if getattr(request, "scan_ended", False) and request.path.startswith(SCAN_AREAS):
            return HttpResponseRedirect(SCAN_ENDED)
        return self.get_response(request)

    def _answer_in_a_hall(self, request: HttpRequest) -> HttpResponse:
        """On a kiosk: who comes after a minute finds nothing of the one before (SEC-07)."""
        left = getattr(request, "kiosk_left", False)
        if left and request.path != kiosk.OVER:
            response: HttpResponse = HttpResponseRedirect(kiosk.OVER)
        else:
            response = self.get_response(request)
        if left or request.path in (kiosk.OVER, SIGN_OUT):
            kiosk.wipe(response)
        return response

    def _actor(self, request: HttpRequest) -> Actor:
        session = request.session
        user: Any = request.user
        if request.kiosk and kiosk.is_left(request):  # type: ignore[attr-defined]
            session.flush()
            request.user = AnonymousUser()
            request.kiosk_left = True  # type: ignore[attr-defined]
            return ANONYMOUS
        if "scan_pass" in session and not user.is_authenticated:
            return self._scan_actor(request)
        if not user.is_authenticated:
            return ANONYMOUS
        if user.kind == UserKind.STAFF and not staff_door_is_here(request):
            request.user = AnonymousUser()
            return ANONYMOUS
        if not user.can_sign_in() or self._is_over(request, user) or _lacks_second_step(request, user):
            for_another = ACTING in session  # then nothing is kept for the helper's own name (docs/adr/0038)
            session.flush()
            request.user = AnonymousUser()
            if user.is_active and self.keeps_forms and not for_another:
                request.ended_user_id = user.pk  # type: ignore[attr-defined]
            return ANONYMOUS
        if user.kind == UserKind.STAFF:
            request.must_change = must_change(user)  # type: ignore[attr-defined]
            actor = _staff_actor(user, session.get("post_id"))
        else:
            role = Role.LAWYER if session.get("role") == Role.LAWYER and user.is_lawyer else Role.LITIGANT
            actor = Actor(kind=Kind.PUBLIC, role=role, user_id=user.pk)
        return self._acting(request, user, actor) if ACTING in session and request.path != SIGN_OUT else actor

    def _acting(self, request: HttpRequest, user: User, actor: Actor) -> Actor:
        """The person somebody acts for, while the consent holds. Once it does not, whatever was asked for is not done, neither for
        the person nor in the helper's own name; forms of before are worth nothing."""
        found = _find_acting(user, actor, str(request.session[ACTING])) if _find_acting else None
        if found is not None:
            request.signed_in_user = user  # type: ignore[attr-defined]
            request.user = found[1]
            return found[0]
        end_acting_here(request)
        request.acting_elsewhere = ACTING_OVER  # type: ignore[attr-defined]
        return actor

    def _is_over(self, request: HttpRequest, user: User) -> bool:
        staff = user.kind == UserKind.STAFF
        idle, longest = (STAFF_IDLE, STAFF_LONGEST) if staff else (PUBLIC_IDLE, PUBLIC_LONGEST)
        now = clock.process_now()
        started = datetime.fromisoformat(request.session.get("started_at", now.isoformat()))
        seen = datetime.fromisoformat(request.session.get("seen_at", now.isoformat()))
        if now - seen > idle or now - started > longest:
            return True
        if now - seen > TOUCH_EVERY or "seen_at" not in request.session:
            request.session["seen_at"] = now.isoformat()
        return False

    def _scan_actor(self, request: HttpRequest) -> Actor:
        raw = request.session["scan_pass"]
        scan = ScanPass(
            case_id=raw["case_id"],
            party_id=raw["party_id"],
            copy_id=raw["copy_id"],
            expires_at=datetime.fromisoformat(raw["expires_at"]),
            phone_index=raw.get("phone_index", ""),
        )
        if clock.process_now() >= scan.expires_at or _pass_holds is None or not _pass_holds(scan):
            request.session.flush()
            request.scan_ended = True  # type: ignore[attr-defined]
            return ANONYMOUS
        return Actor(kind=Kind.SCAN, role=Role.LITIGANT, scan=scan, channel="scan")


def _lacks_second_step(request: HttpRequest, user: User) -> bool:
    return user.kind == UserKind.STAFF and settings.STAFF_SECOND_FACTOR and not request.session.get(FACTOR)


def _staff_actor(user: User, post_id: int | None) -> Actor:
    post = _find_post(user.pk, post_id) if _find_post else None
    base = Actor(kind=Kind.STAFF, user_id=user.pk, name=user.name, staff_no=user.staff_no)
    if post is None:
        return base
    return replace(
        base,
        role=Role(post.role),
        post_id=post.pk,
        court_id=post.court_id,
        division_id=post.division_id,
    )


def start_session(request: HttpRequest, user: User, *, factor: str = "", proven: bool = True) -> None:
    """A fresh session with a new id for ``user`` (SEC-07); a scan pass of the same browser ends. ``factor`` is how a member
    of staff took the second step; ``proven`` is off where a sign-in is no fresh proof (SEC-08).

    A form of his own that came too late for the last session is taken over.
    """
    names = [BROWSER_COOKIE_SESSION_KEY]
    late = unsent.kept(request)
    if late is not None and late.user_id == user.pk:
        names.append(unsent.UNSENT)
    taken_over = {name: request.session[name] for name in names if request.session.get(name)}
    request.session.flush()
    login(request, user)
    now = clock.process_now().isoformat()
    sign_in = note_sign_in(
        user_id=user.pk,
        session_key=str(request.session.session_key),
        browser=request.headers.get("User-Agent", ""),
    )
    own = {
        "started_at": now,
        "seen_at": now,
        PROVED: now if proven else "",
        SIGN_IN: sign_in,
        FACTOR: factor,
    }
    request.session.update(own | taken_over)


def act_for(request: HttpRequest, consent: str) -> None:
    """From the next request on this session acts for another, by this consent: a new id, and no form of before counts."""
    request.session[ACTING] = consent
    rotate_token(request)
    renew_id(request)


def end_acting_here(request: HttpRequest) -> None:
    """From the next request on this session is its owner's own again; forms of before are worth nothing."""
    request.session.pop(ACTING, None)
    rotate_token(request)


def renew_id(request: HttpRequest) -> None:
    """A new id for a running session, also on its owner's list (SEC-07)."""
    request.session.cycle_key()
    note_new_id(request.session.get(SIGN_IN, ""), str(request.session.session_key))


def prove_now(request: HttpRequest) -> None:
    """The owner of the session has just proved himself."""
    request.session[PROVED] = clock.process_now().isoformat()


def _lost_database(error: BaseException | None) -> BaseException | None:
    """The failure of the database behind an error; None when there is none."""
    while error is not None and not isinstance(error, OperationalError | InterfaceError):
        error = error.__context__
    return error


class SessionCookieMiddleware(SessionMiddleware):
    """Django's, with a stricter cookie for staff: no other site starts a request with it (SEC-07)."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """The cookie is written here; whose it is, is known by now.

        A session that cannot be kept because the database is away is no mistake of the visitor, as Django has it: he gets the page that
        tells of the database (REL-50). One that was ended or got a new id elsewhere meanwhile is none either: what was asked for is done,
        and its answer says so; the cookie stays as it is, because by now it may be the one of the new id.
        """
        try:
            response = super().process_response(request, response)
        except SessionInterrupted as error:
            if lost := _lost_database(error):
                raise lost from None
            patch_vary_headers(response, ["Cookie"])
            return response
        cookie = response.cookies.get(settings.SESSION_COOKIE_NAME)
        owner = getattr(request, "signed_in_user", None) or getattr(request, "user", None)
        if cookie and getattr(owner, "kind", "") == UserKind.STAFF:
            cookie["samesite"] = "Strict"
        return response


RESEND = "/resend/"
CHANGE = "/password/"
OPEN_BEFORE_A_CHANGE = (CHANGE, "/step-up/", SIGN_OUT)
"""What opens to a member of staff whose password is older than the installation allows (SEC-01)."""


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Closes every page that does not say ``login_not_required``; staff areas ask for the staff sign-in, and away from the
    staff host and network they do not exist."""

    def process_view(self, request: HttpRequest, view_func: Any, view_args: Any, view_kwargs: Any) -> Any:
        """The sign-in that fits, or nothing at all."""
        if request.path.startswith(STAFF_AREAS) and not staff_door_is_here(request):
            raise Http404
        helper = request.actor.helper  # type: ignore[attr-defined]
        match = request.resolver_match
        if helper is not None and (match is None or match.view_name not in helper.opens):
            return HttpResponseRedirect(ACTING_CLOSED)
        if (
            helper is None
            and getattr(request, "must_change", False)
            and request.path not in OPEN_BEFORE_A_CHANGE
        ):
            return HttpResponseRedirect(CHANGE)
        return super().process_view(request, view_func, view_args, view_kwargs)

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> HttpResponseRedirect:
        """Send the visitor to the sign-in that fits the page and back again afterwards, with what he had typed."""
        area = "/staff/login/" if request.path.startswith(STAFF_AREAS) else "/login/"
        ended = getattr(request, "ended_user_id", None)
        if ended is not None and unsent.keep(request, ended):
            return redirect_to_login(RESEND, area, "next")
        return redirect_to_login(request.get_full_path(), area, "next")
