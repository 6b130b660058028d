"""我要纸质的: whoever got a paper by the inbox has it on paper too, once, and nothing about its service changes (R-44)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cases.models import AccessBasis, Party
from cases.services import Wish, choose_service, grant_access
from common import clock
from common.actor import system
from common.errors import InvalidInput, InvalidTransition, NotVisible
from documents.models import Copy, DeliveryFactKind, DeliveryMethod
from documents.services import ask_for_paper, revoke_copy
from eventlog.models import Event
from portal.demo.cast import LI
from tests.concurrency.together import at_once
from tests.support.scans import Told, Visitor, printed_path

HOME = "某市某区某路9号3单元502"


def paper_page(told: Told, copy: Copy) -> str:
    return f"/my/cases/{told.case.public_id}/files/{copy.public_id}/paper/"


@pytest.fixture
def copy(told: Told) -> Copy:
    """张's 受理案件通知书, by the inbox; he confirmed his address."""
    wish = Wish(electronic=True, address=HOME)
    choose_service(party_id=told.plaintiff.pk, wish=wish, seen=1, actor=told.cast.zhang)
    return told.copy(told.plaintiff, "acceptance_notice")


def copies_of(party: Party, copy: Copy) -> list[Copy]:
    found = Copy.objects.filter(addressee_public_id=party.public_id, paper_id=copy.paper_id)
    return list(found.select_related("delivery").order_by("id"))


@pytest.mark.req("REL-23")
def test_from_the_list_of_papers_to_the_print_desk(
    told: Told, copy: Copy, run_outbox: Callable[..., int]
) -> None:
    zhang, address = told.cast.client("zhang"), paper_page(told, copy)
    served = copy.delivery.delivered_at
    files = f"/my/cases/{told.case.public_id}/files/"
    assert address in zhang.get(files).content.decode()
    page = zhang.get(address).content.decode()
    assert HOME in page and "请寄给我" in page and "最晚寄出" in page
    assert [zhang.post(address)["Location"] for _ in range(2)] == [address, address]
    run_outbox()
    old, new = copies_of(told.plaintiff, copy)
    assert (old.pk, old.delivery.delivered_at, old.revoked_at) == (copy.pk, served, None)
    assert (new.delivery.method, new.delivery.state) == (DeliveryMethod.POST, "waiting")
    assert (new.addressee_address, new.delivery.address_origin) == (HOME, "own")
    assert new.delivery.due_on is not None and new.delivery.due_on > clock.today()
    fact = old.delivery.facts.get(kind=DeliveryFactKind.ASKED)
    assert (fact.note, fact.recorded_by_post) == (new.serial, None)
    event = Event.objects.get(name="documents.paper_asked")
    assert event.payload["paper_copy"] == str(new.public_id) and HOME not in str(event.payload)
    page = zhang.get(address).content.decode()
    assert "您已经要了纸质文书" in page and new.serial in page and "请寄给我" not in page
    listed = zhang.get(files).content.decode()
    assert address not in listed and "要求纸质文书" in listed and new.serial in listed
    desk = told.cast.client("clerk").get("/desk/print/").content.decode()
    assert new.serial in desk and HOME in desk


def test_without_a_confirmed_address_it_is_confirmed_first(told: Told) -> None:
    zhang, copy = told.cast.client("zhang"), told.copy(told.plaintiff, "acceptance_notice")
    assert "去确认收件地址" in zhang.get(paper_page(told, copy)).content.decode()
    answer = zhang.post(paper_page(told, copy))
    assert answer["Location"].startswith(f"/my/cases/{told.case.public_id}/service/")
    assert len(copies_of(told.plaintiff, copy)) == 1
    with pytest.raises(InvalidInput):
        ask_for_paper(copy_public_id=copy.public_id, address="", actor=told.cast.zhang)


def test_asked_at_the_same_time_it_is_one_copy(told: Told, copy: Copy) -> None:
    def ask() -> Copy:
        return ask_for_paper(copy_public_id=copy.public_id, address=HOME, actor=told.cast.zhang)

    made = at_once(*[ask] * 4)
    assert len({one.pk for one in made}) == 1
    assert len(copies_of(told.plaintiff, copy)) == 2


def test_nobody_else_asks_and_a_posted_copy_is_not_asked_for(told: Told, copy: Copy) -> None:
    for name in ("li", "wang", "chen", "clerk", "judge", "head"):
        with pytest.raises(NotVisible):
            ask_for_paper(copy_public_id=copy.public_id, address=HOME, actor=told.cast.actors[name])
        assert told.cast.client(name).get(paper_page(told, copy)).status_code == 404, name
    user, basis = told.cast.users["li"], AccessBasis.REAL_NAME
    grant_access(party=told.defendant, user=user, basis=basis, actor=system("tests"))
    posted = told.copy(told.defendant)
    with pytest.raises(InvalidTransition):
        ask_for_paper(copy_public_id=posted.public_id, address=HOME, actor=told.cast.li)
    li = told.cast.client("li")
    assert li.get(paper_page(told, copy)).status_code == 404, "of the other side"
    assert "不用再要纸质的" in li.get(paper_page(told, posted)).content.decode()
    visitor = Visitor()
    visitor.scans(printed_path(posted), LI)
    files = visitor.client.get(f"/my/cases/{told.case.public_id}/files/").content.decode()
    assert "我要纸质的" not in files
    assert visitor.client.get(paper_page(told, posted))["Location"].startswith("/login/")


def test_a_copy_whose_code_is_off_is_printed_anew_by_the_court(told: Told, copy: Copy) -> None:
    revoke_copy(copy_public_id=copy.public_id, actor=told.cast.clerk, reason="lost")
    with pytest.raises(InvalidTransition):
        ask_for_paper(copy_public_id=copy.public_id, address=HOME, actor=told.cast.zhang)
