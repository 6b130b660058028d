"""The applicant's draft: start, task list, tasks, check, send, sent, correction, withdrawal."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from urllib.parse import quote, urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import RealNameLevel
from accounts.services import once, request_hash
from cases.models import Side
from common.errors import InvalidInput
from common.money import format_yuan
from common.pages import actor_of, add_errors, form_key, form_page
from courts.models import Cause, CauseVersion
from eventlog.selectors import receipt_of
from filing import events, forms, selectors, services
from filing.elements import schema
from filing.elements.forms import PageForm
from filing.models import Filing, FilingStatus
from filing.precheck import advice_for

SIDES = {selectors.ME: Side.PLAINTIFF, selectors.OTHER_SIDE: Side.DEFENDANT}


def _home(filing: Filing) -> str:
    return reverse("filing:tasks", args=[filing.public_id])


@require_http_methods(["GET", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """From the pre-check to a draft; the real name is asked once before it."""
    given = {name: (request.POST or request.GET).get(name, "") for name, _form in forms.PRECHECK_STEPS}
    if not all(form({name: given[name]}).is_valid() for name, form in forms.PRECHECK_STEPS):
        return redirect("filing:precheck")
    advice = advice_for(given)
    if not advice.form or advice.court is None:
        return redirect("filing:precheck")
    if request.user.real_name_level != RealNameLevel.REAL_NAME:  # type: ignore[union-attr]
        messages.info(request, _("先填一次您的真实姓名和证件，以后不用再填。"))
        back = f"{request.path}?{urlencode(given)}"
        return redirect(f"{reverse('accounts:real_name')}?next={quote(back)}")
    if request.method == "GET":
        return render(request, "filing/start.html", {"advice": advice, "given": given, "form_key": form_key(request)})
    actor = actor_of(request)
    cause = Cause.objects.filter(name=advice.cause, version=CauseVersion.CIVIL_2025).order_by("-level").first()
    if cause is None:
        raise Http404

    def write() -> str:
        filing = services.start_filing(
            actor=actor, court=advice.court, cause=cause, form=advice.form, precheck=given  # type: ignore[arg-type]
        )
        return _home(filing)

    key = form_key(request)
    return redirect(once(actor=actor, route="filing.start", key=key, body_hash=request_hash(given), write=write))


@require_GET
def tasks(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The task list; after sending the state of the application; after acceptance the case."""
    filing = selectors.filing_for(actor_of(request), public_id)
    draft = selectors.draft_of(filing)
    rows = draft.tasks()
    context = {"filing": filing, "draft": draft, "tasks": rows, "complete": not draft.gaps()}
    if filing.status == FilingStatus.RETURNED:
        return redirect("filing:fix", public_id=public_id)
    template = "filing/tasks.html" if filing.status == FilingStatus.DRAFT else "filing/state.html"
    return render(request, template, context)


