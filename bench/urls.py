"""The portal and, beside it, the bare views. Used by measuring processes only."""

from django.urls import include, path

from bench.bare import insert, replay

urlpatterns = [
    path("bare/<str:way>/<str:page>/<int:visitor>/", replay, name="bare"),
    path("bare-insert/", insert),
    path("", include("portal.urls")),
]
