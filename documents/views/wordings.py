"""文书用语: a court's own words in its papers, changed through fields and agreed to by a second person."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.files.base import ContentFile
from django.forms import Textarea
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from common import clock
from common.errors import NotAllowed, NotVisible
from common.forms import DayField, LineField, PlainForm, TextField
from common.pages import actor_of, carried_out, form_page, posted_number
from common.two_people import standing
from documents.models import Wording, WordingState
from documents.policies import can_keep_wordings, visible_wordings
from documents.rendering.preview import draft_pdf, page_picture
from documents.rendering.samples import sample
from documents.rendering.templates import TEMPLATES
from documents.rendering.wording import slots_of
from documents.responses import shield
from documents.selectors import wordings_of
from documents.services import wordings as services
from documents.services.wordings import current_wording


class WordingForm(PlainForm):
    """The court's words in one template, from when, and why."""

    def __init__(self, template: str, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        for slot in slots_of(template):
            kind: Any = TextField if slot.several_lines else LineField
            self.fields[slot.name] = kind(
                label=slot.label,
                help_text=slot.hint,
                required=False,
                max_length=slot.longest,
                widget=Textarea(attrs={"rows": 3}),
            )
        self.fields["effective_on"] = DayField(
            label=gettext_lazy("启用日期"),
            help_text=gettext_lazy("从这一天起的文书用新的；已经发出的不变"),
            past_allowed=False,
        )
        self.fields["note"] = LineField(label=gettext_lazy("为什么改"), max_length=200)

    def texts(self) -> dict[str, str]:
        """The words by slot; only of a valid form."""
        return {
            name: words for name, words in self.cleaned_data.items() if name not in ("effective_on", "note")
        }


def _need(request: HttpRequest, template: str = "") -> None:
    if not can_keep_wordings(actor_of(request)):
        raise NotAllowed(_("文书用语由庭长和系统管理员维护。"))
    if template and template not in TEMPLATES:
        raise NotVisible(_("没有这个页面。"))


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Every template, with the version that counts today and what waits for a second person."""
    _need(request)
    today = clock.today()
    found: dict[str, dict[str, Any]] = {name: {"template": one} for name, one in TEMPLATES.items()}
    for row in visible_wordings(actor_of(request)).order_by("effective_on", "number"):
        if row.state == WordingState.APPROVED:
            key = "current" if row.effective_on <= today else "coming"
            found[row.template][key] = row
        elif row.state == WordingState.PROPOSED:
            found[row.template]["waiting"] = row
    return render(request, "documents/wordings.html", {"rows": list(found.values())})


DONE = {
    "agree": gettext_lazy("已同意，到启用日期自动使用。"),
    "refuse": gettext_lazy("已退回，不启用。"),
    "withdraw": gettext_lazy("已撤回。"),
}


@require_http_methods(["GET", "POST"])
def wording(request: HttpRequest, template: str) -> HttpResponse:
    """One template: what counts, what waits, every version; a new one is proposed here, from any earlier one too."""
    _need(request, template)
    actor = actor_of(request)
    rows = wordings_of(actor, template)
    now = current_wording(actor.court_id or 0, template, clock.today())
    context = {
        "name": template,
        "title": TEMPLATES[template].title,
        "rows": [standing(row, actor) | {"texts": _words(row)} for row in rows],
        "now": now,
        "waiting": next((row for row in rows if row.state == WordingState.PROPOSED), None),
    }
    if request.method != "POST":
        start = next((row for row in rows if str(row.number) == request.GET.get("from", "")), now)
        form = WordingForm(template, initial=dict(start.texts) if start else {})
        return render(request, "documents/wording.html", context | {"form": form})
    move = request.POST.get("do", "")
    if move in DONE:
        number = posted_number(request, "proposal") or 0
        services.decide_wording(template=template, number=number, move=move, actor=actor)
        messages.success(request, str(DONE[move]))
        return redirect("documents:wording", template=template)
    form = WordingForm(template, request.POST)

    def propose() -> None:
        services.propose_wording(
            template=template,
            texts=form.texts(),
            note=form.cleaned_data["note"],
            effective_on=form.cleaned_data["effective_on"],
            actor=actor,
        )

    if carried_out(form, propose):
        messages.success(request, _("已提出，等另一个人同意以后启用。"))
        return redirect("documents:wording", template=template)
    return form_page(request, "documents/wording.html", form, **context)


def _words(row: Wording) -> list[dict[str, Any]]:
    return [
        {"label": slot.label, "value": row.texts[slot.name]}
        for slot in slots_of(row.template)
        if row.texts.get(slot.name)
    ]


def _sample(request: HttpRequest, template: str, number: int) -> bytes:
    """The everyday sample with the words of a version and the name of the court."""
    _need(request, template)
    actor = actor_of(request)
    found = next((row for row in wordings_of(actor, template) if row.number == number), None)
    if found is None:
        raise NotVisible(_("没有这个页面。"))
    example = sample(template)
    return draft_pdf(
        template,
        example.content,
        court=found.court,
        addressee=example.addressee,
        moment=clock.now(),
        words=found.texts,
    )


@require_safe
def sample_pdf(request: HttpRequest, template: str, number: int) -> FileResponse:
    """A version printed with sample data."""
    content = ContentFile(_sample(request, template, number))
    name = f"{TEMPLATES[template].title}_{number}.pdf"
    return shield(FileResponse(content, filename=name, content_type="application/pdf"), attachment=False)


@require_safe
def sample_page(request: HttpRequest, template: str, number: int) -> FileResponse:
    """Its first page as a picture."""
    picture = page_picture(_sample(request, template, number), 1) or b""
    name = f"{number}.jpg"
    return shield(
        FileResponse(ContentFile(picture), filename=name, content_type="image/jpeg"), attachment=False
    )
