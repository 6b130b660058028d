from django.urls import path

from feedback.views import bench, contacts, lead, oversight, party, public, record, templates

app_name = "feedback"
THREAD = "my/cases/<uuid:public_id>/messages/<uuid:thread_id>/"
DESK = "bench/messages/<uuid:public_id>/"
urlpatterns = [
    path("my/cases/<uuid:public_id>/messages/new/", party.new, name="new"),
    path("my/cases/<uuid:public_id>/exchanged/", party.exchanged, name="exchanged"),
    path(THREAD, party.thread, name="thread"),
    path(THREAD + "record/", record.of_party, name="record"),
    path(THREAD + "read/", party.read, name="read"),
    path(THREAD + "rate/", party.rate, name="rate"),
    path("my/surveys/<uuid:public_id>/", public.answer_survey, name="answer_survey"),
    path("service-times/", public.service_times, name="service_times"),
    path("suggestions/", public.suggest, name="suggest"),
    path("bench/division/", lead.division, name="division"),
    path("bench/division/leave/", lead.leave, name="leave"),
    path("bench/division/leave/end/", lead.leave_end, name="leave_end"),
    path("bench/reworks/<uuid:public_id>/", lead.rework, name="rework"),
    path("oversight/surveys/", oversight.surveys, name="surveys"),
    path("oversight/surveys/<uuid:public_id>/", oversight.survey, name="survey"),
    path("oversight/suggestions/", oversight.suggestions, name="suggestions"),
    path("oversight/suggestions/<uuid:public_id>/", oversight.suggestion, name="suggestion"),
    path("bench/", bench.day, name="bench"),
    path(DESK, bench.message, name="bench_message"),
    path("bench/templates/", templates.listing, name="templates"),
    path("bench/templates/new/", templates.edit, name="template_new"),
    path("bench/templates/<uuid:public_id>/", templates.edit, name="template"),
    path("bench/templates/<uuid:public_id>/retire/", templates.retire, name="template_retire"),
    path("bench/contacts/", contacts.ledger, name="contacts"),
    path("bench/contacts/file/<slug:kind>/", contacts.ledger_file, name="contacts_file"),
    path(DESK + "record/", record.of_bench, name="bench_record"),
    path(DESK + "note/", bench.note, name="bench_note"),
    path(DESK + "seen/", bench.seen, name="bench_seen"),
    path(DESK + "correct/<uuid:message_id>/", bench.correct, name="bench_correct"),
    path(DESK + "check/<uuid:message_id>/", bench.check, name="bench_check"),
]
