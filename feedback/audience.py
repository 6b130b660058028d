"""谁能看到: exactly who, said before anything is sent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import Case, CaseRole, Party, Side
from cases.selectors import parties_of, staff_of
from feedback.models import Level, Thread, Topic

NAMED = 3
KEPT = gettext_lazy("留言会留在案卷里，不能删除。")
WITH_REASON = gettext_lazy("院领导写明理由也可以看，看过会记在“谁看过”里。")


def court_side(case: Case, thread: Thread | None = None) -> str:
    """Those of the court who read it, with their names. One query."""
    labels = {CaseRole.JUDGE: _("承办法官"), CaseRole.ASSISTANT: _("法官助理"), CaseRole.CLERK: _("书记员")}
    staff = staff_of(case)
    names = [f"{label}{staff[role].post.user.name}" for role, label in labels.items() if role in staff]
    if thread is not None and thread.level != Level.JUDGE:
        names.append(_("庭长"))
    if thread is not None and thread.level == Level.OVERSIGHT:
        names.append(_("院领导"))
    return "、".join(names) or _("承办法官、书记员")


def other_side(case: Case, own: Iterable[Party]) -> str:
    """The other parties with their names, for who stands for ``own``. One query."""
    mine = {party.pk for party in own}
    others = [
        f"{party.name}（{Side(party.side).label}）" for party in parties_of(case) if party.pk not in mine
    ]
    if len(others) > NAMED:
        return _("%(names)s等%(count)s人") % {"names": "、".join(others[:NAMED]), "count": len(others)}
    return "、".join(others)


def who_sees(case: Case, own: Sequence[Party], topic: str, thread: Thread | None = None) -> Any:
    """The line under the box for words; two queries when it is shown, none when the form is only read."""
    return SimpleLazyObject(lambda: _line(case, own, topic, thread))


def _line(case: Case, own: Sequence[Party], topic: str, thread: Thread | None) -> str:
    court, others = court_side(case, thread), other_side(case, own)
    if topic == Topic.STATEMENT and others:
        line = _("谁能看到：%(court)s。%(others)s要等书记员核对、决定转交以后才能看到；不转的会告诉您理由。")
    elif others:
        line = _(
            "谁能看到：%(court)s。对方当事人看不到。如果附了文件，书记员核对、决定转交以后，%(others)s也能看到这条留言和文件。"
        )
    else:
        line = _("谁能看到：%(court)s。对方当事人看不到。")
    overseen = thread is not None and thread.level == Level.OVERSIGHT
    return line % {"court": court, "others": others} + ("" if overseen else str(WITH_REASON)) + str(KEPT)
