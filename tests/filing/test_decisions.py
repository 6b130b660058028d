"""Decisions besides acceptance: refusal by a judge, hand-over, mediation first, a second notice, complaints."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from common import clock
from common.errors import Conflict, InvalidInput, InvalidTransition, NotAllowed
from courts.calendar import deadline
from courts.models import Court
from documents.models import Copy, Delivery, DeliveryMethod
from eventlog.models import Event
from filing import services
from filing.defects import library_for
from filing.handlers import may_open_ruling
from filing.models import Channel, CorrectionNotice, Filing, FilingStatus, RefusalProposal, RepeatProposal
from filing.papers import rulings_for
from filing.policies import visible_complaints, visible_filings, visible_hand_overs, visible_repeats
from filing.selectors import draft_of
from notifications.models import Message
from portal.demo.loan import photo
from tests.support.court import Cast, claimed, submitted

STRANGERS = ("clerk-b", "judge", "judge-b", "head", "supervisor", "finance1", "admin", "chen", "zhang")


def proposed(cast: Cast, **options: Any) -> tuple[Filing, RefusalProposal]:
    filing = claimed(cast, submitted(cast, **options))
    proposal = services.propose_refusal(
        filing_id=filing.pk,
        fence=filing.fence,
        ground="arbitration",
        words="合同第8条约定由仲裁委员会仲裁",
        actor=cast.clerk,
    )
    return Filing.objects.get(pk=filing.pk), proposal


def told(user_name: str, cast: Cast, kind: str) -> list[str]:
    user = cast.users[user_name] if user_name in cast.users else cast.posts[user_name].user
    return list(Message.objects.filter(user=user, kind=kind, channel="inbox").values_list("body", flat=True))


def handed(cast: Cast, filing: Filing, **change: Any) -> Any:
    values = {"filing_id": filing.pk, "fence": filing.fence, "to_court": cast.other_court} | change
    return services.hand_over_filing(reason="被告住所地在该院辖区", actor=cast.clerk, **values)


# -- 不予受理 --------------------------------------------------------------------------------------------------------


@pytest.mark.req("R-17")
def test_a_refusal_is_proposed_by_the_clerk_ruled_by_the_judge_and_served_as_a_paper(
    cast: Cast, run_outbox: Callable[..., int]
) -> None:
    filing, proposal = proposed(cast)
    due = filing.due_on
    assert (filing.status, filing.decided_at) == (FilingStatus.REFUSAL, None)
    services.rule_on_refusal(
        proposal_id=proposal.pk, refused=True, reasons="双方有书面仲裁条款。", actor=cast.filing_judge
    )
    filing.refresh_from_db()
    assert filing.status == FilingStatus.REFUSED and filing.decided_at and filing.due_on == due
    run_outbox()
    copy = Copy.objects.get(paper__template="refusal_ruling")
    data = copy.paper.data
    assert (
        data["reasons"] == "双方有书面仲裁条款。" and "仲裁" in data["sentence"] and data["judge"] == "柏正"
    )
    assert copy.addressee_name == "张某" and copy.delivery.method == DeliveryMethod.INBOX
    assert may_open_ruling(cast.zhang, copy.addressee_public_id)
    assert not may_open_ruling(cast.li, copy.addressee_public_id)
    (ruling,) = rulings_for(filing)
    assert ruling.served_on is not None
    assert ruling.appeal_until == deadline("D33", ruling.served_on, court=cast.court).due
    assert any("10日内可以上诉" in body for body in told("zhang", cast, "filing_refused"))
    assert told("filing-judge", cast, "refusal_proposed")
    assert Event.objects.filter(name="filing.refused", actor_name="柏正").count() == 1


def test_without_consent_the_ruling_goes_by_post(cast: Cast, run_outbox: Callable[..., int]) -> None:
    filing, proposal = proposed(cast, e_delivery=False)
    services.rule_on_refusal(proposal_id=proposal.pk, refused=True, reasons="见建议", actor=cast.filing_judge)
    run_outbox()
    assert Delivery.objects.get(copy__paper__template="refusal_ruling").method == DeliveryMethod.POST
    assert [r.appeal_until for r in rulings_for(filing)] == [None]


def test_the_judge_sends_it_back_and_the_clock_runs_on(cast: Cast, run_outbox: Callable[..., int]) -> None:
    filing, proposal = proposed(cast)
    services.rule_on_refusal(
        proposal_id=proposal.pk, refused=False, reasons="条款无效", actor=cast.filing_judge
    )
    again = Filing.objects.get(pk=filing.pk)
    assert (again.status, again.due_on, again.claimed_by) == (FilingStatus.SUBMITTED, filing.due_on, None)
    run_outbox()
    assert told("clerk", cast, "refusal_declined")
    held = claimed(cast, again)
    assert services.accept_filing(filing_id=filing.pk, fence=held.fence, actor=cast.clerk).number


@pytest.mark.req("SEC-10")
def test_only_a_filing_judge_rules_and_only_once(cast: Cast) -> None:
    filing, proposal = proposed(cast)
    rule = {"proposal_id": proposal.pk, "refused": True, "reasons": "理由"}
    for who in (*STRANGERS, "clerk", "clerk2"):
        with pytest.raises(NotAllowed):
            services.rule_on_refusal(actor=cast.actors[who], **rule)
    with pytest.raises(InvalidInput):
        services.rule_on_refusal(actor=cast.filing_judge, **(rule | {"reasons": ""}))
    services.rule_on_refusal(actor=cast.filing_judge, **rule)
    for refused in (True, False):
        with pytest.raises(Conflict):
            services.rule_on_refusal(actor=cast.filing_judge, **(rule | {"refused": refused}))
    with pytest.raises(Conflict) as late:
        services.accept_filing(filing_id=filing.pk, fence=filing.fence, actor=cast.clerk)
    assert "柏正" in late.value.message


def test_a_proposal_needs_a_ground_of_the_law_and_words(cast: Cast) -> None:
    filing = claimed(cast, submitted(cast))
    common = {"filing_id": filing.pk, "fence": filing.fence, "actor": cast.clerk}
    for ground, words, field in (("because", "x", "ground"), ("arbitration", "", "words")):
        with pytest.raises(InvalidInput) as wrong:
            services.propose_refusal(ground=ground, words=words, **common)
        assert list(wrong.value.fields) == [field]
    for who in STRANGERS:
        with pytest.raises(NotAllowed):
            services.propose_refusal(
                filing_id=filing.pk, fence=0, ground="arbitration", words="x", actor=cast.actors[who]
            )
    assert not RefusalProposal.objects.exists()


def test_the_filing_judge_reads_what_was_proposed_and_nothing_else(cast: Cast) -> None:
    filing, _proposal = proposed(cast)
    other = submitted(cast)
    assert set(visible_filings(cast.filing_judge)) == {filing}
    assert other not in visible_filings(cast.judge) and not visible_filings(cast.judge).exists()


# -- 移送 ------------------------------------------------------------------------------------------------------------


@pytest.mark.req("R-20")
def test_a_handed_over_application_is_decided_by_the_other_court_with_a_new_clock(
    cast: Cast, run_outbox: Callable[..., int]
) -> None:
    filing = claimed(cast, submitted(cast))
    with clock.at(clock.now() + timedelta(days=2)):
        step = handed(cast, filing)
        today = clock.today()
        run_outbox()
    moved = Filing.objects.get(pk=filing.pk)
    due = deadline("D01", today, court=cast.other_court).due
    assert (moved.deciding_court, moved.court) == (cast.other_court, cast.court)
    assert moved.due_on == step.due_on == due and moved.channel == Channel.CROSS
    assert moved not in visible_filings(cast.clerk) and moved in visible_filings(cast.clerk_b)
    for clerk in (cast.clerk, cast.clerk2, cast.clerk_b):
        assert [row.filing for row in visible_hand_overs(clerk)] == [moved], (
            "both courts see it with its clock"
        )
    assert cast.other_court.name in told("zhang", cast, "filing_handed_over")[0]
    assert told("clerk-b", cast, "filing_received_over")
    held = services.claim_filing(filing_id=filing.pk, actor=cast.clerk_b)
    case = services.accept_filing(filing_id=filing.pk, fence=held.fence, actor=cast.clerk_b)
    assert case.court == cast.other_court and "某1235" in case.number


def test_nobody_hands_over_twice_nor_into_the_void(cast: Cast) -> None:
    filing = claimed(cast, submitted(cast))
    closed = Court.objects.filter(is_open=False).first()
    for court in (None, closed, cast.court):
        with pytest.raises(InvalidInput):
            handed(cast, filing, to_court=court)
    step = handed(cast, filing)
    with pytest.raises(NotAllowed):
        handed(cast, filing)
    held = services.claim_filing(filing_id=filing.pk, actor=cast.clerk_b)
    with pytest.raises(Conflict) as back:
        services.hand_over_filing(
            filing_id=filing.pk,
            fence=held.fence,
            to_court=cast.court,
            reason="还给你",
            actor=cast.clerk_b,
        )
    assert back.value.code == "handed_over_before" and step.filing.hand_overs.count() == 1


def test_an_application_with_a_clock_of_its_own_keeps_it_after_a_hand_over(cast: Cast) -> None:
    """Whatever the procedure, the other court has the whole of its period, counted from the hand-over."""
    filing = submitted(cast)
    Filing.objects.filter(pk=filing.pk).update(procedure="EXEC_THIRD")
    step = handed(cast, claimed(cast, filing))
    assert step.due_on == deadline("D62", clock.today(), court=cast.other_court).due


def test_only_three_kinds_cross(cast: Cast) -> None:
    filing = claimed(cast, submitted(cast))
    Filing.objects.filter(pk=filing.pk).update(procedure="APPEAL")
    with pytest.raises(InvalidInput) as refusal:
        handed(cast, filing)
    assert "to_court" in refusal.value.fields


# -- 先行调解 --------------------------------------------------------------------------------------------------------


def asked(cast: Cast) -> Filing:
    filing = claimed(cast, submitted(cast))
    return services.ask_for_mediation(filing_id=filing.pk, fence=filing.fence, actor=cast.clerk)


@pytest.mark.req("R-21")
def test_a_no_changes_nothing_and_nobody_asks_again(cast: Cast) -> None:
    filing = asked(cast)
    due, fence = filing.due_on, filing.fence
    services.answer_mediation(filing_id=filing.pk, consent=False, actor=cast.zhang)
    filing.refresh_from_db()
    assert (filing.status, filing.due_on, filing.mediation_consent) == (FilingStatus.SUBMITTED, due, False)
    with pytest.raises(Conflict):
        services.ask_for_mediation(filing_id=filing.pk, fence=fence, actor=cast.clerk)
    with pytest.raises(Conflict):
        services.answer_mediation(filing_id=filing.pk, consent=True, actor=cast.zhang)
    assert services.accept_filing(filing_id=filing.pk, fence=fence, actor=cast.clerk).number


def test_only_the_applicant_consents_and_only_when_asked(cast: Cast) -> None:
    filing = claimed(cast, submitted(cast))
    with pytest.raises(Conflict):
        services.answer_mediation(filing_id=filing.pk, consent=True, actor=cast.zhang)
    services.ask_for_mediation(filing_id=filing.pk, fence=filing.fence, actor=cast.clerk)
    for who in ("clerk", "li", "chen", "judge", "supervisor"):
        with pytest.raises(NotAllowed):
            services.answer_mediation(filing_id=filing.pk, consent=True, actor=cast.actors[who])
    assert Filing.objects.get(pk=filing.pk).status == FilingStatus.SUBMITTED


def test_thirty_days_of_mediation_end_by_themselves_with_seven_new_days(
    cast: Cast, run_outbox: Callable[..., int]
) -> None:
    filing = asked(cast)
    services.answer_mediation(filing_id=filing.pk, consent=True, actor=cast.zhang)
    filing.refresh_from_db()
    until = deadline("D72", clock.today(), court=cast.court).due
    assert (filing.status, filing.due_on, filing.claimed_by) == (FilingStatus.MEDIATING, until, None)
    run_outbox()
    assert told("zhang", cast, "mediation_asked") and told("zhang", cast, "mediation_started")
    for days_after, ended in ((0, 0), (1, 1), (1, 0)):
        with clock.at(clock.now() + (until - clock.today()) + timedelta(days=days_after)):
            assert services.end_due_mediations(cast.clerk) == ended
            again = deadline("D01", clock.today(), court=cast.court).due
            run_outbox()
    filing.refresh_from_db()
    assert (filing.status, filing.due_on) == (FilingStatus.SUBMITTED, again)
    assert told("zhang", cast, "mediation_ended")


def test_the_applicant_stops_it_at_any_time_or_takes_it_back(cast: Cast) -> None:
    filing = asked(cast)
    services.answer_mediation(filing_id=filing.pk, consent=True, actor=cast.zhang)
    for who in ("li", "chen", "clerk-b", "judge"):
        with pytest.raises(NotAllowed):
            services.end_mediation(filing_id=filing.pk, actor=cast.actors[who])
    services.end_mediation(filing_id=filing.pk, actor=cast.zhang)
    with pytest.raises(InvalidTransition):
        services.end_mediation(filing_id=filing.pk, actor=cast.zhang)
    assert services.withdraw_filing(filing_id=filing.pk, actor=cast.zhang).status == FilingStatus.WITHDRAWN


# -- 再次补正 --------------------------------------------------------------------------------------------------------


def returned_once(cast: Cast, *codes: str) -> Filing:
    filing = claimed(cast, submitted(cast))
    services.return_filing_for_correction(
        filing_id=filing.pk,
        fence=filing.fence,
        defects=pick(filing, *codes),
        words="",
        reason_for_repeat="",
        actor=cast.clerk,
    )
    return filing


def pick(filing: Filing, *codes: str) -> list[Any]:
    return [d for d in library_for(draft_of(Filing.objects.get(pk=filing.pk))) if d.code in codes]


def new_photo(cast: Cast, filing: Filing) -> None:
    old = filing.materials.get(slot="IOU", removed_at=None)
    services.remove_material(filing_id=filing.pk, material_public_id=old.public_id, actor=cast.zhang)
    upload = photo(["重拍的借条"], "重拍.jpg")
    services.add_material(filing_id=filing.pk, slot="IOU", upload=upload, actor=cast.zhang)


def second(cast: Cast, filing: Filing, code: str) -> dict[str, Any]:
    held = claimed(cast, filing)
    return {
        "filing_id": filing.pk,
        "fence": held.fence,
        "defects": pick(filing, code),
        "words": "请补全",
        "actor": cast.clerk,
    }


@pytest.mark.req("R-15")
def test_a_second_notice_about_what_changed_needs_a_reason_only(cast: Cast) -> None:
    filing = returned_once(cast, "unreadable_IOU")
    new_photo(cast, filing)
    services.submit_filing(filing_id=filing.pk, actor=cast.zhang)
    common = second(cast, filing, "unreadable_IOU")
    with pytest.raises(InvalidInput):
        services.return_filing_for_correction(reason_for_repeat="", **common)
    notice = services.return_filing_for_correction(
        reason_for_repeat="新照片仍看不清金额", repeat_reason="unanswered", **common
    )
    assert (notice.round, notice.repeat_reason) == (2, "unanswered")


@pytest.mark.req("R-15")
def test_a_second_notice_about_what_did_not_change_needs_a_nod(
    cast: Cast, run_outbox: Callable[..., int]
) -> None:
    filing = returned_once(cast, "unreadable_IOU")
    new_photo(cast, filing)
    services.submit_filing(filing_id=filing.pk, actor=cast.zhang)
    common = second(cast, filing, "unreadable_TRANSFER")
    with pytest.raises(Conflict) as alone:
        services.return_filing_for_correction(reason_for_repeat="漏看了", **common)
    assert alone.value.code == "needs_nod"
    proposal = services.propose_repeat(reason="overlooked", reason_words="上次漏看了", **common)
    with pytest.raises(Conflict):
        services.propose_repeat(reason="overlooked", reason_words="再按一次", **common)
    run_outbox()
    assert told("supervisor", cast, "repeat_proposed")
    assert services.claim_next(actor=cast.clerk2) is None, "it is the clerk's until it is answered"
    for who in ("clerk", "clerk2", "head", "judge", "zhang"):
        with pytest.raises(NotAllowed):
            services.decide_repeat(proposal_id=proposal.pk, approved=True, answer="", actor=cast.actors[who])
    services.decide_repeat(proposal_id=proposal.pk, approved=True, answer="同意", actor=cast.supervisor)
    notice = CorrectionNotice.objects.get(filing=filing, round=2)
    assert (notice.sent_by, notice.repeat_reason) == (cast.posts["clerk"], "overlooked")
    assert [item.slot for item in notice.items.all()] == ["TRANSFER"]
    with pytest.raises(Conflict):
        services.decide_repeat(proposal_id=proposal.pk, approved=False, answer="不", actor=cast.supervisor)


def test_a_no_needs_words_and_leaves_the_application_with_the_clerk(
    cast: Cast, run_outbox: Callable[..., int]
) -> None:
    filing = returned_once(cast, "unreadable_IOU")
    services.submit_filing(filing_id=filing.pk, actor=cast.zhang)
    common = second(cast, filing, "unreadable_IOU")
    proposal = services.propose_repeat(reason="unanswered", reason_words="没有重拍", **common)
    no = {"proposal_id": proposal.pk, "approved": False, "actor": cast.supervisor}
    with pytest.raises(InvalidInput):
        services.decide_repeat(answer="", **no)
    services.decide_repeat(answer="可以立案后再补", **no)
    run_outbox()
    assert told("clerk", cast, "repeat_decided")
    assert Filing.objects.get(pk=filing.pk).status == FilingStatus.SUBMITTED
    assert services.accept_filing(filing_id=filing.pk, fence=common["fence"], actor=cast.clerk).number


def test_a_nod_to_an_application_that_moved_on_sends_nothing(cast: Cast) -> None:
    filing = returned_once(cast, "unreadable_IOU")
    services.submit_filing(filing_id=filing.pk, actor=cast.zhang)
    common = second(cast, filing, "unreadable_IOU")
    proposal = services.propose_repeat(reason="unanswered", reason_words="没有重拍", **common)
    services.withdraw_filing(filing_id=filing.pk, actor=cast.zhang)
    with pytest.raises(Conflict) as late:
        services.decide_repeat(proposal_id=proposal.pk, approved=True, answer="", actor=cast.supervisor)
    assert late.value.code == "moved_on"
    assert RepeatProposal.objects.get(pk=proposal.pk).approved is None
    assert [row.pk for row in visible_repeats(cast.supervisor)] == [proposal.pk]
    assert not visible_repeats(cast.head).exists(), "head of a trial division"


# -- 立案投诉 --------------------------------------------------------------------------------------------------------


@pytest.mark.req("R-19")
def test_a_complaint_is_answered_within_fifteen_days_by_who_oversees(
    cast: Cast, run_outbox: Callable[..., int]
) -> None:
    filing = submitted(cast)
    complaint = services.complain_about_filing(filing_id=filing.pk, words="一直没有答复", actor=cast.zhang)
    assert complaint.due_on == deadline("D68", clock.today(), court=cast.court).due
    with pytest.raises(Conflict):
        services.complain_about_filing(filing_id=filing.pk, words="再按一次", actor=cast.zhang)
    for who in ("clerk", "li", "chen", "judge"):
        with pytest.raises(NotAllowed):
            services.complain_about_filing(filing_id=filing.pk, words="别人的", actor=cast.actors[who])
    run_outbox()
    assert told("supervisor", cast, "filing_complained") and not told("clerk", cast, "filing_complained")
    for who in ("clerk", "clerk2", "head", "judge", "clerk-b", "zhang"):
        assert who == "zhang" or not visible_complaints(cast.actors[who]).exists()
        with pytest.raises(NotAllowed):
            services.answer_complaint(complaint_id=complaint.pk, answer="好", actor=cast.actors[who])
    with pytest.raises(InvalidInput):
        services.answer_complaint(complaint_id=complaint.pk, answer="", actor=cast.supervisor)
    services.answer_complaint(complaint_id=complaint.pk, answer="已督促当日办理", actor=cast.supervisor)
    with pytest.raises(Conflict):
        services.answer_complaint(complaint_id=complaint.pk, answer="再答", actor=cast.supervisor)
    run_outbox()
    assert told("zhang", cast, "complaint_answered")
    assert services.complain_about_filing(filing_id=filing.pk, words="还是没办", actor=cast.zhang)
