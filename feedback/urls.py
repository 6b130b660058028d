from django.urls import path

from feedback.views import bench, lead, oversight, party, public

app_name = "feedback"
THREAD = "my/cases/<uuid:public_id>/messages/<uuid:thread_id>/"
DESK = "bench/messages/<uuid:public_id>/"
urlpatterns = [
    path("my/cases/<uuid:public_id>/messages/new/", party.new, name="new"),
    path("my/cases/<uuid:public_id>/exchanged/", party.exchanged, name="exchanged"),
    path(THREAD, party.thread, name="thread"),
    path(THREAD + "read/", party.read, name="read"),
    path(THREAD + "rate/", party.rate, name="rate"),
    path("my/surveys/<uuid:public_id>/", public.answer_survey, name="answer_survey"),
    path("service-times/", public.service_times, name="service_times"),
    path("suggestions/", public.suggest, name="suggest"),
    path("bench/division/", lead.division, name="division"),
    path("bench/division/leave/", lead.leave, name="leave"),
    path("bench/reworks/<uuid:public_id>/", lead.rework, name="rework"),
    path("oversight/surveys/", oversight.surveys, name="surveys"),
    path("oversight/surveys/<uuid:public_id>/", oversight.survey, name="survey"),
    path("oversight/suggestions/", oversight.suggestions, name="suggestions"),
    path("oversight/suggestions/<uuid:public_id>/", oversight.suggestion, name="suggestion"),
    path("bench/", bench.day, name="bench"),
    path(DESK, bench.message, name="bench_message"),
    path(DESK + "note/", bench.note, name="bench_note"),
    path(DESK + "seen/", bench.seen, name="bench_seen"),
    path(DESK + "correct/<uuid:message_id>/", bench.correct, name="bench_correct"),
    path(DESK + "check/<uuid:message_id>/", bench.check, name="bench_check"),
]
