"""A draft of one's own in two tabs: nothing kept is overwritten unseen, nothing typed is lost (REL-34)."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest

from filing import services
from filing.kept import person_kept
from filing.models import Filing
from tests.filing.pages import change, home, seen_on, take_out, text_of
from tests.filing.test_forms_walk import begun
from tests.filing.test_from_file import uploaded, written
from tests.support.court import Cast, draft

pytestmark = pytest.mark.req("REL-34")
PRINCIPAL = {"principal_as_of": "2026-01-05", "principal": "60000"}
TICKED = {"take": ["p1.address"]}


def words(answer: Any) -> str:
    return unescape(text_of(answer))


def test_a_first_answer_is_kept_without_a_question(cast: Cast) -> None:
    filing, client = draft(cast, without=("principal",)), cast.client("zhang")
    address = home(filing, "claims/principal/")
    empty = {"seen": seen_on(text_of(client.get(address)), address)}
    assert client.post(address, PRINCIPAL | empty).status_code == 302
    other = client.post(address, PRINCIPAL | empty | {"principal": "61000"})
    assert other.status_code == 412 and "¥60,000.00" in words(other) and "¥61,000.00" in words(other)


def test_what_was_cleared_in_the_other_tab_does_not_come_back_by_itself(cast: Cast) -> None:
    filing, client = draft(cast), cast.client("zhang")
    other = filing.parties.get(side="defendant")
    address = home(filing, f"other/{other.public_id}/")
    full = {"kind": "natural", "name": "李某", "address": "某市某路1号"}
    change(client, address, full)
    old = {"seen": seen_on(text_of(client.get(address)), address)}
    change(client, address, {"kind": "natural", "name": "李某"})
    assert client.post(address, full | old | {"employer": "某厂"}).status_code == 412


def test_a_row_more_or_less_does_not_count_as_having_seen(cast: Cast) -> None:
    """Without scripts the page comes back for a row; what it showed first still counts."""
    address, client = home(begun(cast, "general"), "claims/claims/"), cast.client("zhang")
    assert change(client, address, {"claims-0-claim": "还钱"}).status_code == 302
    old = seen_on(text_of(client.get(address)), address)
    change(client, address, {"claims-0-claim": "还钱和利息"})
    mine = {"claims-0-claim": "只还钱", "seen": old}
    more = client.post(address, mine | {"row": "add claims"})
    assert more.status_code == 200 and seen_on(text_of(more), address) == old
    stale = client.post(address, mine)
    assert stale.status_code == 412 and "还钱和利息" in words(stale) and "只还钱" in words(stale)


def test_who_was_taken_out_meanwhile_can_be_added_again_with_all_that_was_typed(cast: Cast) -> None:
    filing, client = draft(cast), cast.client("zhang")
    party = filing.parties.get(side="defendant")
    address, people = home(filing, f"other/{party.public_id}/"), home(filing, "other/")
    assert take_out(client, people, f"{address}remove/").status_code == 302
    assert client.get(address).status_code == 404
    answer = client.post(address, {"kind": "natural", "name": "李某", "address": "某市某路77号"})
    page = words(answer)
    assert answer.status_code == 412 and "在别的窗口去掉了" in page and "某市某路77号" in page
    assert (
        f'action="{home(filing, "other/new/")}"' in page
        and not filing.parties.filter(side="defendant").exists()
    )


def test_nobody_is_taken_out_who_was_changed_meanwhile(cast: Cast) -> None:
    filing, client = draft(cast), cast.client("zhang")
    party = filing.parties.get(side="defendant")
    people, address = home(filing, "other/"), home(filing, f"other/{party.public_id}/")
    old = {"seen": seen_on(text_of(client.get(people)), f"{address}remove/")}
    change(client, address, {"kind": "natural", "name": "李四某"})
    answer = client.post(f"{address}remove/", old)
    assert answer.status_code == 412 and "还没有去掉" in words(answer)
    assert filing.parties.get(side="defendant").name == "李四某"
    agent = services.save_agent(
        filing_id=filing.pk,
        values={"kind": "relative", "name": "张小某", "relation": "儿子", "power": "general"},
        actor=cast.zhang,
    )
    gone = home(filing, f"agents/{agent.public_id}/remove/")
    assert client.post(gone, {"seen": "something older"}).status_code == 412 and filing.agents.exists()


def test_a_page_that_is_not_asked_any_more_says_so(cast: Cast) -> None:
    """The other tab took back the answer on which it hangs."""
    answer = cast.client("zhang").post(
        home(begun(cast, "traffic_accident"), "claims/medical/"), {}, follow=True
    )
    assert "刚才填的没有保存" in words(answer)


def test_what_is_ticked_replaces_only_what_its_page_showed(cast: Cast) -> None:
    filing, client = draft(cast), cast.client("zhang")
    other = filing.parties.get(side="defendant")
    address = uploaded(cast, filing, written())
    page = words(client.get(address))
    assert 'value="p1.address"' in page
    old = {"seen": seen_on(page, address)}
    change(
        client,
        home(filing, f"other/{other.public_id}/"),
        {"kind": "legal", "name": "某公司", "address": "某市某路77号"},
    )
    stale = client.post(address, TICKED | old)
    assert (
        stale.status_code == 412
        and "还没有填进去" in words(stale)
        and "现在写的是：某市某路77号" in words(stale)
    )
    other.refresh_from_db()
    kept = person_kept(other)
    assert kept["address"] == "某市某路77号"
    assert client.post(address, TICKED | {"seen": seen_on(words(stale), address)}).status_code == 302
    other.refresh_from_db()
    assert other.address != "某市某路77号" and Filing.objects.get(pk=filing.pk).version > filing.version


def test_what_is_signed_is_what_was_read(cast: Cast) -> None:
    filing, client = draft(cast), cast.client("zhang")
    address, signed = home(filing, "check/"), {"agree": "on", "signed_name": "张某", "form_key": "k"}
    old = {"seen": seen_on(text_of(client.get(address)), address)}
    change(client, home(filing, "delivery/"), {"e_delivery": "no"})
    stale = client.post(address, signed | old)
    assert stale.status_code == 412 and "还没有提交" in words(stale) and "寄纸质文书" in words(stale)
    assert Filing.objects.get(pk=filing.pk).first_submitted_at is None
    fresh = {"seen": seen_on(words(stale), address)}
    assert client.post(address, signed | fresh)["Location"] == home(filing, "sent/")
