"""/my/notices/settings/weixin/: notices to the WeChat of who says inside of WeChat that it is his."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from common.errors import DomainError, InvalidInput, NotAllowed, NotVisible
from common.gateways import states, weixin
from common.pages import actor_of
from notifications import address_services
from notifications.models import AddressState, Channel

PAGE = "notifications/weixin.html"


@require_http_methods(["GET", "POST"])
def own_weixin(request: HttpRequest) -> HttpResponse:
    """What is bound, the way to WeChat and back, and the end of it. The way back changes nothing: the person says it once more."""
    actor = actor_of(request)
    if not weixin.is_on():
        raise NotVisible(_("没有这个页面。"))
    if not actor.is_public:
        raise NotAllowed(_("工作人员的通知在工作台里，没有这项设置。"))
    who = f"{request.session.session_key}:{actor.user_id}"
    if request.method == "POST" and request.POST.get("do") == "end":
        address_services.end(channel=Channel.WEIXIN, actor=actor)
        messages.success(request, _("不再发微信了。通知照旧在“通知”里。"))
        return redirect("notifications:weixin")
    if request.method == "POST":
        try:
            _bind(request, who)
        except DomainError as error:
            page = _page(request, who) | {"error": error.message}
            return render(request, PAGE, page, status=error.status)
        messages.success(request, _("微信已绑定。以后每条通知也发到这个微信。"))
        return redirect("notifications:weixin")
    return render(request, PAGE, _page(request, who))


def _bind(request: HttpRequest, who: str) -> None:
    """The account of WeChat that gave the code gets the notices of who asked for it in this browser."""
    actor = actor_of(request)
    sorry = _("这次确认已过期或已用过。请从头再来一次，通知设置没有变。")
    if not states.is_state(request.POST.get("state", ""), who):
        raise InvalidInput(sorry)
    openid = weixin.openid_of(request.POST.get("code", "")[:200])
    if not openid:
        raise InvalidInput(sorry)
    address_services.keep(channel=Channel.WEIXIN, address=openid, actor=actor)


def _page(request: HttpRequest, who: str) -> dict[str, object]:
    known = address_services.address_of(actor_of(request).user_id, Channel.WEIXIN)
    code, state = request.GET.get("code", ""), request.GET.get("state", "")
    is_back = bool(code) and states.is_state(state, who)
    back = settings.PUBLIC_URL + reverse("notifications:weixin")
    return {
        "is_bound": known is not None and known.state == AddressState.LIVE,
        "is_dead": known is not None and known.state == AddressState.DEAD,
        "is_late": bool(code) and not is_back,
        "code": code if is_back else "",
        "state": state if is_back else "",
        "ask": weixin.ask_address(states.state_for(who), back),
    }
