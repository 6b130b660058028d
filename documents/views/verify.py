"""“这份文书是真的吗”: the public page. One POST, the answer on the same page; nothing is kept, so nothing to redirect to."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from common.errors import InvalidInput, TooManyRequests
from common.forms import LineField, PlainForm
from common.pages import add_errors
from common.requests import client_address
from common.templatetags.time_words import moment
from documents.services import authenticity
from documents.services.authenticity import Answer, Verdict

KINDS = {Verdict.GENUINE: "ok", Verdict.CHANGED: "err"}
"""How the verdict looks; the others are a warning."""


class PaperForm(PlainForm):
    """A PDF, or serial and check code; a PDF says more, so it is asked when both are given."""

    serial = LineField(
        label=gettext_lazy("份号"),
        required=False,
        max_length=100,
        help_text=gettext_lazy("在二维码旁边，像这样：某1234-2026-000123-1"),
    )
    check_code = LineField(
        label=gettext_lazy("校验码"), required=False, max_length=60, help_text=gettext_lazy("6位字母和数字")
    )
    file = forms.FileField(
        label=gettext_lazy("法院发给您的PDF"),
        required=False,
        allow_empty_file=True,
        max_length=None,
        widget=forms.FileInput,
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        typed = [name for name in ("serial", "check_code") if cleaned.get(name)]
        if self.errors:
            return cleaned
        if not cleaned.get("file") and not typed:
            raise forms.ValidationError(_("请填份号和校验码，或者选一个PDF"))
        if not cleaned.get("file") and len(typed) == 1:
            missing = "check_code" if typed == ["serial"] else "serial"
            self.add_error(missing, _("请填写%(label)s") % {"label": self.fields[missing].label})
        return cleaned


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def paper(request: HttpRequest) -> HttpResponse:
    """Ask or answer; 422 with what to do when something cannot be read, 429 when asked too often."""
    sent = request.method == "POST"
    form = PaperForm(request.POST, request.FILES) if sent else PaperForm()
    answer, status = None, 422 if sent else 200
    if form.is_valid():
        try:
            answer, status = _answer(request, form), 200
        except (InvalidInput, TooManyRequests) as error:
            status = error.status
            add_errors(form, InvalidInput(error.message, **error.fields))
    context = {
        "form": form,
        "answer": answer,
        "kind": KINDS.get(answer.verdict, "warn") if answer else "",
        "facts": _facts(answer) if answer else [],
    }
    response = render(request, "documents/verify.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _facts(answer: Answer) -> list[dict[str, str]]:
    """What is proven of the paper besides the verdict; nothing of its content."""
    rows = []
    if answer.sealed is not None:
        rows.append({"label": _("电子签章"), "value": str(answer.sealed.state.label)})
        if answer.sealed.signer:
            rows.append({"label": _("签章单位"), "value": answer.sealed.signer})
        if answer.sealed.stamped_at is not None:
            rows.append({"label": _("签章时间"), "value": moment(answer.sealed.stamped_at)})
    if answer.case_number:
        rows.append({"label": _("案号"), "value": answer.case_number})
    return rows


def _answer(request: HttpRequest, form: PaperForm) -> Answer:
    asked, address = form.cleaned_data, client_address(request)
    if asked.get("file"):
        return authenticity.verify_upload(upload=asked["file"], address=address)
    return authenticity.verify_codes(serial=asked["serial"], check_code=asked["check_code"], address=address)
