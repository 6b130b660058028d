"""Who of the staff may do what with codes. Scans themselves are seen by the party alone (SEC-35)."""

from __future__ import annotations

from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery

from accounts.access import allows
from cases.models import Case
from cases.policies import visible_cases
from common.actor import Actor, Role
from qrlinks.models import CodeReport, ReportStep


def can_check_codes(actor: Actor) -> bool:
    """The check tool: who prints papers, in the court of the active post."""
    return actor.is_staff and actor.court_id is not None and allows(actor, "qr.reprint")


def switchable_cases(actor: Actor) -> QuerySet[Case]:
    """Cases whose code the actor may switch: the intake clerk's court, the judge's and case clerk's own cases."""
    return visible_cases(actor) if can_check_codes(actor) else Case.objects.none()


def can_identify(actor: Actor) -> bool:
    """Identifying a person at a counter: any court's counter helps with any court's paper."""
    return actor.is_staff and actor.court_id is not None and allows(actor, "qr.pass")


def visible_reports(actor: Actor) -> QuerySet[Any]:
    """Reports about papers of the court and those about no paper; the administrator sees only the latter. ``state`` is
    that of the newest step, empty before the first."""
    if not actor.is_staff or not allows(actor, "qr.reports"):
        return CodeReport.objects.none()
    newest = ReportStep.objects.filter(report=OuterRef("pk")).order_by("-id")
    about = Q(copy=None)
    if actor.role != Role.ADMIN:
        about |= Q(copy__paper__court_id=actor.court_id or 0)
    return CodeReport.objects.filter(about).annotate(state=Subquery(newest.values("state")[:1]))
