"""Event names of this app, with label and who may see them on the timeline."""

from django.utils.translation import gettext_lazy as _

from eventlog.registry import register

REQUEUED = register("eventlog.requeued", _("失败的处理再试"))
ANCHORS_ADOPTED = register("eventlog.anchors_adopted", _("恢复以后接续锚点"))
