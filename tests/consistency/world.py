"""One world for the tests that ask every address: made once per module through the services, gone afterwards.

张某's accepted case with bill, order, papers and threads of both sides; beside it one application in each state.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import time, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.test import Client

from accounts.models import IdKind, Organisation, OrganisationMember
from accounts.services import staff
from accounts.services.tokens import issue_token
from assistance import services as assistance
from assistance.acting_services import Wish as ToDo
from assistance.acting_services import begin_by_code
from assistance.models import ActingScope, HelpKind
from casefiles.models import Capacity as Reader
from casefiles.models import Entry, Ground, Section
from casefiles.services import Order, Wish, ask_reading, place_shown, seal
from cases.models import AccessBasis, Case, JudgeDraw, Outcome, Party, Representative, Side
from cases.services import ask_withdrawal, close_case, grant_access
from cases.services.assistants import assistant_shown
from cases.services.batches import Row, issue_many
from cases.services.people import phone_shown
from common import clock
from common.actor import Actor, Kind, Role, ScanPass
from common.gateways.signing import sign
from common.versions import seen_of
from courts.people_services import propose_end
from courts.services import set_leave, start_post
from documents.models import Copy, Delivery, DeliveryMethod, Office, Paper, StoredFile
from documents.services.offices import shown_of as office_shown
from documents.services.wordings import propose_wording
from eventlog.models import Outbox, Receipt
from eventlog.relay import run_due
from feedback import services as feedback
from feedback.models import Invitation, ReplyTemplate, Rework, Satisfaction, Topic
from feedback.services.templates import shown_of as template_shown
from filing import services as filing
from filing.defects import library_for
from filing.kept import agent_kept, group_kept, page_kept, person_kept
from filing.models import Capacity, Filing, VisitKind, VisitSlot
from filing.selectors import draft_of
from filing.services import batch, keyed, visits
from filing.services.batch_sending import work
from filing.services.saved_views import save_view
from notifications.feed_services import make_feed
from notifications.hook_services import add_endpoint
from notifications.models import Message as Notice
from notifications.models import WebhookDelivery
from notifications.receipts import take_receipt
from payments.models import Bill, Difference, Overdue, ReviewItem
from payments.services import ask_relief, grounds_for, refunds
from payments.services.recon import import_bank_list
from portal.closing_services import ask_closing
from portal.demo import cast as people
from portal.demo.loan import loan_cause
from qrlinks.models import ReportKind
from qrlinks.services.reports import write_report
from tests.casefiles.volumes import put_in_side_volume
from tests.cases import test_drafting as drafts
from tests.cases import test_participants as participants
from tests.consistency.sessions import sessions_of
from tests.filing import test_batch as batch_tests
from tests.payments import desks
from tests.payments.callbacks import order_for
from tests.payments.refunds import account, approved, withdrawn
from tests.support.court import Cast, accepted, claimed, draft, everybody, submitted
from tests.support.database import Kept
from tests.support.drawing import draw

ROLES = {
    "AN": "anonymous",
    "SC": "scan",
    "ZH": "zhang",
    "LI": "li",
    "CH": "chen",
    "WA": "wang",
    "CK": "clerk",
    "C2": "clerk2",
    "CB": "clerk-b",
    "JU": "judge",
    "JB": "judge-b",
    "CC": "caseclerk",
    "HE": "head",
    "FI": "finance1",
    "SU": "supervisor",
    "DI": "discipline",
    "AD": "admin",
}
"""Everybody an address is asked by: nobody, 李 with a scan login, 张 of the case, 李 signed in but not bound, somebody
unrelated, an unrelated lawyer; then the court's staff, one clerk and one judge of another court among them."""

SELDOM = {"FJ": "filing-judge", "AU": "auditor"}
"""Who is asked only where a row says so."""
EVERYBODY = ROLES | SELDOM


@dataclass
class World:
    """Who asks, with which session, about what. ``things`` maps the names of the access table to address parts."""

    cast: Cast
    sessions: dict[str, str]
    things: dict[str, dict[str, Any]] = field(default_factory=dict)
    bodies: dict[str, Any] = field(default_factory=dict)

    def browser(self, role: str, **options: Any) -> Client:
        """A fresh browser with the session of this role."""
        client = Client(raise_request_exception=False, **options)
        if role in self.sessions:
            client.cookies[settings.SESSION_COOKIE_NAME] = self.sessions[role]
        return client


