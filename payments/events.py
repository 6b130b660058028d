"""Event names of this app, with label and who may see them on the timeline."""

from django.utils.translation import gettext_lazy as _

from eventlog.registry import Timeline, register

BILL_ISSUED = register("payments.bill_issued", _("通知交费"), timeline=Timeline.PARTIES)
BILL_REMINDED = register("payments.bill_reminded", _("提醒交费"), timeline=Timeline.PARTIES)
RELIEF_ASKED = register("payments.relief_asked", _("申请缓交、减交、免交"), timeline=Timeline.PARTIES)
RELIEF_DECIDED = register("payments.relief_decided", _("决定是否缓交、减交、免交"), timeline=Timeline.PARTIES)
RELIEF_WITHDRAWN = register(
    "payments.relief_withdrawn", _("撤回缓交、减交、免交的申请"), timeline=Timeline.PARTIES
)
ORDER_CREATED = register("payments.order_created", _("发起支付"), timeline=Timeline.NOBODY)
PAID = register("payments.paid", _("诉讼费已到账"), timeline=Timeline.PARTIES)
SUSPENDED = register("payments.money_suspended", _("款项待处理"), timeline=Timeline.STAFF)
SUSPENSE_APPLIED = register("payments.suspense_applied", _("待处理款已抵账单"), timeline=Timeline.PARTIES)
MONEY_MOVED = register("payments.money_moved", _("本院资金划转"), timeline=Timeline.NOBODY)
REVIEW_CLOSED = register("payments.review_closed", _("网关通知已核对"), timeline=Timeline.NOBODY)
BILL_OVERDUE = register("payments.bill_overdue", _("逾期未交费，提请法官决定"), timeline=Timeline.STAFF)
OVERDUE_DECIDED = register("payments.overdue_decided", _("对逾期未交费作出决定"), timeline=Timeline.PARTIES)
ACCOUNT_NAMED = register("payments.account_named", _("登记收款账户"), timeline=Timeline.NOBODY)
REFUND_ASKED = register("payments.refund_asked", _("申请退费"), timeline=Timeline.PARTIES)
REFUND_PROPOSED = register("payments.refund_proposed", _("发起退费"), timeline=Timeline.PARTIES)
REFUND_CONFIRMED = register("payments.refund_confirmed", _("确认退费收款方式"), timeline=Timeline.PARTIES)
REFUND_RETURNED = register("payments.refund_returned", _("请重新确认退费收款方式"), timeline=Timeline.PARTIES)
REFUND_CHECKED = register("payments.refund_checked", _("财务已复核退费"), timeline=Timeline.PARTIES)
REFUND_APPROVED = register("payments.refund_approved", _("退费已批准"), timeline=Timeline.PARTIES)
REFUND_REFUSED = register("payments.refund_refused", _("决定不予退费"), timeline=Timeline.PARTIES)
REFUND_SENT = register("payments.refund_sent", _("退费已发出"), timeline=Timeline.PARTIES)
REFUND_FAILED = register("payments.refund_failed", _("退费没有成功"), timeline=Timeline.PARTIES)
REFUND_COMPLETED = register("payments.refund_completed", _("退费已到账"), timeline=Timeline.PARTIES)
STATEMENT_TAKEN = register("payments.statement_taken", _("收到对账单"), timeline=Timeline.NOBODY)
DIFFERENCE_RESOLVED = register("payments.difference_resolved", _("对账差异已处理"), timeline=Timeline.NOBODY)
DAY_CLOSED = register("payments.day_closed", _("日结"), timeline=Timeline.NOBODY)
