"""Event names of this app, with label and who may see them on the timeline."""

from django.utils.translation import gettext_lazy as _

from eventlog.registry import Timeline, register

OPENED = register("cases.opened", _("立案"), timeline=Timeline.PARTIES)
ASSISTANT_NAMED = register("cases.assistant_named", _("确定法官助理"), timeline=Timeline.PARTIES)
ASSIGNED = register("cases.assigned", _("确定承办法官"), timeline=Timeline.PARTIES)
STAGE_CHANGED = register("cases.stage_changed", _("案件进入下一阶段"), timeline=Timeline.PARTIES)
ACCESS_GRANTED = register("cases.access_granted", _("当事人已绑定账号"), timeline=Timeline.STAFF)
AUTHORITY_GIVEN = register("cases.authority_given", _("委托代理人"), timeline=Timeline.PARTIES)
AUTHORITY_TAKEN = register("cases.authority_taken", _("代理人接受委托"), timeline=Timeline.PARTIES)
AUTHORITY_CONFIRMED = register("cases.authority_confirmed", _("当事人确认代理人"), timeline=Timeline.STAFF)
AUTHORITY_ENDED = register("cases.authority_ended", _("代理人的权限已结束"), timeline=Timeline.PARTIES)
PARTICIPANT_ADDED = register("cases.participant_added", _("登记其他诉讼参与人"), timeline=Timeline.STAFF)
PARTICIPANT_ENDED = register("cases.participant_ended", _("其他诉讼参与人不再参加"), timeline=Timeline.STAFF)
SERVICE_CHOSEN = register("cases.service_chosen", _("选择送达方式、确认收件地址"), timeline=Timeline.STAFF)
PHONE_CHANGED = register("cases.phone_changed", _("窗口变更了当事人的手机号"), timeline=Timeline.STAFF)
PHONE_FOLLOWED = register(
    "cases.phone_followed", _("当事人换了登录手机号，留的电话跟着换"), timeline=Timeline.STAFF
)
WITHDRAWAL_ASKED = register("cases.withdrawal_asked", _("申请撤诉"), timeline=Timeline.PARTIES)
WITHDRAWAL_DECIDED = register("cases.withdrawal_decided", _("对撤诉申请作出裁定"), timeline=Timeline.PARTIES)
WITHDRAWAL_TAKEN_BACK = register("cases.withdrawal_taken_back", _("撤回撤诉申请"), timeline=Timeline.PARTIES)
DRAFT_STARTED = register("cases.draft_started", _("起草文书"), timeline=Timeline.STAFF)
DRAFT_QUEUED = register("cases.draft_queued", _("文书排队发出"), timeline=Timeline.STAFF)
DRAFT_SUBMITTED = register("cases.draft_submitted", _("文书稿提交签发"), timeline=Timeline.STAFF)
DRAFT_TAKEN_BACK = register("cases.draft_taken_back", _("文书稿撤回修改"), timeline=Timeline.STAFF)
DRAFT_RETURNED = register("cases.draft_returned", _("文书稿退回修改"), timeline=Timeline.STAFF)
DRAFT_APPROVED = register("cases.draft_approved", _("签发文书"), timeline=Timeline.STAFF)
DRAFT_DISCARDED = register("cases.draft_discarded", _("文书稿作废"), timeline=Timeline.STAFF)
TRACK_CHANGED = register("cases.track_changed", _("审理程序转换"), timeline=Timeline.PARTIES)
CLAIM_CHANGED = register("cases.claim_changed", _("变更诉讼请求金额"), timeline=Timeline.PARTIES)
CLOSED = register("cases.closed", _("结案"), timeline=Timeline.PARTIES)
TOOK_EFFECT = register("cases.took_effect", _("裁判文书生效"), timeline=Timeline.PARTIES)
READ_WITH_REASON = register("cases.read_with_reason", _("凭理由查阅案件"), security=True)
READS_LISTED = register("cases.reads_listed", _("一周凭理由查阅清单"))
DEADLINE_CONFIRMED = register(
    "cases.deadline_confirmed", _("放假安排公布，期限确定"), timeline=Timeline.STAFF
)
