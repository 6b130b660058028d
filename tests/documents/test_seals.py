"""Which seal stands on which paper: the court's, a division's on the papers it lists, else the installation's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from common import clock
from common.actor import system
from common.errors import InvalidInput
from courts.models import Court, Division
from documents.models import Copy, Paper, Seal
from documents.sealing import doors
from documents.services import inspection, take_seal_into_use
from eventlog.models import Event
from portal.authority import demo_authorities, public_pem

pytestmark = pytest.mark.django_db(transaction=True)
SETUP = system("测试")
NAMES = {
    "court": "某省某市示例区人民法院电子签章(演示)",
    "filing": "某省某市示例区人民法院立案庭电子签章(演示)",
    "neighbour": "某省某市样本县人民法院电子签章(演示)",
}
Sealed = Callable[..., Copy]


@pytest.fixture
def sealed(issue_paper: Callable[..., Paper], run_outbox: Callable[[], int]) -> Sealed:
    def make(**options: Any) -> Copy:
        copy: Copy = issue_paper(**options).copies.get()
        run_outbox()
        copy.refresh_from_db()
        return copy

    return make


def signer_of(copy: Copy, folder: Path) -> str:
    """Whose seal the file carries; it must hold."""
    path = folder / f"{copy.pk}.pdf"
    with default_storage.open(copy.file_key) as stored:
        path.write_bytes(stored.read())
    found = inspection.read_seals(path)
    assert found is not None and [row["state"] for row in found] == ["valid"]
    return found[0]["signer"]


def test_the_seal_of_the_court_and_of_a_division(sealed: Sealed, tmp_path: Path) -> None:
    first = sealed()
    assert first.seal is None and signer_of(first, tmp_path) == NAMES["court"]
    court = first.paper.court
    take_seal_into_use(court=court, name="neighbour", actor=SETUP)
    division = Division.objects.create(court=court, name="立案庭", kind="filing")
    take_seal_into_use(
        court=court, name="filing", division=division, templates=["acceptance_notice"], actor=SETUP
    )
    listed, other = sealed(template="acceptance_notice"), sealed(template="fee_notice")
    assert signer_of(listed, tmp_path) == NAMES["filing"]
    assert signer_of(other, tmp_path) == NAMES["neighbour"]
    assert listed.seal is not None and listed.seal.division == division
    assert signer_of(first, tmp_path) == NAMES["court"], "what was sealed before stays as it is"
    names = Event.objects.filter(name="documents.seal_in_use").values_list("payload__seal", flat=True)
    assert sorted(names) == ["filing", "neighbour"]


def test_one_seal_at_a_time_and_the_same_again_changes_nothing(sealed: Sealed) -> None:
    court = sealed().paper.court
    first = take_seal_into_use(court=court, name="court", actor=SETUP)
    assert take_seal_into_use(court=court, name="court", actor=SETUP) == first
    with clock.at(clock.now() + timedelta(days=1)):
        second = take_seal_into_use(court=court, name="neighbour", actor=SETUP)
        first.refresh_from_db()
        assert first.used_until == second.used_from and second.used_until is None
        assert sealed().seal == second
    with pytest.raises(IntegrityError, match="seal_one_at_a_time"), transaction.atomic():
        Seal.objects.create(
            court=court, name="court", certificate="x", fingerprint="x", used_from=second.used_from
        )


def test_what_cannot_be_taken_into_use(sealed: Sealed, settings: Any, tmp_path: Path) -> None:
    court = sealed().paper.court
    division = Division.objects.create(court=court, name="立案庭", kind="filing")
    for wrong in (
        {"division": division},
        {"templates": ["fee_notice"]},
        {"division": division, "templates": ["no_such_paper"]},
    ):
        with pytest.raises(InvalidInput):
            take_seal_into_use(court=court, name="filing", actor=SETUP, **wrong)
    with pytest.raises(LookupError):
        take_seal_into_use(court=court, name="nobody", actor=SETUP)
    ours, stamps = demo_authorities(settings.SEAL_CRL_FILE.parent, b"")
    revoked = ours.crl([doors.certificate_of("filing").serial_number])
    settings.SEAL_CRL_FILE = tmp_path / "lists.pem"
    settings.SEAL_CRL_FILE.write_bytes(public_pem(revoked) + public_pem(stamps.crl()))
    with pytest.raises(InvalidInput, match="已吊销"):
        take_seal_into_use(court=court, name="filing", actor=SETUP)
    assert not Seal.objects.exists()


def test_the_command(sealed: Sealed) -> None:
    court: Court = sealed().paper.court
    call_command("take_seal", court.code, "neighbour")
    assert Seal.objects.get().name == "neighbour"
    for arguments in ((court.code, "nobody"), ("没有", "court"), (court.code, "court", "--division", "没有")):
        with pytest.raises(CommandError):
            call_command("take_seal", *arguments)
