from django.urls import path, re_path

from filing.views import desk, draft, precheck

app_name = "filing"
MINE = "my/filings/<uuid:public_id>/"
PEOPLE = r"^my/filings/(?P<public_id>[0-9a-f-]{36})/(?P<task>me|other|third)/"
PERSON = PEOPLE + r"(?P<party_id>[0-9a-f-]{36})/"
urlpatterns = [
    path("precheck/", precheck.precheck, name="precheck"),
    path("my/filings/new/", draft.start, name="start"),
    path(MINE, draft.tasks, name="tasks"),
    path(MINE + "fix/", draft.fix, name="fix"),
    path(MINE + "evidence/", draft.evidence, name="evidence"),
    path(MINE + "evidence/<uuid:material_id>/remove/", draft.material_remove, name="material_remove"),
    path(MINE + "delivery/", draft.delivery, name="delivery"),
    path(MINE + "check/", draft.check, name="check"),
    path(MINE + "sent/", draft.sent, name="sent"),
    path(MINE + "withdraw/", draft.withdraw, name="withdraw"),
    re_path(PEOPLE + "$", draft.people, name="people"),
    re_path(PEOPLE + "new/$", draft.person, name="person_new"),
    re_path(PERSON + "$", draft.person, name="person"),
    re_path(PERSON + "remove/$", draft.person_remove, name="person_remove"),
    path(MINE + "<slug:task>/<slug:page>/", draft.page, name="page"),
    path("desk/filings/", desk.queue, name="queue"),
    path("desk/filings/<uuid:public_id>/", desk.review, name="review"),
    path("desk/filings/<uuid:public_id>/claim/", desk.claim, name="claim"),
    path("desk/filings/<uuid:public_id>/accept/", desk.accept, name="accept"),
    path("desk/filings/<uuid:public_id>/fix-notice/", desk.fix_notice, name="fix_notice"),
]
