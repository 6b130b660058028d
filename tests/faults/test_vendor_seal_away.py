"""A vendor's sealing service is away, hangs, or is killed while it is asked: papers wait as with the house's own signer."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path

from django.core.files.storage import default_storage

from common.gateways.breaker import FAILURES, IN_MEMORY
from documents.models import Copy, PaperState
from documents.sealing import vendor
from documents.selectors import held_copies
from documents.services import inspection
from tests.faults.test_sealing_away import WORDS, assert_all_wait, page, work_off
from tests.support.court import Cast, accepted
from tests.support.servers import VendorSeals


def assert_all_sealed(count: int, folder: Path) -> None:
    copies = list(Copy.objects.all())
    assert [copy.state for copy in copies] == [PaperState.ISSUED] * count
    assert held_copies() == 0
    path = folder / "one.pdf"
    for copy in copies:
        with default_storage.open(copy.file_key) as stored:
            path.write_bytes(stored.read())
        found = inspection.read_seals(path)
        assert found is not None and [row["state"] for row in found] == ["valid"]


def test_killed_while_it_is_asked(cast: Cast, vendor_seals: VendorSeals, tmp_path: Path) -> None:
    vendor_seals.start()
    vendor.seal_named("court")  # it answers
    accepted(cast)
    vendor_seals.freeze()
    asked = threading.Thread(target=work_off)
    asked.start()
    vendor_seals.kill()
    asked.join(120)
    count = Copy.objects.count()
    assert_all_wait(count)
    assert WORDS.format(count) in page(cast.client("clerk"), "/desk/print/")
    vendor_seals.start()
    work_off(timedelta(minutes=5))
    assert_all_sealed(count, tmp_path)
    assert "电子签章服务暂停" not in page(cast.client("clerk"), "/desk/print/")


def test_frozen_and_then_gone(
    cast: Cast, vendor_seals: VendorSeals, settings: object, tmp_path: Path
) -> None:
    """One that hangs costs a worker the deadline once, and then nothing for a while."""
    vendor_seals.start()
    vendor.seal_named("court")
    settings.OUTSIDE_READ_SECONDS = 0.5  # type: ignore[attr-defined]
    accepted(cast)
    vendor_seals.freeze()
    work_off()
    count = Copy.objects.count()
    assert_all_wait(count)
    assert 0 < IN_MEMORY.get(settings.VENDOR_SEAL_URL).failures <= FAILURES, "no more of them waited for it"  # type: ignore[attr-defined]
    settings.OUTSIDE_READ_SECONDS = 5.0  # type: ignore[attr-defined]
    vendor_seals.kill()
    vendor_seals.start()
    work_off(timedelta(minutes=5))
    assert_all_sealed(count, tmp_path)
