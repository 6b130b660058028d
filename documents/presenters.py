"""What the print desk's templates print: rows, tabs and words, prepared from rows of the database."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from common import clock
from common.templatetags.time_words import day_words, moment, staff_moment
from documents import selectors
from documents.delivery_rules import DeliveryMethod
from documents.forms import PostedForm
from documents.models import Delivery, DeliveryFact, DeliveryFactKind, DeliveryState, PaperState

TAB_KEYS = {"waiting": "w", "sent": "s", "failed": "f", "delivered": "d"}


def tabs(desk: selectors.PrintDesk) -> list[dict[str, Any]]:
    """The views with their counts."""
    words = {
        DeliveryState.WAITING: _("待打印寄送"),
        DeliveryState.SENT: _("在途"),
        DeliveryState.FAILED: _("被退回"),
        DeliveryState.DELIVERED: _("已送达"),
    }
    address = reverse("documents:print_desk")
    return [
        {
            "label": words[view],
            "href": f"{address}?view={view}",
            "count": desk.counts[view],
            "current": view == desk.view,
            "key": TAB_KEYS[view],
        }
        for view in selectors.VIEWS
    ]


def row(delivery: Delivery, today: date, bulk: PostedForm) -> dict[str, Any]:
    """One line of the queue; what was typed into it is kept when the page comes back."""
    copy = delivery.copy
    facts = list(delivery.facts.all())
    sent = [fact for fact in facts if fact.kind == DeliveryFactKind.SENT]
    return {
        "href": reverse("documents:delivery", args=[delivery.public_id]),
        "serial": copy.serial,
        "title": copy.paper.title,
        "case_number": copy.paper.data.get("case_number", ""),
        "addressee": copy.addressee_name,
        "address": delivery.goes_to,
        "phone": delivery.phone,
        "secret": delivery.keeps_address_secret,
        "due_on": delivery.due_on,
        "late": selectors.is_late(delivery, today),
        "ready": copy.state == PaperState.ISSUED,
        "tracking_no": sent[-1].tracking_no if sent else "",
        "sent_on": clock.beijing_day(sent[-1].happened_at) if sent else None,
        "delivered_on": clock.beijing_day(delivery.delivered_at) if delivery.delivered_at else None,
        "pick": f"{delivery.public_id}:{delivery.version}",
        **bulk.typed(delivery),
    }


def can_move(delivery: Delivery) -> bool:
    """Something can be recorded: the pages exist, and the code lives or the copy is under way already."""
    copy = delivery.copy
    alive = copy.revoked_at is None or delivery.state == DeliveryState.SENT
    return copy.state == PaperState.ISSUED and alive


def can_reprint(delivery: Delivery) -> bool:
    """The copy exists and there is no newer one in place of it."""
    return delivery.copy.state == PaperState.ISSUED and not selectors.was_replaced(delivery.copy)


def summary(delivery: Delivery) -> list[dict[str, Any]]:
    """The head of one delivery's page."""
    copy = delivery.copy
    return [
        {"label": _("文书"), "value": copy.paper.title},
        {"label": _("案号"), "value": copy.paper.data.get("case_number", "")},
        {"label": _("份号"), "value": copy.serial},
        {"label": _("收件人"), "value": copy.addressee_name},
        {"label": _("地址"), "value": _address(delivery)},
        *_origin(delivery),
        {"label": _("电话"), "value": delivery.phone or _("没有登记")},
        {"label": _("方式"), "value": delivery.get_method_display()},
        *_how_it_stands(delivery),
        {
            "label": _("码有效到"),
            "value": moment(copy.expires_at) if copy.expires_at else _("还没有码"),
        },
    ]


def _origin(delivery: Delivery) -> list[dict[str, Any]]:
    """Whose address it is; nothing to say while there is none."""
    if not delivery.goes_to:
        return []
    return [{"label": _("地址来源"), "value": delivery.get_address_origin_display()}]


def _address(delivery: Delivery) -> str:
    secret = _("当事人请法院保密，不告诉对方") if delivery.keeps_address_secret else ""
    return "\n".join(filter(None, (delivery.goes_to, secret)))


def _how_it_stands(delivery: Delivery) -> list[dict[str, Any]]:
    if delivery.delivered_at is not None:
        day = day_words(clock.beijing_day(delivery.delivered_at))
        return [{"label": _("送达日"), "value": f"{day}。{last_ruling(delivery)}"}]
    if delivery.method == DeliveryMethod.PUBLICATION and delivery.state == DeliveryState.SENT:
        over = selectors.publication_over(delivery)
        return [
            {"label": _("公告期满"), "value": _("%(day)s，到时自动登记为送达") % {"day": day_words(over)}}
        ]
    return []


def last_ruling(delivery: Delivery) -> str:
    """What the newest attempt is worth and why, with its articles; "" before the first."""
    tried = [fact for fact in delivery.facts.all() if fact.rule]
    return max(tried, key=lambda fact: fact.pk).ruling if tried else ""


def facts(delivery: Delivery) -> list[dict[str, Any]]:
    """The facts, newest first, as entries of the timeline component."""
    found: list[DeliveryFact] = sorted(
        delivery.facts.all(), key=lambda fact: (fact.happened_at, fact.pk), reverse=True
    )
    return [_entry(fact) for fact in found]


def _entry(fact: DeliveryFact) -> dict[str, Any]:
    parts = [
        _("邮件号 %(number)s") % {"number": fact.tracking_no} if fact.tracking_no else "",
        _("送到 %(address)s") % {"address": fact.address} if fact.address else "",
        fact.get_outcome_display(),
        fact.ruling,
        fact.note,
        _("登记于 %(when)s") % {"when": staff_moment(fact.recorded_at)} if fact.is_by_day else "",
    ]
    return {
        "what": fact.get_kind_display(),
        "at": clock.beijing_day(fact.happened_at) if fact.is_by_day else fact.happened_at,
        "text": "\n".join(part for part in parts if part),
    }