SLOW_RUN = timedelta(hours=6)
"""The world is made once and put back for every module: what ends by itself (a pass, a lease) outlives a run, however slow."""


def build() -> World:
    """The world, committed. Effects are worked off, so that papers exist and are delivered."""
    cast = everybody()
    case = accepted(cast)
    _work_off()
    copies = {copy.addressee_public_id: copy for copy in Copy.objects.order_by("-id")}
    zhang = Party.objects.get(case=case, side=Side.PLAINTIFF)
    li = Party.objects.get(case=case, side=Side.DEFENDANT)
    scan = _scan_pass(case, li, copies[li.public_id])
    world = World(cast, sessions_of(EVERYBODY, cast, scan))
    _add_case(world, case, zhang, li, copies)
    _add_threads(world, case, zhang, li, scan)
    _add_filings(world)
    _add_decisions(world)
    _add_ways(world)
    _add_defendant(world)
    _add_refunds(world)
    _add_money(world)
    _add_judged(world)
    _add_opinions(world)
    _work_off()
    _add_file(world, case)
    taken = begin_by_code(
        person_id=cast.users["zhang"].pk, wish=ToDo((ActingScope.FILING,), 8), actor=cast.clerk
    )
    world.bodies["closing"] = str(ask_closing(actor=cast.wang).public_id)
    world.bodies["consent"] = str(taken.public_id)
    world.things["receipt"] = {
        "public_id": Receipt.objects.filter(event_id__in=_events_of(cast)).latest("id").public_id
    }
    world.bodies["seen"] = _seen(world, case)
    # 冯 got a second post on the way, which ended the sign-in before it
    world.sessions.update(sessions_of({"C2": EVERYBODY["C2"]}, cast, scan))
    return world


def _seen(world: World, case: Case) -> dict[str, str]:
    """What the pages of these edits carry of what they showed (REL-34)."""
    things = world.things
    rows = {
        "office": office_shown(Office.objects.get(public_id=things["office"]["public_id"])),
        "template": template_shown(
            ReplyTemplate.objects.get(public_id=things["reply_template"]["public_id"])
        ),
        "phone": phone_shown(Party.objects.get(public_id=things["case_people"]["party_id"])),
        "entry": place_shown(Entry.objects.get(public_id=things["evidence_entry"]["entry_id"])),
        "assistant": assistant_shown(case),
    } | _seen_of_draft(things["draft"])
    return {name: seen_of(*shown.values()) for name, shown in rows.items()}


def _seen_of_draft(parts: dict[str, Any]) -> dict[str, Any]:
    """The same of the pages of 张's draft."""
    unfinished = Filing.objects.get(public_id=parts["public_id"])
    found = draft_of(unfinished)
    return {
        "page": page_kept(found.form.pages["principal"], unfinished.answers),
        "person": person_kept(unfinished.parties.get(public_id=parts["party_id"])),
        "filing_agent": agent_kept(unfinished.agents.get(public_id=parts["agent_id"])),
        "group": group_kept(unfinished),
    }


def _add_judged(world: World) -> None:
    """A judgment of 赵 that has no effect yet."""
    case = accepted(world.cast, principal=20000)
    close_case(
        case_id=case.pk,
        outcome=Outcome.JUDGED,
        decided_on=clock.today(),
        fee_borne=Decimal(0),
        words="被告偿还借款",
        actor=world.cast.judge,
    )
    world.things["judged"] = {"public_id": case.public_id}


def _work_off() -> None:
    while run_due():
        pass


def _events_of(cast: Cast) -> Any:
    from eventlog.models import Event

    mine = Event.objects.filter(actor_id=cast.users["zhang"].pk, actor_kind=Kind.PUBLIC)
    return mine.values("id")


def _scan_pass(case: Case, party: Party, copy: Copy) -> ScanPass:
    return ScanPass(case.pk, party.pk, copy.pk, clock.process_now() + SLOW_RUN)


