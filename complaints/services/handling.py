"""What those who handle a complaint do: take it up, name somebody, pass it up, answer, close with a second person.

Every act locks the complaint, asks again who may see it, and ends with its entry in the zone's trail.
"""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext as _

from accounts.models import User
from common import clock
from common.actor import Actor
from common.errors import Conflict, InvalidInput, NotAllowed, NotVisible
from complaints.models import (
    STANDING_FLOW,
    Finding,
    Kind,
    Matter,
    Named,
    Standing,
    State,
    Why,
    Word,
    WordKind,
)
from complaints.notices import tell_author
from complaints.policies import handlers_of, visible_matters
from complaints.services import trail, words
from complaints.services.intake import SILENT_DAYS
from complaints.services.routing import keep_handled, route_up
from courts.models import StaffPost
from eventlog.services import act


def locked(matter_id: int, actor: Actor) -> tuple[Matter, Standing]:
    """The complaint, its standing locked; NotVisible for whoever may not see it at this moment (SEC-31)."""
    standing = Standing.objects.select_for_update(no_key=True).filter(matter_id=matter_id).first()
    matter = visible_matters(actor).filter(pk=matter_id, kind=Kind.COMPLAINT).first()
    if standing is None or matter is None or actor.user_id is None:
        raise NotVisible(_("没有这个页面。"))
    return matter, standing


def take_up(*, matter_id: int, actor: Actor) -> None:
    """Somebody looks into it: from now on only the limit of the law takes it further up, not silence."""
    with act():
        matter, standing = locked(matter_id, actor)
        if standing.taken_at is not None:
            raise Conflict(_("已经有人接手了。"), code="taken")
        standing.taken_at = clock.now()
        standing.escalate_at = (
            standing.due_at if standing.due_at > standing.taken_at else standing.escalate_at
        )
        standing.save(update_fields=["taken_at", "escalate_at"])
        trail.write("complaint.taken_up", matter, actor.user_id)


def reply(*, matter_id: int, text: str, form_key: str, actor: Actor) -> Word:
    """An answer that the author can read; the first one stops the clock."""
    with act():
        matter, standing = locked(matter_id, actor)
        if standing.state == State.CLOSED:
            raise Conflict(_("这件已经办结。"), code="closed")
        word, is_new = words.add(
            matter=matter, kind=WordKind.REPLY, text=text, by=actor.user_id, form_key=form_key
        )
        if not is_new:
            return word
        now = word.written_at
        standing.taken_at, standing.replied_at = standing.taken_at or now, standing.replied_at or now
        standing.escalate_at = None
        standing.save(update_fields=["taken_at", "replied_at", "escalate_at"])
        tell_author(matter)
        trail.write("complaint.replied", matter, actor.user_id, word=word.public_id)
    return word


def note(*, matter_id: int, text: str, form_key: str, actor: Actor) -> Word:
    """A note that only handlers see."""
    with act():
        matter, _standing = locked(matter_id, actor)
        word, is_new = words.add(
            matter=matter, kind=WordKind.INTERNAL, text=text, by=actor.user_id, form_key=form_key
        )
        if is_new:
            trail.write("complaint.noted", matter, actor.user_id, word=word.public_id)
    return word


def name_person(*, matter_id: int, staff_no: str, actor: Actor) -> None:
    """A member of staff turns out to be meant: sight of it ends with this transaction, for him and those under him."""
    with act():
        matter, _standing = locked(matter_id, actor)
        user = User.objects.filter(staff_no=staff_no, kind="staff").first()
        if user is None or not StaffPost.objects.filter(user=user).exists():
            message = _("没有这个工号")
            raise InvalidInput(message, staff_no=message)
        named, is_new = Named.objects.get_or_create(
            matter=matter, user_id=user.pk, defaults={"by": actor.user_id, "named_at": clock.now()}
        )
        keep_handled(matter)
        if is_new:
            trail.write("complaint.named", matter, actor.user_id, user=named.user_id)


def pass_up(*, matter_id: int, actor: Actor) -> None:
    """Ask the level above to take part; this level keeps it too."""
    with act():
        matter, standing = locked(matter_id, actor)
        office = route_up(matter, Why.PASSED_UP)
        if standing.state != State.CLOSED and standing.replied_at is None:
            standing.escalate_at = standing.due_at
            standing.save(update_fields=["escalate_at"])
        trail.write("complaint.passed_up", matter, actor.user_id, court=office.court_id, role=office.role)


def propose_close(*, matter_id: int, finding: Finding, actor: Actor) -> None:
    """The first of two: says what came out. Where nobody else could agree, the level above gets it for that."""
    with act():
        matter, standing = locked(matter_id, actor)
        if standing.replied_at is None:
            raise Conflict(_("还没有答复反映人，先答复再办结。"), code="not_replied")
        STANDING_FLOW.move(standing, "propose_close")
        standing.finding, standing.proposed_by = finding, actor.user_id
        standing.save(update_fields=["state", "finding", "proposed_by"])
        others = {user for users in handlers_of(matter).values() for user in users} - {actor.user_id}
        if not others:
            route_up(matter, Why.SECOND)
        trail.write("complaint.close_proposed", matter, actor.user_id, finding=finding)


def decide_close(*, matter_id: int, agreed: bool, actor: Actor) -> None:
    """The second of two, another person than the first."""
    with act():
        matter, standing = locked(matter_id, actor)
        if not STANDING_FLOW.can(standing, "confirm_close"):
            raise Conflict(_("现在没有等确认的办结。"), code="not_proposed")
        if standing.proposed_by == actor.user_id:
            raise NotAllowed(_("办结要由另一个人确认。"))
        if agreed:
            STANDING_FLOW.move(standing, "confirm_close")
            standing.closed_by, standing.closed_at, standing.escalate_at = actor.user_id, clock.now(), None
        else:
            STANDING_FLOW.move(standing, "refuse_close")
            standing.finding, standing.proposed_by = "", None
        standing.save(
            update_fields=["state", "finding", "proposed_by", "closed_by", "closed_at", "escalate_at"]
        )
        if agreed:
            tell_author(matter)
        trail.write("complaint.closed" if agreed else "complaint.close_refused", matter, actor.user_id)


def escalate_due() -> int:
    """What nobody took up in time, or what was not answered by its day, goes to the level above (SEC-36)."""
    now = clock.now()
    late = Standing.objects.filter(escalate_at__lte=now).order_by("escalate_at")
    done = 0
    for key in list(late.values_list("pk", flat=True)[:500]):
        with act():
            standing = late.select_for_update(no_key=True, skip_locked=True).filter(pk=key).first()
            if standing is None:
                continue
            why = Why.OVERDUE if standing.due_at <= now else Why.SILENCE
            matter = Matter.objects.get(pk=standing.matter_id)
            office = route_up(matter, why)
            again = now + timedelta(days=SILENT_DAYS)
            standing.escalate_at = again if why == Why.OVERDUE else min(again, standing.due_at)
            standing.save(update_fields=["escalate_at"])
            trail.write(f"complaint.{why}", matter, None, court=office.court_id, role=office.role)
            done += 1
    return done


def keep_all_handled() -> int:
    """Posts change: what lost its last handler goes up. Gives how many moved."""
    moved = 0
    for matter in Matter.objects.filter(standing__state__in=[State.OPEN, State.CLOSING]).order_by("id"):
        if not any(handlers_of(matter).values()):
            with act():
                before = matter.routings.count()
                route_up(matter, Why.CONFLICT)
                moved += matter.routings.count() - before
    return moved
