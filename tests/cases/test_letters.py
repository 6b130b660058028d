"""Letters to offices outside the court: the address book, the letter, its way through the print desk."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from cases.models import Case, PaperDraft
from cases.services import drafting
from common.actor import Actor
from common.errors import InvalidInput, NotAllowed, NotVisible
from documents.models import Copy, Office
from documents.selectors import offices_of
from documents.services import keep_office, retire_office
from tests.cases.test_drafting import texts
from tests.support.court import Cast

BANK = {"kind": "bank", "name": "某市某银行", "address": "某市某路8号", "phone": "031112345678"}


def bank(actor: Actor, **changes: Any) -> Office:
    return keep_office(public_id=None, actor=actor, **BANK | changes)


def letter(case: Case, actor: Actor, *offices: Office) -> PaperDraft:
    draft = drafting.start_draft(case_id=case.pk, template="official_letter", actor=actor)
    return drafting.save_draft(
        draft_id=draft.pk,
        typed=texts("official_letter"),
        addressees=[str(one.public_id) for one in offices] + [str(case.parties.all()[0].public_id)],
        seen=draft.version,
        actor=actor,
    )


def test_a_letter_goes_to_the_office_by_the_print_desk(cast: Cast, case: Case, run_outbox: Any) -> None:
    """The judge signs off what the clerk wrote; a party that was smuggled in as addressee is dropped."""
    draft = letter(case, cast.caseclerk, bank(cast.clerk))
    draft = drafting.submit_draft(draft_id=draft.pk, seen=draft.version, actor=cast.caseclerk)
    drafting.approve_draft(draft_id=draft.pk, seen=draft.version, actor=cast.judge)
    run_outbox()
    copy = Copy.objects.get(paper__template="official_letter")
    assert (copy.addressee_name, copy.state, copy.delivery.method) == ("某市某银行", "issued", "post")
    desk = cast.client("caseclerk").get(f"/desk/print/{copy.delivery.public_id}/").content.decode()
    assert "某市某路8号" in desk and "031112345678" in desk
    assert cast.client("zhang").get(f"/papers/{copy.public_id}/").status_code == 404
    page = cast.client("caseclerk").get(f"/desk/cases/{case.public_id}/").content.decode()
    assert "某市某银行" in page


def test_a_letter_needs_an_office(cast: Cast, case: Case) -> None:
    draft = letter(case, cast.caseclerk)
    with pytest.raises(InvalidInput) as refused:
        drafting.submit_draft(draft_id=draft.pk, seen=draft.version, actor=cast.caseclerk)
    assert set(refused.value.fields) == {"addressees"}


def test_the_address_book(cast: Cast) -> None:
    row = bank(cast.clerk)
    with pytest.raises(InvalidInput) as refused:
        bank(cast.caseclerk, address="别处")
    assert set(refused.value.fields) == {"name"}
    with pytest.raises(IntegrityError), transaction.atomic():
        Office.objects.create(court=row.court, kind="bank", name=row.name, address="别处")
    changed = keep_office(public_id=row.public_id, actor=cast.clerk, **BANK | {"address": "某市某路10号"})
    assert (changed.pk, changed.address) == (row.pk, "某市某路10号")
    with pytest.raises(NotVisible):
        keep_office(public_id=row.public_id, actor=cast.clerk_b, **BANK)
    with pytest.raises(NotAllowed):
        bank(cast.finance1)
    retire_office(public_id=row.public_id, actor=cast.clerk)
    assert offices_of(row.court_id) == []
    assert bank(cast.clerk).pk != row.pk, "a name can come back"


def test_a_wrong_office_keeps_what_was_typed(cast: Cast) -> None:
    clerk = cast.client("clerk")
    bank(cast.clerk)
    answer = clerk.post("/desk/print/offices/new/", BANK | {"address": "某市某街5号"})
    page = answer.content.decode()
    assert answer.status_code == 422 and "已经有这个单位" in page and "某市某街5号" in page
    assert "某市某银行" in clerk.get("/desk/print/offices/").content.decode()
