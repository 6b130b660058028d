"""Event names of the portal itself, with label and who may see them on the timeline."""

from django.utils.translation import gettext_lazy as _

from eventlog.registry import register

OUTGOING_HELD = register("portal.outgoing_held", _("暂停一切对外事项"))
OUTGOING_RELEASED = register("portal.outgoing_released", _("放行对外事项"))
RETENTION_CLEARED = register("portal.retention_cleared", _("按保存期限清理"))
LEGAL_HOLD_PLACED = register("portal.legal_hold_placed", _("依法保全，不得删除"))
LEGAL_HOLD_LIFTED = register("portal.legal_hold_lifted", _("解除保全"))
