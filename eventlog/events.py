"""Event names of this app, with label and who may see them on the timeline."""

from django.utils.translation import gettext_lazy as _

from eventlog.registry import register

REQUEUED = register("eventlog.requeued", _("失败的处理再试"))
