"""代录 at the desk: begin for a person, the slip to print. In between the clerk uses the applicant's own pages."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import allows
from accounts.models import IdKind
from accounts.services import once, request_hash
from common import clock
from common.errors import InvalidInput, NotAllowed
from common.pages import actor_of, add_errors, form_key, form_page
from eventlog.selectors import receipt_of
from filing import events
from filing.forms.ways import KeyForm
from filing.models import FilingStatus
from filing.services import keyed as services
from filing.ways_selectors import court_of, keyed_for

EMPTY_AS_TYPED = ("cause_found",)


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Who stands here and what he brings; then the pages of an application. Ten clicks make one draft."""
    actor = actor_of(request)
    if not allows(actor, "filing.key") or actor.court_id is None:
        raise NotAllowed(_("代录由本院立案人员办理。"))
    form = KeyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        person = services.Person(data["name"], IdKind(data["id_kind"]), data["id_number"], data["phone"])
        what = services.What(data["form"], data["cause_found"], court_of(actor.court_id))

        def write() -> str:
            return str(services.start_keyed(person=person, what=what, actor=actor).public_id)

        typed = {name: str(value) for name, value in data.items() if name not in EMPTY_AS_TYPED}
        try:
            made = once(
                actor=actor,
                route="filing.keyed",
                key=form_key(request),
                body_hash=request_hash(typed),
                write=write,
            )
            return redirect("filing:tasks", public_id=made)
        except InvalidInput as error:
            add_errors(form, error)
    return form_page(request, "filing/keyed_new.html", form, form_key=form_key(request))


@require_safe
def slip(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What the person takes home, in 18 points: number, date, who keyed it in, whom to call."""
    actor = actor_of(request)
    filing = keyed_for(actor, public_id)
    context = {
        "filing": filing,
        "sent": filing.status != FilingStatus.DRAFT,
        "receipt": receipt_of(filing, events.SUBMITTED),
        "number": filing.number,
        "court_name": filing.deciding_court.name,
        "printed_at": clock.now(),
        "back_href": "/desk/filings/",
        "parties": list(filing.parties.all()),
    }
    return render(request, "filing/keyed_slip.html", context)
