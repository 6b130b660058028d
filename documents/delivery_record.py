"""The record of a delivery as a paper: 送达回证, of an electronic delivery 电子送达凭证 (民诉法87; 在线诉讼规则31)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from common import clock
from common.templatetags.time_words import day_words, exact
from documents.delivery_rules import DeliveryMethod
from documents.models import Copy, Delivery, DeliveryFact
from documents.rendering.typeset import plain_pdf
from eventlog.selectors import receipt_of


def record_pdf(copy: Copy) -> bytes:
    """Every fact of the delivery with what it is worth, the hash of what was delivered and the signed receipt, as PDF/A.
    Two queries; about a thirtieth of a second of one core."""
    delivery: Delivery = copy.delivery
    now = clock.now()
    receipt = receipt_of(delivery, "documents.delivered")
    data: dict[str, Any] = {
        "title": title_of(delivery),
        "court": copy.paper.court.name,
        "facts": _head(copy, delivery),
        "steps": [_step(fact) for fact in delivery.facts.all()],
        "sha256": copy.sha256,
        "receipt": receipt
        and {
            "number": str(receipt.public_id),
            "text": receipt.text,
            "signature": receipt.signature,
            "key": receipt.key_id,
        },
        "made_at": exact(now),
    }
    return plain_pdf("delivery_record", data, moment=now)


def title_of(delivery: Delivery) -> str:
    """As the law calls it."""
    return _("电子送达凭证") if delivery.method == DeliveryMethod.INBOX else _("送达回证")


def _head(copy: Copy, delivery: Delivery) -> list[list[str]]:
    rows = [
        [_("案号"), str(copy.paper.data.get("case_number", ""))],
        [_("文书"), copy.paper.title],
        [_("份号"), copy.serial],
        [_("收件人"), copy.addressee_name],
        [_("地址"), copy.addressee_address],
        [_("方式"), delivery.get_method_display()],
        [_("状态"), delivery.get_state_display()],
    ]
    if delivery.delivered_at is not None:
        rows.append([_("送达日"), day_words(clock.beijing_day(delivery.delivered_at))])
    return [row for row in rows if row[1]]


def _step(fact: DeliveryFact) -> dict[str, str]:
    words = [
        _("送到 %(address)s") % {"address": fact.address} if fact.address else "",
        fact.get_outcome_display(),
        fact.ruling,
        _("邮件号 %(number)s") % {"number": fact.tracking_no} if fact.tracking_no else "",
        fact.note,
        _("登记于 %(when)s") % {"when": exact(fact.recorded_at)} if fact.is_by_day else "",
    ]
    at = day_words(clock.beijing_day(fact.happened_at)) if fact.is_by_day else exact(fact.happened_at)
    return {"at": at, "what": fact.get_kind_display(), "words": "\n".join(filter(None, words))}
