"""帮您填一部分: an uploaded pleading is read, and what it says is taken over only where the applicant ticks it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from common.errors import InvalidInput, NotVisible, StaleVersion
from common.forms import PlainForm
from common.pages import actor_of, add_errors, carried, carry, form_page
from documents.services import text_of
from filing import services
from filing.prefill import Suggestion, suggestions
from filing.reading import read_pleading
from filing.slots import WRITTEN
from filing.views.own import home, my_draft, my_filing


class FileForm(PlainForm):
    """One Word or PDF file."""

    file = forms.FileField(
        label=gettext_lazy("写好的诉状（Word或PDF）"),
        error_messages={
            "required": gettext_lazy("请先选文件"),
            "empty": gettext_lazy("这个文件是空的，请重新选"),
        },
    )


class TakeForm(PlainForm):
    """What to take over; nothing is ticked beforehand."""

    take = forms.MultipleChoiceField(
        label=gettext_lazy("请逐项核对，对的打勾"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": gettext_lazy("请至少选一项，或者返回自己填"),
            "invalid_choice": gettext_lazy("刚才选的，有一项已经填好或者改过了，请再看一遍"),
        },
    )

    def __init__(self, offered: list[Suggestion], data: Any = None) -> None:
        super().__init__(data)
        field: Any = self.fields["take"]
        field.choices = [(one.key, f"{one.label}：{one.value}") for one in offered]
        self.option_hints = {
            "take": {one.key: _("现在写的是：%(now)s") % {"now": one.now} for one in offered if one.now}
        }


@require_http_methods(["GET", "POST"])
def choose(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Upload a pleading; it is kept among the materials."""
    filing = my_filing(request, public_id)
    form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
    if request.method == "POST" and form.is_valid():
        try:
            material = services.add_material(
                filing_id=filing.pk, slot=WRITTEN, upload=form.cleaned_data["file"], actor=actor_of(request)
            )
        except InvalidInput as error:
            form.add_error("file", error.message)
        else:
            return redirect("filing:from_file_take", public_id=public_id, material_id=material.public_id)
    return form_page(request, "filing/from_file.html", form, filing=filing, back_href=home(filing))


@require_http_methods(["GET", "POST"])
def take(request: HttpRequest, public_id: UUID, material_id: UUID) -> HttpResponse:
    """What the file says, beside what stands in the draft."""
    draft = my_draft(request, public_id)
    material = next((one for one in draft.materials if one.public_id == material_id), None)
    if material is None:
        raise NotVisible(_("没有这个页面。"))
    read = read_pleading(text_of(material.file))
    offered = suggestions(draft, read)
    form = TakeForm(offered, request.POST if request.method == "POST" else None)
    carry(request, form, services.offered_kept(offered))
    if request.method == "POST" and offered and form.is_valid():
        taken = set(form.cleaned_data["take"])
        try:
            services.take_over(
                filing_id=draft.filing.pk,
                read=read,
                taken=taken,
                actor=actor_of(request),
                seen=carried(request),
            )
        except StaleVersion as error:
            add_errors(form, error)
        except InvalidInput as error:
            names = {one.key: one.label for one in offered}
            for key, sentence in error.fields.items():
                form.add_error("take", f"{names[key]}：{sentence}" if key in names else str(sentence))
            if not error.fields:
                form.add_error("take", error.message)
        else:
            messages.success(request, _("已填好%(count)s处，请在每一步里再看一遍。") % {"count": len(taken)})
            return redirect(home(draft.filing))
    context = {
        "filing": draft.filing,
        "offered": offered,
        "material": material,
        "back_href": home(draft.filing),
    }
    return form_page(request, "filing/from_file_take.html", form, **context)
