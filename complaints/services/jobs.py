"""What the zone does by itself, every few seconds in its own process (SEC-36)."""

from __future__ import annotations

from complaints.services.enclosures import remove_left
from complaints.services.handling import escalate_due, keep_all_handled
from complaints.services.intake import take_in, tell_of_missing_key
from complaints.services.trail import close_days


def run() -> int:
    """Open boxes, move up what is late or lost its handlers, close days, remove files that nobody sent. Safe to run twice
    and at once.
    """
    tell_of_missing_key()
    return take_in() + escalate_due() + keep_all_handled() + close_days() + remove_left()
