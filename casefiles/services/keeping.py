"""What judge and case clerk do with a file: put something in, correct the catalogue, close parts of it, archive it."""

from __future__ import annotations

import hashlib
import json
import uuid
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from casefiles import events, policies, selectors
from casefiles.images import Box
from casefiles.models import (
    SIDE_SECTIONS,
    Archive,
    Entry,
    EntryKind,
    Ground,
    Openness,
    Restriction,
    Section,
    Volume,
)
from casefiles.services.entering import Source, enter, file_stream, record
from cases.models import Case
from common import clock
from common.actor import Actor
from common.errors import Conflict, InvalidInput, InvalidTransition, NotAllowed, NotVisible
from common.versions import must_be_seen
from documents.models import Copy, PaperState
from documents.services import receive_file
from eventlog.services import act, emit

OWNER_KIND = "casefiles.entry"
"""Owner of files the court puts in; their originals are opened by the court only, parties read the pages."""
MAX_FILES, MAX_BYTES = 1, 50 * 1024 * 1024


def volume_of(section: Section) -> Volume:
    """Every section belongs to one volume."""
    return Volume.SIDE if section in SIDE_SECTIONS else Volume.MAIN


@dataclass(frozen=True)
class Place:
    """Where something lies and what it is called."""

    section: Section
    title: str


def add_to_file(
    *, case_id: int, upload: UploadedFile[Any], place: Place, owners: list[int], actor: Actor
) -> Entry:
    """Put a scanned document into a file. In the main volume it is open to the parties named in ``owners``, to all of them
    when none is named. NotAllowed for who does not hold the case, InvalidInput about the file."""
    case = Case.objects.get(pk=case_id)
    if not policies.can_keep(actor, case):
        raise NotAllowed(_("案卷由承办法官和书记员整理。"))
    key = uuid.uuid4()
    file = receive_file(
        upload=upload,
        court_id=case.court_id,
        owner_kind=OWNER_KIND,
        owner_public_id=key,
        actor=actor,
        max_files=MAX_FILES,
        max_total_bytes=MAX_BYTES,
        counts_for=case.counted_files,
    )
    source = Source(
        key=f"added:{key}",
        kind=EntryKind.ADDED,
        volume=volume_of(place.section),
        section=place.section,
        title=place.title,
        filed_at=file.received_at,
        openness=Openness.OWNERS if owners else Openness.PARTIES,
        owners=owners,
        pages=file.pages,
        file_id=file.pk,
    )
    return enter(case, source, actor=actor)


def place_shown(entry: Entry) -> dict[str, object]:
    """What the page of a correction shows of an entry, by label."""
    return {str(_("类别")): entry.get_section_display(), str(_("名称")): entry.title}


def correct_entry(
    *,
    entry_public_id: UUID,
    place: Place,
    withdrawn: bool = False,
    reason: str,
    actor: Actor,
    seen: str | None = None,
) -> Entry:
    """A new row with the right section and title, or without the entry when it was put in by mistake; what was closed
    stays closed. InvalidTransition once the file is archived, InvalidInput without a reason, StaleVersion for a form that showed
    another place."""
    if not reason:
        message = _("请写明更正的理由")
        raise InvalidInput(message, reason=message)
    with act():
        old = _locked(entry_public_id, actor)
        must_be_seen(seen, place_shown(old))
        if policies.is_archived(old.case):
            raise InvalidTransition(_("案卷已经归档，目录不能再改。"))
        orders = list(policies.live_restrictions().filter(entry=old))
        new = _twin(old)
        new.section, new.volume, new.title = place.section, volume_of(place.section), place.title
        new.withdrawn, new.reason = withdrawn, reason
        new.supersedes, new.entered_at, new.entered_by_id = old, clock.now(), actor.post_id
        new.save(force_insert=True)
        for order in orders:
            order.pk, order.public_id, order.entry = None, uuid.uuid4(), new
            order._state.adding = True
            order.save(force_insert=True)
        record(events.CORRECTED, new, actor, old=old.public_id, withdrawn=withdrawn)
    return new


def _twin(old: Entry) -> Entry:
    twin = Entry.objects.select_related("case").get(pk=old.pk)
    twin.pk, twin.public_id = None, uuid.uuid4()
    twin._state.adding = True
    return twin


@dataclass(frozen=True)
class Order:
    """What a judge closes: the whole entry, or one page of it, or a part of that page; and who reads it nevertheless."""

    ground: Ground
    reason: str
    open_to: list[int]
    page: int | None = None
    box: Box | None = None


def seal(*, entry_public_id: UUID, order: Order, actor: Actor) -> Restriction:
    """Close an entry, a page or a part of a page to every party but those listed (民诉法71, 137; 解释220). Works on the next
    request of anybody (SEC-17), after archiving too. NotAllowed for who is not the judge of the case."""
    with act():
        entry = _locked(entry_public_id, actor)
        if not policies.can_seal(actor, entry.case):
            raise NotAllowed(_("限制查阅由承办法官决定。"))
        _check(entry, order)
        made = Restriction.objects.create(
            entry=entry,
            ground=order.ground,
            reason=order.reason,
            open_to=sorted(set(order.open_to)),
            page=order.page,
            boxes=[order.box] if order.box else [],
            decided_by_id=actor.post_id or 0,
            decided_at=clock.now(),
        )
        record(events.SEALED, entry, actor, restriction=made.public_id, ground=order.ground, page=order.page)
    return made


