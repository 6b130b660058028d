from django.urls import path

from feedback.views import bench, party

app_name = "feedback"
THREAD = "my/cases/<uuid:public_id>/messages/<uuid:thread_id>/"
urlpatterns = [
    path("my/cases/<uuid:public_id>/messages/new/", party.new, name="new"),
    path(THREAD, party.thread, name="thread"),
    path(THREAD + "read/", party.read, name="read"),
    path(THREAD + "rate/", party.rate, name="rate"),
    path("bench/", bench.day, name="bench"),
    path("bench/messages/<uuid:public_id>/", bench.message, name="bench_message"),
]
