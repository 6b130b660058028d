"""Event names of this app, with label and who may see them on the timeline."""

from django.utils.translation import gettext_lazy as _

from eventlog.registry import Timeline, register

ASKED = register("feedback.asked", _("向法官留言"), timeline=Timeline.STAFF)
ANSWERED = register("feedback.answered", _("法官答复"), timeline=Timeline.STAFF)
NOTED = register("feedback.noted", _("内部备注"), timeline=Timeline.NOBODY)
RATED = register("feedback.rated", _("评价答复"), timeline=Timeline.NOBODY)
CORRECTED = register("feedback.corrected", _("更正答复"), timeline=Timeline.STAFF)
MERITS_CHECKED = register("feedback.merits_checked", _("核对材料和情况说明"), timeline=Timeline.STAFF)
HANDED_OVER = register("feedback.handed_over", _("留言交给新的承办人"), timeline=Timeline.STAFF)
EXPORTED = register("feedback.exported", _("导出留言记录"), timeline=Timeline.NOBODY, security=True)
TEMPLATE_KEPT = register("feedback.template_kept", _("修改答复模板"), timeline=Timeline.NOBODY)
REOPENED = register("feedback.reopened", _("请重新处理"), timeline=Timeline.STAFF)
ESCALATED = register("feedback.escalated", _("答复期限提醒或督办"))
PROMISE_CONFIRMED = register(
    "feedback.promise_confirmed", _("放假安排公布，答复日期确定"), timeline=Timeline.STAFF
)
DIGEST_MADE = register("feedback.digest_made", _("每日汇总"))
REWORK_OPENED = register("feedback.rework_opened", _("要求整改"))
REWORK_DONE = register("feedback.rework_done", _("完成整改"))
SUGGESTED = register("feedback.suggested", _("收到建议"))
SUGGESTION_HANDLED = register("feedback.suggestion_handled", _("处理建议"))
SURVEY_OPENED = register("feedback.survey_opened", _("开始满意度调查"))
SURVEY_INVITED = register("feedback.survey_invited", _("邀请填写调查表"))
