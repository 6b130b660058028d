"""Court look-ups under /api/v1/."""

from django.urls import path

from courts.api import views

urlpatterns = [
    path("deadlines/compute", views.DeadlineView.as_view(), name="deadlines-compute"),
    path("case-numbers/parse", views.CaseNumberView.as_view(), name="case-numbers-parse"),
    path("courts", views.CourtsView.as_view(), name="courts"),
    path("causes", views.CausesView.as_view(), name="causes"),
]
