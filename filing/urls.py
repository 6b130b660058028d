from django.urls import path, register_converter
from django.urls.converters import StringConverter

from filing import desk_urls
from filing.views import (
    batch,
    defence,
    desk,
    draft,
    from_file,
    keyed,
    package,
    page,
    people,
    pleading,
    precheck,
    visits,
)


class SideConverter(StringConverter):
    """The task of one side: me, other or third."""

    regex = "me|other|third"


register_converter(SideConverter, "side")

app_name = "filing"
MINE = "my/filings/<uuid:public_id>/"
PEOPLE = MINE + "<side:task>/"
PERSON = PEOPLE + "<uuid:party_id>/"
BATCH = "my/batches/<uuid:public_id>/"
urlpatterns = [
    *desk_urls.urlpatterns,
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
    path(MINE + "from-file/", from_file.choose, name="from_file"),
    path(MINE + "from-file/<uuid:material_id>/", from_file.take, name="from_file_take"),
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
    path("visits/", visits.free, name="visits"),
    path("visits/<uuid:public_id>/", visits.book, name="visit_book"),
    path("my/visits/<uuid:public_id>/", visits.visit, name="visit"),
    path("my/visits/<uuid:public_id>/cancel/", visits.cancel, name="visit_cancel"),
    path("desk/visits/", visits.desk, name="visit_desk"),
    path("desk/visits/new/", visits.open_slots, name="visit_open"),
    path("desk/visits/<uuid:public_id>/", visits.desk_visit, name="visit_desk_one"),
    path("desk/visits/<uuid:public_id>/assign/", visits.assign, name="visit_assign"),
    path("desk/visits/<uuid:public_id>/end/", visits.end, name="visit_end"),
    path("desk/visits/<uuid:public_id>/start/", visits.start_keying, name="visit_start"),
    path("desk/filings/new/", keyed.new, name="keyed_new"),
    path("desk/filings/keyed/<uuid:public_id>/", keyed.slip, name="keyed_slip"),
    path(MINE + "package/", package.download, name="package"),
    path("my/batches/", batch.batches, name="batches"),
    path("my/batches/new/<slug:form>/", batch.new, name="batch_new"),
    path("my/batches/new/<slug:form>/<slug:kind>/", batch.template, name="batch_template"),
    path(BATCH, batch.batch, name="batch"),
    path(BATCH + "me/", batch.me, name="batch_me"),
    path(BATCH + "agent/", batch.agent, name="batch_agent"),
    path(BATCH + "papers/", batch.papers, name="batch_papers"),
    path(BATCH + "papers/<uuid:material_id>/remove/", batch.paper_remove, name="batch_paper_remove"),
    path(BATCH + "send/", batch.send, name="batch_send"),
    path(BATCH + "cancel/", batch.cancel, name="batch_cancel"),
    path(BATCH + "problems/<slug:kind>/", batch.problems, name="batch_problems"),
    path(BATCH + "results/<slug:kind>/", batch.results, name="batch_results"),
    path("my/cases/<uuid:public_id>/defence/", defence.start, name="defence"),
    path("desk/cases/<uuid:public_id>/defence-passed-on/", defence.passed_on, name="defence_passed_on"),
    path("desk/filings/", desk.queue, name="queue"),
    path("desk/filings/<uuid:public_id>/", desk.review, name="review"),
    path("desk/filings/<uuid:public_id>/pleading.pdf", pleading.sent, name="desk_pleading"),
    path("desk/filings/<uuid:public_id>/claim/", desk.claim, name="claim"),
    path("desk/filings/<uuid:public_id>/accept/", desk.accept, name="accept"),
    path("desk/filings/<uuid:public_id>/fix-notice/", desk.fix_notice, name="fix_notice"),
]
