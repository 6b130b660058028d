"""Who stands in an application: in what capacity it is made, the people of each side, groups, lists, agents."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases.models import PartyKind, Side
from common.errors import InvalidInput, StaleVersion
from common.pages import actor_of, add_errors, carried, carried_out, carry, form_page
from filing import forms, presenters, services
from filing.draft import AGENTS, CAPACITY, ME, OTHER_SIDE, SIDE_OF_TASK, Draft
from filing.kept import agent_kept, capacity_kept, group_kept, person_kept
from filing.models import AgentKind, Capacity, Filing, FilingAgent, FilingParty
from filing.people import is_not_among, people_words
from filing.people_list import decode, read_people
from filing.tasklist import gaps_of
from filing.views.own import from_check, home, my_draft, my_filing, onward


def _data(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


@require_http_methods(["GET", "POST"])
def capacity(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """谁来办: in what capacity the account acts."""
    filing = my_filing(request, public_id)
    kept = capacity_kept(filing)
    form = forms.CapacityForm(_data(request), initial=kept)
    carry(request, form, kept)

    def save() -> object:
        chosen, actor = form.cleaned_data["capacity"], actor_of(request)
        return services.save_capacity(
            filing_id=filing.pk, capacity=chosen, actor=actor, seen=carried(request)
        )

    if carried_out(form, save):
        return redirect(onward(request, filing))
    if request.method == "GET" and not my_draft(request, public_id).unlocked(CAPACITY):
        return redirect(home(filing))
    return form_page(request, "filing/capacity.html", form, filing=filing, back_href=onward(request, filing))


@require_safe
def people(request: HttpRequest, public_id: UUID, task: str) -> HttpResponse:
    """The people of one side."""
    draft = my_draft(request, public_id)
    side, is_open = SIDE_OF_TASK[task], draft.unlocked(task)
    if not is_open and not draft.side(side):
        return redirect(home(draft.filing))
    if not draft.side(side):
        return redirect("filing:person_new", public_id=public_id, task=task)
    context = _about(draft, task) | {
        "cards": presenters.people_cards(draft, task),
        "open": is_open,
        "group": task == ME and len(draft.side(side)) > 1,
        "not_me": task == ME and is_not_among(draft),
        "gaps": [gap.message for gap in gaps_of(draft) if gap.task == task and not gap.place],
    }
    return render(request, "filing/people.html", context)


def _about(draft: Draft, task: str) -> dict[str, Any]:
    side = SIDE_OF_TASK[task]
    title, _hint = people_words(draft, side)
    return {"filing": draft.filing, "task": task, "title": title, "role": draft.role(side)}


@require_http_methods(["GET", "POST"])
def person(request: HttpRequest, public_id: UUID, task: str, party_id: UUID | None = None) -> HttpResponse:
    """Add or change one person."""
    draft = my_draft(request, public_id)
    filing, side = draft.filing, SIDE_OF_TASK[task]
    people_here = draft.side(side)
    existing = next((party for party in people_here if party.public_id == party_id), None)
    gone = party_id is not None and existing is None
    if gone and request.method == "GET":
        raise Http404
    if request.method == "GET" and not draft.unlocked(task):
        return redirect(home(filing))
    initial = _written(existing) if existing else _known(draft, task)
    form = forms.PartyForm(side, _data(request), initial=initial)
    carry(request, form, person_kept(existing) if existing else {})
    if gone:
        _taken_out(form)
    elif request.method == "POST" and form.is_valid():
        try:
            services.save_party(
                filing_id=filing.pk,
                side=side,
                values=form.values(),
                actor=actor_of(request),
                party_public_id=party_id,
                seen=carried(request),
            )
        except (InvalidInput, StaleVersion) as error:
            add_errors(form, error)
        else:
            return redirect(onward(request, filing) if from_check(request) else _people(filing, task))
    list_href = _people(filing, task) if people_here else home(filing)
    back = onward(request, filing) if from_check(request) else list_href
    context = _about(draft, task) | {"existing": existing, "back_href": back}
    if gone:
        context["action"] = reverse("filing:person_new", args=[public_id, task])
    return form_page(request, "filing/person.html", form, **context)


def _taken_out(form: Any) -> None:
    """Who was taken out in another window meanwhile: what was typed stays, and is sent as somebody new (REL-34)."""
    form.carries, form.answers_with = "", StaleVersion.status
    form.errors.clear()
    form.add_error(
        None, _("这一位刚才在别的窗口去掉了，您填的还没有保存，都在下面。要加回来，请再保存一次。")
    )


def _people(filing: Filing, task: str) -> str:
    return reverse("filing:people", args=[filing.public_id, task])


def _written(party: FilingParty) -> dict[str, Any]:
    names = [name for name in forms.PartyForm.base_fields if hasattr(party, name)]
    return {name: getattr(party, name) for name in names} | {"guarded": "yes" if party.guardian_name else ""}


def _known(draft: Draft, task: str) -> dict[str, Any]:
    """What is known already: the account's own data, but only in the person that the account is; the other side's kind
    from the pre-check."""
    if task == OTHER_SIDE:
        return {"kind": draft.filing.precheck.get("who", "natural")}
    user, capacity = draft.filing.applicant, draft.filing.capacity
    if task != ME or draft.side(Side.PLAINTIFF):
        return {"kind": "natural"}
    if capacity in (Capacity.SELF, Capacity.DEPUTY):
        himself = {"name": user.name, "id_kind": user.id_kind, "id_number": user.id_number}
        return himself | {"kind": "natural", "phone": user.phone}
    if capacity == Capacity.GUARDIAN:
        guardian = {"guardian_name": user.name, "guardian_phone": user.phone}
        return guardian | {"kind": "natural", "guarded": "yes", "guardian_id_number": user.id_number}
    if capacity == Capacity.ORGANISATION:
        return {"kind": PartyKind.LEGAL.value, "phone": user.phone}
    return {"kind": "natural"}


@require_POST
def person_remove(request: HttpRequest, public_id: UUID, task: str, party_id: UUID) -> HttpResponse:
    """Take one person out."""
    filing = my_filing(request, public_id)
    services.remove_party(
        filing_id=filing.pk, party_public_id=party_id, actor=actor_of(request), seen=carried(request)
    )
    return redirect("filing:people", public_id=public_id, task=task)


@require_http_methods(["GET", "POST"])
def people_list(request: HttpRequest, public_id: UUID, task: str) -> HttpResponse:
    """Many people at once, pasted or from a table. All or none; every faulty line is told."""
    draft = my_draft(request, public_id)
    filing, side = draft.filing, SIDE_OF_TASK[task]
    if request.method == "GET" and not draft.unlocked(task):
        return redirect(home(filing))
    form = forms.ListForm(_data(request), request.FILES if request.method == "POST" else None)
    problems: list[str] = []
    if request.method == "POST" and form.is_valid():
        added, problems = _add_listed(request, filing, side, form)
        if added:
            messages.success(request, _("已加入%(n)s人，请核对。") % {"n": added})
            return redirect(_people(filing, task))
        form.add_error(None, _("这些人都还没有加入。改好下面几行再交一次"))
    context = _about(draft, task) | {"problems": problems, "back_href": _list_back(draft, task)}
    return form_page(request, "filing/people_list.html", form, **context)


def _list_back(draft: Draft, task: str) -> str:
    return _people(draft.filing, task) if draft.side(SIDE_OF_TASK[task]) else home(draft.filing)


def _add_listed(
    request: HttpRequest, filing: Filing, side: Side, form: forms.ListForm
) -> tuple[int, list[str]]:
    """How many were added, else what is wrong line by line."""
    text = form.cleaned_data["lines"] or ""
    upload = form.cleaned_data["table"]
    if upload is not None:
        try:
            text = f"{text}\n{decode(upload.read())}" if text else decode(upload.read())
        except ValueError as error:
            return 0, [str(error)]
    listed = read_people(text, side)
    if listed.problems:
        return 0, listed.problems
    try:
        people = services.add_people(
            filing_id=filing.pk, side=side, rows=listed.rows, actor=actor_of(request)
        )
    except InvalidInput as error:
        return 0, [error.message]
    return len(people), []


@require_http_methods(["GET", "POST"])
def group(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Several applicants: one case together or one for each, and whom they elected."""
    draft = my_draft(request, public_id)
    filing, people_here = draft.filing, draft.side(Side.PLAINTIFF)
    if len(people_here) < 2 or not draft.unlocked(ME):
        return redirect(home(filing))
    kept = group_kept(filing)
    form = forms.GroupForm(people_here, _data(request), initial=kept)
    carry(request, form, kept)

    def save() -> object:
        return services.save_group(
            filing_id=filing.pk,
            separate_cases=form.cleaned_data["together"] == "separate",
            deputies=[UUID(one) for one in form.cleaned_data["deputies"]],
            actor=actor_of(request),
            seen=carried(request),
        )

    if carried_out(form, save):
        return redirect(_people(filing, ME))
    return form_page(request, "filing/group.html", form, **_about(draft, ME), back_href=_people(filing, ME))


