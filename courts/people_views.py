"""/manage/people/: the staff of a court, for its administrators, its discipline office and its auditor (row 37)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import allows
from accounts.models import User
from accounts.step_up import step_up
from common import clock, crypto
from common.actor import Actor, Role
from common.errors import DomainError, NotAllowed, NotVisible
from common.pages import actor_of, carried_out, form_page, posted_id
from common.templatetags.time_words import day_words
from common.two_people import ProposalState, standing
from courts import people_services as services
from courts.models import StaffChange, StaffPost
from courts.people_forms import ChangeForm, InviteForm, PeopleSearchForm, PostForm, post_words, role_words
from courts.people_selectors import visible_changes, visible_people, visible_person

PER_PAGE = 25
FRESH = "fresh_invitation"
"""Session key of an invitation that is to be shown once; encrypted (SEC-67)."""
DONE = {
    "agree": gettext_lazy("已同意，马上生效。"),
    "refuse": gettext_lazy("已退回，没有改动。"),
    "withdraw": gettext_lazy("已撤回。"),
}
WAITS = gettext_lazy("已提出，等另一个人同意。")


def _reader(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    if not allows(actor, "people.read"):
        raise NotAllowed(_("人员和岗位由本院系统管理员、督察室和审计员查看。"))
    return actor


@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """Everybody, with posts and state; what waits for a second person on top."""
    actor = _reader(request)
    form = PeopleSearchForm({"q": request.GET.get("q", "")})
    page = Paginator(visible_people(actor, form.words()), PER_PAGE).get_page(request.GET.get("page"))
    changes = visible_changes(actor)
    context = {
        "form": form,
        "page": page,
        "rows": [{"user": user, "posts": _posts(user), "state": _state(user)} for user in page],
        "waiting": [_shown(row) for row in changes.filter(state=ProposalState.PROPOSED)[:50]],
        "may_invite": allows(actor, "people.invite"),
    }
    return render(request, "courts/people.html", context)


@step_up()
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Invite somebody; the address is shown on the page of the new account, once."""
    actor = _reader(request)
    if not allows(actor, "people.invite"):
        raise NotAllowed(_("工作人员由本院系统管理员邀请。"))
    form = InviteForm(request.POST if request.method == "POST" else None)
    made: list[tuple[User, str]] = []
    if carried_out(form, lambda: made.append(services.invite(actor=actor, **form.cleaned_data))):
        user, token = made[0]
        _keep_fresh(request, user, token)
        return redirect("courts:person", user.public_id)
    return form_page(request, "courts/person_new.html", form)


