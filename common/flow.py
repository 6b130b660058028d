"""Flow tables: the moves a row can make, beside its model. Nothing else assigns ``status``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from common.errors import InvalidTransition


class Flow:
    """Moves as ``(name, {from, …}, to)``; ``field`` is the attribute that holds the state."""

    def __init__(self, *moves: tuple[str, Iterable[str], str], field: str = "status") -> None:
        self.field = field
        self.moves = {
            name: (frozenset(str(s) for s in sources), str(target)) for name, sources, target in moves
        }
        if len(self.moves) != len(moves):
            raise ValueError("a move name stands twice in one flow")

    def can(self, obj: Any, move: str) -> bool:
        """True when ``move`` is allowed from the state ``obj`` is in."""
        return str(getattr(obj, self.field)) in self.moves[move][0]

    def move(self, obj: Any, move: str) -> None:
        """Set the new state on ``obj`` (the caller saves); raises InvalidTransition with a sentence for the page."""
        if not self.can(obj, move):
            label = getattr(obj, f"get_{self.field}_display", lambda: getattr(obj, self.field))()
            raise InvalidTransition(
                _("现在的状态是“%(state)s”，这一步已经不能办了。请刷新页面看最新情况。") % {"state": label}
            )
        setattr(obj, self.field, self.moves[move][1])

    def open_moves(self, obj: Any) -> list[str]:
        """Names of the moves possible now, in the order of the table."""
        return [name for name in self.moves if self.can(obj, name)]
