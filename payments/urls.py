from django.urls import path

from payments.views import bills, fees

app_name = "payments"
urlpatterns = [
    path("fees/", fees.calculator, name="fees"),
    path("my/bills/<uuid:public_id>/", bills.bill, name="bill"),
    path("my/bills/<uuid:public_id>/pay/", bills.pay, name="pay"),
    path("my/bills/<uuid:public_id>/result/", bills.result, name="result"),
    path("my/bills/<uuid:public_id>/check/", bills.check, name="check"),
    path("gateway/<slug:code>/notify/", bills.notify, name="notify"),
]
