from django.urls import path, re_path

from qrlinks import views

app_name = "qrlinks"
PRINTED = r"^[mM]/(?P<token>[^/]+)/"
"""Whatever somebody puts in place of a token gets the same page, however long (SEC-21)."""

urlpatterns = [
    re_path(PRINTED + "$", views.landing, name="landing"),
    re_path(PRINTED + "verify/$", views.verify, name="verify"),
    re_path(PRINTED + "not-mine/$", views.not_mine, name="not_mine"),
    path("scan/", views.by_service_code, name="scan"),
    path("scan/verify/", views.verify_typed, name="verify_typed"),
    path("scan/code/", views.code, name="code"),
    path("scan/report/", views.suspicious, name="suspicious"),
]
