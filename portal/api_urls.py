"""Everything under /api/: version 1, brought by the apps, with its schema and its docs page."""

from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from common.identity_api import IdentityCheckView
from portal.api import cases
from portal.pages.trail import ReceiptVerifyView

v1: list[URLPattern | URLResolver] = [
    path("", include("courts.api.urls")),
    path("", include("payments.api.urls")),
    path("", include("guides.api.urls")),
    path("", include("filing.api.urls")),
    path("", include("documents.api.urls")),
    path("cases", cases.CasesView.as_view(), name="cases"),
    path("cases/<uuid:public_id>", cases.CaseView.as_view(), name="case"),
    path("receipts/verify", ReceiptVerifyView.as_view(), name="receipts-verify"),
    path("identity/check", IdentityCheckView.as_view(), name="identity-check"),
]

urlpatterns = [
    path("v1/", include((v1, "api"))),
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="api-schema"), name="api-docs"),
]
