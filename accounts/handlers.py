"""What an account's owner is told at a phone, old or new, whichever court he has to do with."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import AccountPhoneChange
from common.gateways import sms
from common.gateways.channels import Outgoing
from eventlog.models import Event
from eventlog.registry import Mode, on


@on("accounts.phone_change_asked", Mode.OUTSIDE)
def tell_asked(event: Event) -> None:
    """Before anything changes; the old number gets the code that stops it."""
    row = AccountPhoneChange.objects.get(pk=event.subject_id)
    words = _("有人持您的证件在法院窗口申请换登录手机号，24小时后生效。")
    stop = _("不是您办的，请马上登录后停止，或到法院窗口报停止码%(code)s。") % {"code": row.stop_code}
    _text(event, row.old_phone, words + stop, "old")
    _text(event, row.new_phone, _("您在法院窗口申请的换登录手机号，24小时后生效。"), "new")


@on("accounts.phone_changed", Mode.OUTSIDE)
def tell_changed(event: Event) -> None:
    row = AccountPhoneChange.objects.get(pk=event.subject_id)
    words = _("您的登录手机号已经换了，以后验证码发到新号。不是您办的，请马上拨%(hotline)s。") % {
        "hotline": settings.COURT_HOTLINE
    }
    _text(event, row.old_phone, words, "old")
    _text(event, row.new_phone, words, "new")


@on("accounts.phone_change_stopped", Mode.OUTSIDE)
def tell_stopped(event: Event) -> None:
    row = AccountPhoneChange.objects.get(pk=event.subject_id)
    words = _("换登录手机号的申请已经停止，登录手机号没有变。")
    _text(event, row.old_phone, words, "old")
    _text(event, row.new_phone, words, "new")


def _text(event: Event, phone: str, words: str, which: str) -> None:
    """No name, no number, no link; the provider drops a repeated id."""
    if phone:
        body = f"【{settings.SERVICE_NAME}】{words}"
        sms.send(Outgoing(f"{event.public_id}-{which}", phone, body))
