"""Guide look-ups under /api/v1/."""

from django.urls import path

from guides.api import views

urlpatterns = [
    path("materials", views.MaterialsView.as_view(), name="materials"),
    path("assistant/ask", views.AssistantView.as_view(), name="assistant-ask"),
]
