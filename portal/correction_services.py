"""A wrong row in the database is mended by two people and no other way (SEC-47, docs/adr/0025).

Who runs the system proposes a plan (``manage.py correct``); a leader of the court to which the rows belong agrees at his page, and the
values are changed in that moment if they still are what the plan says they were. The change stands in the trail of the case, its
parties and its judge are told.
"""

from __future__ import annotations

import secrets
from uuid import UUID

from django.db import DatabaseError, connection, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.access import allows
from common import clock
from common.actor import Actor, Role
from common.errors import Conflict, InvalidInput, NotAllowed
from common.two_people import ProposalState, locked, settle
from eventlog.models import Event
from eventlog.offline import payload_hash
from eventlog.services import act, emit
from eventlog.verify import Finding, Verdict, also
from portal import correction_plans, events
from portal.correction_plans import STREAM, Concerned, Plan
from portal.models import Correction

DECIDED = {"refuse": events.CORRECTION_REFUSED, "withdraw": events.CORRECTION_WITHDRAWN}


def visible_corrections(actor: Actor) -> QuerySet[Correction]:
    """To leaders those of their court and of none, to administrators their own and those of no court: they read no cases."""
    rows = Correction.objects.select_related("proposed_by", "decided_by", "court").order_by("-id")
    if not allows(actor, "correction.decide"):
        return rows.none()
    own = (
        Q(proposed_by_id=actor.user_id or 0) if actor.role == Role.ADMIN else Q(court_id=actor.court_id or 0)
    )
    return rows.filter(own | Q(court=None))


def dry_run(plan: Plan) -> Concerned:
    """Do it, undo it, and say whom it would concern. Conflict and InvalidInput as when it is done."""
    with transaction.atomic():
        found = _carry_out(plan)
        transaction.set_rollback(True)
    return found


def _carry_out(plan: Plan) -> Concerned:
    """Change the rows; whom it concerned before and whom it concerns now. Inside a transaction."""
    try:
        rows = correction_plans.rows_of(plan)
        before = correction_plans.concerned_by(rows.values())
        correction_plans.write(plan, rows)
        fresh = [type(row)._base_manager.get(pk=row.pk) for row in rows.values()]
        after = correction_plans.concerned_by(fresh)
        connection.check_constraints()
    except DatabaseError as error:
        said = str(error).partition("\n")[0]
        raise Conflict(
            _("数据库不接受这样改：%(error)s") % {"error": said}, code="refused_by_database"
        ) from error
    found = Concerned(
        before.courts | after.courts,
        before.cases | after.cases,
        before.filings | after.filings,
        before.users | after.users,
    )
    if len(found.courts) > 1:
        raise InvalidInput(_("一份更正文件只能写一个法院的记录。"))
    return found


def propose(plan: Plan, *, actor: Actor) -> Correction:
    """Put a plan before a second person; nothing is changed yet. NotAllowed, Conflict, InvalidInput (a plan that would not go through)."""
    if not allows(actor, "correction.propose"):
        raise NotAllowed(_("数据更正由系统管理员提出。"))
    found = dry_run(plan)
    with act():
        row = Correction(
            court_id=next(iter(found.courts), None),
            plan=plan.text(),
            reason=plan.why,
            salt=secrets.token_hex(16),
            proposed_by_id=actor.user_id or 0,
            proposed_at=clock.now(),
        )
        row.digest = digest_of(row)
        row.save(force_insert=True)
        _record(events.CORRECTION_PROPOSED, row, actor)
    return row


def decide(*, public_id: UUID, move: str, actor: Actor) -> Correction:
    """Another person agrees, and it is done at once, or refuses; who proposed it withdraws. Conflict when an old value does not hold
    any more: nothing is changed, the plan still waits. Nobody agrees to what concerns himself.
    """
    with act():
        row = locked(visible_corrections(actor), public_id)
        if move != "agree":
            settle(row, move, actor)
            _record(DECIDED[move], row, actor)
            return row
        plan = plan_of(row)
        found = _carry_out(plan)
        settle(row, move, actor, not_by=tuple(found.users))
        for stream, keys in found.streams:
            emit(
                events.CORRECTED,
                subject=row,
                actor=actor,
                stream=stream,
                court_id=row.court_id,
                correction=row.public_id,
                what=sorted({change.name for change in plan.changes}),
                user_ids=sorted(found.users),
                digest=row.digest,
                case_id=keys.get("case_id"),
                filing_id=keys.get("filing_id"),
            )
    return row


def _record(name: str, row: Correction, actor: Actor) -> None:
    emit(name, subject=row, actor=actor, stream=STREAM, court_id=row.court_id, digest=row.digest)


def plan_of(row: Correction) -> Plan:
    """What it changes. InvalidInput when today's tables do not take it any more."""
    return correction_plans.read(row.plan)


def digest_of(row: Correction) -> str:
    """What binds a correction to its events."""
    said = {"plan": row.plan, "reason": row.reason, "proposed_by": row.proposed_by_id}
    return payload_hash(said, row.salt)


@also
def check_corrections() -> list[Finding]:
    """Each correction is what its events say: plan, who proposed, who agreed; each event has its correction (``audit verify``)."""
    rows = {row.pk: row for row in Correction.objects.order_by("id")}
    told = Event.objects.filter(name__in=[events.CORRECTED, events.CORRECTION_PROPOSED]).order_by(
        "stream", "seq"
    )
    findings: list[Finding] = []
    agreed: set[int] = set()
    for event in told:
        row = rows.get(event.subject_id)
        by = row and (row.decided_by_id if event.name == events.CORRECTED else row.proposed_by_id)
        if row is None or event.actor_id != by or event.payload.get("digest") != digest_of(row):
            findings.append(Finding(Verdict.BROKEN, event.stream, event.seq))
        elif event.name == events.CORRECTED:
            agreed.add(row.pk)
    without = (row for row in rows.values() if (row.state == ProposalState.AGREED) != (row.pk in agreed))
    return findings + [Finding(Verdict.BROKEN, f"correction {row.public_id}", 0) for row in without]
