"""Event names of this app, with label and who may see them on the timeline."""

from django.utils.translation import gettext_lazy as _

from eventlog.registry import Timeline, register

OPENED = register("cases.opened", _("立案"), timeline=Timeline.PARTIES)
ASSIGNED = register("cases.assigned", _("确定承办法官"), timeline=Timeline.PARTIES)
STAGE_CHANGED = register("cases.stage_changed", _("案件进入下一阶段"), timeline=Timeline.PARTIES)
ACCESS_GRANTED = register("cases.access_granted", _("当事人已绑定账号"), timeline=Timeline.STAFF)
