"""Sealing a paper 电子签章: the port, and the outside services behind it (docs/adr/0017)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from documents.rendering.typeset import Typeset


@dataclass(frozen=True)
class SealInUse:
    """Which seal goes on a paper: its name at the signer, and the words on it (court, and below the star the division)."""

    name: str
    court_name: str
    below: str = ""


class Sealer(Protocol):
    """Makes of typeset pages a paper with the court's seal. The portal has one; another (SM2, OFD) takes its place here."""

    def seal(self, paper: Typeset, *, seal: SealInUse, reference: str, moment: datetime) -> bytes:
        """The sealed file. ``reference`` (the copy's serial) is noted by the signer, ``moment`` is the time of issue.

        Raises GatewayUnavailable while a service that takes part does not answer; never inside a transaction.
        """
        ...
