"""What the pages of finance share: who may enter, the links between the desks, days in addresses."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import allows
from common.actor import Actor
from common.errors import NotAllowed, NotVisible
from common.pages import actor_of

PER_PAGE = 25
DESKS = [
    ("payments:finance", gettext_lazy("财务首页")),
    ("payments:counter", gettext_lazy("窗口收费")),
    ("payments:desk_refunds", gettext_lazy("退费")),
    ("payments:suspense_list", gettext_lazy("待处理款")),
    ("payments:reviews", gettext_lazy("待核对的通知")),
    ("payments:recon", gettext_lazy("对账")),
    ("payments:days", gettext_lazy("日结")),
]


def finance_of(request: HttpRequest, action: str = "ledger.read") -> Actor:
    """The visitor as somebody of finance; NotAllowed for others."""
    actor = actor_of(request)
    if not allows(actor, action):
        raise NotAllowed(_("这个页面不在您的岗位权限内。"))
    return actor


def desks(request: HttpRequest) -> list[dict[str, Any]]:
    """Links to the desks of finance, the present one marked."""
    found = [(label, reverse(name)) for name, label in DESKS]
    here = max((href for _label, href in found if request.path.startswith(href)), key=len, default="")
    return [{"label": label, "href": href, "current": href == here} for label, href in found]


def day_in(written: str) -> date:
    """The day of an address; NotVisible when there is no such day."""
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise NotVisible(_("没有这个页面。")) from None
