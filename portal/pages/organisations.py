"""我的单位: an organisation's account, its people, and who of them works in which of its cases (SEC-09)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.models import MemberRole, RealNameLevel, User
from accounts.services import organisations as people
from cases.models import Representative
from cases.services import organisations as work
from common.actor import Actor
from common.errors import DomainError, NotVisible
from common.forms import ChoiceField, DayField, LineField, NameField, PhoneField, PlainForm
from common.pages import actor_of, carried_out, form_page

PER_PAGE = 20


class OrganisationForm(PlainForm):
    """Which organisation."""

    name = NameField(label=gettext_lazy("单位名称"), help_text=gettext_lazy("和营业执照上写的一样"))
    credit_code = LineField(
        label=gettext_lazy("统一社会信用代码"),
        max_length=40,
        help_text=gettext_lazy("营业执照上的18位号码"),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "class": "w-id"}
        ),
    )


class MemberForm(PlainForm):
    """Whom the organisation asks."""

    name = NameField(label=gettext_lazy("姓名"), help_text=gettext_lazy("和身份证上写的一样"))
    phone = PhoneField(
        label=gettext_lazy("手机号"), help_text=gettext_lazy("本人用这个手机号登录、实名，就能接受")
    )
    role = ChoiceField(
        label=gettext_lazy("身份"),
        choices=[
            (MemberRole.HANDLER.value, gettext_lazy("经办人：办派给他的案件")),
            (MemberRole.ADMIN.value, gettext_lazy("管理员：还能邀请经办人、派案件")),
        ],
        widget=forms.RadioSelect,
        ask=gettext_lazy("请选身份"),
    )
    last_day = DayField(
        label=gettext_lazy("到哪一天为止"),
        required=False,
        past_allowed=False,
        help_text=gettext_lazy("不填就一直有效，您随时可以移除"),
    )

    def invitation(self) -> people.Invitation:
        """As the service wants it."""
        return people.Invitation(**{**self.cleaned_data, "role": MemberRole(self.cleaned_data["role"])})


def _actor(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    if not actor.is_public:
        raise NotVisible(_("没有这个页面。"))
    return actor


@require_http_methods(["GET", "POST"])
def organisations(request: HttpRequest) -> HttpResponse:
    """Those one acts for, those that ask, and the form by which a head makes the account of another."""
    actor, user = _actor(request), cast(User, request.user)
    mine, offers = list(people.memberships_of(actor)), list(people.offered_memberships(user))
    if request.POST.get("do") in MEMBER_ACTS:
        _carry_out(request, MEMBER_ACTS, [row.public_id for row in (*mine, *offers)])
        return redirect("pages:organisations")
    form = OrganisationForm(request.POST if request.method == "POST" else None)

    def register() -> None:
        people.register_organisation(user_id=user.pk, actor=actor, **form.cleaned_data)

    if carried_out(form, register):
        messages.success(request, _("单位已登记。现在可以邀请经办人。"))
        return redirect("pages:organisations")
    has_real_name = user.real_name_level == RealNameLevel.REAL_NAME
    context = {"mine": mine, "offers": offers, "has_real_name": has_real_name}
    return form_page(request, "pages/organisations.html", form, **context)


@require_http_methods(["GET", "POST"])
def organisation(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One organisation for its head and administrators: people, cases, who works in which."""
    actor = _actor(request)
    mine = (
        people.memberships_of(actor)
        .filter(organisation__public_id=public_id, role__in=people.KEEPERS)
        .first()
    )
    if mine is None:
        raise NotVisible(_("没有这个页面。"))
    members = list(mine.organisation.members.filter(ended_by=None).order_by("id"))
    if request.POST.get("do") in KEEPER_ACTS:
        _carry_out(request, KEEPER_ACTS, [row.public_id for row in members])
        return redirect("pages:organisation", public_id=public_id)
    form = MemberForm(request.POST if request.method == "POST" else None)

    def invite() -> None:
        people.invite(organisation_id=public_id, person=form.invitation(), actor=actor)

    if carried_out(form, invite):
        messages.success(request, _("已邀请。本人登录、实名、接受以后，就能替单位办理。"))
        return redirect("pages:organisation", public_id=public_id)
    page = Paginator(work.parties_to_show(mine.organisation), PER_PAGE).get_page(request.GET.get("page"))
    working = _working(list(work.handlers_in(mine.organisation).filter(party__in=list(page.object_list))))
    context = {
        "mine": mine,
        "members": members,
        "page": page,
        "cases": [{"party": party, "working": working.get(party.pk, [])} for party in page.object_list],
        "may_work": [
            row for row in people.live_members().filter(organisation=mine.organisation).order_by("id")
        ],
        "may_remove": mine.role == MemberRole.HEAD,
    }
    return form_page(request, "pages/organisation.html", form, **context)


def _working(rows: list[Representative]) -> dict[int, list[Representative]]:
    """By party."""
    found: dict[int, list[Representative]] = {}
    for row in rows:
        found.setdefault(row.party_id, []).append(row)
    return found


Act = tuple[Callable[..., object], Any]
MEMBER_ACTS: dict[str, Act] = {
    "take": (people.take_membership, gettext_lazy("已接受。")),
    "leave": (people.end_membership, gettext_lazy("好的，您不再替这个单位办理。")),
}


def _assign(*, public_id: UUID, party_id: UUID, actor: Actor) -> None:
    work.assign_handler(party_id=party_id, member_id=public_id, actor=actor)


def _release(*, public_id: UUID, party_id: UUID, actor: Actor) -> None:
    work.release_handler(party_id=party_id, member_id=public_id, actor=actor)


KEEPER_ACTS: dict[str, Act] = {
    "end": (people.end_membership, gettext_lazy("已移除。从现在起，这个人不能再替单位办理。")),
    "assign": (_assign, gettext_lazy("已派给他办理。")),
    "release": (_release, gettext_lazy("已收回。从现在起，这个人看不到也办不了这个案件。")),
}


def _carry_out(request: HttpRequest, acts: dict[str, Act], shown: list[UUID]) -> None:
    """What a button asks for about one of the people shown; a refusal stands on the page that follows."""
    do = request.POST["do"]
    chosen = [one for one in shown if str(one) == request.POST.get("member")]
    if not chosen:
        raise NotVisible(_("没有这个页面。"))
    asked: dict[str, Any] = {"public_id": chosen[0], "actor": actor_of(request)}
    if do in ("assign", "release"):
        try:
            asked["party_id"] = UUID(request.POST.get("of", ""))
        except ValueError:
            raise NotVisible(_("没有这个页面。")) from None
    service, words = acts[do]
    try:
        service(**asked)
    except NotVisible:
        raise
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, str(words))
