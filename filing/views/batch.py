"""Tables of claims (/my/batches/): template, upload, progress, faulty rows, common papers, one confirmation, results."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
)
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import allows
from accounts.models import RealNameLevel
from cases.models import PartyKind, Side
from common.actor import Actor
from common.errors import InvalidInput, NotAllowed, NotVisible
from common.pages import actor_of, add_errors, carried, carried_out, carry, form_key, form_page
from common.tables import csv_download, download, moment, xlsx_download
from documents.keeping import keep_uploads
from documents.services import heading_of
from filing import presenters
from filing.batch import files
from filing.batch.columns import PROBLEMS, REFERENCE, ROW_NUMBER, batch_forms
from filing.batch.drafts import common_of, paper_slots, plaintiff_of
from filing.batch.forms import BatchForm, BatchStatementForm
from filing.elements import schema
from filing.forms import AgentForm, PartyForm
from filing.kept import common_kept
from filing.models import Batch, BatchRow, BatchState, Capacity
from filing.policies import visible_batches
from filing.services import batch as services

OPEN = (BatchState.READING, BatchState.CHECKED)
SHOWN_PROBLEMS = 20
PER_READ = 500


def _actor(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    if not allows(actor, "filing.create"):
        raise NotAllowed(_("批量立案由当事人或代理人自己提交。请用自己的手机号登录。"))
    return actor


def _batch(request: HttpRequest, public_id: UUID) -> Batch:
    actor = actor_of(request)
    found = visible_batches(actor).filter(public_id=public_id)
    batch = found.select_related("file", "court", "applicant").first()
    if batch is None:
        raise NotVisible(_("没有这个页面。"))
    return batch


@require_safe
def batches(request: HttpRequest) -> HttpResponse:
    """Earlier tables, and the forms that can be filed as one."""
    actor = _actor(request)
    rows = visible_batches(actor).select_related("file").order_by("-id")[:50]
    context = {"forms": batch_forms(), "batches": [(row, schema.load(row.form).cause) for row in rows]}
    return render(request, "filing/batch_list.html", context)


def _form_or_404(key: str) -> schema.ElementForm:
    form = next((form for form in batch_forms() if form.key == key), None)
    if form is None:
        raise Http404
    return form


@require_safe
def template(request: HttpRequest, form: str, kind: str) -> HttpResponseBase:
    """The table to fill in, made from the form's own questions."""
    _actor(request)
    found = _form_or_404(form)
    name = f"{found.cause}-批量立案模板"
    if kind == "csv":
        return csv_download(files.template_rows(form), name)
    if kind != "xlsx":
        raise Http404
    return xlsx_download(files.template_xlsx(form), name)


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, form: str) -> HttpResponse:
    """Template, court, capacity and the filled table; ten clicks make one batch."""
    actor, found = _actor(request), _form_or_404(form)
    if request.user.real_name_level != RealNameLevel.REAL_NAME:  # type: ignore[union-attr]
        messages.info(request, _("先填一次您的真实姓名和证件，以后不用再填。"))
        return redirect(f"{reverse('accounts:real_name')}?next={request.path}")
    sent = request.method == "POST"
    page = BatchForm(request.POST, request.FILES) if sent else BatchForm()
    if sent and page.is_valid():
        try:
            made, is_new = services.start_batch(
                form_key=form,
                court=page.court_chosen(),
                capacity=page.capacity_chosen(),
                upload=page.cleaned_data["file"],
                key=form_key(request),
                actor=actor,
            )
            if not is_new:
                messages.info(
                    request, _("这张表已经收到，不用再传，也不会重复提交。要重新来的，先取消这一批。")
                )
            return redirect("filing:batch", public_id=made)
        except InvalidInput as error:
            add_errors(page, error)
    return form_page(
        request, "filing/batch_new.html", page, found=found, form_key=form_key(request), key=form
    )


