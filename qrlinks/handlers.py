"""What codes do when something happened: a new case gets its code; a switched-off code ends its scan logins."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.middleware import use_pass_check
from cases.models import Case
from common.actor import system
from eventlog.models import Event
from eventlog.registry import Mode, on
from qrlinks.services import end_with_case, make_case_code, pass_holds

ACTOR = system(str(_("案件二维码")))

use_pass_check(pass_holds)


@on("cases.opened", Mode.TOGETHER)
def make_code(event: Event) -> None:
    """The code exists with the case or not at all."""
    make_case_code(case=Case.objects.get(pk=event.subject_id), actor=ACTOR)


@on("cases.closed", Mode.TOGETHER)
def end_code(event: Event) -> None:
    """The code of a closed case ends when the court's days are over (SEC-25)."""
    end_with_case(case=Case.objects.get(closing=event.subject_id))