@require_GET
def fix(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The correction notice as a task list: only what it names is open (UX §6.3)."""
    filing = selectors.filing_for(actor_of(request), public_id)
    if filing.status != FilingStatus.RETURNED:
        return redirect(_home(filing))
    draft = selectors.draft_of(filing)
    return render(request, "filing/fix.html", {"filing": filing, "draft": draft, "notice": draft.notice})


@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, public_id: UUID, task: str, page: str) -> HttpResponse:
    """One page of the element form."""
    filing = selectors.filing_for(actor_of(request), public_id)
    form_data = schema.load(filing.form)
    found = form_data.pages.get(page)
    if found is None or form_data.task_of_page(page).key != task:
        raise Http404
    form = PageForm(found, filing.answers, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        services.save_page(filing_id=filing.pk, page=page, values=form.values(), actor=actor_of(request))
        return redirect(_after_page(request, filing, task, page))
    pages = form_data.task(task).pages  # type: ignore[union-attr]
    number = [item.key for item in pages].index(page)
    return form_page(
        request,
        "filing/page.html",
        form,
        filing=filing,
        page=found,
        task=form_data.task(task),
        number=number + 1,
        total=len(pages),
        back_href=_page_url(filing, task, pages[number - 1].key) if number else _home(filing),
        leave_href=_home(filing),
        sum_hint=_sum_hint(found, filing.answers),
    )


def _page_url(filing: Filing, task: str, page: str) -> str:
    return reverse("filing:page", args=[filing.public_id, task, page])


def _after_page(request: HttpRequest, filing: Filing, task: str, page: str) -> str:
    """Back to the check page when one answer was changed from there, else on to the next page of the task."""
    if request.GET.get("from") == "check":
        return reverse("filing:check", args=[filing.public_id])
    pages = [item.key for item in schema.load(filing.form).task(task).pages]  # type: ignore[union-attr]
    following = pages[pages.index(page) + 1 :]
    return _page_url(filing, task, following[0]) if following else _home(filing)


def _sum_hint(found: schema.Page, answers: dict[str, Any]) -> str:
    """The sum of the single claims, as help for the total; never enforced (elements.md 校验联动)."""
    for item in found.fields:
        parts = [Decimal(answers[key]) for key in item.sum_of if answers.get(key)]
        if parts:
            return _("您前面填的各项合计是 %(sum)s") % {"sum": format_yuan(sum(parts, Decimal(0)))}
    return ""


@require_GET
def people(request: HttpRequest, public_id: UUID, task: str) -> HttpResponse:
    """The people of one side."""
    filing = selectors.filing_for(actor_of(request), public_id)
    draft = selectors.draft_of(filing)
    if not draft.side(SIDES[task]):
        return redirect("filing:person_new", public_id=public_id, task=task)
    context = {"filing": filing, "task": task, "people": draft.side(SIDES[task]), "side": SIDES[task]}
    return render(request, "filing/people.html", context)


@require_http_methods(["GET", "POST"])
def person(request: HttpRequest, public_id: UUID, task: str, party_id: UUID | None = None) -> HttpResponse:
    """Add or change one person."""
    actor = actor_of(request)
    filing = selectors.filing_for(actor, public_id)
    side = SIDES[task]
    existing = filing.parties.filter(public_id=party_id, side=side).first() if party_id else None
    if party_id and existing is None:
        raise Http404
    initial = {name: getattr(existing, name) for name in forms.PartyForm.base_fields} if existing else _me(request, task, filing)
    form = forms.PartyForm(side, request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.save_party(
                filing_id=filing.pk, side=side, values=form.values(), actor=actor, party_public_id=party_id
            )
        except InvalidInput as error:
            add_errors(form, error)
        else:
            return redirect("filing:people", public_id=public_id, task=task)
    return form_page(request, "filing/person.html", form, filing=filing, task=task, existing=existing)


def _me(request: HttpRequest, task: str, filing: Filing) -> dict[str, Any]:
    """The account's own data for the first plaintiff; the other side's kind from the pre-check."""
    if task != selectors.ME:
        return {"kind": filing.precheck.get("who", "natural")}
    if filing.parties.filter(side=Side.PLAINTIFF).exists():
        return {"kind": "natural"}
    user: Any = request.user
    return {"kind": "natural", "name": user.name, "id_kind": user.id_kind, "id_number": user.id_number, "phone": user.phone}


@require_POST
def person_remove(request: HttpRequest, public_id: UUID, task: str, party_id: UUID) -> HttpResponse:
    """Take one person out."""
    actor = actor_of(request)
    filing = selectors.filing_for(actor, public_id)
    services.remove_party(filing_id=filing.pk, party_public_id=party_id, actor=actor)
    return redirect("filing:people", public_id=public_id, task=task)


@require_http_methods(["GET", "POST"])
def evidence(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Photos and files by slot; each is kept as soon as it arrives, with a result of its own."""
    actor = actor_of(request)
    filing = selectors.filing_for(actor, public_id)
    failures: dict[str, list[str]] = {}
    if request.method == "POST":
        slot = request.POST.get("slot", "")
        uploads = request.FILES.getlist("files")
        if not uploads:
            failures[slot] = [_("请先选照片或文件，再点上传")]
        for upload in uploads:
            try:
                services.add_material(filing_id=filing.pk, slot=slot, upload=upload, actor=actor)  # type: ignore[arg-type]
            except InvalidInput as error:
                failures.setdefault(slot, []).append(f"{upload.name}：{error.message}")
        if not failures:
            return redirect(f"{request.path}#slot-{slot}")
    draft = selectors.draft_of(filing)
    slots = [
        {"slot": slot, "files": files, "errors": failures.get(slot.key, []), "open": draft.unlocked(selectors.EVIDENCE, slot.key)}
        for slot, files in draft.slots()
    ]
    context = {"filing": filing, "slots": slots, "form_errors": bool(failures), "failures": failures}
    return render(request, "filing/evidence.html", context, status=422 if failures else 200)


@require_POST
def material_remove(request: HttpRequest, public_id: UUID, material_id: UUID) -> HttpResponse:
    """Take a file out of its slot."""
    actor = actor_of(request)
    filing = selectors.filing_for(actor, public_id)
    services.remove_material(filing_id=filing.pk, material_public_id=material_id, actor=actor)
    return redirect("filing:evidence", public_id=public_id)


@require_http_methods(["GET", "POST"])
def delivery(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """How papers reach the applicant."""
    actor = actor_of(request)
    filing = selectors.filing_for(actor, public_id)
    chosen = {True: "yes", False: "no", None: None}[filing.e_delivery]
    form = forms.DeliveryForm(request.POST if request.method == "POST" else None, initial={"e_delivery": chosen})
    if request.method == "POST" and form.is_valid():
        services.save_delivery(filing_id=filing.pk, e_delivery=form.cleaned_data["e_delivery"] == "yes", actor=actor)
        return redirect(_home(filing))
    return form_page(request, "filing/delivery.html", form, filing=filing, back_href=_home(filing))


@require_http_methods(["GET", "POST"])
def check(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Everything once more, the statement, and sending. A repeated click gives the same result."""
    actor = actor_of(request)
    filing = selectors.filing_for(actor, public_id)
    if filing.status not in (FilingStatus.DRAFT, FilingStatus.RETURNED) and request.method == "GET":
        return redirect("filing:sent", public_id=public_id)
    form = forms.StatementForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():

        def write() -> str:
            services.submit_filing(filing_id=filing.pk, actor=actor)
            return reverse("filing:sent", args=[public_id])

        try:
            body = request_hash([str(public_id), form.cleaned_data["signed_name"]])
            target = once(actor=actor, route="filing.submit", key=form_key(request), body_hash=body, write=write)
            return redirect(target)
        except InvalidInput as error:
            add_errors(form, error)
    draft = selectors.draft_of(filing)
    return form_page(
        request,
        "filing/check.html",
        form,
        filing=filing,
        draft=draft,
        answers=selectors.answers_by_task(draft),
        gaps=draft.gaps(),
        form_key=form_key(request),
    )


@require_GET
def sent(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Number, date and the signed receipt; also what a reopened form shows (UX §9 “done already”)."""
    filing = selectors.filing_for(actor_of(request), public_id)
    if filing.first_submitted_at is None:
        return redirect(_home(filing))
    receipt = receipt_of(filing, events.SUBMITTED)
    return render(request, "filing/sent.html", {"filing": filing, "receipt": receipt})


@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take the application back, after a page that says what it means."""
    actor = actor_of(request)
    filing = selectors.filing_for(actor, public_id)
    if request.method == "POST":
        services.withdraw_filing(filing_id=filing.pk, actor=actor)
        messages.success(request, _("申请已撤回。需要时可以重新申请。"))
        return redirect("pages:my")
    return render(request, "filing/withdraw.html", {"filing": filing})
