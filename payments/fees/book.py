"""The regulation as data: ``payments/data/fees*.json``, one file per date of effect."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parent.parent / "data"
REGULATION = "诉讼费用交纳办法"
RELIEFS = ("exempt", "reduce", "defer")


@dataclass(frozen=True)
class Tier:
    """One band (档), upper limit included. ``below`` is the fee of all bands under it."""

    over: Decimal
    up_to: Decimal | None
    rate: Decimal | None
    fixed: Decimal | None
    below: Decimal

    def fee(self, amount: Decimal) -> Decimal:
        """Exact fee of an amount that lies in this band."""
        return self.fixed if self.fixed is not None else self.below + (amount - self.over) * (self.rate or 0)


@dataclass(frozen=True)
class Schedule:
    """Bands added up (分段累计)."""

    title: str
    tiers: tuple[Tier, ...]

    def tier(self, amount: Decimal) -> Tier:
        return next(tier for tier in self.tiers if tier.up_to is None or amount <= tier.up_to)


@dataclass(frozen=True)
class Rule:
    """How an item is charged; see ``meta.rule`` of the data."""

    fixed: Decimal | None = None
    base: bool = False
    schedule: Schedule | None = None
    divide_by: Decimal | None = None
    cap: Decimal | None = None
    amount_optional: bool = False
    without_amount: "Rule | None" = None

    def given(self, amount: Decimal | None) -> "Rule":
        """The rule that holds with, or without, an amount."""
        return self.without_amount if amount is None and self.without_amount else self

    @property
    def works_alone(self) -> bool:
        """Yields a fee without an amount."""
        return self.schedule is None or self.amount_optional


@dataclass(frozen=True)
class Item:
    """A thing a fee is charged for (收费项目). ``base_range`` is the legal range of its base fee."""

    id: str
    name: str
    kind: str
    article: str
    rule: Rule
    halvable: bool
    base_range: tuple[Decimal, Decimal] | None
    note: str

    @property
    def is_application(self) -> bool:
        """申请费 rather than 案件受理费."""
        return self.kind == "application"


@dataclass(frozen=True)
class Operation:
    """Something done to a fee (减半, 补交, 退费 …) with its source in the law."""

    id: str
    article: str


@dataclass(frozen=True)
class FeeBook:
    """One edition of the regulation."""

    version: str
    effective_from: date
    items: dict[str, Item]
    operations: dict[str, Operation]
    halving_reasons: dict[str, str]
    relief_grounds: dict[str, tuple[str, ...]]
    """Grounds of the law by kind of relief: exempt, reduce, defer (art. 45-47)."""


@cache
def books() -> tuple[FeeBook, ...]:
    """Every edition, oldest first."""
    loaded = (_book(json.loads(path.read_text("utf-8"))) for path in sorted(DATA.glob("fees*.json")))
    return tuple(sorted(loaded, key=lambda book: book.effective_from))


def book_on(day: date | None) -> FeeBook:
    """The edition in force on a day (Beijing), the newest for None. Before the first edition → LookupError."""
    for book in reversed(books()):
        if day is None or book.effective_from <= day:
            return book
    raise LookupError(f"no fee rules in force on {day}")


def _book(data: dict[str, Any]) -> FeeBook:
    schedules = {key: _schedule(raw) for key, raw in data["schedules"].items()}
    operations = {raw["id"]: raw for raw in data["operations"]}
    reasons = (line.split(" ", 1) for line in operations["halve"]["reasons"])
    return FeeBook(
        version=data["meta"]["version"],
        effective_from=date.fromisoformat(data["meta"]["effective_from"]),
        items={raw["id"]: _item(raw, schedules) for raw in data["items"]},
        operations={key: Operation(key, article(raw["basis"])) for key, raw in operations.items()},
        halving_reasons={key: text for key, text in reasons},
        relief_grounds={kind: tuple(data["relief_grounds"][kind]) for kind in RELIEFS},
    )


def _schedule(raw: dict[str, Any]) -> Schedule:
    return Schedule(raw["title"], tuple(_tier(tier) for tier in raw["tiers"]))


def _tier(raw: dict[str, Any]) -> Tier:
    over, up_to, rate, fixed, below = _decimals(
        raw[key] for key in ("over", "up_to", "rate", "fixed", "cumulative_at_lower_bound")
    )
    return Tier(over or Decimal(0), up_to, rate, fixed, below or Decimal(0))


def _rule(raw: dict[str, Any], schedules: dict[str, Schedule]) -> Rule:
    fixed, divide_by, cap = _decimals(raw.get(key) for key in ("fixed", "divide_by", "cap"))
    without = raw.get("without_amount")
    return Rule(
        fixed=fixed,
        base=raw.get("base", False),
        schedule=schedules[raw["schedule"]] if "schedule" in raw else None,
        divide_by=divide_by,
        cap=cap,
        amount_optional=raw.get("amount_optional", False),
        without_amount=_rule(without, schedules) if without else None,
    )


def _item(raw: dict[str, Any], schedules: dict[str, Schedule]) -> Item:
    limits = raw.get("base_fee_range")
    return Item(
        id=raw["id"],
        name=raw["name"],
        kind=raw["kind"],
        article=article(raw["basis"]),
        rule=_rule(raw["rule"], schedules),
        halvable=raw["halvable"],
        base_range=(Decimal(limits[0]), Decimal(limits[1])) if limits else None,
        note=raw.get("note", ""),
    )


def _decimals(values: Iterable[str | None]) -> list[Decimal | None]:
    return [None if value is None else Decimal(value) for value in values]


def article(basis: str) -> str:
    """A bare article number belongs to the fee regulation itself."""
    return f"{REGULATION}{basis}" if basis.startswith("第") else basis
