from django.urls import path

from standins import alipay, dingtalk, pages, registers, sandbox, sms_vendors, tsa, views, wechat, weixin

app_name = "standins"
urlpatterns = [
    path("sms", views.take_text),  # SMS_URL is kept without a slash at its end
    path("sms/", views.take_text, name="sms"),
    path("aliyun/", sms_vendors.aliyun, name="sms_aliyun"),
    path("tencent/", sms_vendors.tencent, name="sms_tencent"),
    path("dingtalk/robot/send", dingtalk.robot, name="dingtalk"),
    path("dingtalk/oauth2/auth", dingtalk.authorize, name="dingtalk_authorize"),
    path("dingtalk/v1.0/oauth2/userAccessToken", dingtalk.user_token, name="dingtalk_token"),
    path("dingtalk/v1.0/contact/users/me", dingtalk.me, name="dingtalk_me"),
    path("weixin/cgi-bin/stable_token", weixin.stable_token, name="weixin_token"),
    path("weixin/cgi-bin/message/template/send", weixin.send, name="weixin_send"),
    path("weixin/connect/oauth2/authorize", weixin.authorize, name="weixin_authorize"),
    path("weixin/sns/oauth2/access_token", weixin.access_token, name="weixin_openid"),
    path("register/lawyers", registers.lawyers, name="register_lawyers"),
    path("register/organisations", registers.organisations, name="register_organisations"),
    path("register/people", registers.people, name="register_people"),
    path("tsa/", tsa.stamp, name="tsa"),
    path("outbox/", views.outbox, name="outbox"),
    path("cashier/", pages.orders, name="cashier_orders"),
    path("cashier/orders/", sandbox.create, name="cashier_create"),
    path("cashier/orders/query/", sandbox.query, name="cashier_query"),
    path("cashier/orders/close/", sandbox.close, name="cashier_close"),
    path("cashier/refunds/", sandbox.refund, name="cashier_refund"),
    path("cashier/refunds/query/", sandbox.query_refund, name="cashier_query_refund"),
    path("cashier/bill/", sandbox.bill, name="cashier_bill"),
    path("wechat/v3/pay/transactions/out-trade-no/<slug:out_no>", wechat.query, name="wechat_query"),
    path("wechat/v3/pay/transactions/out-trade-no/<slug:out_no>/close", wechat.close, name="wechat_close"),
    path("wechat/v3/pay/transactions/<slug:kind>", wechat.create, name="wechat_create"),
    path("wechat/v3/refund/domestic/refunds", wechat.refund, name="wechat_refund"),
    path(
        "wechat/v3/refund/domestic/refunds/<slug:refund_no>", wechat.query_refund, name="wechat_query_refund"
    ),
    path("wechat/v3/bill/tradebill", wechat.bill, name="wechat_bill"),
    path("wechat/v3/billdownload/file", wechat.bill_download, name="wechat_bill_download"),
    path("wechat/pay/<slug:out_no>/", pages.from_wechat, name="wechat_pay"),
    path("alipay/gateway.do", alipay.gateway, name="alipay"),
    path("alipay/bill/<slug:day>/", alipay.bill_download, name="alipay_bill"),
    path("cashier/<slug:out_no>/", pages.order, name="cashier"),
    path("cashier/<slug:out_no>/act/", pages.act, name="cashier_act"),
]
