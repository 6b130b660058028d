"""The applicant's draft: start, task list, tasks, check, send, sent, correction, withdrawal."""

from __future__ import annotations

from typing import cast
from urllib.parse import quote, urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import allows
from accounts.models import RealNameLevel, User
from accounts.services import once, request_hash
from cases.policies import visible_cases
from common.errors import InvalidInput, NotAllowed, StaleVersion
from common.pages import actor_of, add_errors, carried, carried_out, carry, form_key, form_page
from common.versions import SEEN
from documents.keeping import keep_uploads
from eventlog.selectors import receipt_of
from filing import events, forms, presenters, services
from filing.draft import DELIVERY, EVIDENCE, ME, SIDE_OF_TASK
from filing.kept import delivery_kept, sending_kept
from filing.models import Capacity, FilingStatus
from filing.precheck import Advice, advice_for, progress_of
from filing.views.answers import state_of
from filing.views.own import OPEN_STATES, home, my_draft, my_filing, onward


@require_http_methods(["GET", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """From the pre-check to a draft: in what capacity the account acts; the real name is asked once before it."""
    actor = actor_of(request)
    if not allows(actor, "filing.create"):
        raise NotAllowed(_("立案申请由当事人自己提交。请用当事人的手机号登录。"))
    advice = advice_for(progress_of(request.POST if request.method == "POST" else request.GET))
    if advice is None:
        return redirect("filing:precheck")
    given, user = advice.given, cast(User, request.user)
    if user.real_name_level != RealNameLevel.REAL_NAME:
        messages.info(request, _("先填一次您的真实姓名和证件，以后不用再填。"))
        back = f"{request.path}?{urlencode(given)}"
        return redirect(f"{reverse('accounts:real_name')}?next={quote(back)}")
    usual = Capacity.AGENT if user.is_lawyer else Capacity.SELF
    sent = {"capacity": request.POST.get("capacity", usual)} if request.method == "POST" else None
    form = forms.CapacityForm(sent, initial={"capacity": usual})
    if sent is None or not form.is_valid():
        context = {"advice": advice, "given": given, "query": urlencode(given), "form_key": form_key(request)}
        return form_page(request, "filing/start.html", form, **context)
    return redirect(_begin(request, advice, form.cleaned_data["capacity"]))


def _begin(request: HttpRequest, advice: Advice, capacity: str) -> str:
    """The draft is made once however often it is clicked; its address."""
    actor = actor_of(request)
    number = advice.origin_number
    origin = visible_cases(actor).filter(number=number).first() if number else None
    new = services.Beginning(
        court=advice.court,
        cause=advice.cause,
        form=advice.form.key,
        precheck=advice.given,
        procedure=advice.procedure.code,
        capacity=capacity,
        through=advice.through,
        origin_number=number,
        origin_case=origin,
    )

    def write() -> str:
        return home(services.begin_filing(new=new, actor=actor))

    body = request_hash(advice.given | {"capacity": capacity})
    return once(actor=actor, route="filing.start", key=form_key(request), body_hash=body, write=write)


@require_safe
def tasks(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The task list; after sending the state of the application; after acceptance the case."""
    draft = my_draft(request, public_id)
    filing = draft.filing
    if filing.status == FilingStatus.RETURNED:
        return redirect("filing:fix", public_id=public_id)
    if filing.status == FilingStatus.RECEIVED:
        return redirect("filing:sent", public_id=public_id)
    if filing.status != FilingStatus.DRAFT:
        context = state_of(filing) | {"late_papers": presenters.late_papers(draft)}
        return render(request, "filing/state.html", context)
    context = {
        "filing": filing,
        "groups": presenters.task_groups(draft),
        "open": presenters.open_tasks(draft),
    }
    return render(request, "filing/tasks.html", context)


@require_safe
def fix(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The correction notice as a task list: only what it names is open (UX §6.3)."""
    draft = my_draft(request, public_id)
    if draft.filing.status != FilingStatus.RETURNED:
        return redirect(home(draft.filing))
    context = {"filing": draft.filing, "notice": draft.notice, "items": presenters.fix_items(draft)}
    return render(request, "filing/fix.html", context | {"gaps": presenters.gap_links(draft)})


@require_http_methods(["GET", "POST"])
def evidence(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Photos and files by slot; each is kept as soon as it arrives, with a result of its own."""
    draft = my_draft(request, public_id)
    failures: dict[str, list[str]] = {}
    if request.method == "POST":
        slot = request.POST.get("slot", "")
        sentences = keep_uploads(request, services.add_material, filing_id=draft.filing.pk, slot=slot)
        if not sentences:
            return redirect(f"{request.get_full_path()}#slot-{slot}")
        failures[slot] = sentences
        draft = my_draft(request, public_id)
    elif not draft.unlocked(EVIDENCE):
        return redirect(home(draft.filing))
    slots = presenters.slot_cards(draft, failures)
    context = {
        "filing": draft.filing,
        "slots": slots,
        "form_errors": presenters.slot_errors(slots, failures),
        "back_href": onward(request, draft.filing),
    }
    return render(request, "filing/evidence.html", context, status=422 if failures else 200)


@require_POST
def material_remove(request: HttpRequest, public_id: UUID, material_id: UUID) -> HttpResponse:
    """Take a file out of its slot."""
    actor = actor_of(request)
    filing = my_filing(request, public_id)
    services.remove_material(filing_id=filing.pk, material_public_id=material_id, actor=actor)
    return redirect("filing:evidence", public_id=public_id)


@require_http_methods(["GET", "POST"])
def delivery(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """How papers reach the applicant."""
    draft = my_draft(request, public_id)
    filing = draft.filing
    if request.method == "GET" and not draft.unlocked(DELIVERY):
        return redirect(home(filing))
    kept = delivery_kept(filing)
    form = forms.DeliveryForm(
        request.POST if request.method == "POST" else None,
        initial=kept,
        for_another=actor_of(request).helper is not None,
    )
    carry(request, form, kept)

    def save() -> object:
        agreed = form.cleaned_data["e_delivery"] == "yes"
        actor, seen = actor_of(request), carried(request)
        return services.save_delivery(filing_id=filing.pk, e_delivery=agreed, actor=actor, seen=seen)

    if carried_out(form, save):
        return redirect(onward(request, filing))
    mine = draft.side(SIDE_OF_TASK[ME])
    back = onward(request, filing)
    return form_page(request, "filing/delivery.html", form, filing=filing, mine=mine, back_href=back)


@require_http_methods(["GET", "POST"])
def check(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Everything once more, the statement, and sending. A repeated click gives the same result."""
    actor, draft = actor_of(request), my_draft(request, public_id)
    filing = draft.filing
    if filing.status not in OPEN_STATES:
        return redirect("filing:sent", public_id=public_id)
    follow = services.materials_may_follow(draft)
    form = forms.StatementForm(
        filing.applicant.name,
        request.POST if request.method == "POST" else None,
        for_another=actor.helper is not None,
    )
    carry(request, form, sending_kept(filing))
    if request.method == "POST" and form.is_valid():
        name, seen = form.cleaned_data["signed_name"], request.POST.get(SEEN)

        def write() -> str:
            if filing.is_defence:
                services.receive_defence(filing_id=filing.pk, actor=actor, signed_name=name, seen=seen)
            else:
                services.submit_filing(
                    filing_id=filing.pk,
                    actor=actor,
                    signed_name=name,
                    materials_follow=follow,
                    seen=seen,
                )
            return reverse("filing:sent", args=[public_id])

        try:
            body = request_hash([str(public_id), name])
            target = once(
                actor=actor, route="filing.submit", key=form_key(request), body_hash=body, write=write
            )
            return redirect(target)
        except (InvalidInput, StaleVersion) as error:
            add_errors(form, error)
    return form_page(
        request,
        "filing/check.html",
        form,
        filing=filing,
        sections=presenters.check_sections(draft),
        gaps=[] if follow else presenters.gap_links(draft),
        follow="、".join(draft.missing_papers()) if follow else "",
        notices=draft.form.notices(filing.answers),
        form_key=form_key(request),
    )


@require_safe
def sent(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Number, date and the signed receipt; also what a reopened form shows (UX §9 “done already”)."""
    draft = my_draft(request, public_id)
    filing = draft.filing
    if filing.first_submitted_at is None:
        return redirect(home(filing))
    receipt = receipt_of(filing, events.RECEIVED if filing.is_defence else events.SUBMITTED)
    template = "filing/defence_sent.html" if filing.is_defence else "filing/sent.html"
    context = {"filing": filing, "receipt": receipt, "late_papers": presenters.late_papers(draft)}
    return render(request, template, context)


@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take the application back, after a page that says what it means."""
    actor = actor_of(request)
    filing = my_filing(request, public_id)
    if request.method == "POST":
        services.withdraw_filing(filing_id=filing.pk, actor=actor)
        messages.success(request, _("申请已撤回。需要时可以重新申请。"))
        return redirect("pages:my")
    if filing.status not in (*OPEN_STATES, FilingStatus.SUBMITTED, FilingStatus.MEDIATING):
        return redirect(home(filing))
    return render(request, "filing/withdraw.html", {"filing": filing, "back_href": home(filing)})