@require_safe
def batch(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """How far the work is; what is good, what is not; what is still to be done."""
    found = _batch(request, public_id)
    form = schema.load(found.form)
    done = found.next_row if found.state == BatchState.READING else services.sent_count(found)
    total = found.total_rows if found.state == BatchState.READING else found.good_rows
    faulty = list(found.rows.exclude(problems={}).order_by("number")[:SHOWN_PROBLEMS])
    context = {
        "batch": found,
        "form_data": form,
        "working": found.state in (BatchState.READING, BatchState.SENDING),
        "done": done,
        "total": total,
        "percent": done * 100 // total if total else 0,
        "faulty": [{"number": row.number, "text": problem_words(row)} for row in faulty],
        "tasks": _tasks(found) if found.state == BatchState.CHECKED else [],
    }
    return render(request, "filing/batch.html", context)


def problem_words(row: BatchRow) -> str:
    """The problems of a row in one line, by heading."""
    return "；".join(text if name == PROBLEMS else f"{name}：{text}" for name, text in row.problems.items())


def _tasks(found: Batch) -> list[dict[str, Any]]:
    gaps = services.batch_gaps(found)
    papers = [key for key in gaps if key not in ("rows", "plaintiff", "agent")]
    rows = [
        ("filing:batch_me", _("原告的信息"), _("填一次，每一行都用"), "plaintiff" not in gaps),
    ]
    if common_of(found)["capacity"] == Capacity.AGENT:
        rows.append(("filing:batch_agent", _("代理人的信息"), _("就是您自己"), "agent" not in gaps))
    rows += [
        ("filing:batch_papers", _("共用的材料"), _("传一次，放进每一份申请"), not papers),
    ]
    tasks = [
        {
            "label": label,
            "hint": hint,
            "href": reverse(name, args=[found.public_id]),
            "state": "done" if done else "todo",
        }
        for name, label, hint, done in rows
    ]
    return [{"title": _("每一行都用的"), "tasks": tasks}]


@require_http_methods(["GET", "POST"])
def me(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The plaintiff of all rows."""
    actor, found = actor_of(request), _batch(request, public_id)
    kept = plaintiff_of(found)
    first = kept or {"kind": PartyKind.LEGAL.value}
    page = PartyForm(Side.PLAINTIFF, request.POST if request.method == "POST" else None, initial=first)
    carry(request, page, common_kept(kept))

    def save() -> object:
        return services.save_plaintiff(
            batch_id=found.pk, values=page.values(), actor=actor, seen=carried(request)
        )

    if carried_out(page, save):
        return redirect("filing:batch", public_id=public_id)
    return form_page(request, "filing/batch_me.html", page, batch=found)


@require_http_methods(["GET", "POST"])
def agent(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The agent who files all rows: the account's holder."""
    actor, found = actor_of(request), _batch(request, public_id)
    kept = common_of(found).get("agent")
    first = kept or {"name": found.applicant.name, "phone": found.applicant.phone}
    page = AgentForm(request.POST if request.method == "POST" else None, initial=first)
    carry(request, page, common_kept(kept))

    def save() -> object:
        return services.save_batch_agent(
            batch_id=found.pk, values=page.cleaned_data, actor=actor, seen=carried(request)
        )

    if carried_out(page, save):
        return redirect("filing:batch", public_id=public_id)
    return form_page(request, "filing/batch_me.html", page, batch=found, agent=True)


@require_http_methods(["GET", "POST"])
def papers(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The papers that go into every application, by slot."""
    found = _batch(request, public_id)
    failures: dict[str, list[str]] = {}
    if request.method == "POST":
        slot = request.POST.get("slot", "")
        sentences = keep_uploads(request, services.add_batch_paper, batch_id=found.pk, slot=slot)
        if not sentences:
            return redirect(f"{request.path}#slot-{slot}")
        failures[slot] = sentences
    slots = _paper_cards(found, failures)
    context = {"batch": found, "slots": slots, "form_errors": presenters.slot_errors(slots, failures)}
    return render(request, "filing/batch_papers.html", context, status=422 if failures else 200)


def _paper_cards(found: Batch, failures: dict[str, list[str]]) -> list[dict[str, Any]]:
    kept: dict[str, list[dict[str, Any]]] = {}
    for paper in found.materials.select_related("file"):
        remove = reverse("filing:batch_paper_remove", args=[found.public_id, paper.public_id])
        row = presenters.file_row(paper.file, remove if found.state in OPEN else "")
        kept.setdefault(paper.slot, []).append(row)
    return [
        presenters.slot_card(
            slot, kept.get(slot.key, []), failures, needed=needed, is_open=found.state in OPEN
        )
        for slot, needed in paper_slots(found)
    ]


@require_POST
def paper_remove(request: HttpRequest, public_id: UUID, material_id: UUID) -> HttpResponse:
    """Take a common paper out."""
    found = _batch(request, public_id)
    services.remove_batch_paper(batch_id=found.pk, material_public_id=material_id, actor=actor_of(request))
    return redirect("filing:batch_papers", public_id=public_id)


@require_http_methods(["GET", "POST"])
def send(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One statement and signature for all good rows. A repeated click gives the same result."""
    actor, found = actor_of(request), _batch(request, public_id)
    if found.state != BatchState.CHECKED:
        return redirect("filing:batch", public_id=public_id)
    page = BatchStatementForm(found.applicant.name, request.POST if request.method == "POST" else None)
    if request.method == "POST" and page.is_valid():
        try:
            services.confirm_batch(
                batch_id=found.pk,
                e_delivery=page.cleaned_data["e_delivery"] == "yes",
                signed_name=page.cleaned_data["signed_name"],
                actor=actor,
            )
        except InvalidInput as error:
            add_errors(page, error)
        else:
            return redirect("filing:batch", public_id=public_id)
    return form_page(
        request,
        "filing/batch_send.html",
        page,
        batch=found,
        form_data=schema.load(found.form),
        plaintiff=plaintiff_of(found),
        gaps=list(services.batch_gaps(found).values()),
    )


@require_http_methods(["GET", "POST"])
def cancel(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask once, then nothing of this table is sent."""
    found = _batch(request, public_id)
    if request.method == "POST":
        services.cancel_batch(batch_id=found.pk, actor=actor_of(request))
        messages.success(request, _("这一批已取消，没有提交任何申请。"))
        return redirect("filing:batches")
    return render(request, "filing/batch_cancel.html", {"batch": found})


@require_safe
def problems(request: HttpRequest, public_id: UUID, kind: str) -> HttpResponseBase:
    """The faulty rows as they were, with what is wrong in the last column; the file may be mended and sent in again."""
    found = _batch(request, public_id)
    return download(_problem_rows(found), f"{schema.load(found.form).cause}-要改的行", kind, _("填表"))


def _rows(found: Batch, **which: Any) -> Iterator[BatchRow]:
    """Rows in order, read in pieces, so that ten thousand of them are never held at once."""
    last = 0
    while True:
        piece = list(
            found.rows.filter(number__gt=last, **which).select_related("filing").order_by("number")[:PER_READ]
        )
        yield from piece
        if len(piece) < PER_READ:
            return
        last = piece[-1].number


def _problem_rows(found: Batch) -> Iterator[list[str]]:
    heading = heading_of(found.file)
    own = [place for place, name in enumerate(heading) if name not in (ROW_NUMBER, PROBLEMS)]
    yield [ROW_NUMBER, *(heading[place] for place in own), PROBLEMS]
    for row in _rows(found):
        if row.problems:
            cells = json.loads(row.values).get("cells", [])
            cells += [""] * (len(heading) - len(cells))
            yield [str(row.number), *(cells[place] for place in own), problem_words(row)]


@require_safe
def results(request: HttpRequest, public_id: UUID, kind: str) -> HttpResponseBase:
    """Row by row: the number it got, when, and by when the court answers."""
    found = _batch(request, public_id)
    return download(_result_rows(found), f"{schema.load(found.form).cause}-提交结果", kind, _("填表"))


def _result_rows(found: Batch) -> Iterator[list[str]]:
    yield [ROW_NUMBER, REFERENCE, _("申请编号"), _("状态"), _("提交时间"), _("最晚答复")]
    for row in _rows(found, filing__isnull=False):
        filing: Any = row.filing
        yield [
            str(row.number),
            json.loads(row.values)["reference"],
            filing.number,
            str(filing.get_status_display()),
            moment(filing.submitted_at),
            filing.due_on.isoformat() if filing.due_on else "",
        ]
