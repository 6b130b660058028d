"""The 法官助理 of a case, named by its judge."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from cases import events
from cases.models import Case, CaseRole, CaseStaff
from cases.services.closing import locked_case
from cases.services.periods import case_stream
from common import clock
from common.actor import Actor, Role
from common.errors import InvalidInput
from common.versions import must_be_seen
from courts.models import StaffPost
from courts.posts import live_posts
from eventlog.services import act, emit


def assistants_for(case: Case) -> QuerySet[StaffPost]:
    """Clerks of the case's division who may become its assistant: all but those who hold it already."""
    posts = live_posts().filter(
        court_id=case.court_id, division_id=case.division_id or 0, role=Role.CASE_CLERK
    )
    holders = case.staff.filter(ends_at=None).exclude(role=CaseRole.ASSISTANT)
    return posts.exclude(pk__in=holders.values("post")).select_related("user").order_by("id")


def assistant_shown(case: Case) -> dict[str, object]:
    """Who the assistant of a case is, by label. One query."""
    now = case.staff.filter(role=CaseRole.ASSISTANT, ends_at=None).select_related("post__user").first()
    return {str(_("法官助理")): now.post.user.name if now else _("不设")}


def name_assistant(
    *, case_id: int, post_public_id: UUID | None, actor: Actor, seen: str | None = None
) -> None:
    """The judge names the assistant of his case, or nobody (None); who was it before is it no more.

    The assistant reads and answers beside the judge under own name. Raises InvalidInput for anybody else than
    :func:`assistants_for` lists, NotAllowed for who is not the judge, StaleVersion for a form that showed another one.
    """
    with act():
        case = locked_case(case_id, actor)
        must_be_seen(seen, assistant_shown(case))
        chosen = assistants_for(case).filter(public_id=post_public_id).first() if post_public_id else None
        if post_public_id and chosen is None:
            raise InvalidInput(_("请从列出的人里选"), assistant=_("请从列出的人里选"))
        now = clock.now()
        case.staff.filter(role=CaseRole.ASSISTANT, ends_at=None).update(ends_at=now)
        if chosen is not None:
            CaseStaff.objects.create(case=case, post=chosen, role=CaseRole.ASSISTANT, starts_at=now)
        emit(
            events.ASSISTANT_NAMED,
            subject=case,
            actor=actor,
            stream=case_stream(case),
            court_id=case.court_id,
            post=chosen.pk if chosen else None,
        )
