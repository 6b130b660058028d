"""张 appeals against the judgment of a case: through the first court, decided and accepted by the one above."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from cases.models import Case, CaseLink, LinkKind
from courts.models import Court
from filing.models import Filing
from portal.demo import cast as people
from portal.demo.cast import ZHANG
from tests.filing.test_pages_browser import enter
from tests.journeys.desk import accept, open_first
from tests.journeys.filings import answer_precheck, begin, finish, name_person
from tests.journeys.people import follow
from tests.support.court import Cast, accepted
from tests.support.servers import Live

Pages = Callable[..., Page]


@pytest.mark.req("R-14")
def test_a_judgment_is_appealed_against(
    cast: Cast, live: Live, new_page: Pages, run_outbox: Callable[..., int]
) -> None:
    first = accepted(cast)
    run_outbox()
    above = Court.objects.get(code="某12")
    Court.objects.filter(pk=above.pk).update(is_open=True)
    posts = people.hire(above, people.ABOVE_STAFF)

    zhang = new_page(scripts=False)
    enter(zhang, cast.users["zhang"], live)
    typed = first.number.replace("（", "(").replace("）", ")")
    answers = {
        "what": "appeal",
        "origin": typed,
        "q": "民间借贷",
        "cause": first.cause.code,
        "served": "ten",
        "amount_in_dispute": "20000",
    }
    answer_precheck(zhang, answers)
    expect(zhang.locator("main")).to_contain_text(above.name)
    home, filing = begin(zhang), Filing.objects.latest("id")
    assert (filing.court, filing.deciding_court, filing.origin_case) == (cast.court, above, first)
    name_person(zhang, home, "me", ZHANG)
    zhang.goto(f"{home}claims/first/")
    expect(zhang.locator("main [name=first_court]")).to_have_value(cast.court.name)
    expect(zhang.locator("main [name=first_number]")).to_have_value(first.number)
    finish(zhang, filing, ZHANG.name)

    clerk = new_page(desktop=True)
    enter(clerk, posts["clerk-c"].user, live)
    open_first(clerk)
    expect(clerk.locator("main")).to_contain_text(first.number)
    accept(clerk, "某12民终1号")
    run_outbox()
    link = CaseLink.objects.get(kind=LinkKind.APPEAL)
    assert link.earlier == first
    zhang.goto(home)
    follow(zhang, "打开我的案子")
    expect(zhang.locator("main")).to_contain_text(Case.objects.get(pk=link.later_id).number)
    expect(zhang.locator("main")).to_contain_text("上诉人")
