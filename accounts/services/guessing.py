"""Guessing of passwords: counted per account, address and pair of both (SEC-05), by the database.

Staff: ten wrong ones in a quarter of an hour close the pair for the rest of it. Many wrong ones for one account, or from one network, close it
for whoever never signed in to that account from there before: a stranger elsewhere cannot lock anybody out of his own network.

The public: after each wrong one the pair waits longer, from one second to sixty; the code to the phone is always open.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.services.limits import count, counted, forget, limit, seconds_to_wait, take_turn
from common import security
from common.errors import TooManyRequests

WINDOW_SECONDS = 900
PAIR, ACCOUNT, ADDRESS = 10, 50, 100
LONGEST_PAUSE = 60
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
        kind, _colon, who = self.account.partition("-account:")
        where = self.address.partition(":")[2]
        security.note("sign_in_failed", door=kind, tried=_tried(who), network=_tried(where))
        count(self.account, WINDOW_SECONDS)
        count(self.address, WINDOW_SECONDS)

    def right(self) -> None:
        """It was right: the pair begins anew, and the address is one of the account's own."""
        forget(self.pair, WINDOW_SECONDS)
        count(self.known, KNOWN_SECONDS)


def _tried(value: str) -> str:
    return security.stand_in("tried", value)


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
    _ask_strangers(guess, words)
    return guess


def begin_public(phone: str, address: str) -> Guess:
    """The same for somebody of the public, for numbers with and without an account: the pair takes its turn (SEC-05, SEC-06).

    Raises TooManyRequests with the seconds to wait. Call it outside an act.
    """
    pair = f"{phone}\x00{address}"
    guess = Guess(
        f"public:{pair}", f"public-account:{phone}", f"public-address:{address}", f"public-known:{pair}"
    )
    wait = take_turn(guess.pair, WINDOW_SECONDS, LONGEST_PAUSE)
    if wait:
        security.note("sign_in_waits", door="public", tried=_tried(phone), network=_tried(address))
        words = _("密码刚填错过，请在%(seconds)s秒后再试，或改用短信验证码登录。") % {"seconds": wait}
        raise TooManyRequests(words, retry_after_seconds=wait)
    _ask_strangers(guess, _("密码错误次数太多，请15分钟后再试，或改用短信验证码登录。"))
    return guess


def _ask_strangers(guess: Guess, words: str) -> None:
    """Where the account was never used from, many wrong ones for it, or from there, close the door."""
    if counted(guess.known, KNOWN_SECONDS):
        return
    for key, at_most in ((guess.account, ACCOUNT), (guess.address, ADDRESS)):
        if counted(key, WINDOW_SECONDS) >= at_most:
            security.note(
                "sign_in_closed", counter=key.partition(":")[0], tried=_tried(guess.account.partition(":")[2])
            )
            raise TooManyRequests(words, retry_after_seconds=max(1, seconds_to_wait(key, WINDOW_SECONDS)))
