"""Filing under /api/v1/."""

from django.urls import path

from filing.api import views

urlpatterns = [
    path("filings", views.FilingsView.as_view(), name="filings"),
    path("filings/<uuid:public_id>", views.FilingView.as_view(), name="filing"),
]
