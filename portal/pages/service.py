"""送达方式和地址: a party chooses inbox or paper and confirms its address, on its own page or by word of mouth; what came by the
inbox it may have on paper."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.services.idempotency import once, request_hash
from cases.forms import NO, YES, ServiceForm, SpokenServiceForm
from cases.models import Case, Party, PhoneOrigin, ServiceChoice
from cases.policies import can_record_choice, represents
from cases.selectors import (
    case_for,
    confirmed_address_of,
    earlier_service_of,
    service_choices_of,
    stood_for,
)
from cases.service_wording import CURRENT
from cases.services import choose_service, record_spoken_choice
from common import clock
from common.actor import Actor
from common.errors import DomainError, InvalidTransition, NotVisible
from common.pages import actor_of, add_errors, form_key, form_page, posted_number
from courts.calendar import end_of_workdays
from courts.services import setting
from documents.selectors import copy_for, may_have_paper, paper_asked
from documents.services import ask_for_paper


def _mine(request: HttpRequest, public_id: UUID) -> tuple[Actor, Case, list[Party]]:
    """A case of somebody with full sign-in and the parties he stands for; NotVisible for staff."""
    actor = actor_of(request)
    if not actor.is_public:
        raise NotVisible(_("没有这个页面。"))
    case = case_for(actor, public_id)
    return actor, case, stood_for(actor, case)


def _asked_for(request: HttpRequest, own: list[Party]) -> Party:
    """The party that the address of the page names, the first one when it names none; NotVisible for another."""
    wanted = request.GET.get("party")
    found = [party for party in own if wanted in (None, str(party.public_id))]
    if not found:
        raise NotVisible(_("没有这个页面。"))
    return found[0]


@require_http_methods(["GET", "POST"])
def service(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What is chosen now and since when, the form with its consequences, every change before."""
    actor, case, own = _mine(request, public_id)
    party = _asked_for(request, own)
    choices = service_choices_of(party)
    offer = _offer(party, choices)
    form = ServiceForm(request.POST if request.method == "POST" else None, initial=offer.pop("initial"))
    if request.method == "POST" and form.is_valid():
        target = f"{reverse('pages:service', args=[public_id])}?party={party.public_id}"
        if _written(request, form, party, choose_service, target):
            messages.success(request, _("已记下。以后的文书按您刚才选的送。"))
            return redirect(target)
    context = _context(request, case, party, choices)
    context |= {"own": own, "represents": represents(actor, party)}
    return form_page(request, "pages/service.html", form, **context, **offer)


@require_http_methods(["GET", "POST"])
def spoken(request: HttpRequest, public_id: UUID, party_id: UUID) -> HttpResponse:
    """The same for the staff of the case, who take up what the party says."""
    actor = actor_of(request)
    case = case_for(actor, public_id)
    party = case.parties.filter(public_id=party_id).first()
    if party is None or not can_record_choice(actor, party):
        raise NotVisible(_("没有这个页面。"))
    choices = service_choices_of(party)
    offer = _offer(party, choices)
    form = SpokenServiceForm(request.POST if request.method == "POST" else None, initial=offer.pop("initial"))
    if request.method == "POST" and form.is_valid():
        target = reverse("pages:desk_case", args=[public_id])
        if _written(request, form, party, record_spoken_choice, target):
            messages.success(request, _("已登记。还没有寄出的文书也改按这个地址寄。"))
            return redirect(target)
    return form_page(
        request, "pages/desk_service.html", form, **_context(request, case, party, choices), **offer
    )


def _written(
    request: HttpRequest, form: ServiceForm, party: Party, service: Callable[..., Any], target: str
) -> bool:
    """Write the choice once; a refusal stands in the form then."""
    actor, seen = actor_of(request), posted_number(request, "seen")

    def write() -> str:
        service(party_id=party.pk, wish=form.wish(), seen=-1 if seen is None else seen, actor=actor)
        return target

    try:
        body = request_hash([str(party.public_id), seen, form.cleaned_data])
        once(actor=actor, route="pages.service", key=form_key(request), body_hash=body, write=write)
    except DomainError as error:
        add_errors(form, error)
        return False
    return True


