"""Event names of this app, with label and who may see them on the timeline."""

from django.utils.translation import gettext_lazy as _

from eventlog.registry import Timeline, register

STARTED = register("filing.started", _("开始填写"), timeline=Timeline.NOBODY)
SUBMITTED = register("filing.submitted", _("提交立案申请"), timeline=Timeline.PARTIES)
CLAIMED = register("filing.claimed", _("开始审查"), timeline=Timeline.STAFF)
RETURNED = register("filing.returned", _("一次性告知补正"), timeline=Timeline.PARTIES)
ACCEPTED = register("filing.accepted", _("决定立案"), timeline=Timeline.PARTIES)
WITHDRAWN = register("filing.withdrawn", _("撤回申请"), timeline=Timeline.PARTIES)
