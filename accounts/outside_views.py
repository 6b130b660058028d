"""Sign-in by WeChat or DingTalk, and the page on which the owner of an account binds them and gives them up (docs/adr/0040).

The way back from there changes nothing: the page has one button, and only that sends the code on. So nothing that merely opens
addresses uses a code up, and the cookie of staff, which no other site's link brings along, is there when it counts.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.factor_views import first_step_done
from accounts.middleware import browser_key, renew_id, start_session, user_of
from accounts.models import OutsideWay, User, UserKind
from accounts.services import (
    count,
    outside,
    public_by_outside,
    record_staff_sign_in,
    staff_by_outside,
)
from accounts.step_up import step_up
from common import crypto
from common.actor import Kind
from common.errors import Conflict, GatewayUnavailable, NotVisible
from common.gateways import states
from common.pages import actor_of
from common.requests import path_here

GONE = "gone_outside"
"""Session key of somebody who was sent on: the word that must come back, once; what for; where he goes afterwards."""
SIGN_IN, BIND = "sign_in", "bind"
LATE, UNKNOWN, AWAY, STOPPED = "late", "unknown", "away", "stopped"
"""Why nobody is signed in: the words stand in the template."""
ADDRESSES = {
    (OutsideWay.WEIXIN, UserKind.PUBLIC): "accounts:weixin",
    (OutsideWay.DINGTALK, UserKind.PUBLIC): "accounts:dingtalk",
    (OutsideWay.DINGTALK, UserKind.STAFF): "accounts:staff_dingtalk",
}
CODE = {OutsideWay.WEIXIN: "code", OutsideWay.DINGTALK: "authCode"}
"""What the vendor calls the code in the address it leads back to."""
PAGE = "accounts/outside.html"


@dataclass(frozen=True)
class Button:
    """One more way in, below the ordinary one."""

    label: str
    address: str


def offered(request: HttpRequest, kind: UserKind) -> list[Button]:
    """Ways in that work in this browser; none on a kiosk, which cannot make the vendor forget whoever stood there."""
    ways = [] if request.kiosk else outside.ways_of(kind)  # type: ignore[attr-defined]
    return [Button(str(way.label), reverse(ADDRESSES[way, kind])) for way in ways if works_here(request, way)]


def works_here(request: HttpRequest, way: OutsideWay) -> bool:
    """WeChat asks inside of WeChat only, where nobody else is let in; the stand-ins ask everywhere."""
    inside = "MicroMessenger" in request.headers.get("User-Agent", "")
    return not settings.PRODUCTION or inside == (way == OutsideWay.WEIXIN)


def _comes_back(request: HttpRequest) -> bool:
    return request.POST.get("do") == "back"


@login_not_required
@step_up(when=_comes_back, keep=False)
@require_http_methods(["GET", "POST"])
def weixin(request: HttpRequest) -> HttpResponse:
    """/login/weixin/: to WeChat, and back from there."""
    return _door(request, OutsideWay.WEIXIN, UserKind.PUBLIC)


@login_not_required
@step_up(when=_comes_back, keep=False)
@require_http_methods(["GET", "POST"])
def dingtalk(request: HttpRequest) -> HttpResponse:
    """/login/dingtalk/: to DingTalk, and back from there."""
    return _door(request, OutsideWay.DINGTALK, UserKind.PUBLIC)


@login_not_required
@step_up(when=_comes_back, keep=False)
@require_http_methods(["GET", "POST"])
def staff_dingtalk(request: HttpRequest) -> HttpResponse:
    """/staff/login/dingtalk/: the same for staff, on their host and networks only; it replaces the password, and nothing else."""
    return _door(request, OutsideWay.DINGTALK, UserKind.STAFF)


def _door(request: HttpRequest, way: OutsideWay, kind: UserKind) -> HttpResponse:
    if way not in outside.ways_of(kind) or request.kiosk:  # type: ignore[attr-defined]
        raise NotVisible(_("没有这个页面。"))
    if request.method == "POST" and _comes_back(request):
        return _back(request, way, kind)
    target = _next(request, _home(kind))
    here = Kind.STAFF if kind == UserKind.STAFF else Kind.PUBLIC
    if actor_of(request).kind == here and CODE[way] not in request.GET:
        return redirect(target)
    if request.method == "POST":
        return _go(request, way, kind, SIGN_IN, target)
    return _page(request, way, kind, STOPPED if "error" in request.GET else "", target)


def _go(request: HttpRequest, way: OutsideWay, kind: str, what: str, target: str) -> HttpResponse:
    """On to the vendor, with a word that only this visitor can bring back, once, within minutes."""
    state = states.state_for(_who(request, way, what))
    request.session[GONE] = [state, what, target]
    host = f"{request.scheme}://{request.get_host()}" if kind == UserKind.STAFF else settings.PUBLIC_URL
    back = host + reverse(ADDRESSES[way, UserKind(kind)])
    return HttpResponseRedirect(outside.ask_address(way, state, back))


def _who(request: HttpRequest, way: OutsideWay, what: str) -> str:
    return f"{what}:{way}:{browser_key(request)}:{actor_of(request).user_id or 0}"


def _back(request: HttpRequest, way: OutsideWay, kind: UserKind) -> HttpResponse:
    """With a code from the vendor: who was signed in binds, who was not comes in."""
    kept, what, target = request.session.pop(GONE, None) or ("", "", _home(kind))
    trouble, identity = LATE, ""
    if _is_ours(request, way, kept, what):
        try:
            identity = outside.who_gave(way, request.GET.get(CODE[way], "")[:200])
        except GatewayUnavailable:
            trouble = AWAY
    actor = actor_of(request)
    if what == BIND or (not what and (actor.is_public or actor.is_staff)):
        return _bound(request, way, identity, trouble, target)
    if not identity:
        return _page(request, way, kind, trouble, target)
    find = staff_by_outside if kind == UserKind.STAFF else public_by_outside
    user = find(way=way, identity=identity)
    if user is None:
        return _page(request, way, kind, UNKNOWN, target)
    if kind == UserKind.STAFF and settings.STAFF_SECOND_FACTOR:
        return first_step_done(request, user, target, way)
    if kind == UserKind.STAFF:
        record_staff_sign_in(user, factor="", way=way)
    start_session(request, user, proven=False)  # a shortcut is no fresh proof (SEC-08)
    return redirect(target)


def _is_ours(request: HttpRequest, way: OutsideWay, kept: str, what: str) -> bool:
    """Whether this visitor was sent on from here, in this session, some minutes ago, and comes back for the first time."""
    state = request.GET.get("state", "")
    return (
        bool(kept and request.GET.get(CODE[way]))
        and crypto.same(kept, state)
        and states.is_state(state, _who(request, way, what))
        and count(f"outside-state:{state}", 2 * states.STATE_SECONDS) == 1
    )


def _bound(request: HttpRequest, way: OutsideWay, identity: str, trouble: str, target: str) -> HttpResponse:
    user = user_of(request)
    words = {
        LATE: _("这次确认已过期或已用过，没有绑定。请从头再来一次。"),
        AWAY: _("%(way)s现在没有回应，没有绑定。请过几分钟再试，您的账号没有变化。") % {"way": way.label},
    }
    if not identity:
        return _ways_page(request, user, words[trouble], 503 if trouble == AWAY else 422)
    try:
        outside.bind(way=way, identity=identity, actor=actor_of(request))
    except Conflict as error:
        return _ways_page(request, user, error.message, error.status)
    messages.success(request, _("%(way)s已绑定，下次可以用它登录。") % {"way": way.label})
    return redirect(target)


def _page(request: HttpRequest, way: OutsideWay, kind: UserKind, trouble: str, target: str) -> HttpResponse:
    """The way back, or why it led nowhere, with the ordinary way in."""
    later = f"{reverse('accounts:ways')}?{urlencode({'next': target})}"
    context = {
        "way": way.label,
        "is_back": CODE[way] in request.GET and not trouble,
        "trouble": trouble,
        "staff": kind == UserKind.STAFF,
        "next": target,
        "later": later if trouble == UNKNOWN else target,
    }
    status = {"": 200, STOPPED: 200, AWAY: 503}.get(trouble, 422)
    return render(request, PAGE, context, status=status)


# --- the owner's page ----------------------------------------------------------------------------------------------
@step_up(when=lambda request: "bind" in request.POST, keep=False)
@require_http_methods(["GET", "POST"])
def ways(request: HttpRequest) -> HttpResponse:
    """What is bound, bind, give up. Giving up asks for no proof: whoever lost a phone must be quick."""
    user = user_of(request)
    known = outside.ways_of(user.kind)
    if not known or request.kiosk:  # type: ignore[attr-defined]
        raise NotVisible(_("没有这个页面。"))
    if request.method != "POST":
        return _ways_page(request, user)
    wanted = request.POST.get("bind") or request.POST.get("end")
    way = next((way for way in known if way == wanted), None)
    if way is None:
        raise NotVisible(_("没有这个页面。"))
    if "bind" in request.POST:
        return _go(request, way, user.kind, BIND, _next(request, reverse("accounts:ways")))
    ended = outside.end(way=way, actor=actor_of(request))
    update_session_auth_hash(request, ended)
    renew_id(request)
    messages.success(
        request, _("不能再用%(way)s登录了。别的设备都已退出，这里还登录着。") % {"way": way.label}
    )
    return redirect("accounts:ways")


def _ways_page(request: HttpRequest, user: User, error: str = "", status: int = 200) -> HttpResponse:
    bound = {row.way: row for row in outside.live_of(user.pk)}
    rows = [
        {"way": way, "row": bound.get(way), "here": works_here(request, way)}
        for way in outside.ways_of(user.kind)
    ]
    context = {"rows": rows, "error": error, "next": _next(request, ""), "staff": user.kind == UserKind.STAFF}
    return render(request, "accounts/ways.html", context, status=status)


def _home(kind: UserKind) -> str:
    return "/desk/" if kind == UserKind.STAFF else "/my/"


def _next(request: HttpRequest, default: str) -> str:
    return path_here(request, request.POST.get("next") or request.GET.get("next") or "", default)
