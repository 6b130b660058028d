"""The people of a measurement: parties, clerks and a judge who are signed in, and the codes on their papers."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db.models import F

from accounts.models import User
from bench.capture import FIRST_NEW_ID
from bench.data import MEASURED_COURT
from cases.models import Case, CaseStaff, PartyAccess, Stage
from cases.services import case_stream
from common import clock, crypto
from courts.models import StaffPost
from documents.models import Copy
from documents.rendering.codes import CROCKFORD, TOKEN_LENGTH
from eventlog.models import StreamHead
from qrlinks.services.verification import Pass

READERS, WRITERS = 20, 240
"""A party writes at most twenty messages an hour: many write in turn."""
CSRF = "b" * 32
BACKEND = "django.contrib.auth.backends.ModelBackend"


@dataclass(frozen=True)
class Visit:
    """One request as a visitor sends it; a ``form`` is completed with a fresh key each time."""

    method: str
    path: str
    session: str = ""
    form: dict[str, str] = field(default_factory=dict)
    answer: int = 200

    @property
    def cookies(self) -> dict[str, str]:
        """What the browser sends along."""
        mine = {settings.SESSION_COOKIE_NAME: self.session} if self.session else {}
        return mine | ({settings.CSRF_COOKIE_NAME: CSRF} if self.form else {})

    def body(self) -> dict[str, str]:
        """The form with its once-only key."""
        return self.form | {"form_key": str(uuid.uuid4()), "csrfmiddlewaretoken": CSRF}


def visits() -> dict[str, list[Visit]]:
    """The measured pages, each with its visitors."""
    court = StaffPost.objects.filter(court__code=MEASURED_COURT).select_related("user").order_by("id")
    judge = court.filter(role="judge")[0]
    own = _parties(
        Case.objects.filter(pk__in=CaseStaff.objects.filter(post=judge).values("case_id")), READERS
    )
    writers = _parties(Case.objects.exclude(court__code=MEASURED_COURT), WRITERS)
    _number_chains(writers)
    text = {"text": "我补交了转账记录，请法官查收。"}
    return {
        "home": [Visit("GET", "/")],
        "landing": [Visit("GET", f"/m/{token}/") for token in _tokens(own)],
        "verified": [Visit("GET", _address(access), _scanned(access)) for access in own],
        "case": [Visit("GET", _address(access), session_of(access.user)) for access in own],
        "queue": [
            Visit("GET", "/desk/filings/", session_of(post.user))
            for post in court.filter(role="intake_clerk")
        ],
        "message": [
            Visit(
                "POST", f"{_address(access)}messages/new/?topic=material", session_of(access.user), text, 302
            )
            for access in writers
        ],
        "day": [Visit("GET", "/bench/", session_of(judge.user))],
    }


def aside() -> dict[str, list[Visit]]:
    """What is asked for beside the measured pages: a code by text message, for phones that the generator makes up."""
    return {"code": [Visit("POST", "/login/", _stored({"browser": "b"}), {"phone": ""}, 302)]}


def _address(access: PartyAccess) -> str:
    return f"/my/cases/{access.party.case.public_id}/"


def _parties(cases: Any, number: int) -> list[PartyAccess]:
    """Bound parties of open cases, one case each, one person each."""
    found = cases.filter(closed_at=None, stage=Stage.SERVED).order_by("id")[:number]
    rows = (
        PartyAccess.objects.filter(party__case__in=list(found))
        .select_related("user", "party__case")
        .order_by("id")
    )
    return list({access.user_id: access for access in rows}.values())


def _copy(access: PartyAccess) -> Copy:
    return Copy.objects.filter(addressee_public_id=access.party.public_id).order_by("id")[0]


def _tokens(parties: list[PartyAccess]) -> list[str]:
    """Give one copy of each party a code that the measurement knows."""
    tokens = []
    for letter, access in zip(CROCKFORD, parties, strict=False):
        copy = _copy(access)
        copy.token_hash = crypto.keyed_hash("token", letter * TOKEN_LENGTH)
        copy.save(update_fields=["token_hash"])
        tokens.append(letter * TOKEN_LENGTH)
    return tokens


def _number_chains(parties: list[PartyAccess]) -> None:
    """Positions in the chains of these cases go on where they can be told from other numbers."""
    streams = [case_stream(access.party.case) for access in parties]
    StreamHead.objects.filter(stream__in=streams, seq__lt=FIRST_NEW_ID).update(
        seq=F("seq") + FIRST_NEW_ID + 900_000_000
    )


def session_of(user: User) -> str:
    """A signed-in session as ``accounts.middleware.start_session`` leaves it."""
    now = clock.process_now().isoformat()
    signed_in = {
        SESSION_KEY: str(user.pk),
        BACKEND_SESSION_KEY: BACKEND,
        HASH_SESSION_KEY: user.get_session_auth_hash(),
    }
    return _stored({**signed_in, "started_at": now, "seen_at": now})


def _scanned(access: PartyAccess) -> str:
    """The session of a party who scanned a paper and proved who he is, as the page of the code leaves it."""
    party = access.party
    until = clock.process_now() + timedelta(days=1)
    scan = Pass(party.case.public_id, party.case_id, party.pk, _copy(access).pk, until, party.phone_index)
    return _stored({"scan_pass": scan.for_session()})


def _stored(content: dict[str, object]) -> str:
    store = SessionStore()
    store.update(content)
    store.create()
    return str(store.session_key)
