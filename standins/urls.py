from django.urls import path

from standins import pages, sandbox, views

app_name = "standins"
urlpatterns = [
    path("sms", views.take_text),  # SMS_URL is kept without a slash at its end
    path("sms/", views.take_text, name="sms"),
    path("outbox/", views.outbox, name="outbox"),
    path("cashier/", pages.orders, name="cashier_orders"),
    path("cashier/orders/", sandbox.create, name="cashier_create"),
    path("cashier/orders/query/", sandbox.query, name="cashier_query"),
    path("cashier/orders/close/", sandbox.close, name="cashier_close"),
    path("cashier/refunds/", sandbox.refund, name="cashier_refund"),
    path("cashier/refunds/query/", sandbox.query_refund, name="cashier_query_refund"),
    path("cashier/bill/", sandbox.bill, name="cashier_bill"),
    path("cashier/<slug:out_no>/", pages.order, name="cashier"),
    path("cashier/<slug:out_no>/act/", pages.act, name="cashier_act"),
]
