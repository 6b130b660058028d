from django.urls import path

from feedback.views import bench, party

app_name = "feedback"
THREAD = "my/cases/<uuid:public_id>/messages/<uuid:thread_id>/"
DESK = "bench/messages/<uuid:public_id>/"
urlpatterns = [
    path("my/cases/<uuid:public_id>/messages/new/", party.new, name="new"),
    path("my/cases/<uuid:public_id>/exchanged/", party.exchanged, name="exchanged"),
    path(THREAD, party.thread, name="thread"),
    path(THREAD + "read/", party.read, name="read"),
    path(THREAD + "rate/", party.rate, name="rate"),
    path("bench/", bench.day, name="bench"),
    path(DESK, bench.message, name="bench_message"),
    path(DESK + "note/", bench.note, name="bench_note"),
    path(DESK + "seen/", bench.seen, name="bench_seen"),
    path(DESK + "correct/<uuid:message_id>/", bench.correct, name="bench_correct"),
    path(DESK + "check/<uuid:message_id>/", bench.check, name="bench_check"),
]