def _add_case(world: World, case: Case, zhang: Party, li: Party, copies: dict[uuid.UUID, Copy]) -> None:
    things = world.things
    bill = Bill.objects.get(case=case)
    order = order_for(case, out_no="2026consistency1", payer=world.cast.users["zhang"])
    order.pay_url = f"{settings.CASHIER_URL}/{order.out_no}/"
    order.code_text = order.pay_url
    order.save(update_fields=["pay_url", "code_text"])
    data = {
        "merchant": settings.CASHIER_MERCHANT,
        "out_no": order.out_no,
        "amount_fen": 69500,
        "subject": "诉讼费",
        "notify_url": f"{settings.PUBLIC_URL}/gateway/sandbox/notify/",
        "return_url": f"{settings.PUBLIC_URL}/my/bills/{bill.public_id}/result/",
    }
    message = sign(data, settings.CASHIER_MERCHANT_KEY_FILE)
    answer = Client().post(
        "/demo/cashier/orders/", message.body, content_type="application/json", headers=message.headers
    )
    assert answer.status_code == 200
    posted = Delivery.objects.get(copy=copies[li.public_id])
    assert posted.method == DeliveryMethod.POST
    file = StoredFile.objects.filter(owner_public_id=case.filing_public_id).latest("id")
    things["case"] = {"public_id": case.public_id}
    agent = Representative.objects.create(party=li, name="周律师", kind="lawyer", starts_at=clock.now())
    firm = Organisation.objects.create(
        name="某某商贸有限公司", code="x", code_index="x", checked_at=clock.now()
    )
    OrganisationMember.objects.create(
        organisation=firm, user=world.cast.users["chen"], name="陈某", phone="x", phone_index="x", role="head",
        asked_by=world.cast.users["chen"], asked_at=clock.now(), starts_at=clock.now(),
    )  # fmt: skip
    things["organisation"] = {"public_id": firm.public_id}
    offer = Representative.objects.create(
        party=li, name="王律师", kind="lawyer", power="general", basis="party", starts_at=clock.now(),
        phone_index=world.cast.users["wang"].phone_index,
    )  # fmt: skip
    world.bodies |= {"agent": str(agent.public_id), "offer": str(offer.public_id), "li": str(li.public_id)}
    things["case_people"] = {
        "public_id": case.public_id,
        "party_id": li.public_id,
        "agent_id": agent.public_id,
    }
    report = write_report(kind=ReportKind.NOT_MINE, copy=copies[li.public_id])
    things["code_report"] = {"public_id": report.public_id}
    things["bill"] = {"public_id": bill.public_id}
    asked = ask_relief(
        bill_id=bill.pk,
        kind="defer",
        ground=grounds_for("defer")[0],
        words="失业在家",
        actor=world.cast.zhang,
    )
    things["relief"] = {"public_id": asked.public_id}
    late = Overdue.objects.create(court_id=bill.court_id, bill=bill, proposed_at=clock.now())
    things["overdue"] = {"public_id": late.public_id}
    withdrawal = ask_withdrawal(case_id=case.pk, words="对方已经还钱", actor=world.cast.zhang)[0]
    things["withdrawal"] = {"public_id": withdrawal.public_id}
    _add_drafts(world, case)
    things["order"] = {"public_id": order.public_id, "out_no": order.out_no}
    things["zhang_paper"] = {"public_id": copies[zhang.public_id].public_id, "number": 1}
    things["own_copy"] = {"public_id": case.public_id, "copy_id": copies[zhang.public_id].public_id}
    office = Office.objects.create(
        court_id=case.court_id, kind="bank", name="某市某银行", address="某市某路8号"
    )
    things["office"] = {"public_id": office.public_id}
    things["case_party"] = {"public_id": case.public_id, "party_id": zhang.public_id}
    things["li_paper"] = {"public_id": copies[li.public_id].public_id, "number": 1}
    things["delivery"] = {"public_id": posted.public_id}
    draw(file, copies[li.public_id])
    things["file"] = {"public_id": file.public_id, "number": 1}
    things["case_filing"] = {"public_id": case.filing_public_id}
    things["token"] = {"token": "ABCDEFGHJKMNPQRSTUVWXYZ234"}
    things["gateway"] = {"code": "sandbox"}
    things["order_no"] = {"out_no": order.out_no}
    things["pay_kind"] = {"kind": "native"}
    things["refund_no"] = {"refund_no": "R1"}
    things["bill_day"] = {"day": "2026-01-05"}
    things["outbox"] = {"row_id": _dead_effect()}
    world.bodies |= {
        "version": posted.version,
        "delivery": posted.public_id,
        "pick": f"{posted.public_id}:{posted.version}",
        "today": clock.today().isoformat(),
    }


