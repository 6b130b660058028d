"""繁简分流: every track with its reasons, and the period that follows from it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from cases.models import Case, Track
from cases.routing import Facts, route, trial_period
from courts.services import change_setting
from tests.support.court import Cast, accepted

LOAN = Facts(
    procedure="CIVIL_LOAN",
    level="basic",
    causes=("合同、准合同纠纷", "借款合同纠纷", "民间借贷纠纷"),
    amount=Decimal("30000"),
    many=1,
    unknown_address=False,
    small_claim_limit=Decimal("50000"),
    summary_limit=Decimal("1000000"),
)


@pytest.mark.parametrize(
    ("change", "track", "words"),
    [
        ({}, Track.SMALL_CLAIM, "不超过小额诉讼"),
        ({"amount": Decimal("50000")}, Track.SMALL_CLAIM, "不超过小额诉讼"),
        ({"amount": Decimal("50000.01")}, Track.SUMMARY, "超过小额诉讼"),
        ({"amount": None}, Track.SUMMARY, "没有金额"),
        ({"causes": ("婚姻家庭、继承纠纷", "离婚纠纷")}, Track.SUMMARY, "人身关系"),
        ({"amount": Decimal("1000000.01")}, Track.ORDINARY, "超过本院适用简易程序"),
        ({"unknown_address": True}, Track.ORDINARY, "公告送达"),
        ({"many": 10}, Track.ORDINARY, "人数众多"),
        ({"many": 9}, Track.SMALL_CLAIM, "不超过小额诉讼"),
        ({"level": "intermediate"}, Track.ORDINARY, "基层法院"),
        ({"procedure": "APPEAL"}, Track.OTHER, "不是民事一审"),
    ],
)
def test_each_rule_says_why(change: dict[str, object], track: Track, words: str) -> None:
    found = route(replace(LOAN, **change))  # type: ignore[arg-type]
    assert found.track == track
    assert any(words in reason for reason in found.reasons), found.reasons


def test_the_period_follows_the_track_or_the_procedure() -> None:
    tracks = {track: trial_period("CIVIL_LOAN", track) for track in Track}
    rules = {track: period and period[0] for track, period in tracks.items()}
    assert rules == {
        Track.SMALL_CLAIM: "D24",
        Track.SUMMARY: "D23",
        Track.ORDINARY: "D22",
        Track.OTHER: None,
    }
    assert (trial_period("APPEAL", Track.OTHER) or ("",))[0] == "D25"


def test_the_court_sets_its_limits(cast: Cast) -> None:
    def track(case: Case) -> tuple[str, list[str]]:
        rules = case.deadlines.exclude(rule_id="D11").values_list("rule_id", flat=True)
        return case.track, list(rules)

    assert track(accepted(cast)) == (Track.SUMMARY, ["D23"]), "63,600 yuan"
    change_setting(court_id=cast.court.pk, key="small_claim_limit", value="80000.00", actor=cast.admin)
    assert track(accepted(cast)) == (Track.SMALL_CLAIM, ["D24"])
    change_setting(court_id=cast.court.pk, key="small_claim_limit", value="10000.00", actor=cast.admin)
    change_setting(court_id=cast.court.pk, key="summary_limit", value="60000.00", actor=cast.admin)
    assert track(accepted(cast)) == (Track.ORDINARY, ["D22"])
