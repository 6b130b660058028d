"""What threads do when their case changes hands, and who opens the files that were sent with messages."""

from __future__ import annotations

from django.utils.translation import gettext as _

from common.actor import system
from documents import access
from eventlog.models import Event
from eventlog.registry import Mode, on
from feedback.policies import may_open_attachment
from feedback.services import hand_over
from feedback.services.attachments import OWNER_KIND


@on("cases.assigned", Mode.TOGETHER)
def give_threads(event: Event) -> None:
    """The entry that says who answers now exists with the new judge; a new case has no threads yet."""
    hand_over(case_id=event.subject_id, actor=system(str(_("案件流程"))))


access.register(OWNER_KIND, may_open_attachment)