def _context(request: HttpRequest, case: Case, party: Party, choices: list[ServiceChoice]) -> dict[str, Any]:
    return {
        "case": case,
        "party": party,
        "now_chosen": choices[0] if choices else None,
        "entries": [_entry(row) for row in choices],
        "seen": len(choices),
        "wording": CURRENT,
        "form_key": form_key(request),
    }


def _offer(party: Party, choices: list[ServiceChoice]) -> dict[str, Any]:
    """First values of the form: what was chosen in this case, else the address confirmed in the case before (解释137),
    else the one on file; with where it comes from."""
    now = choices[0] if choices else None
    initial: dict[str, Any] = {"electronic": (YES if now.electronic else NO) if now else None}
    known = now if now and now.postal_address else None
    earlier = None if known else earlier_service_of(party)
    if source := known or earlier:
        initial |= {
            "postal_address": source.postal_address,
            "postal_phone": source.postal_phone,
            "confidential": source.confidential,
        }
    else:
        own_phone = party.phone if party.phone_origin != PhoneOrigin.OTHER_SIDE else ""
        initial |= {"postal_address": party.address, "postal_phone": own_phone}
    on_file = bool(party.address) and not (known or earlier)
    return {"initial": initial, "earlier": earlier, "on_file": on_file}


def _entry(row: ServiceChoice) -> dict[str, Any]:
    """One change, for the timeline component."""
    address = _("收件地址：%(address)s") % {"address": row.postal_address} if row.postal_address else ""
    phone = _("收件电话：%(phone)s") % {"phone": row.postal_phone} if row.postal_phone else ""
    secret = _("请法院保密") if row.confidential else ""
    basis = _("依据：%(basis)s") % {"basis": row.get_basis_display()} if row.electronic else ""
    source = _("法院记录：%(source)s") % {"source": row.source} if row.source else ""
    version = _("看过的告知内容：%(version)s版") % {"version": row.wording_version}
    return {
        "what": _("同意电子送达") if row.electronic else _("要寄纸质文书"),
        "at": row.chosen_at,
        "actor": row.chosen_by.name if row.chosen_by else row.party.name,
        "text": "\n".join(part for part in (basis, source, address, phone, secret, version) if part),
    }


@require_http_methods(["GET", "POST"])
def ask_paper(request: HttpRequest, public_id: UUID, copy_id: UUID) -> HttpResponse:
    """What comes on paper, where to and until when; asked for once, the same page says where it stands (R-44)."""
    actor, case, own = _mine(request, public_id)
    copy = copy_for(actor, copy_id)
    mine = {party.public_id: party for party in own}
    if copy is None or copy.addressee_public_id not in mine:
        raise NotVisible(_("没有这个页面。"))
    party = mine[copy.addressee_public_id]
    confirmed = confirmed_address_of(party)
    if request.method == "POST":
        if confirmed is None:
            messages.error(request, _("请先确认收件地址，再回来要纸质的。"))
            return redirect(f"{reverse('pages:service', args=[public_id])}?party={party.public_id}")
        try:
            ask_for_paper(
                copy_public_id=copy_id,
                address=confirmed.postal_address,
                phone=confirmed.postal_phone,
                secret=confirmed.confidential,
                actor=actor,
            )
        except InvalidTransition as error:
            messages.error(request, error.message)
        else:
            messages.success(request, _("已登记，法院会把纸质文书寄到您确认的地址。"))
        return redirect("pages:ask_paper", public_id=public_id, copy_id=copy_id)
    until, announced = end_of_workdays(case.court, setting(case.court, "paper_copy_workdays"))
    context = {
        "case": case,
        "copy": copy,
        "party": party,
        "address": confirmed.postal_address if confirmed else "",
        "asked": paper_asked(copy),
        "may": may_have_paper(copy),
        "due": clock.beijing_day(until),
        "confirmed": announced,
    }
    return render(request, "pages/ask_paper.html", context)
