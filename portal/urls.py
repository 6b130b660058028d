"""Addresses of the portal. Each app brings its own; demo addresses exist in demo and test mode only."""

from django.conf import settings
from django.urls import include, path

handler404 = "portal.answers.not_found"
urlpatterns = [
    path("", include("portal.pages.public_urls")),
    path("", include("portal.pages.urls")),
    path("", include("accounts.urls")),
    path("", include("courts.urls")),
    path("", include("filing.urls")),
    path("", include("payments.urls")),
    path("", include("documents.urls")),
    path("", include("qrlinks.urls")),
    path("", include("feedback.urls")),
    path("", include("assistance.urls")),
    path("", include("casefiles.urls")),
    path("", include("complaints.urls")),
    path("", include("notifications.urls")),
    path("", include("stats.urls")),
    path("api/", include("portal.api_urls")),
]
if settings.PORTAL_MODE != "production":
    urlpatterns.append(path("demo/", include("standins.urls")))
