"""What the zone does with the closed boxes: open, find who is named, route, promise a day."""

from __future__ import annotations

import json
import logging
from datetime import timedelta
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import DataError, IntegrityError, connection, transaction

from accounts.models import User
from cases.models import Case
from common import case_numbers, clock
from complaints import sealing
from complaints.models import About, Identity, Kind, Matter, Named, Opened, Standing, Submission, Why
from complaints.policies import author_key, courts_upwards
from complaints.services import trail
from complaints.services.enclosures import enclose
from complaints.services.naming import named_in
from complaints.services.routing import route_up
from courts.calendar import deadline
from courts.models import Court
from eventlog.services import act

log = logging.getLogger(__name__)
ANSWER_RULE = "D68"
"""Complaints are looked into and answered within 15 days (登记立案规定13)."""
OPENING = 7_202_611_38
WORDS = ("who", "about", "when", "case_number", "words")
NOT_OF_THE_PAGE = (
    ValueError, TypeError, LookupError, AttributeError, ObjectDoesNotExist, ValidationError, DataError, IntegrityError,
)  # fmt: skip
"""What comes of a box that was closed with the public key but not by the page."""
SILENT_DAYS = 5
"""After this long without anybody taking it up, the level above gets it too (SEC-36)."""


def take_in(most: int = 100) -> int:
    """Open the boxes that nobody has opened yet; gives how many. Those of a key that is not here wait for it."""
    keys = ["", *sealing.opening_keys()]
    waiting = Submission.objects.filter(opened=None, key__in=keys).order_by("received_at")
    done = 0
    for key in list(waiting.values_list("pk", flat=True)[:most]):
        with act(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(%s)", [OPENING]
            )  # one opener at a time, in any process
            box = waiting.filter(pk=key).first()
            if box is not None:
                Opened.objects.create(submission=box, matter=_matter_of(box), opened_at=clock.now())
                done += 1
    return done


def tell_of_missing_key() -> int:
    """Boxes were closed with a public key whose private half is not here: they wait, and the operator is told. How many."""
    waiting = Submission.objects.filter(opened=None).exclude(key__in=["", *sealing.opening_keys()]).count()
    if waiting:
        log.error("boxes of the complaint zone wait for a key that this process does not have")
    return waiting


def _matter_of(box: Submission) -> Matter | None:
    """The complaint in a box. What the page did not write is put aside: it must not stop the boxes behind it."""
    try:
        with transaction.atomic():
            return _made_of(box, sealing.open_box(bytes(box.box)))
    except NOT_OF_THE_PAGE:
        log.error("a box of the complaint zone holds nothing readable")
        trail.write("complaint.unreadable", None, None)
        return None


def _made_of(box: Submission, said: dict[str, Any]) -> Matter:
    """Complaint, identity, standing and way of what was said. One of ``NOT_OF_THE_PAGE`` when the page cannot have said it."""
    if not all(isinstance(said[name], str) for name in WORDS):
        raise TypeError("the words of a complaint are text")
    About(said["about"])
    court, user_id = Court.objects.get(pk=said["court"]), said.get("user")
    matter = Matter.objects.create(
        kind=Kind.COMPLAINT,
        court_id=court.pk,
        case_id=case_of(said["case_number"]),
        content={name: said[name] for name in WORDS},
        confidential=said["confidential"],
        receipt=sealing.look_up("receipt", said["receipt"]),
        author=author_key(user_id) if user_id else "",
        received_at=box.received_at,
    )
    if user_id:
        keep_identity(matter, user_id)
    due = clock.end_of_day(deadline(ANSWER_RULE, clock.beijing_day(box.received_at), court=court).due)
    silent = box.received_at + timedelta(days=SILENT_DAYS)
    Standing.objects.create(matter=matter, due_at=due, escalate_at=min(due, silent))
    place(matter, f"{said['who']} {said['words']}")
    taken, lost = enclose(matter, said.get("files", []))
    trail.write("complaint.received", matter, None, due=due, files=taken, files_lost=lost)
    return matter


def place(matter: Matter, text: str) -> None:
    """Note whom the text names and bring the matter to the first office that is far enough from them."""
    courts = courts_upwards(matter.court_id)
    now = clock.now()
    Named.objects.bulk_create(
        Named(matter=matter, user_id=user_id, named_at=now) for user_id in sorted(named_in(text, courts))
    )
    route_up(matter, Why.RECEIVED)


def case_of(text: str) -> int | None:
    """The case with this 案号, so that its panel is kept away; None when there is none."""
    if not text:
        return None
    return Case.objects.filter(number=case_numbers.normalize(text)).values_list("pk", flat=True).first()


def keep_identity(matter: Matter, user_id: int) -> None:
    """Who wrote it, under the key for identities alone (SEC-33)."""
    user = User.objects.get(pk=user_id)
    facts: dict[str, Any] = {
        "user": user.pk,
        "name": user.name,
        "phone": user.phone,
        "staff_no": user.staff_no,
    }
    sealed = sealing.encrypt(
        json.dumps(facts, ensure_ascii=False), context=f"identity:{matter.public_id}", key=sealing.IDENTITY
    )
    Identity.objects.create(matter=matter, sealed=sealed)


def identity_of(matter: Matter) -> dict[str, Any]:
    """Name, phone and account of the author; empty for an anonymous one. Ask ``may_see_identity`` first."""
    row = Identity.objects.filter(matter=matter).first()
    if row is None:
        return {}
    found: dict[str, Any] = json.loads(
        sealing.decrypt(row.sealed, context=f"identity:{matter.public_id}", key=sealing.IDENTITY)
    )
    return found
