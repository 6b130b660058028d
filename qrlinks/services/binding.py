"""“查找我的案件”: bind an account to the parties it has proved to be."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q

from accounts.models import RealNameLevel, User
from cases.models import AccessBasis, Party, PhoneOrigin
from cases.services import grant_access
from common.actor import Actor
from eventlog.services import act
from qrlinks.models import Verification, VerificationState


def find_cases_of(*, user_id: int, actor: Actor) -> list[Party]:
    """Bind a person to the parties with the same name, identity number and phone on file; returns them.

    Name and number are written by the person, so they prove nothing alone: the account's phone, proved by a code at
    sign-in, must be the one on file for the party. A phone that the other side named counts only after the holder of
    a copy addressed to that party has passed a scan with it: a plaintiff with an invented phone stays outside
    (DESIGN §9). A person whose phone is not on file goes to the counter. Finding nothing says nothing (SEC-09).
    """
    with act():
        user = User.objects.get(pk=user_id)
        if (
            user.real_name_level != RealNameLevel.REAL_NAME
            or not user.phone_index
            or not user.id_number_index
        ):
            return []
        passed = Verification.objects.filter(party=OuterRef("pk"), state=VerificationState.PASSED)
        proved = Q(phone_origin__in=(PhoneOrigin.OWN, PhoneOrigin.COURT)) | Q(Exists(passed))
        parties = list(
            Party.objects.filter(
                proved, id_number_index=user.id_number_index, name=user.name, phone_index=user.phone_index
            ).select_related("case")
        )
        for party in parties:
            grant_access(party=party, user=user, basis=AccessBasis.REAL_NAME, actor=actor)
    return parties
