"""Event names of this app, with label and who may see them on the timeline."""

from django.utils.translation import gettext_lazy as _

from eventlog.registry import Timeline, register

ASKED = register("feedback.asked", _("向法官留言"), timeline=Timeline.STAFF)
ANSWERED = register("feedback.answered", _("法官答复"), timeline=Timeline.STAFF)
NOTED = register("feedback.noted", _("内部备注"), timeline=Timeline.NOBODY)
RATED = register("feedback.rated", _("评价答复"), timeline=Timeline.NOBODY)
REOPENED = register("feedback.reopened", _("请庭长重新处理"), timeline=Timeline.STAFF)
CORRECTED = register("feedback.corrected", _("更正答复"), timeline=Timeline.STAFF)
MERITS_CHECKED = register("feedback.merits_checked", _("核对材料和情况说明"), timeline=Timeline.STAFF)
HANDED_OVER = register("feedback.handed_over", _("留言交给新的承办人"), timeline=Timeline.STAFF)
TEMPLATE_KEPT = register("feedback.template_kept", _("修改答复模板"), timeline=Timeline.NOBODY)
