"""Who acts: the only thing about a visitor that policies, services and events ever see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    """What kind of visitor stands behind an act."""

    ANONYMOUS = "anonymous"
    PUBLIC = "public"
    STAFF = "staff"
    SCAN = "scan"
    SYSTEM = "system"


class Role(StrEnum):
    """Role names; what each may do stands in ``accounts.access``."""

    NONE = ""
    LITIGANT = "litigant"
    LAWYER = "lawyer"
    INTAKE_CLERK = "intake_clerk"
    CASE_CLERK = "case_clerk"
    JUDGE = "judge"
    HEAD = "head"
    FINANCE = "finance"
    DISCIPLINE = "discipline"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"
    AUDITOR = "auditor"
    SYSTEM = "system"


@dataclass(frozen=True)
class ScanPass:
    """What a scan login covers: one case, one party, until a moment (SEC-22).

    ``phone_index`` is the blind index of the phone that proved it: the pass ends when another phone is on file (SEC-25).
    Empty when a counter identified the person.
    """

    case_id: int
    party_id: int
    copy_id: int
    expires_at: datetime
    phone_index: str = ""


@dataclass(frozen=True)
class Helper:
    """Who acts for the person of an :class:`Actor` (代办), by which live consent, and what it covers: ``actions`` of the access matrix
    and ``opens``, names of addresses. Events are written in the helper's name; ``person`` and ``who`` are words for the screen.
    """

    consent_id: int
    kind: Kind
    role: Role
    user_id: int
    ends_at: datetime
    actions: frozenset[str]
    opens: frozenset[str]
    person: str
    who: str
    name: str = ""
    court_id: int | None = None
    post_id: int | None = None


@dataclass(frozen=True)
class Actor:
    """A visitor in one role. ``name`` and ``staff_no`` are filled for staff only (no party names in events).

    With a ``helper`` the rights are those of the person ``user_id``, narrowed to the consent, and ``acting_for`` is the person.
    """

    kind: Kind
    role: Role = Role.NONE
    user_id: int | None = None
    post_id: int | None = None
    court_id: int | None = None
    division_id: int | None = None
    name: str = ""
    staff_no: str = ""
    channel: str = "web"
    acting_for: int | None = None
    scan: ScanPass | None = None
    request_id: str = ""
    helper: Helper | None = None

    @property
    def is_staff(self) -> bool:
        return self.kind == Kind.STAFF

    @property
    def is_public(self) -> bool:
        """Signed in as a member of the public (litigant or lawyer)."""
        return self.kind == Kind.PUBLIC

    @property
    def key(self) -> str:
        """Stable text for idempotency keys and counters; says nothing about the person."""
        if self.scan is not None:
            return f"scan:{self.scan.case_id}:{self.scan.party_id}"
        return f"{self.kind}:{self.user_id or 0}:{self.post_id or 0}"


ANONYMOUS = Actor(kind=Kind.ANONYMOUS)


def system(name: str) -> Actor:
    """The actor of a job or command: it acts under its own name, never a user's (SEC-47)."""
    return Actor(kind=Kind.SYSTEM, role=Role.SYSTEM, name=name, channel="system")
