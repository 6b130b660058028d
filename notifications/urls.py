from django.urls import path

from notifications import feed_views, hook_views, mail_views, receipt_views, weixin_views, wish_views

app_name = "notifications"
HOOK = "my/webhooks/<uuid:public_id>/"
urlpatterns = [
    path("my/webhooks/", hook_views.webhooks, name="webhooks"),
    path(HOOK, hook_views.webhook, name="webhook"),
    path(HOOK + "confirm/", hook_views.confirm, name="webhook_confirm"),
    path(HOOK + "end/", hook_views.end, name="webhook_end"),
    path(HOOK + "again/<uuid:delivery_id>/", hook_views.again, name="webhook_again"),
    path("sms/receipts/", receipt_views.receipt, name="sms_receipt"),
    path("desk/unreachable/", receipt_views.unreachable, name="unreachable"),
    path("desk/unreachable/<uuid:public_id>/", receipt_views.settle, name="unreachable_settle"),
    path("mail/receipts/", receipt_views.mail_receipt, name="mail_receipt"),
    path("my/notices/settings/mail/", mail_views.own_mail, name="mail"),
    path("my/notices/settings/weixin/", weixin_views.own_weixin, name="weixin"),
    path("my/notices/settings/", wish_views.wishes, name="wishes"),
    path("my/feeds/", feed_views.feeds, name="feeds"),
    path("my/feeds/<uuid:public_id>/revoke/", feed_views.revoke, name="feed_revoke"),
]
