"""A court's administrator and head take a seal into use: one proposes, another agrees, the certificate is on the page."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from common import clock
from common.actor import Actor, system
from common.errors import Conflict, InvalidInput, InvalidTransition, NotAllowed, NotVisible
from common.two_people import ProposalState
from courts.models import Division
from documents.models import Seal, SealProposal
from documents.sealing import doors
from documents.services import take_seal_into_use
from documents.services.seals import agree_to_seal, drop_seal, propose_seal
from eventlog.models import Event
from portal.authority import DEMO_SEALS, demo_authorities, public_pem
from tests.concurrency.together import at_once
from tests.support.court import Cast
from tests.support.servers import Signer

PAGE = reverse("documents:seals")


def propose(actor: Actor, name: str = "neighbour", **options: Any) -> SealProposal:
    return propose_seal(name=name, **{"division": None, "templates": [], "actor": actor} | options)


def test_two_people_and_the_page_in_between(cast: Cast) -> None:
    head, admin = cast.client("head"), cast.client("admin")
    take_seal_into_use(court=cast.court, name="court", actor=system("测试"))
    first = Seal.objects.get()
    assert head.post(PAGE, {"name": "neighbour"}).status_code == 302
    proposal = SealProposal.objects.get()
    body = {"proposal": str(proposal.public_id), "do": "agree"}
    assert "撤回" in head.get(PAGE).content.decode()
    assert head.post(PAGE, body).status_code == 403
    shown = admin.get(PAGE).content.decode()
    for words in (
        "同意启用",
        "court（",
        DEMO_SEALS["neighbour"],
        "码上通演示根证书",
        proposal.fingerprint,
        first.fingerprint,
    ):
        assert words in shown
    assert admin.post(PAGE, body).status_code == 302
    first.refresh_from_db()
    now = Seal.objects.get(used_until=None)
    assert now.name == "neighbour" and first.used_until == now.used_from
    after = head.get(PAGE).content.decode()
    assert "以前用的" in after and DEMO_SEALS["court"] in after and "同意启用" not in after
    event = Event.objects.get(name="documents.seal_in_use", payload__seal="neighbour")
    assert event.payload["fingerprint"] == now.fingerprint


def test_a_division_with_its_papers(cast: Cast) -> None:
    division = Division.objects.filter(court=cast.court).first()
    assert division is not None
    head = cast.client("head")
    body = {"name": "filing", "division": str(division.pk)}
    wrong = head.post(PAGE, body)
    assert wrong.status_code == 422 and "庭室的签章要写明用在哪几种文书上" in wrong.content.decode()
    assert head.post(PAGE, body | {"templates": ["acceptance_notice"]}).status_code == 302
    seal = agree_to_seal(public_id=SealProposal.objects.get().public_id, actor=cast.admin)
    assert (seal.division, seal.templates) == (division, ["acceptance_notice"])
    assert division.name in head.get(PAGE).content.decode()


def test_refused_and_withdrawn_put_nothing_into_use(cast: Cast) -> None:
    refused, place = propose(cast.head), {"name": "filing"}
    with pytest.raises(Conflict):
        propose(cast.admin, **place)
    with pytest.raises(NotAllowed):
        drop_seal(public_id=refused.public_id, move="refuse", actor=cast.head)
    drop_seal(public_id=refused.public_id, move="refuse", actor=cast.admin)
    withdrawn = propose(cast.admin)
    with pytest.raises(NotAllowed):
        drop_seal(public_id=withdrawn.public_id, move="withdraw", actor=cast.head)
    drop_seal(public_id=withdrawn.public_id, move="withdraw", actor=cast.admin)
    with pytest.raises(InvalidTransition):
        agree_to_seal(public_id=withdrawn.public_id, actor=cast.head)
    assert not Seal.objects.exists()
    states = set(SealProposal.objects.values_list("state", flat=True))
    assert states == {ProposalState.REFUSED, ProposalState.WITHDRAWN}
    assert "未同意" in cast.client("head").get(PAGE).content.decode()


def test_two_decisions_are_one(cast: Cast) -> None:
    row = propose(cast.head)
    results = at_once(
        lambda: agree_to_seal(public_id=row.public_id, actor=cast.admin),
        lambda: drop_seal(public_id=row.public_id, move="refuse", actor=cast.admin),
    )
    assert sorted(isinstance(result, InvalidTransition) for result in results) == [False, True]


def test_who_may_not(cast: Cast) -> None:
    row = propose(cast.head)
    for name in ("clerk", "judge", "caseclerk", "supervisor", "zhang"):
        with pytest.raises(NotAllowed):
            propose(cast.actors[name])
        with pytest.raises(NotVisible):
            agree_to_seal(public_id=row.public_id, actor=cast.actors[name])
    for wrong in ("", "1", str(row.pk), "00000000-0000-0000-0000-000000000000"):
        assert cast.client("admin").post(PAGE, {"do": "agree", "proposal": wrong}).status_code == 404


def test_what_is_wrong_stands_beside_the_field(cast: Cast) -> None:
    head = cast.client("head")
    for name, words in (("nobody", "签章服务里没有这个名字的签章"), ("../x", "只能有小写字母")):
        answer = head.post(PAGE, {"name": name})
        assert answer.status_code == 422 and words in answer.content.decode()
    take_seal_into_use(court=cast.court, name="court", actor=system("测试"))
    answer = head.post(PAGE, {"name": "court"})
    assert answer.status_code == 422 and "这个签章已经在用" in answer.content.decode()
    assert not SealProposal.objects.exists()


def test_a_certificate_that_was_revoked_in_between(cast: Cast, settings: Any, tmp_path: Any) -> None:
    row = propose(cast.head)
    ours, stamps = demo_authorities(settings.SEAL_CRL_FILE.parent, b"")
    revoked = ours.crl([doors.certificate_of("neighbour").serial_number])
    settings.SEAL_CRL_FILE = tmp_path / "lists.pem"
    settings.SEAL_CRL_FILE.write_bytes(public_pem(revoked) + public_pem(stamps.crl()))
    body = {"do": "agree", "proposal": str(row.public_id)}
    answer = cast.client("admin").post(PAGE, body, follow=True).content.decode()
    assert "签章的证书现在不能用" in answer and not Seal.objects.exists()
    answer = cast.client("head").post(PAGE, {"name": "neighbour"})
    assert answer.status_code == 422 and "签章的证书现在不能用" in answer.content.decode()


def test_another_certificate_than_the_proposed_one(cast: Cast) -> None:
    row = propose(cast.head)
    SealProposal.objects.filter(pk=row.pk).update(fingerprint="0" * 64)
    with pytest.raises(InvalidInput, match="不一样"):
        agree_to_seal(public_id=row.public_id, actor=cast.admin)
    assert not Seal.objects.exists()


def test_a_signer_that_is_away_is_said(cast: Cast, own_signer: Signer) -> None:
    own_signer.socket.close()
    answer = cast.client("head").post(PAGE, {"name": f"seal-{clock.process_now():%f}"})
    assert answer.status_code == 422 and "签章服务现在没有回应" in answer.content.decode()
