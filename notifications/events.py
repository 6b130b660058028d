"""Event names of this app, with label and who may see them on the timeline."""

from django.utils.translation import gettext_lazy as _

from eventlog.registry import register

WEBHOOK_ADDED = register("notifications.webhook_added", _("登记接收地址"), security=True)
WEBHOOK_CONFIRMED = register("notifications.webhook_confirmed", _("接收地址已确认"))
WEBHOOK_FAILED = register("notifications.webhook_failed", _("接收地址一直送不到，已停"))
WEBHOOK_ENDED = register("notifications.webhook_ended", _("停用接收地址"))
FEED_MADE = register("notifications.feed_made", _("新建订阅地址"), security=True)
FEED_REVOKED = register("notifications.feed_revoked", _("停用订阅地址"))
WISHES_CHANGED = register("notifications.wishes_changed", _("修改通知设置"))
ADDRESS_KEPT = register("notifications.address_kept", _("登记通知地址"))
ADDRESS_ENDED = register("notifications.address_ended", _("停用通知地址"))
ADDRESS_DEAD = register("notifications.address_dead", _("通知地址收不到"))
TEXT_BOUNCED = register("notifications.text_bounced", _("通知没有送到"))
BOUNCE_SETTLED = register("notifications.bounce_settled", _("联系不上的人已处理"))
