"""`manage.py fill_casefiles`: the files of cases that were there before files were kept. Repeatable: what lies in a file is
left alone."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from casefiles import services
from casefiles.models import Section
from casefiles.services.entering import CASE_SUBJECT
from cases.models import Case, Party
from common.actor import Actor, system
from documents.models import Copy, PaperState
from eventlog.models import Event, Receipt
from feedback.models import CheckOutcome, MeritsCheck
from feedback.services.exchange import files_taken
from filing.defences import received_defences
from filing.draft import Draft
from filing.handed_in import handed_in
from filing.selectors import claims_of
from filing.services.kept_pleadings import keep_pleading
from payments.models import Bill, Payment

ACTOR = system(str(_("案卷")))


class Command(BaseCommand):
    """Fill the files of all cases, oldest first."""

    help = "Put into the files of existing cases what lies in them already: papers, deliveries, materials, receipts."

    def handle(self, *args: Any, **options: Any) -> None:
        done = 0
        for case in Case.objects.order_by("pk").iterator(chunk_size=200):
            fill(case, ACTOR)
            done += 1
        self.stdout.write(f"{done} cases")


def fill(case: Case, actor: Actor) -> None:
    """Everything of one case in the order of its making: materials and what was filled in online, papers with their
    deliveries, defences, what came with messages, receipts; then the words of files that were never read."""
    claims = claims_of(case.filing_public_id)
    if claims is not None:
        _materials(case, claims, services.plaintiffs_of(case), Section.COMPLAINT, actor)
    copies = Copy.objects.filter(
        paper__subject_kind=CASE_SUBJECT, paper__subject_public_id=case.public_id, state=PaperState.ISSUED
    )
    for copy in copies.select_related("delivery").order_by("issued_at", "pk"):
        services.enter_paper(copy_id=copy.pk, actor=actor)
        services.enter_delivery(copy_id=copy.pk, actor=actor)
    for defence in received_defences(case):
        party = Party.objects.filter(case=case, public_id=defence.filing.precheck["party"])
        _materials(case, defence, list(party.values_list("pk", flat=True)), Section.DEFENCE, actor)
    for check in MeritsCheck.objects.filter(message__thread__case=case).order_by("pk"):
        services.enter_materials(
            case,
            [services.Material(str(public_id), "", "evidence") for public_id in files_taken(check)],
            owners=[check.message.thread.party_id],
            only_own=check.outcome != CheckOutcome.SHOWN,
            actor=actor,
        )
    _receipts(case, actor)
    services.take_words_in(case)


def _materials(case: Case, draft: Draft, owners: list[int], pleading: Section, actor: Actor) -> None:
    told = handed_in(draft)
    materials = [services.Material(str(one["file"]), one["title"], one["part"]) for one in told["materials"]]
    kept = keep_pleading(filing_id=draft.filing.pk, actor=actor)
    if kept is not None:
        materials.append(services.Material(str(kept.public_id), draft.form.title, "pleading"))
    services.enter_materials(
        case, materials, owners=owners, pleading=pleading, only_own=told["only_own"], actor=actor
    )


def _receipts(case: Case, actor: Actor) -> None:
    for bill in Bill.objects.filter(case=case).order_by("pk"):
        payments = Payment.objects.filter(order__bill=bill).values("pk")
        paid = Event.objects.filter(
            name="payments.paid", subject_kind=Payment._meta.label_lower, subject_id__in=payments
        )
        for receipt in Receipt.objects.filter(event_id__in=paid.values("pk")):
            services.enter_receipt(case, receipt, title=_("交费回执"), owners=[bill.party_id], actor=actor)
