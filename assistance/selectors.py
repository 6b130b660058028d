"""Reads of requests for help: a party's own, the list of the service desk."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from assistance.models import HELP_LIVE, HelpRequest
from assistance.policies import visible_help
from cases.models import Case
from common.actor import Actor
from common.errors import NotVisible


def help_for(actor: Actor, public_id: UUID, *, case_id: UUID | None = None) -> HelpRequest:
    """A request the actor may see, with its calls; NotVisible otherwise, also when it is of another case. Two queries."""
    rows = visible_help(actor).filter(
        public_id=public_id, **({"case__public_id": case_id} if case_id else {})
    )
    related = ("case__court", "case__cause", "party", "post__user")
    found = rows.select_related(*related).prefetch_related("calls__post__user").first()
    if found is None:
        raise NotVisible(_("没有这个页面。"))
    return found


def help_of_case(actor: Actor, case: Case) -> list[HelpRequest]:
    """What the actor asked for in this case, newest first. One query."""
    return list(visible_help(actor).filter(case=case).select_related("post__user").order_by("-id")[:10])


def waiting_help(actor: Actor) -> QuerySet[HelpRequest]:
    """What waits in the court, first due first."""
    rows = visible_help(actor).filter(state__in=HELP_LIVE)
    return rows.select_related("case", "party", "post__user").order_by("due_at", "id")


def past_help(actor: Actor) -> QuerySet[HelpRequest]:
    """What is over, newest first."""
    rows = visible_help(actor).exclude(state__in=HELP_LIVE)
    return rows.select_related("case", "party", "post__user").order_by("-ended_at", "-id")
