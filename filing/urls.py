from django.urls import path, register_converter
from django.urls.converters import StringConverter

from filing.views import defence, desk, draft, page, people, pleading, precheck


class SideConverter(StringConverter):
    """The task of one side: me, other or third."""

    regex = "me|other|third"


register_converter(SideConverter, "side")

app_name = "filing"
MINE = "my/filings/<uuid:public_id>/"
PEOPLE = MINE + "<side:task>/"
PERSON = PEOPLE + "<uuid:party_id>/"
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
    path(MINE + "pleading.pdf", pleading.mine, {"kind": "pdf"}, name="pleading_pdf"),
    path(MINE + "pleading.docx", pleading.mine, {"kind": "docx"}, name="pleading_docx"),
    path(MINE + "capacity/", people.capacity, name="capacity"),
    path(MINE + "agents/", people.agents, name="agents"),
    path(MINE + "agents/new/", people.agent, name="agent_new"),
    path(MINE + "agents/<uuid:agent_id>/", people.agent, name="agent"),
    path(MINE + "agents/<uuid:agent_id>/remove/", people.agent_remove, name="agent_remove"),
    path(MINE + "group/", people.group, name="group"),
    path(PEOPLE, people.people, name="people"),
    path(PEOPLE + "new/", people.person, name="person_new"),
    path(PEOPLE + "list/", people.people_list, name="people_list"),
    path(PERSON, people.person, name="person"),
    path(PERSON + "remove/", people.person_remove, name="person_remove"),
    path(MINE + "<slug:task>/<slug:page>/", page.page, name="page"),
    path("my/cases/<uuid:case_id>/defence/", defence.start, name="defence"),
    path("desk/cases/<uuid:case_id>/defence-passed-on/", defence.passed_on, name="defence_passed_on"),
    path("desk/filings/", desk.queue, name="queue"),
    path("desk/filings/<uuid:public_id>/", desk.review, name="review"),
    path("desk/filings/<uuid:public_id>/pleading.pdf", pleading.sent, name="desk_pleading"),
    path("desk/filings/<uuid:public_id>/claim/", desk.claim, name="claim"),
    path("desk/filings/<uuid:public_id>/accept/", desk.accept, name="accept"),
    path("desk/filings/<uuid:public_id>/fix-notice/", desk.fix_notice, name="fix_notice"),
]