def _add_drafts(world: World, case: Case) -> None:
    """A summons being written, a ruling the judge wrote and handed in, a paper that may be corrected, words of the court."""
    begun = drafts.written(case, "summons", world.cast.caseclerk, drafts.SUMMONS)
    world.things["paper_draft"] = {"public_id": begun.public_id}
    called = participants.witness(case, world.cast.caseclerk)
    world.things["participant"] = {"public_id": case.public_id, "participant_id": called.public_id}
    world.things["draft_page"] = {"public_id": begun.public_id, "number": 1}
    world.things["handed_in"] = {"public_id": drafts.submitted(case, world.cast.judge).public_id}
    proposed = propose_wording(
        template="summons",
        texts={"plain": "请走东门"},
        note="改了门",
        effective_on=clock.today(),
        actor=world.cast.head,
    )
    world.things["wording"] = {"template": "summons", "number": proposed.number}
    many = issue_many(template="summons", rows=[Row(case, drafts.SUMMONS)], actor=world.cast.caseclerk)
    world.things["papers"] = {"public_id": many.public_id}
    wrong = Paper.objects.get(template="acceptance_notice", subject_public_id=case.public_id)
    world.things["correction"] = {"public_id": case.public_id, "paper_id": wrong.public_id}


def _add_threads(world: World, case: Case, zhang: Party, li: Party, scan: ScanPass) -> None:
    """张's is answered; 李's was answered, rated 不满意 and waits for the division head. 李 wants a companion."""
    cast = world.cast
    visitor = Actor(kind=Kind.SCAN, role=Role.LITIGANT, scan=scan, channel="scan")
    text = "请问案子到哪一步了？"
    answered = feedback.ask(
        case_id=case.pk, party_id=zhang.pk, topic=Topic.PROGRESS, text=text, actor=cast.zhang
    )
    feedback.answer(thread_id=answered.pk, text="已经排期。", actor=cast.judge)
    waiting = feedback.ask(case_id=case.pk, party_id=zhang.pk, topic=Topic.PAPER, text=text, actor=cast.zhang)
    reopened = feedback.ask(
        case_id=case.pk, party_id=li.pk, topic=Topic.OTHER, text="我已经还了。", actor=visitor
    )
    feedback.answer(thread_id=reopened.pk, text="请交还款凭证。", actor=cast.judge)
    said = feedback.ask(
        case_id=case.pk, party_id=li.pk, topic=Topic.STATEMENT, text="上月还了两千元。", actor=visitor
    )
    level = Satisfaction.UNSATISFIED
    feedback.rate(thread_id=reopened.pk, level=level, words="", wants_reopening=True, actor=visitor)
    overseen = feedback.ask(
        case_id=case.pk, party_id=zhang.pk, topic=Topic.OTHER, text="还是没有说清楚。", actor=cast.zhang
    )
    for who in (cast.judge, cast.head):
        feedback.answer(thread_id=overseen.pk, text="请等通知。", actor=who)
        feedback.rate(thread_id=overseen.pk, level=level, words="", wants_reopening=True, actor=cast.zhang)
    for name, thread in (
        ("zhang", answered),
        ("waiting", waiting),
        ("li", reopened),
        ("overseen", overseen),
    ):
        world.things[f"{name}_thread"] = {"public_id": case.public_id, "thread_id": thread.public_id}
        world.things[f"{name}_desk"] = {"public_id": thread.public_id}
    wish = assistance.Wish(HelpKind.COMPANION, "13800000002", "上午", "看不懂应诉通知书")
    asked = assistance.ask_help(case_id=case.pk, party_id=li.pk, wish=wish, actor=visitor)
    world.things["li_help"] = {"public_id": case.public_id, "request_id": asked.public_id}
    world.things["help_desk"] = {"public_id": asked.public_id}
    prepared = feedback.keep_template(public_id=None, title="收到", text="已收到。", actor=cast.head)
    world.things |= {"reply_template": {"public_id": prepared.public_id}, "sheet_kind": {"kind": "csv"}}
    answer = answered.messages.get(author_kind="judge")
    for name, message in (("merits", said.messages.get()), ("zhang_answer", answer)):
        world.things[name] = {"public_id": message.thread.public_id, "message_id": message.public_id}