@require_safe
def agents(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Who acts for the applicants."""
    draft = my_draft(request, public_id)
    if not draft.unlocked(AGENTS) and not draft.agents:
        return redirect(home(draft.filing))
    if draft.filing.capacity == Capacity.AGENT and not draft.agents:
        return redirect("filing:agent_new", public_id=public_id)
    context = {
        "filing": draft.filing,
        "cards": presenters.agent_cards(draft),
        "open": draft.unlocked(AGENTS),
        "room": len(draft.agents) < services.MAX_AGENTS,
    }
    return render(request, "filing/agents.html", context)


@require_http_methods(["GET", "POST"])
def agent(request: HttpRequest, public_id: UUID, agent_id: UUID | None = None) -> HttpResponse:
    """Add or change one agent; the account that acts as agent is the first, filled in beforehand."""
    draft = my_draft(request, public_id)
    filing = draft.filing
    existing = next((one for one in draft.agents if one.public_id == agent_id), None)
    gone = agent_id is not None and existing is None
    if gone and request.method == "GET":
        raise Http404
    if request.method == "GET" and not draft.unlocked(AGENTS):
        return redirect(home(filing))
    himself = filing.capacity == Capacity.AGENT and (existing.is_applicant if existing else not draft.agents)
    initial = _agent_written(existing) if existing else _agent_known(filing) if himself else {}
    form = forms.AgentForm(_data(request), initial=initial)
    carry(request, form, agent_kept(existing) if existing else {})
    if gone:
        _taken_out(form)
    elif request.method == "POST" and form.is_valid():
        try:
            services.save_agent(
                filing_id=filing.pk,
                values=form.cleaned_data,
                actor=actor_of(request),
                agent_public_id=agent_id,
                seen=carried(request),
            )
        except (InvalidInput, StaleVersion) as error:
            add_errors(form, error)
        else:
            return redirect(onward(request, filing) if from_check(request) else _agents(filing))
    back = _agents(filing) if draft.agents else home(filing)
    back = onward(request, filing) if from_check(request) else back
    context = {"filing": filing, "himself": himself, "back_href": back}
    if gone:
        context["action"] = reverse("filing:agent_new", args=[public_id])
    return form_page(request, "filing/agent.html", form, **context)


def _agents(filing: Filing) -> str:
    return reverse("filing:agents", args=[filing.public_id])


def _agent_written(agent: FilingAgent) -> dict[str, Any]:
    return {name: getattr(agent, name) for name in forms.AgentForm.base_fields}


def _agent_known(filing: Filing) -> dict[str, Any]:
    """The account's own data for the agent it is."""
    user = filing.applicant
    kind = AgentKind.LAWYER.value if user.is_lawyer else ""
    return {"kind": kind, "name": user.name, "id_number": user.id_number, "phone": user.phone}


@require_POST
def agent_remove(request: HttpRequest, public_id: UUID, agent_id: UUID) -> HttpResponse:
    """Take one agent out."""
    filing = my_filing(request, public_id)
    services.remove_agent(
        filing_id=filing.pk, agent_public_id=agent_id, actor=actor_of(request), seen=carried(request)
    )
    return redirect("filing:agents", public_id=public_id)
