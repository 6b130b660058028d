"""Who takes part in a case and is no party, for those who hold it: a list, one form, and the end of each."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cases.forms import ParticipantForm
from cases.models import Case
from cases.policies import visible_participants
from cases.selectors import case_for, participants_of, parties_of
from cases.services import add_participant, end_participant
from common.errors import NotVisible
from common.pages import actor_of, carried_out, form_page
from portal.pages.need import need

NOT_YOURS = "这个页面给承办法官、法官助理和书记员使用。"


def _case(request: HttpRequest, public_id: UUID) -> Case:
    need(request, "participant.keep", _(NOT_YOURS))
    return case_for(actor_of(request), public_id)


@require_http_methods(["GET", "POST"])
def participants(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The people, and the form that adds one; whoever is there already is not added twice."""
    case = _case(request, public_id)
    form = ParticipantForm(parties_of(case), request.POST if request.method == "POST" else None)
    if carried_out(form, lambda: add_participant(case_id=case.pk, actor=actor_of(request), **form.person())):
        messages.success(request, _("已登记。现在可以给他起草出庭通知书。"))
        return redirect("pages:participants", public_id=public_id)
    return form_page(request, "pages/participants.html", form, case=case, people=participants_of(case))


@require_POST
def end(request: HttpRequest, public_id: UUID, participant_id: UUID) -> HttpResponse:
    """He takes part no more."""
    case = _case(request, public_id)
    if not visible_participants(actor_of(request)).filter(case=case, public_id=participant_id).exists():
        raise NotVisible(_("没有这个页面。"))
    end_participant(public_id=participant_id, actor=actor_of(request))
    messages.success(request, _("已登记为不再参加。发过的通知书不变。"))
    return redirect("pages:participants", public_id=public_id)
