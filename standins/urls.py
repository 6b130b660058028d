from django.urls import path

from standins import views

app_name = "standins"
urlpatterns = [
    path("sms", views.take_text),  # SMS_URL is kept without a slash at its end
    path("sms/", views.take_text, name="sms"),
    path("outbox/", views.outbox, name="outbox"),
    path("cashier/orders/", views.cashier_create, name="cashier_create"),
    path("cashier/orders/query/", views.cashier_query, name="cashier_query"),
    path("cashier/orders/close/", views.cashier_close, name="cashier_close"),
    path("cashier/<slug:out_no>/", views.cashier_page, name="cashier"),
    path("cashier/<slug:out_no>/act/", views.cashier_act, name="cashier_act"),
]
