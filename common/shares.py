"""A share with what it was counted from, and how sure it is: Wilson's interval at 95 %. Pure arithmetic."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext

Z = Decimal("1.959963984540054")
"""The 97.5 % point of the normal distribution: 95 % between both ends."""
HIDDEN_BELOW = 5
"""Groups smaller than this are not shown: who answered could be guessed."""


@dataclass(frozen=True)
class Share:
    """``numerator`` of ``denominator``; everything in percent with two places, None without a denominator.

    ``out_of`` is how many were asked, where not all of them answered.
    """

    numerator: int
    denominator: int
    out_of: int | None = None

    def __post_init__(self) -> None:
        """Raises ValueError for parts that are larger than their whole."""
        if not 0 <= self.numerator <= self.denominator:
            raise ValueError("a part is larger than its whole")

    @property
    def percent(self) -> Decimal | None:
        return _percent(Decimal(self.numerator) / self.denominator) if self.denominator else None

    @property
    def interval(self) -> tuple[Decimal, Decimal] | None:
        """Both ends of Wilson's interval (E. B. Wilson, JASA 22, 1927).

        >>> Share(8, 10).interval
        (Decimal('49.02'), Decimal('94.33'))
        """
        if not self.denominator:
            return None
        with localcontext(prec=30):
            n, share = Decimal(self.denominator), Decimal(self.numerator) / self.denominator
            middle = share + Z * Z / (2 * n)
            width = Z * (share * (1 - share) / n + Z * Z / (4 * n * n)).sqrt()
            below, above = (middle - width) / (1 + Z * Z / n), (middle + width) / (1 + Z * Z / n)
        return _percent(max(below, Decimal(0))), _percent(min(above, Decimal(1)))

    @property
    def response(self) -> Share | None:
        """How many of those asked answered."""
        if self.out_of is None or self.out_of < self.denominator:
            return None
        return Share(self.denominator, self.out_of)

    @property
    def is_hidden(self) -> bool:
        """Too few to be shown."""
        return self.denominator < HIDDEN_BELOW


def _percent(share: Decimal) -> Decimal:
    return (share * 100).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
