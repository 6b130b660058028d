"""What codes do when something happened: a new case gets its code."""

from __future__ import annotations

from django.utils.translation import gettext as _

from cases.models import Case
from common.actor import system
from eventlog.models import Event
from eventlog.registry import Mode, on
from qrlinks.services import make_case_code

ACTOR = system(str(_("案件二维码")))


@on("cases.opened", Mode.TOGETHER)
def make_code(event: Event) -> None:
    """The code exists with the case or not at all."""
    make_case_code(case=Case.objects.get(pk=event.subject_id), actor=ACTOR)
