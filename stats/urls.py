from django.urls import path

from stats import views

app_name = "stats"
urlpatterns = [
    path("oversight/", views.oversight, name="oversight"),
    path("oversight/funnel/", views.scan_funnel, name="funnel"),
    path("oversight/funnel.csv", views.funnel_csv, name="funnel_csv"),
]
