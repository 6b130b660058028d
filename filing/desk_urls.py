"""Addresses of decisions and of those who oversee them, and of what the applicant answers to them."""

from django.urls import path

from filing.views import answers, desk_decisions, desk_side, oversight

MINE = "my/filings/<uuid:public_id>/"
DESK = "desk/filings/<uuid:public_id>/"
urlpatterns = [
    path(MINE + "mediation/", answers.mediation, name="mediation"),
    path(MINE + "mediation/stop/", answers.stop_mediation, name="mediation_stop"),
    path(MINE + "complain/", answers.complain, name="complain"),
    path("desk/filings/workload/", desk_side.workload, name="workload"),
    path("desk/filings/views/", desk_side.views, name="views"),
    path("desk/filings/views/<uuid:public_id>/remove/", desk_side.view_remove, name="view_remove"),
    path(DESK + "refuse/", desk_decisions.refuse, name="refuse"),
    path(DESK + "hand-over/", desk_decisions.hand_over, name="hand_over"),
    path(DESK + "mediation/", desk_decisions.ask_mediation, name="ask_mediation"),
    path(DESK + "mediation/end/", desk_decisions.end_mediation, name="end_mediation"),
    path("desk/rulings/", desk_decisions.rulings, name="rulings"),
    path("desk/rulings/<uuid:public_id>/", desk_decisions.rule, name="rule"),
    path("oversight/overrides/", oversight.overrides, name="overrides"),
    path("oversight/overrides/<uuid:public_id>/", oversight.override, name="override"),
    path("oversight/filing-complaints/", oversight.complaints, name="complaints"),
    path("oversight/filing-complaints/<uuid:public_id>/", oversight.complaint, name="complaint"),
]
