"""The way into a 答辩状 from the case, and the court's note that the other side has it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import allows
from cases.models import Case, Party, Side
from cases.policies import is_case_staff, visible_parties
from cases.selectors import case_for
from common import clock
from common.errors import NotAllowed, NotVisible
from common.pages import actor_of
from filing import services
from filing.defences import DEFENCE_PERIOD, defence_form, live_defence
from filing.models import FilingStatus
from filing.policies import can_defend
from filing.views.own import home


def _my_defendant(request: HttpRequest, case: Case) -> Party:
    """The defendant whom this person stands for, of several the one named in the address; NotVisible for everybody else."""
    parties = list(visible_parties(actor_of(request)).filter(case=case, side=Side.DEFENDANT).order_by("id"))
    named = request.GET.get("party")
    party = next((one for one in parties if named in (None, str(one.public_id))), None)
    if party is None or not can_defend(actor_of(request), party):
        raise NotVisible(_("没有这个页面。"))
    return party


@require_http_methods(["GET", "POST"])
def start(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What a defence is and until when; one click makes the draft or opens the one that exists."""
    actor = actor_of(request)
    if not actor.is_public:
        raise NotVisible(_("没有这个页面。"))
    case = case_for(actor, public_id)
    party = _my_defendant(request, case)
    if request.method == "POST":
        filing = services.start_defence(party=party, actor=actor)
        received = filing.status == FilingStatus.RECEIVED
        return redirect("filing:sent", public_id=filing.public_id) if received else redirect(home(filing))
    period = case.deadlines.filter(rule_id=DEFENCE_PERIOD, party=party).first()
    context = {
        "case": case,
        "party": party,
        "form": None,
        "possible": defence_form(case) is not None,
        "existing": live_defence(party),
        "period": period,
        "late": period is not None and clock.today() > period.due_on,
    }
    return render(request, "filing/defence_start.html", context)


@require_POST
def passed_on(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The judge or case clerk notes that the plaintiffs have the copies (民诉法128, five days)."""
    actor = actor_of(request)
    if not allows(actor, "desk.cases"):
        raise NotAllowed(_("这个工作台只给法院工作人员使用。"))
    case = case_for(actor, public_id)
    if not is_case_staff(actor, case):
        raise NotAllowed(_("只有承办法官和书记员可以记录。"))
    services.record_defence_passed_on(case_id=case.pk, actor=actor)
    messages.success(request, _("已记下：答辩状副本已发送原告。"))
    return redirect("pages:desk_case", public_id=public_id)
