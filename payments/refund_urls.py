"""Addresses of refunds."""

from django.urls import path

from payments.views import refund_desk, refunds

urlpatterns = [
    path("my/refunds/<uuid:public_id>/", refunds.refund, name="refund"),
    path("my/bills/<uuid:public_id>/refund/", refunds.ask, name="refund_ask"),
    path("desk/refunds/", refund_desk.refunds, name="desk_refunds"),
    path("desk/refunds/bank/", refund_desk.bank, name="bank_lists"),
    path("desk/refunds/bank/<uuid:public_id>/", refund_desk.bank_list, name="bank_list"),
    path("desk/refunds/bank/<uuid:public_id>/<slug:kind>/", refund_desk.bank_file, name="bank_file"),
    path("desk/refunds/<uuid:public_id>/", refund_desk.refund, name="desk_refund"),
]
