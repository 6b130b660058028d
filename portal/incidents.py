"""After an incident: which cases, applications and people it concerns, so that they can be told (SEC-69; 个人信息保护法57).

Read from the trail: what an account (of a thief, of somebody who read what he should not) opened or did in a stretch of time; or which
cases are named by hand. Complaints are not found here: their zone answers for itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from cases.models import Case, Party
from cases.policies import live_access
from common.actor import Actor
from common.errors import InvalidInput
from documents.models import Copy, StoredFile
from eventlog.models import Event
from eventlog.services import act, emit
from feedback.models import Attachment
from filing.models import Filing
from portal import events

LEAST_REASON = 5


@dataclass(frozen=True)
class Affected:
    """Cases and applications that became no case, each with everybody it names."""

    cases: list[Case]
    filings: list[Filing]

    @property
    def lines(self) -> list[list[str]]:
        """One line for each person and case: number, court, side, name, account, phone."""
        return [*_of_cases(self.cases), *_of_filings(self.filings)]


HEADING = ("案号或申请编号", "法院", "哪一方", "姓名或名称", "账号", "手机号")


def affected_by(
    *, account: User | None, case_ids: Iterable[UUID], since: datetime, until: datetime
) -> Affected:
    """What this account opened or did in that time, and the cases named beside it. A query for each kind of thing."""
    named = Q(public_id__in=list(case_ids))
    filings: set[UUID] = set()
    if account is not None:
        rows = Event.objects.filter(actor_id=account.pk, happened_at__gte=since, happened_at__lte=until)
        streams = set(rows.values_list("stream", flat=True).distinct())
        subjects = set(rows.values_list("subject_kind", "subject_id").distinct())
        named |= Q(public_id__in=_ids("case:", streams)) | Q(pk__in=_of_kind(subjects, Case))
        named |= Q(public_id__in=_of_copies(subjects))
        filings = _ids("filing:", streams)
        for of_case, of_filing in _of_files(subjects):
            named |= Q(public_id__in=of_case)
            filings |= of_filing
    found = (
        Case.objects.filter(named | Q(filing_public_id__in=filings)).select_related("court").order_by("pk")
    )
    cases = list(found)
    rest = filings - {case.filing_public_id for case in cases if case.filing_public_id}
    only = Filing.objects.filter(public_id__in=rest).select_related("applicant", "deciding_court")
    return Affected(cases, list(only.order_by("pk")))


def _ids(prefix: str, streams: set[str]) -> set[UUID]:
    return {UUID(name.removeprefix(prefix)) for name in streams if name.startswith(prefix)}


def _of_kind(subjects: set[tuple[str, int]], model: type[Case | Copy | StoredFile]) -> list[int]:
    return [pk for kind, pk in subjects if kind == model._meta.label_lower]


def _of_copies(subjects: set[tuple[str, int]]) -> list[UUID]:
    copies = Copy.objects.filter(pk__in=_of_kind(subjects, Copy), paper__subject_kind="cases.case")
    return list(copies.values_list("paper__subject_public_id", flat=True))


def _of_files(subjects: set[tuple[str, int]]) -> Iterator[tuple[set[UUID], set[UUID]]]:
    """Cases and applications of opened files: by whose files they are counted with, and by the message they came with."""
    files = StoredFile.objects.filter(pk__in=_of_kind(subjects, StoredFile))
    places = set(files.values_list("owner_public_id", flat=True))
    places |= {one for one in files.values_list("counts_for", flat=True) if one is not None}
    yield places, places
    sent = Attachment.objects.filter(file__in=files)
    yield set(sent.values_list("message__thread__case__public_id", flat=True)), set()


def _of_cases(cases: list[Case]) -> Iterator[list[str]]:
    parties = (
        Party.objects.filter(case__in=cases)
        .select_related("case__court")
        .order_by("case_id", "side", "order")
    )
    bound: dict[int, list[User]] = {}
    for access in live_access().filter(party__case__in=cases).select_related("user").order_by("pk"):
        bound.setdefault(access.party_id, []).append(access.user)
    for party in parties:
        head = [party.case.number, party.case.court.name, str(party.get_side_display()), party.name]
        yield [*head, "", party.phone]
        for user in bound.get(party.pk, []):
            yield [*head[:3], user.name, str(user.public_id), user.phone]


def _of_filings(filings: list[Filing]) -> Iterator[list[str]]:
    for filing in filings:
        head = [filing.number or "", filing.deciding_court.name]
        yield [
            *head,
            _("申请人账号"),
            filing.applicant.name,
            str(filing.applicant.public_id),
            filing.applicant.phone,
        ]
        for person in filing.parties.all():
            yield [*head, str(person.get_side_display()), person.name, "", person.phone]


def record_listing(
    found: Affected, *, account: User | None, reason: str, actor: Actor, subject: User
) -> None:
    """Who had the list made, about whom and why, with numbers only. InvalidInput without a reason."""
    if len(reason.strip()) < LEAST_REASON:
        message = _("请写明理由，至少%(n)s个字") % {"n": LEAST_REASON}
        raise InvalidInput(message, reason=message)
    with act():
        emit(
            events.INCIDENT_LISTED,
            subject=subject,
            actor=actor,
            stream="operations",
            account=account.public_id if account else None,
            cases=[case.public_id for case in found.cases],
            filings=[filing.public_id for filing in found.filings],
            reason=reason.strip(),
        )
