"""A right that is taken away while somebody works: the next request is denied, and links that he holds are dead (F-30, SEC-17)."""

from __future__ import annotations

from contextlib import closing

import pytest
from django.test import Client

from accounts.models import User
from cases.assignment import reassign_judge
from cases.models import JudgeDraw, PartyAccess
from common import clock
from courts.services import end_post
from tests.feedback.test_threads_depth import second_judge
from tests.support.court import Cast, accepted, submitted
from tests.support.scans import Told


def denied(client: Client, address: str) -> bool:
    """Sent to the sign-in, or told that there is nothing."""
    answer = client.get(address)
    return answer.status_code in (403, 404) or "/login/" in answer.headers.get("Location", "")


@pytest.mark.req("F-30", "SEC-17")
def test_a_post_that_ends(cast: Cast) -> None:
    filing, clerk = submitted(cast), cast.client("clerk")
    addresses = ["/desk/filings/", f"/desk/filings/{filing.public_id}/"]
    assert not any(denied(clerk, address) for address in addresses)
    end_post(post_id=cast.posts["clerk"].pk, actor=cast.admin)
    assert all(denied(clerk, address) for address in addresses)


@pytest.mark.req("F-30", "SEC-17")
@pytest.mark.parametrize("who", ["zhang", "judge"])
def test_a_disabled_account(cast: Cast, who: str) -> None:
    case, client = accepted(cast), cast.client(who)
    address = f"/my/cases/{case.public_id}/" if who == "zhang" else "/bench/"
    user = cast.users[who] if who in cast.users else cast.posts[who].user
    assert not denied(client, address)
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert denied(client, address)


@pytest.mark.req("F-30", "SEC-17")
def test_authority_that_ends_and_the_link_in_hand(told: Told) -> None:
    """A link lives for a minute; whoever lost the right meanwhile gets nothing by it."""
    zhang, paper = told.cast.client("zhang"), f"/papers/{told.copy(told.plaintiff).public_id}/"
    link = zhang.get(paper)["Location"]
    with closing(zhang.get(link)) as answer:
        assert answer.status_code == 200, "control: the link works"
    PartyAccess.objects.filter(user=told.cast.users["zhang"]).update(ends_at=clock.now())
    assert denied(zhang, link) and denied(zhang, paper)
    assert denied(zhang, f"/my/cases/{told.case.public_id}/")


@pytest.mark.req("F-30", "SEC-17")
def test_another_judge_takes_the_case(cast: Cast) -> None:
    """By the head's order: the draw falls on somebody else, and the first judge sees the case no more."""
    case, judge = accepted(cast), cast.client("judge")
    other = second_judge(cast)
    address = f"/desk/cases/{case.public_id}/"
    assert not denied(judge, address)
    draw = JudgeDraw.objects.filter(case=case).latest("id")
    taken = reassign_judge(
        case_id=case.pk, seen_draw_id=draw.pk, reason="原法官调离，由他人承办", actor=cast.head
    )
    assert taken.pk == other.pk
    assert denied(judge, address)
