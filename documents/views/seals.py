"""电子签章: which seal stands on a court's papers, its certificate, what was used before; a new one is proposed and agreed to here."""

from __future__ import annotations

from typing import Any

from asn1crypto import pem, x509
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.step_up import step_up
from common.errors import Conflict, GatewayUnavailable, InvalidInput, NotAllowed
from common.forms import ChoiceField, LineField, PlainForm
from common.pages import actor_of, add_errors, form_page, posted_id
from common.templatetags.time_words import moment
from common.two_people import ProposalState, standing
from courts.models import Division
from documents.models import Seal, SealProposal
from documents.policies import can_keep_seals
from documents.rendering.templates import TEMPLATES
from documents.selectors import held_copies, seal_proposals_of, seals_of
from documents.services import seals as services
from signer.protocol import SEAL_ID

AWAY = gettext_lazy("签章服务现在没有回应，没有做任何改动。请过几分钟再试。")


class SealForm(PlainForm):
    """Which seal, for whom, on which papers."""

    name = LineField(
        label=gettext_lazy("签章名"),
        max_length=40,
        help_text=gettext_lazy("签章服务里的名字，小写字母、数字和连字符"),
    )
    division = ChoiceField(label=gettext_lazy("给谁用"), required=False)
    templates = forms.MultipleChoiceField(
        label=gettext_lazy("用在哪几种文书上"),
        help_text=gettext_lazy("只有庭室的签章要选；裁判文书、传票要盖本院的章，请不要选"),
        choices=[(name, template.title) for name, template in TEMPLATES.items()],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, divisions: dict[str, Division], data: Any = None) -> None:
        super().__init__(data)
        self.divisions = divisions
        own: Any = self.fields["division"]
        whole = [("", _("本院（全部文书）"))]
        own.choices = [*whole, *((key, one.name) for key, one in divisions.items())]

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if not SEAL_ID.fullmatch(name):
            raise forms.ValidationError(_("签章名只能有小写字母、数字和连字符"))
        return name


@step_up()
@require_http_methods(["GET", "POST"])
def seals(request: HttpRequest) -> HttpResponse:
    """What is in use, what waits for a second person, what was used before."""
    actor = actor_of(request)
    if not can_keep_seals(actor):
        raise NotAllowed(_("电子签章由庭长和系统管理员维护。"))
    court_id = actor.court_id or 0
    divisions = {str(one.pk): one for one in Division.objects.filter(court_id=court_id).order_by("name")}
    form = SealForm(divisions, request.POST if request.method == "POST" else None)
    if request.method == "POST":
        done = _decide(request) if request.POST.get("do") in DONE else _propose(request, form)
        if done is not None:
            return done
    rows = seals_of(court_id)
    in_use = {row.division_id: row for row in rows if row.used_until is None}
    return form_page(
        request,
        "documents/seals.html",
        form,
        now=[_shown(row) for row in rows if row.used_until is None],
        before=[_shown(row) for row in rows if row.used_until is not None],
        proposals=[
            _shown(row, in_use.get(row.division_id)) | standing(row, actor)
            for row in seal_proposals_of(actor)
        ],
        papers_held=held_copies(court_id=court_id),
    )


def _propose(request: HttpRequest, form: SealForm) -> HttpResponse | None:
    """The redirect, or None with what is wrong in the form."""
    if not form.is_valid():
        return None
    try:
        services.propose_seal(
            name=form.cleaned_data["name"],
            division=form.divisions.get(form.cleaned_data["division"]),
            templates=form.cleaned_data["templates"],
            actor=actor_of(request),
        )
    except (InvalidInput, Conflict) as error:
        add_errors(form, error)
    except GatewayUnavailable:
        form.add_error(None, str(AWAY))
    else:
        messages.success(request, _("已提出，等另一个人同意以后启用。"))
        return redirect("documents:seals")
    return None


DONE = {
    "agree": gettext_lazy("已启用，从现在起的文书用这个签章。"),
    "refuse": gettext_lazy("已退回，不启用。"),
    "withdraw": gettext_lazy("已撤回。"),
}


def _decide(request: HttpRequest) -> HttpResponse:
    public_id, move, actor = posted_id(request, "proposal"), request.POST["do"], actor_of(request)
    try:
        if move == "agree":
            services.agree_to_seal(public_id=public_id, actor=actor)
        else:
            services.drop_seal(public_id=public_id, move=move, actor=actor)
    except GatewayUnavailable:
        messages.error(request, str(AWAY))
    except InvalidInput as error:
        messages.error(request, error.message)
    else:
        messages.success(request, str(DONE[move]))
    return redirect("documents:seals")


def _shown(row: Seal | SealProposal, before: Seal | None = None) -> dict[str, Any]:
    """A row with what its certificate says; ``before`` is the seal in use in the place of a proposal."""
    _kind, _headers, der = pem.unarmor(row.certificate.encode())
    certificate = x509.Certificate.load(der)
    papers = "、".join(str(TEMPLATES[name].title) for name in row.templates if name in TEMPLATES)
    facts = [
        (_("用在"), papers or _("本院全部文书")),
        (_("签章名"), row.name),
        (_("证书给谁"), _common_name(certificate.subject)),
        (_("签发机构"), _common_name(certificate.issuer)),
        (_("证书从"), moment(certificate.not_valid_before)),
        (_("证书到"), moment(certificate.not_valid_after)),
        (_("证书指纹（SHA-256）"), row.fingerprint),
    ]
    if isinstance(row, Seal):
        facts.append((_("启用"), moment(row.used_from)))
        facts += [(_("停用"), moment(row.used_until))] if row.used_until else []
    else:
        if row.state == ProposalState.PROPOSED:
            since = _("%(name)s（%(day)s启用）")
            replaced = since % {"name": before.name, "day": moment(before.used_from)} if before else _("没有")
            facts.append((_("代替"), replaced))
    return {
        "row": row,
        "whose": row.division.name if row.division else row.court.name,
        "facts": [{"label": label, "value": value} for label, value in facts],
    }


def _common_name(name: x509.Name) -> str:
    return str(name.native.get("common_name") or name.human_friendly)
