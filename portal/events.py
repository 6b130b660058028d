"""Event names of the portal itself, with label and who may see them on the timeline."""

from django.utils.translation import gettext_lazy as _

from eventlog.registry import register

OUTGOING_HELD = register("portal.outgoing_held", _("暂停一切对外事项"))
OUTGOING_RELEASED = register("portal.outgoing_released", _("放行对外事项"))
