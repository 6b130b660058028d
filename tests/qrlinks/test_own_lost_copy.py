"""A party switches off the code of its own lost copy; the court prints the paper anew."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from cases.models import AccessBasis
from cases.services import grant_access
from common.errors import InvalidTransition, NotVisible
from documents.models import Copy, Delivery, DeliveryState
from documents.services import report_lost, reprint
from eventlog.models import Event
from notifications.models import Channel, Message
from portal.demo.cast import LI, ZHANG
from qrlinks import services
from tests.qrlinks.test_counter import is_in
from tests.support.scans import Told, Visitor, printed_path

pytestmark = pytest.mark.req("SEC-25")


@pytest.fixture
def zhang(told: Told) -> Client:
    return told.cast.client("zhang")


@pytest.fixture
def clerk(told: Told) -> Client:
    return told.cast.client("clerk")


def page(told: Told, copy: Copy) -> str:
    return f"/my/cases/{told.case.public_id}/codes/{copy.public_id}/lost/"


def test_it_is_said_before_done_at_once_told_and_on_record(
    told: Told, zhang: Client, run_outbox: Callable[..., int]
) -> None:
    copy = told.copy(told.plaintiff)
    assert page(told, copy) in zhang.get(f"/my/cases/{told.case.public_id}/files/").content.decode()
    before = zhang.get(page(told, copy)).content.decode()
    assert "停用不能撤销" in before and copy.serial in before and "法院换新份重新打印" in before
    copy.refresh_from_db()
    assert copy.revoked_at is None, "looking changes nothing"
    answer = zhang.post(page(told, copy), follow=True)
    assert "已停用" in answer.content.decode() and "怎样要新的一份" in answer.content.decode()
    copy.refresh_from_db()
    assert copy.revoked_at is not None
    event = Event.objects.get(name="documents.copy_revoked")
    assert (event.payload["reason"], event.actor_id) == ("lost", told.cast.users["zhang"].pk)
    run_outbox()
    channels = Message.objects.filter(kind="code_off", user_id=told.cast.users["zhang"].pk)
    assert set(channels.values_list("channel", flat=True)) == {Channel.INBOX, Channel.SMS}
    assert all(word not in row.body for row in channels for word in ("张某", "李某", told.case.number))
    zhang.post(page(told, copy))
    assert Event.objects.filter(name="documents.copy_revoked").count() == 1, "once"
    assert "已经停用" in zhang.get(page(told, copy)).content.decode()


def test_who_is_in_by_the_copy_is_out_and_nobody_comes_in(told: Told, zhang: Client) -> None:
    copy, visitor = told.copy(told.plaintiff), Visitor()
    path = printed_path(copy)
    visitor.scans(path, ZHANG)
    assert is_in(visitor.client, told)
    zhang.post(page(told, copy))
    assert not is_in(visitor.client, told)
    assert services.live_copy_by_id(copy.pk) is None


def test_only_the_signed_in_holder_of_an_own_copy_that_was_sent(told: Told) -> None:
    copy, foreign = told.copy(told.plaintiff), told.copy(told.defendant)
    cast = told.cast
    for actor in (cast.li, cast.chen, cast.wang, cast.clerk, cast.judge, cast.supervisor):
        with pytest.raises(NotVisible):
            report_lost(copy_public_id=copy.public_id, actor=actor)
    with pytest.raises(NotVisible):
        report_lost(copy_public_id=foreign.public_id, actor=cast.zhang)
    grant_access(party=told.defendant, user=cast.users["li"], basis=AccessBasis.COUNTER, actor=cast.clerk)
    assert Delivery.objects.get(copy=foreign).state == DeliveryState.WAITING
    with pytest.raises(InvalidTransition):
        report_lost(copy_public_id=foreign.public_id, actor=cast.li)
    visitor = Visitor()
    visitor.scans(printed_path(foreign), LI)
    answer = visitor.client.get(page(told, foreign))
    assert answer.status_code == 302 and "/login/" in answer.headers["Location"], "a scan is not enough"
    assert (
        page(told, foreign)
        not in visitor.client.get(f"/my/cases/{told.case.public_id}/files/").content.decode()
    )


def test_the_court_prints_a_lost_copy_anew(
    told: Told, zhang: Client, clerk: Client, run_outbox: Callable[..., int]
) -> None:
    """The way back: from the check tool's page, also for a paper that went to the inbox; once."""
    old = told.copy(told.plaintiff)
    zhang.post(page(told, old))
    desk = clerk.get(f"/desk/codes/copies/{old.public_id}/").content.decode()
    assert "文书遗失" in desk and "换新份重新打印" in desk and "停用这一份" not in desk
    assert clerk.get(f"/desk/print/{old.delivery.public_id}/reprint/").status_code == 200
    assert clerk.post(f"/desk/print/{old.delivery.public_id}/reprint/").status_code == 302
    run_outbox()
    new = told.copy(told.plaintiff)
    assert new.pk > old.pk and new.revoked_at is None and new.paper_id == old.paper_id
    assert new.delivery.state == DeliveryState.WAITING
    assert services.live_copy_by_id(new.pk) is not None
    assert Delivery.objects.get(copy=old).state == DeliveryState.DELIVERED, "what was delivered stays so"
    with pytest.raises(InvalidTransition):
        reprint(copy_public_id=old.public_id, actor=told.cast.clerk)
    assert "换新份重新打印" not in clerk.get(f"/desk/codes/copies/{old.public_id}/").content.decode()
