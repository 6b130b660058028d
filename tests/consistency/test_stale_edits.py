"""Every staff form that overwrites something, and every page of a person's own draft, says what it showed; filled in against something
older it is refused with both texts (REL-34)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html import unescape
from typing import Any

import pytest
from django.db import transaction

from casefiles.models import Entry
from casefiles.services import Place, correct_entry
from cases.models import Case, CaseRole, CaseStaff, Party
from common import clock
from documents.models import Office
from feedback.models import ReplyTemplate
from tests.consistency.access_table import AGENT, body_of, rows
from tests.consistency.addresses import path_of
from tests.consistency.world import World
from tests.filing.pages import seen_on
from tests.filing.test_batch import COMPANY

pytestmark = [pytest.mark.django_db, pytest.mark.req("REL-34")]


@dataclass(frozen=True)
class Edit:
    """``theirs``: somebody else changes the thing, and the words of his that the page must then say. ``shows``: the page with the form."""

    theirs: Callable[[World], str]
    mine: str
    shows: str = ""


def _changed(row: Any, **values: Any) -> str:
    type(row).objects.filter(pk=row.pk).update(**values)
    return str(next(iter(values.values())))


def _office(world: World) -> str:
    return _changed(Office.objects.get(public_id=world.things["office"]["public_id"]), address="某市某路77号")


def _template(world: World) -> str:
    row = ReplyTemplate.objects.get(public_id=world.things["reply_template"]["public_id"])
    return _changed(row, text="别人刚写的内容")


def _phone(world: World) -> str:
    party = Party.objects.get(public_id=world.things["case_people"]["party_id"])
    party.phone = "13977776666"
    party.save(update_fields=["phone"])
    return "6666"


def _entry(world: World) -> str:
    entry = Entry.objects.get(public_id=world.things["evidence_entry"]["entry_id"])
    place = Place(section=entry.section, title="别人刚起的名称")
    correct_entry(entry_public_id=entry.public_id, place=place, reason="名称不对", actor=world.cast.caseclerk)
    return "别人刚起的名称"


def _assistant(world: World) -> str:
    case = Case.objects.get(public_id=world.things["case"]["public_id"])
    post = world.cast.posts["clerk2"]
    CaseStaff.objects.create(case=case, post=post, role=CaseRole.ASSISTANT, starts_at=clock.now())
    return str(post.user.name)


def _claim(world: World) -> str:
    _changed(Case.objects.get(public_id=world.things["case"]["public_id"]), amount="77777.00")
    return "77777.00"


def _track(world: World) -> str:
    case = Case.objects.get(public_id=world.things["case"]["public_id"])
    other = "small_claim" if case.track != "small_claim" else "summary"
    _changed(case, track=other)
    case.refresh_from_db()
    return str(case.get_track_display())


EDITS = {
    "documents:office": Edit(_office, "某市某路9号"),
    "feedback:template": Edit(_template, "{案号}已收到。"),
    "qrlinks:desk_phone": Edit(_phone, "", shows="qrlinks:desk_case"),
    "casefiles:correct": Edit(_entry, "借条原件"),
    "pages:assistant": Edit(_assistant, ""),
    "pages:change_claim": Edit(_claim, "66666"),
    "pages:change_track": Edit(_track, "案情复杂"),
}
BODIES = {
    "pages:change_claim": {"amount": "66666", "before_end": "yes", "reasons": "计算有误"},
    "pages:change_track": {"track": "ordinary", "reasons": "案情复杂"},
}
ELSEWHERE = {
    "pages:draft_edit": "a number of the text: tests/cases/test_drafting.py",
    "pages:draft": "the same number with each move",
    "pages:desk_service": "the choice that was shown: tests/cases/test_service_choices.py",
    "documents:sent": "a number of the delivery: tests/documents/test_print_desk.py",
    "documents:posted": "the same",
    "documents:outcome": "the same",
    "filing:accept": "the number of the claim: tests/filing/test_desk_steps.py",
    "filing:fix_notice": "the same",
    "filing:refuse": "the same",
    "filing:hand_over": "the same",
    "filing:ask_mediation": "the same",
    "pages:assignment": "the draw that was shown",
}
"""Edits with a version of their own, and where it is shown."""
NO_EDIT = {
    "moves of a flow, refused when the state is another": (
        "notifications:unreachable_settle assistance:desk_one filing:claim filing:end_mediation filing:override filing:complaint"
        " documents:office_retire qrlinks:desk_copy_off qrlinks:desk_case_switch qrlinks:desk_agent_end qrlinks:desk_report"
        " qrlinks:desk_report_take casefiles:desk_request casefiles:archive casefiles:lift filing:defence_passed_on"
        " payments:desk_refund payments:bank_list payments:suspense payments:review payments:difference payments:recon_day"
        " payments:day feedback:template_retire feedback:bench_check feedback:rework feedback:suggestion payments:relief_decide"
        " pages:close_case pages:close_effect pages:withdrawal pages:papers_batch pages:participant_end payments:overdue"
        " pages:outbox_requeue filing:visit_assign filing:visit_end filing:visit_start filing:rule filing:queue feedback:leave_end"
        " accounts:resets pages:trail_hold pages:corrections pages:outage_entries documents:seals documents:wording courts:person"
        " pages:desk_agents assistance:acting_end assistance:acting_resume pages:closings"
    ),
    "something new is added, nothing is overwritten": (
        "documents:office_new documents:reprint casefiles:add casefiles:seal payments:counter_enter payments:bank_lists"
        " payments:bank_statement feedback:template_new feedback:bench_note feedback:bench_correct feedback:bench_message"
        " feedback:leave pages:read_case feedback:surveys pages:papers_batch_new pages:draft_new pages:draft_correct"
        " pages:participants courts:person_new filing:visit_open filing:keyed_new filing:views filing:view_remove"
        " documents:print_papers documents:covers assistance:acting_desk"
    ),
    "a look-up": "qrlinks:desk_check qrlinks:desk_identify accounts:confirm_identity feedback:bench_seen accounts:phones",
    "one's own account": (
        "accounts:role accounts:resend pages:own_data pages:notices_read accounts:password accounts:kiosk accounts:sessions"
        " accounts:step_up accounts:factors accounts:factor_app accounts:factor_key"
    ),
}
STAFF = ("CK", "C2", "CB", "JU", "JB", "CC", "HE", "FI", "SU", "DI", "AD", "FJ")


def test_every_staff_form_is_in_a_list() -> None:
    """A new form of staff must be put into one of the four: with what it shows, with a version of its own, or with why it needs none."""
    forms = {
        row.address
        for row in rows()
        if row.method == "POST"
        and ":" in row.address
        and not row.address.startswith(("api:", "standins:"))
        and row.expected.get("AN") in ("st", "in")
        and any(row.expected.get(role) in ("200", "302", "409", "412", "422") for role in STAFF)
    }
    without = {name for words in NO_EDIT.values() for name in words.split()}
    assert forms - EDITS.keys() - ELSEWHERE.keys() - without == set(), "staff forms in none of the lists"
    assert (EDITS.keys() | ELSEWHERE.keys() | without) - {row.address for row in rows()} == set(), "gone"


@pytest.mark.parametrize("address", sorted(EDITS))
def test_a_form_filled_in_against_something_older_is_refused_with_both_texts(
    world: World, address: str
) -> None:
    edit = EDITS[address]
    row = next(one for one in rows() if one.address == address and one.method == "POST")
    shows = next(one for one in rows() if one.address == (edit.shows or address) and one.method == "GET")
    path, browser = path_of(world, row), world.browser(shows.viewer)
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined]
    with block:
        page = browser.get(path_of(world, shows)).content.decode()
        sent = (body_of(row, world.bodies) or {}) | BODIES.get(address, {}) | {"seen": seen_on(page, path)}
        theirs = edit.theirs(world)
        stale = browser.post(path, sent)
        text = unescape(stale.content.decode())
        assert stale.status_code == 412, text[:400]
        assert theirs in text and edit.mine in text and "您的没有保存" in text
        assert browser.post(path, {**sent, "seen": ""}).status_code == 412, (
            "who saw nothing overwrites nothing"
        )
        again = browser.post(path, sent | {"seen": seen_on(stale.content.decode(), path)})
        assert again.status_code == 302, "seen now, and sent once more"
        transaction.set_rollback(True)


# --- drafts of the public: the same page in two tabs -------------------------------------------------------------
@dataclass(frozen=True)
class Page:
    """``theirs`` is saved in the other tab and read there as ``kept``; ``mine`` is typed here and read back as ``typed``."""

    theirs: dict[str, Any]
    kept: str
    mine: dict[str, Any]
    typed: str


LENT = {"principal_as_of": "2026-01-05"}
PERSON = {"kind": "natural", "name": "李某"}
DRAFTS = {
    "filing:page": Page(
        LENT | {"principal": "51000"}, "¥51,000.00", LENT | {"principal": "52000"}, "¥52,000.00"
    ),
    "filing:person": Page(
        PERSON | {"address": "某市某路51号"},
        "某市某路51号",
        PERSON | {"address": "某市某路52号"},
        "某市某路52号",
    ),
    "filing:agent": Page(
        AGENT | {"firm": "五一律师事务所"}, "五一律师事务所", AGENT | {"firm": "五二所"}, "五二所"
    ),
    "filing:capacity": Page({"capacity": "guardian"}, "我是监护人", {"capacity": "agent"}, "我是委托代理人"),
    "filing:group": Page(
        {"together": "separate"}, "每人一案：", {"together": "one", "deputies": []}, "一起审："
    ),
    "filing:delivery": Page({"e_delivery": "no"}, "寄纸质文书", {"e_delivery": "yes"}, "收件箱"),
    "filing:batch_me": Page(
        COMPANY | {"address": "某市某路51号"},
        "某市某路51号",
        COMPANY | {"address": "某市某路52号"},
        "某市某路52号",
    ),
    "filing:batch_agent": Page(
        AGENT | {"firm": "五一律师事务所"}, "五一律师事务所", AGENT | {"firm": "五二所"}, "五二所"
    ),
}
"""Every page of a draft that overwrites what is kept."""
DRAFTS_ELSEWHERE = {
    "filing:check": "what was read before it was signed: tests/filing/test_two_tabs.py",
    "filing:from_file_take": "what was ticked beside what stands there: tests/filing/test_two_tabs.py",
    "filing:person_remove": "whom the list showed: tests/filing/test_two_tabs.py",
    "filing:agent_remove": "the same",
}
NO_DRAFT = {
    "something new is added, nothing is overwritten": (
        "filing:start filing:person_new filing:people_list filing:agent_new filing:evidence filing:from_file filing:defence"
        " filing:complain filing:batch_new filing:batch_papers filing:visit_book"
    ),
    "a file, which nobody changes, is taken out by its id": "filing:material_remove filing:batch_paper_remove",
    "moves of a flow, refused when the state is another": (
        "filing:withdraw filing:mediation filing:mediation_stop filing:batch_send filing:batch_cancel"
        " filing:visit_cancel"
    ),
}
PUBLIC = ("ZH", "LI", "CH", "WA")


def test_every_form_of_an_applicant_is_in_a_list() -> None:
    """A new form of the application's pages is put into one of the three."""
    forms = {
        row.address
        for row in rows()
        if row.method == "POST"
        and row.address.startswith("filing:")
        and any(row.expected.get(role) in ("200", "302", "409", "412", "422") for role in PUBLIC)
    }
    without = {name for words in NO_DRAFT.values() for name in words.split()}
    assert forms - DRAFTS.keys() - DRAFTS_ELSEWHERE.keys() - without == set(), "forms in none of the lists"
    assert (DRAFTS.keys() | DRAFTS_ELSEWHERE.keys() | without) - forms == set(), "gone"


