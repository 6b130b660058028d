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
