"""Fee look-ups under /api/v1/."""

from django.urls import path

from payments.api import views

urlpatterns = [path("fees/quote", views.FeeQuoteView.as_view(), name="fees-quote")]
