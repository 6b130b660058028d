"""Papers under /api/v1/."""

from django.urls import path

from documents.api.views import PaperVerifyView

urlpatterns = [path("documents/verify", PaperVerifyView.as_view(), name="documents-verify")]
