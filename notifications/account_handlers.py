"""Messages about an account itself."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.models import AccountPhoneChange, OutsideWay, PhoneChangeWay, User, UserKind
from common.actor import Actor, Kind, system
from courts.models import Court
from eventlog.models import Event
from eventlog.registry import Mode, on
from notifications.ending import end_ways_out
from notifications.models import Channel, NoticeAddress
from notifications.recipients import Recipient, of_user
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


@on("accounts.outside_bound")
def tell_outside_bound(event: Event) -> None:
    """The owner: whoever binds a WeChat of his own to another's account comes in with it."""
    way = OutsideWay(event.payload["way"]).label
    body = _(
        "您的账号绑定了%(way)s，以后可以用它登录。不是您办的，请马上登录，到“微信、钉钉登录”里解除绑定。"
    )
    title = _("绑定了%(way)s登录") % {"way": way}
    _tell_account(event, kind="outside_bound", title=title, body=body % {"way": way})


@on("accounts.outside_ended")
def tell_outside_ended(event: Event) -> None:
    """The owner, whoever ended it."""
    way = OutsideWay(event.payload["way"]).label
    body = _("您的账号已和%(way)s解除绑定，不能再用它登录。别的登录方式照旧。")
    title = _("解除了%(way)s登录") % {"way": way}
    _tell_account(event, kind="outside_ended", title=title, body=body % {"way": way})


def _of_the_public(event: Event) -> bool:
    """Decided by the job or at the counter; who was answered at once has seen it."""
    return event.actor_kind != Kind.PUBLIC


@on("accounts.phone_changed", Mode.TOGETHER)
def end_with_lost_phone(event: Event) -> None:
    """Whoever had the phone may have made them; an owner with both phones in his hand keeps his (docs/adr/0040)."""
    row = AccountPhoneChange.objects.select_related("user").get(pk=event.subject_id)
    if row.way == PhoneChangeWay.COUNTER:
        end_ways_out(user=row.user, actor=_job())


@on("accounts.phone_lost", Mode.TOGETHER)
def end_with_number(event: Event) -> None:
    """The number is another's now, and with it what was proven by it."""
    end_ways_out(user=User.objects.get(pk=event.subject_id), actor=_job())


def _job() -> Actor:
    return system(str(_("通知系统")))


@on("accounts.verified", wants=_of_the_public)
def tell_verified(event: Event) -> None:
    body = _("您的姓名和证件已经核对好，可以立案和查找您的案件了。")
    _tell_person(event, kind="real_name_verified", title=_("实名核对好了"), body=body)


@on("accounts.real_name_refused", wants=_of_the_public)
def tell_refused(event: Event) -> None:
    body = _("您的姓名和证件核对不上。请检查以后重新填写，或带证件到法院立案窗口办理。")
    _tell_person(event, kind="real_name_refused", title=_("姓名和证件核对不上"), body=body)


@on("accounts.real_name_waits", wants=_of_the_public)
def tell_counter(event: Event) -> None:
    body = _("网上查不到您填的证件。请带证件原件到任何一个法院的立案窗口，当场核对。")
    _tell_person(event, kind="real_name_counter", title=_("请到窗口核对证件"), body=body)


@on("portal.data_ready")
def tell_data_ready(event: Event) -> None:
    """Whose data it is: he takes it, or learns that somebody else asked for it in his name (SEC-68)."""
    body = _("您要的信息已经整理好，7天内可以下载。不是您要的，请马上在“登录的设备”里让别的设备退出。")
    user = User.objects.get(pk=event.payload["user"])
    _tell_user(event, user, kind="data_ready", title=_("您的信息整理好了"), body=body, link="/my/data/")


@on("portal.closing_refused")
def tell_closing_refused(event: Event) -> None:
    """The reason stands on the page."""
    user, body = User.objects.get(pk=event.payload["user"]), _("您申请注销账号，没有同意。理由请登录查看。")
    _tell_user(event, user, kind="closing_refused", title=_("没有同意注销账号"), body=body, link="/my/data/")


@on("notifications.address_dead")
def tell_address_dead(event: Event) -> None:
    """The owner is asked for another; what matters is in the inbox in any case."""
    owner = NoticeAddress.objects.select_related("user").get(pk=event.subject_id).user
    if event.payload["channel"] == Channel.WEIXIN:
        kind, title, link = "weixin_dead", _("您的微信收不到通知"), "/my/notices/settings/weixin/"
        body = _("您的微信收不到法院的通知，已停发。请登录，在通知设置里重新绑定，也可以不绑。")
    else:
        kind, title, link = "mail_dead", _("您的邮箱收不到邮件"), "/my/notices/settings/mail/"
        body = _("您留的邮箱收不到邮件，已停发。请登录，在通知设置里重新填写邮箱。")
    _tell_user(event, owner, kind=kind, title=title, body=body, link=link)


def _tell_person(event: Event, *, kind: str, title: str, body: str) -> None:
    user = User.objects.get(pk=event.subject_id)
    _tell_user(event, user, kind=kind, title=title, body=body, link="/my/real-name/")


def _tell_user(event: Event, user: User, *, kind: str, title: str, body: str, link: str) -> None:
    """A member of the public; an account belongs to no court, so the text goes out under the highest one's name."""
    court = Court.objects.filter(parent=None).order_by("pk").first()
    if court is not None:
        notify(event, [of_user(user)], kind=kind, court=court, title=title, body=body, link=link)


def _tell_account(event: Event, *, kind: str, title: str, body: str) -> None:
    """Anybody about how he signs in; staff in the inbox."""
    user, link = User.objects.get(pk=event.payload["user"]), "/sign-in-ways/"
    if user.kind == UserKind.PUBLIC:
        _tell_user(event, user, kind=kind, title=title, body=body, link=link)
        return
    courts = Court.objects.filter(pk=event.court_id) if event.court_id else Court.objects.filter(parent=None)
    court = courts.order_by("pk").first()
    if court is not None:
        owner = Recipient(f"user:{user.pk}", user.pk, "", wants_sms=False)
        notify(event, [owner], kind=kind, court=court, title=title, body=body, link=link)


def _tell_owner(event: Event, *, kind: str, title: str, body: str) -> None:
    user_id, court = event.payload["user"], Court.objects.get(pk=event.court_id or 0)
    owner = Recipient(f"user:{user_id}", user_id, "", wants_sms=False)
    notify(event, [owner], kind=kind, court=court, title=title, body=body, link="/staff/factors/")
