"""Event names of this app, with label and who may see them on the timeline."""

from django.utils.translation import gettext_lazy as _

from eventlog.registry import register

SETTING_CHANGED = register("courts.setting_changed", _("修改法院设置"), security=True)
POST_STARTED = register("courts.post_started", _("任职"), security=True)
POST_ENDED = register("courts.post_ended", _("离任"), security=True)
OUTAGE_RECORDED = register("courts.outage_recorded", _("记录系统故障"))
OUTAGE_PROPOSED = register("courts.outage_proposed", _("提出登记系统故障"))
OUTAGE_ENTERED = register("courts.outage_entered", _("两人登记系统故障"))
OUTAGE_REFUSED = register("courts.outage_refused", _("不同意登记系统故障"))
OUTAGE_WITHDRAWN = register("courts.outage_withdrawn", _("撤回登记系统故障的申请"))
TRAIL_RELEASE_PROPOSED = register("courts.trail_release_proposed", _("提出留痕中断时放行"))
TRAIL_RELEASED = register("courts.trail_released", _("留痕中断时放行"), security=True)
TRAIL_RELEASE_REFUSED = register("courts.trail_release_refused", _("不同意留痕中断时放行"))
TRAIL_RELEASE_WITHDRAWN = register("courts.trail_release_withdrawn", _("撤回留痕中断时放行的申请"))
LEAVE_SET = register("courts.leave_set", _("登记休假与代班"))
LEAVE_ENDED = register("courts.leave_ended", _("提前结束休假"))
STAFF_CHANGE_PROPOSED = register("courts.staff_change_proposed", _("提出人员变动"))
STAFF_CHANGED = register("courts.staff_changed", _("同意人员变动"), security=True)
STAFF_CHANGE_REFUSED = register("courts.staff_change_refused", _("不同意人员变动"))
STAFF_CHANGE_WITHDRAWN = register("courts.staff_change_withdrawn", _("撤回人员变动"))
