"""Messages about who acts for whom. Nobody hears names or case numbers by text."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.models import RealNameLevel, User
from cases.models import AccessBasis, AuthorityEnd, Case, Representative
from cases.policies import live_access, live_staff
from eventlog.models import Event
from eventlog.registry import on
from notifications.recipients import Recipient, of_post, of_user
from notifications.services import notify

BY_AGENT = (AuthorityEnd.RESIGNED, AuthorityEnd.DECLINED)


@on("cases.authority_given")
def tell_asked(event: Event) -> None:
    """The agent, when he has an account with this phone and this name. Nobody else's phone gets a text for it."""
    row, case = _about(event)
    if row.access is not None:  # one of the people of an organisation, who need not take it up
        person, title = [of_user(row.access.user)], _("单位派给您一个案件")
        body, link = _("单位派给您一个案件，请登录查看。"), f"/my/cases/{case.public_id}/"
        notify(event, person, kind="authority_given", court=case.court, title=title, body=body, link=link)
        return
    users = User.objects.filter(
        kind="public", phone_index=row.phone_index, name=row.name, real_name_level=RealNameLevel.REAL_NAME
    )
    notify(
        event,
        [of_user(user) for user in users.exclude(phone_index="")],
        kind="authority_given",
        court=case.court,
        title=_("有人委托您代理"),
        body=_("有当事人委托您代理案件，请登录查看，接受以后才能办理。"),
        link="/my/clients/",
    )


@on("cases.authority_taken")
def tell_taken(event: Event) -> None:
    """The party and the court."""
    row, case = _about(event)
    title, body = _("代理人接受了委托"), _("您委托的代理人已经接受，可以替您办理了。您随时可以撤回。")
    link = f"/my/cases/{case.public_id}/agents/?party={row.party.public_id}"
    notify(event, _party(row), kind="authority_taken", court=case.court, title=title, body=body, link=link)
    _tell_court(event, case, title=_("一方当事人有了代理人"), body=_("请看案件的代理人一栏。"))


@on("cases.authority_ended")
def tell_ended(event: Event) -> None:
    """The agent, the party and the court, of whom each may have done it: it is said to all."""
    row, case = _about(event)
    if row.access is not None:
        body = _("您在一个案件里的代理权限已经结束，现在看不到也办不了这个案件。")
        agent, title = [of_user(row.access.user)], _("您的代理权限已结束")
        notify(
            event,
            agent,
            kind="authority_ended",
            court=case.court,
            title=title,
            body=body,
            link="/my/clients/",
        )
    body = (
        _("您委托的代理人没有接受或者辞去了委托。可以另外委托，也可以自己办理。")
        if row.ended_how in BY_AGENT
        else _("您的代理人的权限已经结束，现在看不到也办不了您的案件。")
    )
    link = f"/my/cases/{case.public_id}/agents/?party={row.party.public_id}"
    title = _("代理人的权限已结束")
    notify(event, _party(row), kind="authority_over", court=case.court, title=title, body=body, link=link)
    _tell_court(event, case, title=title, body=_("一方当事人的代理人不再代理，请看案件的代理人一栏。"))


def _about(event: Event) -> tuple[Representative, Case]:
    rows = Representative.objects.select_related("party__case__court", "access__user")
    row = rows.get(public_id=event.payload["representative"])
    return row, row.party.case


def _party(row: Representative) -> list[Recipient]:
    """The party itself, without its agents."""
    own = live_access().filter(party=row.party).exclude(basis=AccessBasis.REPRESENTATION)
    return [of_user(access.user) for access in own.select_related("user")]


def _tell_court(event: Event, case: Case, *, title: str, body: str) -> None:
    """Judge and case clerk."""
    posts = [of_post(row.post) for row in live_staff().filter(case=case).select_related("post__user")]
    link = f"/desk/cases/{case.public_id}/agents/"
    notify(event, posts, kind="authority_of_case", court=case.court, title=title, body=body, link=link)
