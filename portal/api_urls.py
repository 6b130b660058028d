"""Everything under /api/v1/, brought by the apps."""

from django.urls import include, path

from common.identity_api import IdentityCheckView

app_name = "api"

urlpatterns = [
    path("", include("courts.api.urls")),
    path("", include("payments.api.urls")),
    path("", include("guides.api.urls")),
    path("identity/check", IdentityCheckView.as_view(), name="identity-check"),
]