def _add_file(world: World, case: Case) -> None:
    """张's evidence, the notice to 李, and a record in the side volume."""
    entries = Entry.objects.filter(case=case)
    evidence = entries.filter(section=Section.EVIDENCE).earliest("id")
    note = put_in_side_volume(case, evidence)
    notice = entries.get(paper__template="response_notice")
    private = entries.filter(section=Section.IDENTITY).earliest("id")
    draw(evidence.file, private.file, *Copy.objects.filter(paper=notice.paper))  # type: ignore[arg-type]
    order = Order(Ground.PRIVACY, "住址", open_to=[], page=1)
    sealed = seal(entry_public_id=private.public_id, order=order, actor=world.cast.judge)
    wish = Wish(case.number, Reader.THIRD, "我是这笔借款的保证人")
    asked = ask_reading(court=case.court, wish=wish, actor=world.cast.chen)
    place = {"public_id": case.public_id}
    world.things["reading"] = {"public_id": asked.public_id}
    world.things["evidence_entry"] = place | {"entry_id": evidence.public_id}
    world.things["order_of_judge"] = place | {"entry_id": private.public_id, "order_id": sealed.public_id}
    world.bodies["case_number"] = case.number
    for name, entry in (("evidence", evidence), ("li_notice", notice), ("deliberation", note)):
        world.things[name] = {"public_id": case.public_id, "entry_id": entry.public_id, "number": 1}


def _add_opinions(world: World) -> None:
    """A survey that asks 张, a suggestion, a division that has to mend something, a leave."""
    cast = world.cast
    today = clock.today()
    yesterday = today - timedelta(days=1)  # the world may have been begun before midnight
    survey = feedback.open_survey(
        title="答复满意度", since=yesterday, until=today, seed="2026001", size=50, actor=cast.supervisor
    )
    invitation = Invitation.objects.get(survey=survey, thread__party__access__user=cast.users["zhang"])
    suggestion = feedback.suggest(court_id=cast.court.pk, text="窗口多放几把椅子", phone="", actor=cast.zhang)
    rework = Rework.objects.create(
        court=cast.court,
        division=cast.posts["head"].division,
        since=today - timedelta(days=60),
        until=today - timedelta(days=31),
        content=3,
        ratings=20,
        answered=40,
        opened_at=clock.now(),
        due_at=clock.now() + timedelta(days=10),
    )
    away = set_leave(
        post_id=cast.posts["caseclerk"].pk,
        deputy_id=start_post(
            user_id=cast.posts["clerk2"].user_id,
            court_id=cast.court.pk,
            role=Role.CASE_CLERK,
            division=None,
            actor=cast.admin,
        ).pk,
        from_on=today + timedelta(days=30),
        until_on=today + timedelta(days=31),
        actor=cast.head,
    )
    rows = {"invitation": invitation, "survey": survey, "suggestion": suggestion, "rework": rework}
    world.things |= {name: {"public_id": row.public_id} for name, row in rows.items()}
    world.bodies |= {
        "court": str(cast.court.pk),
        "running_leave": str(away.pk),
        "leave": {
            "post": str(cast.posts["judge"].pk),
            "deputy": str(cast.posts["filing-judge"].pk),
            "from_on": str(today),
            "until_on": str(today),
        },
    }


def _add_filings(world: World) -> None:
    """A draft, one sent and taken by 钱, one returned for correction, one withdrawn."""
    cast = world.cast
    sent = claimed(cast, submitted(cast))
    returned = claimed(cast, submitted(cast))
    defects = [defect for defect in library_for(draft_of(returned)) if defect.code == "unreadable_IOU"]
    filing.return_filing_for_correction(
        filing_id=returned.pk,
        fence=returned.fence,
        defects=defects,
        words="",
        reason_for_repeat="",
        actor=cast.clerk,
    )
    unfinished = draft(cast, without=("TRANSFER", "IOU"))
    _add_people(cast, unfinished)
    for name, row in (("sent", sent), ("returned", returned), ("draft", unfinished)):
        world.things[name] = _parts(Filing.objects.get(pk=row.pk))
    world.bodies["fence"] = sent.fence
    Filing.objects.filter(pk=sent.pk).update(claimed_until=clock.now() + SLOW_RUN)


def _add_people(cast: Cast, draft: Filing) -> None:
    """A second plaintiff, and a lawyer for both."""
    other = people.OTHERS[1]
    values = {"kind": "natural", "name": other.name, "id_kind": "id_card", "id_number": other.id_number}
    filing.save_party(filing_id=draft.pk, side=Side.PLAINTIFF, values=values, actor=cast.zhang)
    from tests.consistency.access_table import AGENT  # that table reads the roles from here

    filing.save_agent(filing_id=draft.pk, values=AGENT, actor=cast.zhang)


