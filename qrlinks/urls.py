from django.urls import path, re_path

from qrlinks.views import counter, desk, own, scan

app_name = "qrlinks"
PRINTED = r"^[mM]/(?P<token>[^/]+)/"
"""Whatever somebody puts in place of a token gets the same page, however long (SEC-21)."""

urlpatterns = [
    re_path(PRINTED + "$", scan.landing, name="landing"),
    re_path(PRINTED + "verify/$", scan.verify, name="verify"),
    re_path(PRINTED + "not-mine/$", scan.not_mine, name="not_mine"),
    path("scan/", scan.by_service_code, name="scan"),
    path("scan/verify/", scan.verify_typed, name="verify_typed"),
    path("scan/code/", scan.code, name="code"),
    path("scan/pass/", counter.enter, name="pass"),
    path("scan/report/", scan.suspicious, name="suspicious"),
    path("my/cases/<uuid:public_id>/codes/<uuid:copy_id>/lost/", own.lost, name="lost"),
    path("desk/codes/", desk.check, name="desk_check"),
    path("desk/codes/pass/", counter.identify, name="desk_identify"),
    path("desk/codes/reports/", desk.reports, name="desk_reports"),
    path("desk/codes/reports/<uuid:public_id>/", desk.report, name="desk_report"),
    path("desk/codes/reports/<uuid:public_id>/take/", desk.report_take, name="desk_report_take"),
    path("desk/codes/copies/<uuid:public_id>/", desk.copy, name="desk_copy"),
    path("desk/codes/copies/<uuid:public_id>/off/", desk.copy_off, name="desk_copy_off"),
    path("desk/codes/cases/<uuid:public_id>/", desk.case, name="desk_case"),
    path("desk/codes/cases/<uuid:public_id>/switch/", desk.case_switch, name="desk_case_switch"),
    path("desk/codes/cases/<uuid:public_id>/phones/<uuid:party_id>/", desk.case_phone, name="desk_phone"),
    path(
        "desk/codes/cases/<uuid:public_id>/agents/<uuid:agent_id>/end/",
        desk.case_agent_end,
        name="desk_agent_end",
    ),
]
