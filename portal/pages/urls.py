from django.urls import path, re_path

from portal.pages import (
    assignments,
    assistant,
    case,
    ending,
    money,
    my,
    oversight,
    precheck,
    scan_display,
    staff,
    withdrawal,
)

app_name = "pages"
CASE = "my/cases/<uuid:public_id>/"
DESK_CASE = "desk/cases/<uuid:public_id>/"
urlpatterns = [
    path("precheck/result/", precheck.result, name="precheck_result"),
    path("my/", my.my, name="my"),
    path("my/find/", my.find_my_cases, name="find_my_cases"),
    path("my/notices/", my.notices, name="notices"),
    path("my/notices/read/", my.notices_read, name="notices_read"),
    path("receipts/<uuid:public_id>/", my.receipt, name="receipt"),
    path(CASE, case.case, name="case"),
    path(CASE + "timeline/", case.case_timeline, name="case_timeline"),
    path(CASE + "files/", case.case_files, name="case_files"),
    path(CASE + "people/", case.case_people, name="case_people"),
    path(CASE + "money/", money.case_money, name="case_money"),
    path(CASE + "withdraw/", withdrawal.ask, name="withdraw"),
    path(CASE + "withdraw/back/", withdrawal.take_back, name="withdraw_back"),
    re_path(r"^[mM]/(?P<token>[^/]+)/display/$", scan_display.scan_display, name="scan_display"),
    path("desk/", staff.desk, name="desk"),
    path("desk/cases/", staff.cases, name="desk_cases"),
    path(DESK_CASE, staff.case, name="desk_case"),
    path(DESK_CASE + "money/", money.desk_money, name="desk_money"),
    path(DESK_CASE + "close/", ending.close, name="close_case"),
    path(DESK_CASE + "effect/", ending.effect, name="close_effect"),
    path(DESK_CASE + "track/", ending.track, name="change_track"),
    path(DESK_CASE + "claim/", ending.claim, name="change_claim"),
    path("desk/withdrawals/<uuid:public_id>/", withdrawal.decide, name="withdrawal"),
    path("desk/cases/<uuid:public_id>/assistant/", assistant.assistant, name="assistant"),
    path("desk/assignments/", assignments.assignments, name="assignments"),
    path("desk/assignments/<uuid:public_id>/", assignments.assignment, name="assignment"),
    path("desk/bills/", staff.bills, name="desk_bills"),
    path("oversight/threads/", oversight.threads, name="oversight_threads"),
    path("oversight/reads/", oversight.reads, name="reads"),
    path("oversight/reads/<uuid:public_id>/", oversight.read_case, name="read_case"),
    path("manage/outbox/", staff.outbox, name="outbox"),
    path("manage/outbox/<int:row_id>/", staff.outbox_requeue, name="outbox_requeue"),
]
