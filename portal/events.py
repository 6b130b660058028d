"""Event names of the portal itself, with label and who may see them on the timeline."""

from django.utils.translation import gettext_lazy as _

from eventlog.registry import Timeline, register

OUTGOING_HELD = register("portal.outgoing_held", _("暂停一切对外事项"), security=True)
OUTGOING_RELEASED = register("portal.outgoing_released", _("放行对外事项"), security=True)
RETENTION_CLEARED = register("portal.retention_cleared", _("按保存期限清理"))
DAY_ROOT_NOTED = register("portal.day_root_noted", _("记下每日根哈希"))
LEGAL_HOLD_PLACED = register("portal.legal_hold_placed", _("依法保全，不得删除"), security=True)
LEGAL_HOLD_LIFTED = register("portal.legal_hold_lifted", _("解除保全"), security=True)
DATA_ASKED = register("portal.data_asked", _("申请下载自己的信息"), security=True)
DATA_READY = register("portal.data_ready", _("自己的信息已经整理好"))
INCIDENT_LISTED = register("portal.incident_listed", _("列出事件涉及的人和案件"), security=True)
CORRECTION_PROPOSED = register("portal.correction_proposed", _("提出更正登记错误"), security=True)
CORRECTED = register("portal.corrected", _("更正登记错误"), timeline=Timeline.PARTIES, security=True)
CORRECTION_REFUSED = register("portal.correction_refused", _("不同意更正登记错误"), security=True)
CORRECTION_WITHDRAWN = register("portal.correction_withdrawn", _("撤回更正登记错误的申请"), security=True)
CLOSING_ASKED = register("portal.closing_asked", _("申请注销账号"), security=True)
CLOSING_PROPOSED = register("portal.closing_proposed", _("核对注销账号的申请"), security=True)
CLOSING_REFUSED = register("portal.closing_refused", _("不同意注销账号"), security=True)
CLOSING_WITHDRAWN = register("portal.closing_withdrawn", _("不注销账号了"), security=True)
ACCOUNT_CLOSED = register("portal.account_closed", _("注销账号"), security=True)
CLOSED_AGAIN = register("portal.account_closed_again", _("恢复备份后再次注销账号"), security=True)
