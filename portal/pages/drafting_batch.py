"""批量发文书: one kind of paper for many own cases, one row each; its progress, readable without scripts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.services import once, request_hash
from cases.models import Case, DraftState, Stage
from cases.policies import visible_batches
from cases.services import batches
from common.errors import InvalidInput, NotVisible
from common.pages import actor_of, form_key
from documents.rendering.templates import TEMPLATES
from portal.pages.need import need

COMMON = "all"
"""Instead of a case: what is the same for all of them."""


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Choose paper and cases, fill in what differs; everything is checked before anything is made."""
    need(request, "paper.batch", _("这个页面给承办法官和书记员使用。"))
    actor = actor_of(request)
    templates = batches.batch_templates(actor)
    template, stage = request.GET.get("template", ""), request.GET.get("stage", "")
    unsent = bool(request.GET.get("unsent"))
    context: dict[str, Any] = {
        "templates": [(name, TEMPLATES[name].title) for name in templates],
        "stages": [(value, label) for value, label in Stage.choices if value != Stage.CLOSED],
        "stage": stage if stage in Stage.values else "",
        "unsent": unsent,
    }
    if template not in templates:
        return render(request, "pages/papers_batch.html", context | {"template": ""})
    found = list(
        batches.cases_for_batch(actor, template, stage=context["stage"], unsent=unsent)[: batches.LARGEST]
    )
    context |= {"template": template, "form_key": form_key(request)}
    if request.method != "POST":
        return render(request, "pages/papers_batch.html", context | _table(template, found, {}, [], {}))
    chosen = request.POST.getlist("case")
    rows = [
        batches.Row(case, _typed(template, case, request.POST))
        for case in found
        if str(case.public_id) in chosen
    ]
    wrong = {str(row.case.public_id): batches.check_row(template, row.typed) for row in rows}
    problem = ""
    if not any(wrong.values()):

        def write() -> str:
            return str(batches.issue_many(template=template, rows=rows, actor=actor).public_id)

        body = request_hash([template, *(str([row.case.pk, sorted(row.typed.items())]) for row in rows)])
        try:
            made = once(
                actor=actor, route="papers.batch", key=context["form_key"], body_hash=body, write=write
            )
        except InvalidInput as error:
            problem = error.message
        else:
            messages.success(request, _("已排队，正在一件一件发出。"))
            return redirect("pages:papers_batch", public_id=made)
    table = _table(template, found, request.POST, chosen, wrong)
    return render(request, "pages/papers_batch.html", context | table | {"problem": problem}, status=422)


def _typed(template: str, case: Case, sent: Mapping[str, str]) -> dict[str, str]:
    """The text in the row of a case, else what is the same for all."""
    return {
        field.name: sent.get(f"{case.public_id}-{field.name}", "").strip()
        or sent.get(f"{COMMON}-{field.name}", "")
        for field in batches.batch_fields(template)
    }


def _table(
    template: str,
    found: list[Case],
    sent: Mapping[str, str],
    chosen: list[str],
    wrong: Mapping[str, Mapping[str, str]],
) -> dict[str, Any]:
    fields = batches.batch_fields(template)

    def cells(key: str) -> list[dict[str, Any]]:
        return [
            {
                "name": f"{key}-{field.name}",
                "label": field.label,
                "hint": field.hint,
                "value": sent.get(f"{key}-{field.name}", ""),
                "error": wrong.get(key, {}).get(field.name, ""),
            }
            for field in fields
        ]

    rows = [
        {
            "case": case,
            "chosen": str(case.public_id) in chosen,
            "cells": cells(str(case.public_id)),
            "wrong": bool(wrong.get(str(case.public_id))),
        }
        for case in found
    ]
    count = sum(len(problems) for problems in wrong.values())
    return {"fields": fields, "common": cells(COMMON), "rows": rows, "wrong_count": count}


@require_http_methods(["GET", "POST"])
def batch(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """How far it is, which did not go out and why; those are tried again with one button."""
    need(request, "paper.batch", _("这个页面给承办法官和书记员使用。"))
    actor = actor_of(request)
    found = visible_batches(actor).filter(public_id=public_id).first()
    if found is None:
        raise NotVisible(_("没有这个页面。"))
    if request.method == "POST":
        batches.queue_again(batch_id=found.pk, actor=actor)
        messages.success(request, _("没有发成的已重新排队。"))
        return redirect("pages:papers_batch", public_id=public_id)
    rows = list(found.drafts.select_related("case__cause", "paper").order_by("id"))
    out = (DraftState.APPROVED, DraftState.ISSUED)
    context = {
        "batch": found,
        "title": TEMPLATES[found.template].title,
        "rows": rows,
        "total": len(rows),
        "done": sum(row.state in out for row in rows),
        "failed": [row for row in rows if row.state == DraftState.DRAFT and row.failure],
        "waiting": sum(row.state == DraftState.QUEUED for row in rows),
    }
    return render(request, "pages/papers_progress.html", context)
