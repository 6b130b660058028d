from django.urls import include, path

from payments import refund_urls
from payments.views import bills, fees, overdue, reliefs

app_name = "payments"
urlpatterns = [
    path("", include("payments.finance_urls")),
    path("fees/", fees.calculator, name="fees"),
    path("my/bills/<uuid:public_id>/", bills.bill, name="bill"),
    path("my/bills/<uuid:public_id>/pay/", bills.pay, name="pay"),
    path("my/bills/<uuid:public_id>/code/", bills.code, name="code"),
    path("my/bills/<uuid:public_id>/result/", bills.result, name="result"),
    path("my/bills/<uuid:public_id>/check/", bills.check, name="check"),
    path("my/bills/<uuid:public_id>/relief/", reliefs.ask, name="relief"),
    path("my/bills/<uuid:public_id>/relief/withdraw/", reliefs.withdraw, name="relief_withdraw"),
    path("desk/reliefs/<uuid:public_id>/", reliefs.decide, name="relief_decide"),
    path("desk/overdue/<uuid:public_id>/", overdue.decide, name="overdue"),
    path("gateway/<slug:code>/notify/", bills.notify, name="notify"),
    *refund_urls.urlpatterns,
]
