"""Procedures as data: what each asks, where it goes, which number, fee, papers and periods it begins with."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from cases.models import Case, CaseLink, CaseStaff, LinkKind, Party, Side
from cases.selectors import cases_of
from common import clock
from common.actor import Actor
from courts.models import CaseType, Cause, CauseVersion, Court
from courts.selectors import cause_path
from documents.models import Copy
from documents.rendering.templates import TEMPLATES
from documents.services import record_outcome, record_sent
from filing import services
from filing.elements import schema
from filing.models import Filing
from filing.precheck import cause_named
from filing.procedures import fee_item, procedures
from filing.selectors import draft_of
from filing.slots import person_codes
from filing.tasklist import tasks_of
from guides.materials import procedures as materials_lists
from payments.fees import book_on
from payments.models import Bill
from portal.demo import cast as people
from portal.demo.loan import photo
from portal.demo.several import enforcement, person_values
from qrlinks.services import find_cases_of
from tests.filing.answers import posted
from tests.filing.pages import home, text_of
from tests.support.court import Cast, accepted, claimed

NO_APPLICATION = {"RELIEF", "REFUND", "CROSS", "FILE_VIEW", "EXTEND_EVIDENCE"}
"""Lists of acts in a running case, and of the way an application takes."""


def test_every_procedure_of_the_materials_list_can_be_started() -> None:
    assert set(procedures()) == set(materials_lists()) - NO_APPLICATION


@pytest.mark.django_db
@pytest.mark.parametrize("code", procedures())
def test_what_a_procedure_names_exists(code: str) -> None:
    """Form, type code, fixed cause, fee item, papers, codes that its form replaces."""
    one = procedures()[code]
    assert CaseType.objects.filter(type_code=one.type_code).exists()
    assert not one.form or schema.load(one.form)
    assert not one.cause or cause_named(one.cause)
    assert one.fee in ("", "form") or one.fee in book_on(None).items
    assert set(one.papers) <= set(TEMPLATES)
    assert one.fee or one.fee_note
    assert one.venues and all(venue.article for venue in one.venues)
    assert {item.code for item in materials_lists()[code].materials} - one.written


def send(cast: Cast, filing: Filing, *, who: str = "zhang", other: str = "李某") -> Filing:
    """Everything that is still missing filled in with what the form takes, through the pages, and sent."""
    client, user = cast.client(who), cast.users[who]
    person = {"zhang": people.ZHANG, "li": people.LI}[who]
    actor = cast.actors[who]
    services.save_party(filing_id=filing.pk, side=Side.PLAINTIFF, values=person_values(person), actor=actor)
    draft = draft_of(Filing.objects.get(pk=filing.pk))
    if not draft.side(Side.DEFENDANT):
        values = {
            "kind": "natural",
            "name": other,
            "id_kind": "id_card",
            "id_number": people.OTHERS[0].id_number,
        }
        services.save_party(filing_id=filing.pk, side=Side.DEFENDANT, values=values, actor=actor)
    for task in draft.form.tasks:
        for page in task.pages:
            kept = Filing.objects.get(pk=filing.pk).answers
            answer = client.post(home(filing, f"{task.key}/{page.key}/"), posted(page, kept))
            assert answer.status_code == 302, text_of(answer)
    draft = draft_of(Filing.objects.get(pk=filing.pk))
    for slot, files in draft.slots():
        if slot.required and not files:
            upload = photo([slot.title], f"{slot.key}.jpg")
            services.add_material(filing_id=filing.pk, slot=slot.key, upload=upload, actor=actor)
    services.save_delivery(filing_id=filing.pk, e_delivery=True, actor=actor)
    sent = client.post(home(filing, "check/"), {"agree": "on", "signed_name": user.name, "form_key": "send"})
    assert sent.status_code == 302, text_of(sent)
    return Filing.objects.get(pk=filing.pk)


def start(cast: Cast, account: str = "zhang", /, **answers: str) -> Filing:
    """From the answers of the pre-check to a draft, through its page."""
    given = answers | {"form_key": "begin", "capacity": "self"}
    answer = cast.client(account).post("/my/filings/new/", given)
    assert answer.status_code == 302 and "/my/filings/" in answer["Location"], answer["Location"]
    return Filing.objects.latest("id")


def decide(cast: Cast, filing: Filing, by: str = "clerk") -> Case:
    held = claimed(cast, filing, by)
    return services.accept_filing(filing_id=filing.pk, fence=held.fence, actor=cast.actors[by])


def rules_of(case: Case) -> set[str]:
    return set(case.deadlines.values_list("rule_id", flat=True))


def test_a_payment_order_is_answered_in_five_days_and_costs_a_third(
    cast: Cast, run_outbox: Callable[..., int]
) -> None:
    """The debtor hears of it by the order itself, not by a notice."""
    filing = start(cast, what="payment_order", who="natural", amount="90000", reachable="yes", court="某1234")
    filing = send(cast, filing)
    assert filing.due_on is not None
    case = decide(cast, filing)
    assert case.type_code == "民督" and case.cause.name == "申请支付令" and rules_of(case) == {"D49"}
    bill = Bill.objects.get(case=case)
    assert (bill.item, bill.label) == ("payment_order", "申请费")
    run_outbox()
    assert set(Copy.objects.values_list("paper__template", "addressee_name")) == {
        ("application_notice", "张某"),
        ("fee_notice", "张某"),
    }
    page = text_of(cast.client("zhang").get(f"/my/cases/{case.public_id}/"))
    assert case.number in page


def test_an_appeal_goes_through_the_first_court_to_the_one_above(
    cast: Cast, run_outbox: Callable[..., int]
) -> None:
    """Linked to the case appealed against, whose judge does not decide it; the other side is named already."""
    first = accepted(cast)
    above = Court.objects.get(code="某12")
    Court.objects.filter(pk=above.pk).update(is_open=True)
    posts = people.hire(above, people.ABOVE_STAFF)
    cast.posts |= posts
    cast.actors |= {name: people.as_staff(post) for name, post in posts.items()}
    filing = start(
        cast,
        what="appeal",
        origin=first.number.replace("（", "(").replace("）", ")"),
        cause=first.cause.code,
        served="ten",
        amount_in_dispute="20000",
    )
    assert (filing.court, filing.deciding_court, filing.origin_case) == (cast.court, above, first)
    assert [party.name for party in filing.parties.all()] == ["李某"]
    filing = send(cast, filing)
    case = decide(cast, filing, "clerk-c")
    assert (case.court, case.type_code) == (above, "民终") and {"D25", "D35"} <= rules_of(case)
    link = CaseLink.objects.get(later=case)
    assert (link.earlier, link.kind) == (first, LinkKind.APPEAL)
    assert CaseStaff.objects.get(case=case, role="judge").post == posts["judge-c"]
    run_outbox()
    notice = Copy.objects.select_related("delivery").get(paper__template="appeal_notice")
    assert notice.addressee_name == "李某"
    served(notice, cast.actors["clerk-c"])
    run_outbox()
    states = dict(case.deadlines.values_list("rule_id", "state"))
    assert states["D35"] == "done" and states["D36"] == "running"


def test_an_authority_that_is_sued_gets_the_complaint_and_fifteen_days(
    cast: Cast, run_outbox: Callable[..., int]
) -> None:
    """行政诉讼法 art. 67."""
    cause = Cause.objects.filter(version=CauseVersion.ADMINISTRATIVE, children=None).first()
    assert cause is not None
    case = decide(
        cast,
        send(cast, start(cast, what="more", act="admin", cause=cause.code, court="某1234"), other="某某局"),
    )
    assert case.type_code == "行初" and {"D11", "D28"} <= rules_of(case)
    run_outbox()
    notice = Copy.objects.select_related("delivery").get(paper__template="admin_response_notice")
    assert notice.addressee_name == "某某局"
    served(notice, cast.clerk)
    run_outbox()
    states = dict(case.deadlines.values_list("rule_id", "state"))
    assert states["D11"] == "done" and states["D12"] == "running"


def served(notice: Copy, clerk: Actor) -> None:
    """Handed over at the counter today, as the print desk records it."""
    sending = {"delivery_public_id": notice.delivery.public_id, "actor": clerk}
    record_sent(
        **sending, version=notice.delivery.version, method="counter", sent_on=clock.today(), tracking_no=""
    )
    notice.delivery.refresh_from_db()
    record_outcome(**sending, version=notice.delivery.version, outcome="self", happened_on=clock.today())


def test_an_enforcement_follows_its_case_and_is_charged_nothing_beforehand(cast: Cast) -> None:
    first = accepted(cast)
    filing = enforcement(
        court=cast.court,
        user=cast.users["zhang"],
        person=people.ZHANG,
        against="李某",
        case=first,
        today=clock.today(),
    )
    services.submit_filing(filing_id=filing.pk, actor=cast.zhang)
    case = decide(cast, filing)
    assert case.type_code == "执" and case.amount == Decimal("51416.00")
    assert {"D57", "D59"} <= rules_of(case)
    assert CaseLink.objects.get(later=case).kind == LinkKind.ENFORCEMENT
    assert not Bill.objects.filter(case=case).exists()
    page = text_of(cast.client("zhang").get(f"/my/cases/{case.public_id}/files/"))
    assert "某A12345" not in page  # what is known of the debtor's property is not for him


def test_a_case_of_somebody_else_is_not_linked_by_its_number(cast: Cast) -> None:
    first = accepted(cast)
    filing = start(
        cast,
        "li",
        what="enforcement",
        basis="court",
        origin=first.number,
        cause=first.cause.code,
        amount="1",
        effective="recent",
    )
    assert filing.origin_case is None and filing.origin_number == first.number
    assert not filing.parties.exists()


def test_the_other_side_finds_no_preservation_before_the_court_has_acted(
    cast: Cast, run_outbox: Callable[..., int]
) -> None:
    """Answered within 48 hours; no notice, no code, no binding for the one whose property it is."""
    filing = start(
        cast, what="preservation", who="natural", amount="50000", guarantee="insurance", court="某1234"
    )
    filing = send(cast, filing, other="陈某")
    assert filing.due_on == clock.today() + timedelta(days=2)
    case = decide(cast, filing)
    assert case.type_code == "财保"
    run_outbox()
    other = Party.objects.get(case=case, side=Side.DEFENDANT)
    assert (other.name, other.id_number, other.id_number_index) == ("陈某", "", "")
    find_cases_of(user_id=cast.users["chen"].pk, actor=cast.chen)
    assert not cases_of(cast.chen).exists()
    assert set(Copy.objects.values_list("addressee_name", flat=True)) == {"张某"}


def test_a_protection_order_is_free_and_answered_in_seventy_two_hours(cast: Cast) -> None:
    filing = send(cast, start(cast, what="protection", in_danger="no", court="某1234"))
    assert filing.due_on == clock.today() + timedelta(days=3)
    case = decide(cast, filing)
    assert case.type_code == "民保令" and not Bill.objects.exists()


def test_papers_of_a_procedure_come_from_its_materials_list(cast: Cast) -> None:
    """Nothing outside the list is asked for; what the form itself is, is not asked for again (R-14)."""
    filing = start(cast, what="more", act="public_summons", amount="80000", court="某1234")
    keys = {slot.key for slot, _files in draft_of(filing).slots()}
    listed = {paper.code for paper in materials_lists()["PUBLIC_SUMMONS"].materials}
    assert keys - person_codes() == {"BILL_COPY", "LOSS", "OTHER", "WRITTEN"} and "APPLICATION" in listed
    assert [task.state for task in tasks_of(draft_of(filing)) if task.key == "other"] == ["optional"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "amount", "item"),
    [
        ("追索劳动报酬纠纷", Decimal(5000), ""),
        ("经济补偿金纠纷", Decimal(5000), "labour"),
        ("名誉权纠纷", Decimal(5000), "personality"),
        ("房屋租赁合同纠纷", Decimal(5000), "property"),
        ("赡养纠纷", None, "other_nonproperty"),
        ("著作权合同纠纷", Decimal(5000), "ip"),
    ],
)
def test_the_fee_item_of_a_suit_hangs_on_its_cause(name: str, amount: Any, item: str) -> None:
    cause = cause_named(name)
    assert cause is not None
    form = schema.load("labour" if item == "labour" else "general")
    assert fee_item(procedures()["CIVIL_FIRST"], form, cause_path(cause), amount) == item
