"""People who can be told something, and how."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import User
from cases.models import Party, PhoneChange, PhoneOrigin
from cases.policies import live_access
from courts.models import StaffPost
from qrlinks.models import Verification, VerificationState


@dataclass(frozen=True)
class Recipient:
    """A signed-in person, or only a phone. ``wants_sms`` is off for staff: they have their day page."""

    key: str
    user_id: int | None
    phone: str
    wants_sms: bool = True


def of_user(user: User) -> Recipient:
    """A member of the public with an account."""
    return Recipient(f"user:{user.pk}", user.pk, user.phone)


def of_post(post: StaffPost) -> Recipient:
    """A member of staff: inbox only."""
    return Recipient(f"user:{post.user_id}", post.user_id, "", wants_sms=False)


def of_party(party: Party) -> list[Recipient]:
    """Everybody bound to a party; nobody bound: the phone on file, if it is the party's own.

    A phone that the other side named counts only after its holder has passed a scan verification with it.
    """
    bound = [
        of_user(access.user)
        for access in live_access().filter(party=party, user__is_active=True).select_related("user")
    ]
    if bound or not party.phone:
        return bound
    proven = _is_proven(party, party.phone_origin)
    return [Recipient(f"party:{party.pk}", None, party.phone)] if proven else []


def _is_proven(party: Party, origin: str) -> bool:
    """Whether a phone of this origin is known to be the party's own."""
    if origin != PhoneOrigin.OTHER_SIDE:
        return True
    return Verification.objects.filter(party=party, state=VerificationState.PASSED).exists()


def of_change(change: PhoneChange) -> list[Recipient]:
    """Everybody of a party whose phone was changed, and the phone that was on file before when it was the party's own:
    who changed it against its holder's will cannot keep him from hearing of it."""
    party = change.party
    found = of_party(party)
    known = {person.phone for person in found}
    if change.old_phone and change.old_phone not in known and _is_proven(party, change.old_origin):
        found.append(Recipient(f"phone change:{change.pk}", None, change.old_phone))
    return found
