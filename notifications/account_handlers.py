"""Messages about an account itself."""

from __future__ import annotations

from django.utils.translation import gettext as _

from courts.models import Court
from eventlog.models import Event
from eventlog.registry import on
from notifications.recipients import Recipient
from notifications.services import notify


@on("accounts.factor_reset_proposed")
def tell_reset_proposed(event: Event) -> None:
    """The owner, before anything changes: somebody else may be asking in his name (SEC-04)."""
    body = _("一位管理员申请重设您的第二步验证，还要另一位管理员同意。不是您要求的，请马上告诉信息中心。")
    _tell_owner(event, kind="factor_reset_proposed", title=_("有人申请重设您的第二步验证"), body=body)


@on("accounts.factors_reset")
def tell_reset(event: Event) -> None:
    body = _(
        "两位管理员重设了您的第二步验证，以前的方式和备用码都不能用了。不是您要求的，请马上告诉信息中心。"
    )
    _tell_owner(event, kind="factors_reset", title=_("您的第二步验证已重设"), body=body)


@on("courts.staff_change_proposed")
def tell_change_proposed(event: Event) -> None:
    """The owner of a password that somebody wants to have set anew, before anything changes (SEC-15). Other proposals stand on the
    page of people."""
    if event.payload["kind"] == "password":
        body = _("一位管理员申请让您重新设置密码，还要另一位管理员同意。不是您要求的，请马上告诉信息中心。")
        _tell_owner(event, kind="password_reset_proposed", title=_("有人申请重设您的密码"), body=body)


@on("accounts.password_set")
def tell_password_set(event: Event) -> None:
    """The owner of a staff account whose password was set at an invitation."""
    if event.court_id:
        body = _("您的登录密码已设置，以前的登录都已退出。不是您办的，请马上告诉信息中心。")
        _tell_owner(event, kind="password_set", title=_("您的密码已设置"), body=body)


def _tell_owner(event: Event, *, kind: str, title: str, body: str) -> None:
    user_id, court = event.payload["user"], Court.objects.get(pk=event.court_id or 0)
    owner = Recipient(f"user:{user_id}", user_id, "", wants_sms=False)
    notify(event, [owner], kind=kind, court=court, title=title, body=body, link="/staff/factors/")
