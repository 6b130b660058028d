"""接触记录: every contact between a judge or clerk and a party. Read from the messages, so that there is one truth."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from accounts.access import allows
from cases.models import CaseRole, CaseStaff, Side
from common.actor import Actor, Role
from common.tables import moment
from courts.models import StaffPost
from feedback.figures import Period
from feedback.models import AuthorKind, Message, Topic

HEADING = ("时间", "案号", "当事人", "方向", "法院一方", "事由", "方式", "留言编号")


def _holders(role: CaseRole | None = None) -> QuerySet[CaseStaff]:
    """Who held the case of a message when it was sent."""
    then = CaseStaff.objects.filter(
        Q(ends_at=None) | Q(ends_at__gt=OuterRef("sent_at")),
        case_id=OuterRef("thread__case_id"),
        starts_at__lte=OuterRef("sent_at"),
    )
    return then.filter(role=role) if role else then


def all_contacts() -> QuerySet[Message]:
    """Every message between a party and the court; notes inside the court and entries of its acts are none."""
    return Message.objects.filter(is_internal=False).exclude(author_kind=AuthorKind.COURT)


def contacts_of_post(rows: QuerySet[Message], post_id: int) -> QuerySet[Message]:
    """Those of one judge or clerk: what he wrote, and what parties wrote while he held the case. A union, so that only the
    messages of his cases are looked at."""
    wrote = Message.objects.filter(author_post_id=post_id)
    his = CaseStaff.objects.filter(post_id=post_id).values("case")
    received = Message.objects.filter(
        Exists(_holders().filter(post_id=post_id)), author_kind=AuthorKind.PARTY, thread__case__in=his
    )
    return rows.filter(pk__in=wrote.order_by().values("pk").union(received.order_by().values("pk")))


def visible_contacts(actor: Actor) -> QuerySet[Message]:
    """Judge and case clerk: their own. Head: of the division's cases. Supervisor: of the court. Never a text of theirs."""
    if not allows(actor, "contacts.read") or actor.court_id is None:
        return Message.objects.none()
    rows = all_contacts().filter(thread__court_id=actor.court_id)
    if actor.role == Role.SUPERVISOR:
        return rows
    if actor.role == Role.HEAD:
        return rows.filter(thread__case__division_id=actor.division_id or 0)
    return contacts_of_post(rows, actor.post_id or 0)


def contacts(
    actor: Actor, *, first: date, last: date, number: str = "", post: StaffPost | None = None
) -> QuerySet[Message]:
    """Visible contacts of a period, newest first, of one case or of one judge or clerk when asked; ready for a page."""
    period = Period(first, last)
    rows = visible_contacts(actor).filter(sent_at__gte=period.start, sent_at__lt=period.end)
    if number:
        rows = rows.filter(thread__case__number=number)
    if post is not None:
        rows = contacts_of_post(rows, post.pk)
    return (
        rows.select_related("thread__case", "thread__party", "author_post__user")
        .annotate(judge=Subquery(_holders(CaseRole.JUDGE).values("post__user__name")[:1]))
        .order_by("-sent_at", "-id")
    )


def posts_with_contacts(actor: Actor) -> list[StaffPost]:
    """Judges and case clerks whose contacts a head or supervisor may look at one by one. One query."""
    if actor.role not in (Role.HEAD, Role.SUPERVISOR) or not allows(actor, "contacts.read"):
        return []
    posts = StaffPost.objects.filter(court_id=actor.court_id or 0, role__in=[Role.JUDGE, Role.CASE_CLERK])
    if actor.role == Role.HEAD:
        posts = posts.filter(division_id=actor.division_id or 0)
    return list(posts.select_related("user").order_by("id"))


def totals(rows: QuerySet[Message]) -> dict[str, int]:
    """How many there are, and how many of them came from parties. One query."""
    from_party = Count("id", filter=Q(author_kind=AuthorKind.PARTY))
    found = rows.order_by().aggregate(all=Count("id"), from_party=from_party)
    return found | {"from_court": found["all"] - found["from_party"]}


def cells(rows: Iterable[Message]) -> Iterator[list[str]]:
    """Finished cells of each contact, without the text."""
    for message in rows:
        by_party = message.author_kind == AuthorKind.PARTY
        party, post = message.thread.party, message.author_post
        judge = message.judge or ""  # type: ignore[attr-defined]  # annotated
        staff = (
            f"{message.get_author_kind_display()} {post.user.name}" if post else f"{_('承办法官')} {judge}"
        )
        yield [
            moment(message.sent_at),
            message.thread.case.number,
            f"{Side(party.side).label} {party.name}",
            _("当事人写给法院") if by_party else _("法院写给当事人"),
            staff.strip(),
            str(Topic(message.thread.topic).label),
            _("网上留言"),
            str(message.public_id),
        ]
