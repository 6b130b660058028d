"""Guessing of staff passwords: counted per account, address and pair of both (SEC-05), by the database.

Ten wrong ones in a quarter of an hour close the pair for the rest of it. Many wrong ones for one account, or from one network, close it
for whoever never signed in to that account from there before: a stranger elsewhere cannot lock anybody out of his own network.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.services.limits import count, counted, forget, limit, seconds_to_wait
from common.errors import TooManyRequests

WINDOW_SECONDS = 900
PAIR, ACCOUNT, ADDRESS = 10, 50, 100
KNOWN_SECONDS = 90 * 86400
"""So long an address stays one from which the account was used."""


@dataclass(frozen=True)
class Guess:
    """One try with a password, already counted for its pair."""

    pair: str
    account: str
    address: str
    known: str

    def wrong(self) -> None:
        """It was wrong: account and address count it too."""
        count(self.account, WINDOW_SECONDS)
        count(self.address, WINDOW_SECONDS)

    def right(self) -> None:
        """It was right: the pair begins anew, and the address is one of the account's own."""
        forget(self.pair, WINDOW_SECONDS)
        count(self.known, KNOWN_SECONDS)


def begin(username: str, address: str) -> Guess:
    """Count a try before the password is looked at, the same for names that exist and that do not (SEC-06).

    Raises TooManyRequests. Call it outside an act.
    """
    pair = f"{username}\x00{address}"
    guess = Guess(
        f"staff:{pair}", f"staff-account:{username}", f"staff-address:{address}", f"staff-known:{pair}"
    )
    words = _("密码错误次数太多，请15分钟后再试，或联系管理员。")
    limit(guess.pair, WINDOW_SECONDS, PAIR, words)
    if counted(guess.known, KNOWN_SECONDS):
        return guess
    for key, at_most in ((guess.account, ACCOUNT), (guess.address, ADDRESS)):
        if counted(key, WINDOW_SECONDS) >= at_most:
            raise TooManyRequests(words, retry_after_seconds=max(1, seconds_to_wait(key, WINDOW_SECONDS)))
    return guess
