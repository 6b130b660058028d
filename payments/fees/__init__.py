"""Court fees (诉讼费用): pure functions over the regulation as data, no database.

``quote(QuoteInput(...))`` answers every item and every operation of ``payments/data/fees*.json``.
Source: 诉讼费用交纳办法 (国务院令第481号); 民诉法解释 art. 194–207.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from common.money import MAX_YUAN
from payments.fees.book import FeeBook, Item, book_on, books
from payments.fees.charge import (
    LEAST_REDUCTION,
    BaseFeeOpen,
    QuoteInput,
    Reckoning,
    Step,
    check_base_fee,
    refuse,
)
from payments.fees.operations import OPERATIONS

__all__ = ["OPERATIONS", "FeeBook", "Item", "Quote", "QuoteInput", "Step", "book_on", "books", "quote"]

_POSITIVE = ("amount", "first_instance_amount", "contested_amount", "old", "new", "property_amounts")


@dataclass(frozen=True)
class Quote:
    """``fee`` is the sum the operation yields; None with a ``range`` while the court has set no base fee,
    None without one where the law names no sum. Yuan, two places."""

    fee: Decimal | None
    range: tuple[Decimal, Decimal] | None
    steps: list[Step]
    rule_version: str


def quote(ask: QuoteInput, *, on: date | None = None, bases: Mapping[str, Decimal] | None = None) -> Quote:
    """Work out a fee, top-up or refund by the rules in force on a day (None: the newest).

    ``bases`` are the court's own base fees by item id. Wrong input → InvalidInput (422) naming the field.
    """
    book = book_on(on)
    ask = _normalised(ask)
    _check(book, ask)
    act = OPERATIONS[ask.operation]
    own = dict(bases or {})

    def reckon(more: Mapping[str, Decimal]) -> tuple[Decimal | None, list[Step]]:
        work = Reckoning(book, ask, own | dict(more))
        return act(work), work.steps

    try:
        fee, steps = reckon({})
        return Quote(fee, None, steps, book.version)
    except BaseFeeOpen as gap:
        item = gap.item
    limits = item.base_range or (Decimal(0), Decimal(0))
    (low, low_steps), (high, high_steps) = (reckon({item.id: limit}) for limit in limits)
    steps = list(_joined(low_steps, high_steps))
    if low is None or high is None or low == high:
        return Quote(low, None, steps, book.version)
    steps.append(Step(_("基础费由法院在法定区间内确定，以法院通知为准"), item.article))
    return Quote(None, (low, high), steps, book.version)


def _joined(low: list[Step], high: list[Step]) -> Iterator[Step]:
    """Steps of both ends of a range as one list: a sum that differs is told as from … to.

    Both ends take the same steps: they lie tens of yuan apart, so that what is halved and reduced by whole percents is
    rounded at both or at neither.
    """
    for one, other in zip(low, high, strict=True):
        if one.amount == other.amount or one.amount is None:
            yield one
        else:
            text = _("%(text)s：%(low)s元至%(high)s元") % {
                "text": one.text,
                "low": one.amount,
                "high": other.amount,
            }
            yield Step(text, one.article)


def _normalised(ask: QuoteInput) -> QuoteInput:
    return replace(ask, exempt=True) if ask.operation == "relief_exempt" else ask


def _check(book: FeeBook, ask: QuoteInput) -> None:
    """校验错误而非静默: every refusal that does not depend on the operation."""
    if ask.operation not in OPERATIONS:
        refuse("operation", _("请选择列出的计算事项"))
    if ask.item is not None and ask.item not in book.items:
        refuse("item", _("请选择列出的收费项目"))
    for name, value in _sums(ask):
        _check_sum(name, value)
    if ask.nonproperty_count is not None and not 0 <= ask.nonproperty_count <= 1000:
        refuse("nonproperty_count", _("非财产请求的项数应为0到1000的整数"))
    if ask.base_fee is not None and ask.item is not None:
        check_base_fee(book.items[ask.item], ask.base_fee)
    if any(reason not in book.halving_reasons for reason in ask.halve):
        refuse("halve", _("请选择列出的减半事由"))
    _check_relief(ask)


def _check_relief(ask: QuoteInput) -> None:
    if ask.applicant not in ("natural", "legal"):
        refuse("applicant", _("请选择自然人或单位"))
    if ask.exempt and ask.applicant == "legal":
        refuse("exempt", _("免交只适用于自然人"))
    if ask.reduce_pct is None:
        return
    if ask.exempt:
        refuse("reduce_pct", _("免交和减交只能选一种"))
    if not LEAST_REDUCTION <= ask.reduce_pct < 100:
        refuse("reduce_pct", _("减交的比例应不低于30%，并小于100%"))


def _sums(ask: QuoteInput) -> Iterator[tuple[str, Decimal]]:
    for spec in fields(ask):
        value = getattr(ask, spec.name)
        for one in value if isinstance(value, tuple) else (value,):
            if isinstance(one, float):
                raise TypeError(f"{spec.name}: money is never float")
            if isinstance(one, Decimal) and spec.name != "reduce_pct":
                yield spec.name, one


def _check_sum(name: str, value: Decimal) -> None:
    if not value.is_finite() or value > MAX_YUAN:
        refuse(name, _("金额过大或不是数字，请核对"))
    if value < 0 or (value == 0 and name in (*_POSITIVE, "base_fee")):
        refuse(name, _("金额应大于0"))
    if value != value.quantize(Decimal("0.01")):
        refuse(name, _("金额最多写到分，也就是小数点后两位"))