@pytest.mark.parametrize("address", sorted(DRAFTS))
def test_the_stale_tab_of_a_draft_overwrites_nothing_and_loses_nothing(world: World, address: str) -> None:
    tabs = DRAFTS[address]
    row = next(one for one in rows() if one.address == address and one.method == "POST")
    path, browser = path_of(world, row), world.browser("ZH")
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined]

    def words(answer: Any) -> str:
        return unescape(answer.content.decode())

    with block:
        old = {"seen": seen_on(words(browser.get(path)), path)}
        for _twice in range(2):
            assert browser.post(path, tabs.theirs | old).status_code == 302, (
                "the same form twice overwrites nothing"
            )
        stale = browser.post(path, tabs.mine | old)
        assert stale.status_code == 412, words(stale)[:400]
        page = words(stale)
        both = page[page.index("<table") : page.index("</table>")]
        assert tabs.kept in both and tabs.typed in both and "还没有保存，也没有丢" in page
        assert "用我这次填的" in page and f'href="{path}">用已经保存的' in page
        assert browser.post(path, tabs.mine).status_code == 412, "who saw nothing overwrites nothing"
        kept = browser.get(path)
        assert kept.status_code == 200 and seen_on(words(kept), path) == seen_on(page, path), "theirs is kept"
        assert browser.post(path, tabs.mine | {"seen": seen_on(page, path)}).status_code == 302, (
            "mine, chosen"
        )
        assert seen_on(words(browser.get(path)), path) != seen_on(page, path)
        transaction.set_rollback(True)
