"""The command that fills the files of cases from before."""

from __future__ import annotations

import pytest
from django.core.management import call_command

from casefiles.models import Entry
from casefiles.policies import visible_entries
from cases.models import AccessBasis, Side
from cases.services import grant_access
from documents.models import Copy
from tests.casefiles.conftest import work_off
from tests.support.court import Cast, accepted

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_case_from_before_gets_the_same_file(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Handlers that did not exist then are left out; the command makes what they would have made."""
    from eventlog import registry

    grown = accepted(cast)
    work_off()
    kept = {
        name: [one for one in rows if not one.key.startswith("casefiles.")]
        for name, rows in registry.HANDLERS.items()
    }
    monkeypatch.setattr("eventlog.services.HANDLERS", kept)
    old = accepted(cast)
    work_off()
    assert not Entry.objects.filter(case=old).exists()
    assert Copy.objects.filter(paper__subject_public_id=old.public_id).exists()
    for _again in range(2):
        call_command("fill_casefiles", verbosity=0)

    def shape(case: object) -> list[tuple[object, ...]]:
        rows = Entry.objects.filter(case=case).values_list("section", "title", "kind", "openness", "pages")
        return sorted(rows)

    assert shape(old) == shape(grown) != []
    party = old.parties.get(side=Side.DEFENDANT)
    grant_access(party=party, user=cast.users["li"], basis=AccessBasis.COUNTER, actor=cast.clerk)
    assert visible_entries(cast.li).filter(case=old).exists()
