"""Event names of this app, with label and who may see them on the timeline."""

from django.utils.translation import gettext_lazy as _

from eventlog.registry import Timeline, register

ASKED = register("feedback.asked", _("向法官留言"), timeline=Timeline.STAFF)
ANSWERED = register("feedback.answered", _("法官答复"), timeline=Timeline.STAFF)
NOTED = register("feedback.noted", _("内部备注"), timeline=Timeline.NOBODY)
RATED = register("feedback.rated", _("评价答复"), timeline=Timeline.NOBODY)
REOPENED = register("feedback.reopened", _("请庭长重新处理"), timeline=Timeline.STAFF)
