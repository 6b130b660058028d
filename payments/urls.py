from django.urls import path

from payments import views

app_name = "payments"
urlpatterns = [
    path("my/bills/<uuid:public_id>/", views.bill, name="bill"),
    path("my/bills/<uuid:public_id>/pay/", views.pay, name="pay"),
    path("my/bills/<uuid:public_id>/result/", views.result, name="result"),
    path("my/bills/<uuid:public_id>/check/", views.check, name="check"),
    path("gateway/<slug:code>/notify/", views.notify, name="notify"),
]