def _add_decisions(world: World) -> None:
    """One application asked about mediation and complained about, one in mediation, one that a judge decides on, one with
    a question for a second notice; a saved view of 钱."""
    cast, clerk = world.cast, world.cast.clerk
    asked, mediating, refusal, repeat = (claimed(cast, submitted(cast)) for _number in range(4))
    for row in (asked, mediating):
        filing.ask_for_mediation(filing_id=row.pk, fence=row.fence, actor=clerk)
    filing.answer_mediation(filing_id=mediating.pk, consent=True, actor=cast.zhang)
    complaint = filing.complain_about_filing(filing_id=asked.pk, words="一直没有答复", actor=cast.zhang)
    proposal = filing.propose_refusal(
        filing_id=refusal.pk, fence=refusal.fence, ground="arbitration", words="有仲裁条款", actor=clerk
    )
    defects = [defect for defect in library_for(draft_of(repeat)) if defect.code == "unreadable_IOU"]
    notice = {"filing_id": repeat.pk, "defects": defects, "words": "", "actor": clerk}
    filing.return_filing_for_correction(fence=repeat.fence, reason_for_repeat="", **notice)
    filing.submit_filing(filing_id=repeat.pk, actor=cast.zhang)
    again = filing.propose_repeat(
        fence=claimed(cast, repeat).fence, reason="unanswered", reason_words="没有重拍", **notice
    )
    view = save_view(name="大额", query="view=open&sort=-amount", shared=False, actor=clerk)
    for name, row in (("asked", asked), ("mediating", mediating), ("refused_by", refusal)):
        world.things[name] = _parts(Filing.objects.get(pk=row.pk))
    for name, thing in (("refusal", proposal), ("repeat", again), ("complaint", complaint), ("view", view)):
        world.things[name] = {"public_id": thing.public_id}
    world.bodies |= {
        "assign": {
            "post": str(cast.posts["clerk2"].pk),
            "picked": str(world.things["sent"]["public_id"]),
            "form_key": "key-of-this-form",
        },
        "hand_over": {
            "fence": world.bodies["fence"],
            "to_court": str(cast.other_court.public_id),
            "reason": "被告住所地在该院辖区",
        },
        "draw": str(JudgeDraw.objects.latest("id").pk),
    }


def _add_defendant(world: World) -> None:
    """A second case of 张's, in which 陈 is the defendant and is bound."""
    cast = world.cast
    case = accepted(cast, other=people.OTHERS[0])
    party = case.parties.get(side=Side.DEFENDANT)
    grant_access(party=party, user=cast.users["chen"], basis=AccessBasis.REAL_NAME, actor=cast.clerk)
    world.things["sued"] = {"public_id": case.public_id}


def _add_refunds(world: World) -> None:
    """张 withdrew two paid suits: one refund waits for his word, the other is on a list for the bank."""
    cast = world.cast
    waiting, sent = (withdrawn(cast) for _number in range(2))
    refunds.confirm_refund(refund_id=sent.pk, route="bank", account=account(), actor=cast.zhang)
    approved(cast, sent)
    world.things["refund"] = {"public_id": waiting.public_id}
    world.things["bank_list"] = {"public_id": refunds.make_bank_list(actor=cast.finance1).public_id}


def _add_money(world: World) -> None:
    """A sum that does not fit its bill, a notice of another merchant, a debit of the bank list nobody explained."""
    cast = world.cast
    odd = desks.odd_money(cast, accepted(cast))
    order = order_for(accepted(cast), out_no="2026consistency2")
    assert desks.notify(order, event_no="EVmerchant", merchant="another") == "review"
    import_bank_list(content=desks.bank_list(desks.debit("1", 20)), actor=cast.finance1)
    today = clock.today()
    world.things |= {
        "suspense": {"public_id": odd.public_id},
        "review": {"public_id": ReviewItem.objects.get().public_id},
        "difference": {"public_id": Difference.objects.get().public_id},
        "bank_day": {"gateway": "bank", "day": today.isoformat(), "month": f"{today:%Y-%m}", "kind": "csv"},
    }


