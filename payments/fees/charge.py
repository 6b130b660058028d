"""The one way a fee is computed: item → halved once → relief → rounded once, half up to the fen.

Nothing between these steps is rounded. Sources: 诉讼费用交纳办法 art. 13–19, 44–46; 民诉法解释 art. 201–206.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NoReturn

from django.utils.translation import gettext as _

from common.errors import InvalidInput
from common.money import to_yuan
from payments.fees.book import FeeBook, Item, Rule, Schedule

LEAST_REDUCTION = 30
"""减交比例不得低于30% (art. 46)."""


@dataclass(frozen=True)
class QuoteInput:
    """What is asked. Yuan as Decimal; see DESIGN §6 for the fields that each operation reads."""

    operation: str = "fee"
    item: str | None = None
    amount: Decimal | None = None
    base_fee: Decimal | None = None
    halve: tuple[str, ...] = ()
    exempt: bool = False
    reduce_pct: Decimal | None = None
    applicant: str = "natural"
    first_instance_amount: Decimal | None = None
    contested_amount: Decimal | None = None
    old: Decimal | None = None
    new: Decimal | None = None
    before_end: bool | None = None
    property_amounts: tuple[Decimal, ...] | None = None
    nonproperty_count: int | None = None
    prepaid: Decimal | None = None
    borne_by_prepayer: Decimal | None = None
    civil_continues: bool | None = None


@dataclass(frozen=True)
class Step:
    """One line of the reckoning; ``amount`` is what the line comes to, None where it names no sum."""

    text: str
    article: str
    amount: Decimal | None = None


class BaseFeeOpen(Exception):
    """The court has not set the base fee of this item within its legal range."""

    def __init__(self, item: Item) -> None:
        super().__init__(item.id)
        self.item = item


@dataclass
class Reckoning:
    """One calculation with a definite base fee, and the steps it wrote down."""

    book: FeeBook
    ask: QuoteInput
    bases: Mapping[str, Decimal]
    steps: list[Step] = field(default_factory=list)

    def note(self, text: str, article: str, amount: Decimal | None = None) -> None:
        self.steps.append(Step(text, article, None if amount is None else to_yuan(amount)))

    def article(self, operation: str) -> str:
        return self.book.operations[operation].article

    def due(self, item: Item, amount: Decimal | None, *, halve: tuple[str, ...] | None = None) -> Decimal:
        """What is payable for the item, in yuan; ``halve`` None means the reasons that were asked."""
        exact = self._charge(item, amount)
        exact = self._halved(item, exact, self.ask.halve if halve is None else halve)
        return to_yuan(self.relieved(exact))

    def base(self, item: Item) -> Decimal:
        """The base fee that was asked or that the court has set within the legal range; neither → ``BaseFeeOpen``."""
        if self.ask.base_fee is not None:
            check_base_fee(item, self.ask.base_fee)
            return self.ask.base_fee
        own = self.bases.get(item.id)
        if own is None or not _is_legal(item, own):
            raise BaseFeeOpen(item)
        return own

    def _charge(self, item: Item, amount: Decimal | None) -> Decimal:
        rule = item.rule.given(amount)
        if amount is None and not rule.works_alone:
            refuse("amount", _("请填写金额"))
        total = Decimal(0)
        if rule.fixed is not None:
            total = rule.fixed
            self.note(_fixed_text(item, rule), item.article, total)
        if rule.base:
            total = self.base(item)
            self.note(_("%(item)s，每件基础费") % {"item": item.name}, item.article, total)
        if rule.schedule and amount is not None:
            part = rule.schedule.tier(amount).fee(amount)
            self.note(band_text(rule.schedule, amount), item.article, part)
            total += part
            if rule.base:
                self.note(_("合计"), item.article, total)
        if rule.divide_by:
            total /= rule.divide_by
            self.note(
                _("按上述标准的%(divisor)s分之一交纳") % {"divisor": rule.divide_by}, item.article, total
            )
        if rule.cap is not None and total > rule.cap:
            total = rule.cap
            self.note(_("最高不超过%(cap)s元") % {"cap": rule.cap}, item.article, total)
        return total

    def _halved(self, item: Item, exact: Decimal, reasons: tuple[str, ...]) -> Decimal:
        if not reasons:
            return exact
        article = self.article("halve")
        if not item.halvable:
            self.note(_("减半只适用于案件受理费，本项不减半"), article, exact)
            return exact
        words = "、".join(self.book.halving_reasons[reason] for reason in reasons)
        once = _("，多个事由只减半一次") if len(reasons) > 1 else ""
        self.note(_("减半交纳：%(reasons)s%(once)s") % {"reasons": words, "once": once}, article, exact / 2)
        return exact / 2

    def relieved(self, exact: Decimal) -> Decimal:
        """免交 or 减交, exact (art. 44–46)."""
        if self.ask.exempt:
            self.note(_("准予免交"), self.article("relief_exempt"), Decimal(0))
            return Decimal(0)
        if self.ask.reduce_pct is not None:
            exact *= 1 - self.ask.reduce_pct / 100
            text = _("准予减交%(pct)s%%") % {"pct": plain(self.ask.reduce_pct)}
            self.note(text, self.article("relief_reduce"), exact)
        return exact


def refuse(field_name: str, message: str) -> NoReturn:
    """Readable but wrong: 422 with the sentence at its field."""
    raise InvalidInput(message, **{field_name: message})


def check_base_fee(item: Item, base_fee: Decimal) -> None:
    """区间外的基础费 → InvalidInput."""
    if item.base_range and not _is_legal(item, base_fee):
        low, high = map(plain, item.base_range)
        refuse("base_fee", _("%(item)s的基础费应在%(low)s元到%(high)s元之间") % {
            "item": item.name, "low": low, "high": high})  # fmt: skip


def _is_legal(item: Item, base_fee: Decimal) -> bool:
    return item.base_range is None or item.base_range[0] <= base_fee <= item.base_range[1]


def plain(number: Decimal) -> str:
    """30.00 → 30, 0.015 → 0.015; never an exponent."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def band_text(schedule: Schedule, amount: Decimal) -> str:
    """The band an amount falls into, as one would explain it at the counter."""
    tier = schedule.tier(amount)
    words = {
        "title": schedule.title,
        "amount": plain(amount),
        "over": plain(tier.over),
        "below": plain(tier.below),
    }
    if tier.rate is None:
        return _("%(title)s：%(amount)s元，不超过%(limit)s元") % (
            words | {"limit": plain(tier.up_to or amount)}
        )
    return _("%(title)s：%(over)s元以内部分%(below)s元，超过部分%(rest)s元×%(rate)s%%") % (
        words | {"rest": plain(amount - tier.over), "rate": plain(tier.rate * 100)}
    )


def _fixed_text(item: Item, rule: Rule) -> str:
    if not rule.fixed:
        return _("%(item)s：不交费") % {"item": item.name}
    return _("%(item)s：每件%(fixed)s元") % {"item": item.name, "fixed": plain(rule.fixed)}
