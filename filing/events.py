"""Event names of this app, with label and who may see them on the timeline."""

from django.utils.translation import gettext_lazy as _

from eventlog.registry import Timeline, register

STARTED = register("filing.started", _("开始填写"), timeline=Timeline.NOBODY)
DRAFT_CLEARED = register("filing.draft_cleared", _("草稿到期，已删除"))
SUBMITTED = register("filing.submitted", _("提交立案申请"), timeline=Timeline.PARTIES)
MATERIAL_FOLLOWED = register("filing.material_followed", _("补交材料"), timeline=Timeline.PARTIES)
CLAIMED = register("filing.claimed", _("开始审查"), timeline=Timeline.STAFF)
RETURNED = register("filing.returned", _("一次性告知补正"), timeline=Timeline.PARTIES)
ACCEPTED = register("filing.accepted", _("决定立案"), timeline=Timeline.PARTIES)
WITHDRAWN = register("filing.withdrawn", _("撤回申请"), timeline=Timeline.PARTIES)
BATCH_STARTED = register("filing.batch_started", _("上传批量立案表格"))
BATCH_CHECKED = register("filing.batch_checked", _("批量立案表格检查完毕"))
BATCH_CONFIRMED = register("filing.batch_confirmed", _("确认批量提交"))
BATCH_FINISHED = register("filing.batch_finished", _("批量提交完毕"))
BATCH_CANCELLED = register("filing.batch_cancelled", _("取消批量立案"))
VISITS_OPENED = register("filing.visits_opened", _("开放预约时段"))
VISIT_BOOKED = register("filing.visit_booked", _("预约立案"))
VISIT_ASSIGNED = register("filing.visit_assigned", _("指派接待人员"))
VISIT_REMINDED = register("filing.visit_reminded", _("提醒预约"))
VISIT_CANCELLED = register("filing.visit_cancelled", _("取消预约"))
VISIT_ENDED = register("filing.visit_ended", _("预约办结"))
KEYED = register("filing.keyed", _("工作人员代录"), timeline=Timeline.PARTIES)
ASSIGNED = register("filing.assigned", _("分派给立案人员"), timeline=Timeline.STAFF)
REPEAT_PROPOSED = register("filing.repeat_proposed", _("请示再次通知补正"), timeline=Timeline.STAFF)
REPEAT_DECIDED = register("filing.repeat_decided", _("答复再次补正的请示"), timeline=Timeline.STAFF)
REFUSAL_PROPOSED = register("filing.refusal_proposed", _("交立案法官决定"), timeline=Timeline.PARTIES)
REFUSAL_DECLINED = register("filing.refusal_declined", _("立案法官决定继续审查"), timeline=Timeline.PARTIES)
REFUSED = register("filing.refused", _("裁定不予受理"), timeline=Timeline.PARTIES)
HANDED_OVER = register("filing.handed_over", _("移送有管辖权的法院"), timeline=Timeline.PARTIES)
MEDIATION_ASKED = register("filing.mediation_asked", _("法院问您是否愿意先调解"), timeline=Timeline.PARTIES)
MEDIATION_DECLINED = register(
    "filing.mediation_declined", _("不同意先调解，继续立案审查"), timeline=Timeline.PARTIES
)
MEDIATION_STARTED = register("filing.mediation_started", _("同意先行调解"), timeline=Timeline.PARTIES)
MEDIATION_ENDED = register("filing.mediation_ended", _("调解结束，继续立案审查"), timeline=Timeline.PARTIES)
COMPLAINED = register("filing.complained", _("立案投诉"))
COMPLAINT_ANSWERED = register("filing.complaint_answered", _("答复立案投诉"))
PLEADING_KEPT = register("filing.pleading_kept", _("网上填写的诉状已生成"))
RECEIVED = register("filing.received", _("提交答辩状"), timeline=Timeline.PARTIES)
DEFENCE_PASSED_ON = register("filing.defence_passed_on", _("答辩状副本已发送原告"), timeline=Timeline.PARTIES)