def _add_ways(world: World) -> None:
    """张's table of claims, token and home visit (assigned to 钱), a free appointment, a draft that 钱 keys in."""
    cast, things = world.cast, world.things
    capacity = Capacity.AGENT
    file = batch_tests.table([batch_tests.heading(), batch_tests.row(1), batch_tests.row(2, principal="x")])
    made, _is_new = batch.start_batch(
        form_key="private_lending",
        court=cast.court,
        capacity=capacity,
        upload=file,
        key="world",
        actor=cast.zhang,
    )
    work(budget_seconds=30)
    things["batch"] = {"public_id": uuid.UUID(made), "material_id": uuid.uuid4()}
    token, _secret = issue_token(user_id=cast.users["zhang"].pk, name="软件", days=30, actor=cast.zhang)
    colleague = cast.posts["clerk2"].user
    propose_end(
        user_id=colleague.public_id,
        post_id=cast.posts["clerk2"].public_id,
        reason="调到另一个法院",
        actor=cast.admin,
    )
    welcome = staff.new_invitation(user=colleague, court_id=cast.court.pk, actor=cast.admin)
    things |= {"colleague": {"public_id": colleague.public_id}, "welcome": {"token": welcome}}
    things["token_row"] = {"public_id": token.public_id}
    _add_own_software(world)
    tomorrow = clock.today() + timedelta(days=1)
    hours = visits.Hours(tomorrow, time(9), time(9, 30), 30, 5)
    for kind in VisitKind:
        visits.open_slots(kind=kind, hours=hours, actor=cast.clerk)
    free, at_home = (VisitSlot.objects.get(kind=kind) for kind in (VisitKind.COUNTER, VisitKind.HOME))
    wish = visits.Wish("张某", "13800000001", "借款不还", "某省某市示例区和平路1号", "卧床")
    booked = visits.book_visit(slot_id=at_home.pk, wish=wish, actor=cast.zhang)
    visits.assign_visit(visit_id=booked.pk, post_id=cast.posts["clerk"].pk, actor=cast.clerk)
    things |= {"slot": {"public_id": free.public_id}, "visit": {"public_id": booked.public_id}}
    someone = people.OTHERS[3]
    keyed_draft = keyed.start_keyed(
        person=keyed.Person(someone.name, IdKind.ID_CARD, someone.id_number),
        what=keyed.What("private_lending", loan_cause(), cast.court),
        actor=cast.clerk,
    )
    things["keyed"] = {"public_id": keyed_draft.public_id}
    world.bodies |= {"tomorrow": tomorrow.isoformat(), "clerk_post": cast.posts["clerk"].pk}
    world.bodies["keyed_number"] = someone.id_number


def _dead_effect() -> int:
    """An effect that failed too often."""
    row = Outbox(
        event_id=10**7, handler="nobody", state="dead", next_at=clock.now(), last_error="LookupError"
    )
    row.save()
    return row.pk


def _add_own_software(world: World) -> None:
    """An address of 张's software with one thing it was told, and a feed of each kind."""
    cast, things = world.cast, world.things
    hook = add_endpoint(url="http://127.0.0.1:9/hook", topics=["cases"], actor=cast.zhang)
    now = clock.now()
    told = WebhookDelivery.objects.create(
        endpoint=hook, event_id=1, kind="cases.assigned", case_public_id=things["case"]["public_id"],
        happened_at=now, created_at=now, next_at=now, state="failed",
    )  # fmt: skip
    things["hook"] = {"public_id": hook.public_id, "delivery_id": told.public_id}
    for name, kind in (("feed_dates", "calendar"), ("feed_news", "events")):
        feed, secret = make_feed(kind=kind, actor=cast.zhang)
        things[name] = {"token": secret}
    text = Notice.objects.filter(court_id=cast.court.pk, channel="sms").latest("id")
    take_receipt(message_id=text.public_id, arrived=False)
    things["bounced"] = {"public_id": text.public_id}
    things["feed_row"] = {"public_id": feed.public_id}


def _parts(row: Filing) -> dict[str, Any]:
    """Everything an address of an application can ask for."""
    material, agent = row.materials.order_by("id").first(), row.agents.first()
    return {
        "public_id": row.public_id,
        "task": "other",
        "party_id": row.parties.get(side=Side.DEFENDANT).public_id,
        "agent_id": agent.public_id if agent else uuid.uuid4(),
        "material_id": material.public_id if material else uuid.uuid4(),
    }


def world_of(made_once: Kept, blocker: Any) -> Iterator[World]:
    """Body of a module's fixture: the world while the module runs, nothing before and after. Built once in each process."""
    with blocker.unblock():
        made_once.cleaner.clean()
        try:
            yield made_once("world", build)
        finally:
            made_once.cleaner.clean()
