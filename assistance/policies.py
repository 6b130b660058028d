"""Whose requests for help somebody sees."""

from __future__ import annotations

from django.db.models import QuerySet

from accounts.access import allows
from assistance.models import HelpRequest
from cases.policies import visible_parties
from common.actor import Actor


def visible_help(actor: Actor) -> QuerySet[HelpRequest]:
    """A party's own; all of the court for its service desk (诉讼服务中心). Nobody else's."""
    rows = HelpRequest.objects.all()
    if actor.is_staff:
        return rows.filter(court_id=actor.court_id or 0) if allows(actor, "help.keep") else rows.none()
    if not allows(actor, "help.ask"):
        return rows.none()
    return rows.filter(party__in=visible_parties(actor))
