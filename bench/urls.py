"""The portal and, beside it, the bare views. Used by measuring processes only."""

from django.urls import include, path

from bench.bare import replay

urlpatterns = [
    path("bare/<str:way>/<str:page>/<int:visitor>/", replay, name="bare"),
    path("", include("portal.urls")),
]
