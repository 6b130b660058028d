"""Addresses of the zone's process. Those of the portal are known for links only: portal.zone.asgi lets none of them in."""

from django.urls import include, path

from portal.urls import urlpatterns as portal_addresses

urlpatterns = [path("", include("complaints.zone_urls")), *portal_addresses]