@step_up()
@require_http_methods(["GET", "POST"])
def person(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One member of staff: posts, what was proposed, and the forms for more."""
    actor = _reader(request)
    user = visible_person(actor, public_id)
    if user is None:
        raise NotVisible(_("没有这个页面。"))
    do = request.POST.get("do", "")
    if do in DONE:
        return _decide(request, user, do)
    sent = request.POST if request.method == "POST" else None
    post_form = PostForm(actor.court_id or 0, user, sent if do == "post" else None)
    change_form = ChangeForm(_choices(actor, user), sent if do != "post" else None)
    bound = post_form if do == "post" else change_form
    words: list[str] = []
    if carried_out(bound, lambda: words.append(_carry_out(bound, user, actor))):
        messages.success(request, words[0])
        return redirect("courts:person", public_id)
    changes = visible_changes(actor).filter(user=user)[:30]
    return form_page(
        request,
        "courts/person.html",
        bound,
        post_form=post_form,
        change_form=change_form,
        user_shown=user,
        facts=_facts(user),
        posts=_posts(user),
        changes=[_shown(row) | standing(row, actor, may_decide=_may_decide(actor, row)) for row in changes],
        fresh=_fresh(request, user),
        may_keep=allows(actor, "people.keep") and user.pk != actor.user_id,
        own=user.pk == actor.user_id,
    )


def _decide(request: HttpRequest, user: User, do: str) -> HttpResponse:
    public_id = posted_id(request, "proposal")
    try:
        _row, token = services.decide(public_id=public_id, move=do, actor=actor_of(request))
    except (NotAllowed, NotVisible):
        raise
    except DomainError as error:
        messages.error(request, error.message)
    else:
        if token:
            _keep_fresh(request, user, token)
        messages.success(request, str(DONE[do]))
    return redirect("courts:person", user.public_id)


def _carry_out(form: PostForm | ChangeForm, user: User, actor: Actor) -> str:
    data, about = form.cleaned_data, user.public_id
    if isinstance(form, PostForm):
        wish = services.NewPost(
            role=Role(data["role"]),
            division=form.divisions.get(data["division"]),
            from_on=data["from_on"],
            until_on=data["until_on"],
            deputy=form.deputies.get(data["deputy"]),
        )
        services.propose_post(user_id=about, wish=wish, reason=data["reason"], actor=actor)
        return str(WAITS)
    what, reason = data["what"], data["reason"]
    if what == "disable":
        services.disable(user_id=about, reason=reason, actor=actor)
        return _("已停用，这个人的登录都已结束。要重新启用，需要两个人。")
    if what == "enable":
        services.propose_enabling(user_id=about, reason=reason, actor=actor)
    elif what == "password":
        services.propose_password(user_id=about, reason=reason, actor=actor)
    else:
        services.propose_end(user_id=about, post_id=UUID(what), reason=reason, actor=actor)
    return str(WAITS)


def _choices(actor: Actor, user: User) -> list[tuple[str, str]]:
    held = [post for post in user.posts_now if post.court_id == actor.court_id]  # type: ignore[attr-defined]
    rows = [
        (str(post.public_id), _("结束岗位：%(post)s（要另一人同意）") % {"post": post_words(post)})
        for post in held
    ]
    if user.is_active:
        rows.append(("password", _("忘了密码，重新设置（要另一人同意）")))
        rows.append(("disable", _("停用账号（马上生效）")))
    else:
        rows.append(("enable", _("重新启用账号（要另一人同意）")))
    return rows


def _posts(user: User) -> list[str]:
    """Posts in words, with their days."""
    return [post_words(post) + _days(post) for post in user.posts_now]  # type: ignore[attr-defined]


def _days(post: StaffPost) -> str:
    parts = []
    if post.starts_at > clock.process_now():
        parts.append(_("%(day)s起") % {"day": day_words(clock.beijing_day(post.starts_at))})
    if post.ends_at is not None:
        parts.append(_("到%(day)s") % {"day": day_words(clock.beijing_day(post.ends_at))})
    return f"（{'，'.join(parts)}）" if parts else ""


def _state(user: User) -> str:
    if not user.is_active:
        return _("已停用")
    if not user.can_sign_in():
        return _("已过期")
    return _("在用") if user.has_usable_password() else _("等本人设置密码")


def _facts(user: User) -> list[dict[str, Any]]:
    rows = [
        (_("工号"), user.staff_no),
        (_("用户名"), user.username),
        (_("账号"), _state(user)),
    ]
    if user.disabled_reason:
        rows.append((_("停用的理由"), user.disabled_reason))
    if user.company and user.valid_until:
        rows.append((_("所属公司"), user.company))
        rows.append((_("账号到期"), day_words(clock.beijing_day(user.valid_until))))
    return [{"label": label, "value": value} for label, value in rows]


def _shown(row: StaffChange) -> dict[str, Any]:
    """A proposal in words."""
    what = row.get_kind_display()
    if row.role:
        what = f"{what}：{row.division or ''} {role_words(row.role)}".replace("： ", "：")
    elif row.post:
        what = f"{what}：{post_words(row.post)}"
    facts = [(_("理由"), row.reason)]
    if row.kind == "start":
        since = day_words(row.from_on) if row.from_on else _("同意的时候")
        facts.append((_("从"), since))
        facts.append((_("最后一天"), day_words(row.until_on) if row.until_on else _("没有写")))
        if row.deputy:
            facts.append((_("平时谁代班"), row.deputy.user.name))
    return {
        "row": row,
        "what": what,
        "facts": [{"label": label, "value": value} for label, value in facts],
    }


def _may_decide(actor: Actor, row: StaffChange) -> bool:
    """Asked of what waits only: it may cost a query."""
    waits = row.state == ProposalState.PROPOSED
    return waits and row.user_id != actor.user_id and services.decides(actor, row)


def _keep_fresh(request: HttpRequest, user: User, token: str) -> None:
    host = settings.STAFF_HOST or settings.SITE_HOST
    scheme = settings.PUBLIC_URL.partition(":")[0]
    address = f"{scheme}://{host}{reverse('accounts:welcome', args=[token])}"
    request.session[FRESH] = [str(user.public_id), crypto.encrypt(address, context=FRESH)]


def _fresh(request: HttpRequest, user: User) -> str:
    """The address of an invitation, on the first look only."""
    kept = request.session.get(FRESH)
    if not kept or request.method != "GET" or kept[0] != str(user.public_id):
        return ""
    del request.session[FRESH]
    return crypto.decrypt(kept[1], context=FRESH)
