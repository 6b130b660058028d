"""Addresses of the public side: giving something to the zone, and the daily roots. Reading is the zone's own process."""

from django.urls import path

from complaints.views import door

app_name = "complaints"

urlpatterns = [
    path("complaints/", door.start, name="start"),
    path("complaints/keep/", door.keep, name="keep"),
    path("complaints/roots/", door.roots, name="roots"),
]