def _check(entry: Entry, order: Order) -> None:
    parties = set(entry.case.parties.values_list("pk", flat=True))
    if not set(order.open_to) <= parties:
        raise InvalidInput(_("请从本案当事人里选"), open_to=_("请从本案当事人里选"))
    if not order.reason:
        raise InvalidInput(_("请写明理由"), reason=_("请写明理由"))
    if order.page is None:
        return
    if not 1 <= order.page <= entry.pages:
        message = _("这份材料共%(pages)s页") % {"pages": entry.pages}
        raise InvalidInput(message, page=message)
    if selectors.is_text(entry):
        message = _("这份材料没有页面图片，只能整份限制")
        raise InvalidInput(message, page=message)
    if order.box:
        left, top, right, bottom = order.box
        if not (0 <= left < right <= 1000 and 0 <= top < bottom <= 1000):
            message = _("结束的位置应在开始的位置之后，都在0到100之间")
            raise InvalidInput(message, bottom=message)


def lift(*, restriction_public_id: UUID, reason: str, actor: Actor) -> Restriction:
    """End an order, with the reason. Conflict when it ended before."""
    with act():
        known = Restriction.objects.select_related("entry__case").filter(public_id=restriction_public_id)
        old = known.first()
        if old is None or not policies.visible_entries(actor).filter(pk=old.entry_id).exists():
            raise NotVisible(_("没有这个页面。"))
        Case.objects.select_for_update(of=("self",), no_key=True).get(pk=old.entry.case_id)
        if not policies.can_seal(actor, old.entry.case):
            raise NotAllowed(_("限制查阅由承办法官决定。"))
        if not reason:
            raise InvalidInput(_("请写明理由"), reason=_("请写明理由"))
        if Restriction.objects.filter(lifts=old).exists():
            raise Conflict(_("这项限制已经取消。"), code="lifted_already")
        made = Restriction.objects.create(
            entry=old.entry,
            ground=old.ground,
            reason=reason,
            open_to=old.open_to,
            page=old.page,
            boxes=old.boxes,
            decided_by_id=actor.post_id or 0,
            decided_at=clock.now(),
            lifts=old,
        )
        record(events.UNSEALED, old.entry, actor, restriction=old.public_id)
    return made


def archive(*, case_id: int, actor: Actor) -> Archive:
    """Bind the file of a closed case 归档: the catalogue with page numbers and hashes is fixed, nothing of it changes any
    more, parties ask before they read it. A second time changes nothing; InvalidTransition before the case ended."""
    with act():
        case = Case.objects.select_for_update(of=("self",), no_key=True).get(pk=case_id)
        if not policies.can_keep(actor, case):
            raise NotAllowed(_("案卷由承办法官和书记员整理。"))
        there = Archive.objects.filter(case=case).first()
        if there is not None:
            return there
        if case.closed_at is None:
            raise InvalidTransition(_("案件还没有结案，不能归档。"))
        catalogue = _catalogue(case, actor)
        text = json.dumps(catalogue, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        made = Archive.objects.create(
            case=case,
            catalogue=catalogue,
            catalogue_sha256=hashlib.sha256(text.encode()).hexdigest(),
            archived_at=clock.now(),
            archived_by_id=actor.post_id or 0,
        )
        emit(
            events.ARCHIVED,
            subject=made,
            actor=actor,
            stream=file_stream(case),
            court_id=case.court_id,
            case_id=case.pk,
            catalogue_sha256=made.catalogue_sha256,
        )
    return made


def _catalogue(case: Case, actor: Actor) -> list[dict[str, Any]]:
    """Every entry of both volumes: ids, pages and the hash of its source; no names."""
    papers = Copy.objects.filter(paper__file_entries__case=case, state=PaperState.ISSUED).order_by("-id")
    of_paper = {copy.paper_id: copy.sha256 for copy in papers}
    return [
        {
            "entry": str(line.entry.public_id),
            "volume": line.entry.volume,
            "section": line.entry.section,
            "serial": line.serial,
            "first": line.first,
            "last": line.last,
            "sha256": line.entry.file.sha256
            if line.entry.file is not None
            else of_paper.get(line.entry.paper_id or 0, ""),
        }
        for book in selectors.books(actor, case)
        for line in book.lines
    ]


def _locked(entry_public_id: UUID, actor: Actor) -> Entry:
    """An entry of a case the actor holds, its case locked first so that orders and corrections follow each other."""
    entry = policies.visible_entries(actor).filter(public_id=entry_public_id).first()
    if entry is None:
        raise NotVisible(_("没有这个页面。"))
    case = Case.objects.select_for_update(of=("self",), no_key=True).get(pk=entry.case_id)
    if not policies.can_keep(actor, case):
        raise NotAllowed(_("案卷由承办法官和书记员整理。"))
    if Entry.objects.filter(supersedes=entry).exists():
        raise Conflict(_("这份材料刚刚有人改过，请刷新页面再试。"), code="corrected")
    return Entry.objects.select_related("case", "file").get(pk=entry.pk)
