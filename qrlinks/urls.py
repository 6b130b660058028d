from django.urls import path, re_path

from qrlinks import views

app_name = "qrlinks"
TOKEN = r"^[mM]/(?P<token>[^/]{1,200})/"
urlpatterns = [
    re_path(TOKEN + "$", views.landing, name="landing"),
    re_path(TOKEN + "verify/$", views.verify, name="verify"),
    re_path(TOKEN + "not-mine/$", views.not_mine, name="not_mine"),
    path("scan/", views.by_service_code, name="scan"),
    path("scan/verify/", views.verify_typed, name="verify_typed"),
    path("scan/code/", views.code, name="code"),
    path("scan/report/", views.suspicious, name="suspicious"),
]
