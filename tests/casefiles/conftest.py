"""张某's case against 李某 with its papers, its materials and a record in the side volume."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from django.test import Client

from casefiles.models import Entry, Section
from cases.models import AccessBasis, Case, Party, Side
from cases.services import grant_access
from eventlog.relay import run_due
from tests.casefiles.volumes import put_in_side_volume
from tests.support.court import Cast, accepted
from tests.support.drawing import draw


def work_off() -> None:
    """Every effect that waits, until nothing new comes of them."""
    while run_due():
        pass


@dataclass
class Book:
    """A case with its file; both parties are bound."""

    cast: Cast
    case: Case
    zhang: Party
    li: Party

    @property
    def evidence(self) -> Entry:
        return Entry.objects.filter(case=self.case, section=Section.EVIDENCE).earliest("id")

    @property
    def identity(self) -> Entry:
        return Entry.objects.filter(case=self.case, section=Section.IDENTITY).earliest("id")

    def paper(self, template: str) -> Entry:
        return Entry.objects.get(case=self.case, paper__template=template)

    def path(self, rest: str = "", *, desk: bool = False) -> str:
        return f"/{'desk' if desk else 'my'}/cases/{self.case.public_id}/file/{rest}"

    def page(self, entry: Entry, number: int = 1, *, desk: bool = False, image: bool = False) -> str:
        rest = f"{entry.public_id}/{number}/{'image/' if image else ''}"
        return self.path(rest, desk=desk)

    def draw(self, *entries: Entry) -> None:
        """Have the first page of these drawn, of papers every copy."""
        for entry in entries:
            draw(*([entry.file] if entry.file else entry.paper.copies.all()))  # type: ignore[union-attr]

    def client(self, name: str) -> Client:
        return self.cast.client(name)


@pytest.fixture
def book(cast: Cast) -> Book:
    case = accepted(cast)
    work_off()
    zhang, li = (case.parties.get(side=side) for side in (Side.PLAINTIFF, Side.DEFENDANT))
    grant_access(party=li, user=cast.users["li"], basis=AccessBasis.COUNTER, actor=cast.clerk)
    made = Book(cast, case, zhang, li)
    put_in_side_volume(case, made.evidence)
    return made
