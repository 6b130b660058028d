"""What the applicant does with a draft. Every step is saved at once (UX §1.4)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from accounts.access import allows
from cases.models import PhoneOrigin, Side
from common import clock
from common.actor import Actor
from common.errors import InvalidInput, NotAllowed, NotVisible
from courts.models import Cause, Court
from documents.services import receive_file
from eventlog.services import act, emit
from filing import events
from filing.elements import schema
from filing.models import FILING_FLOW, Filing, FilingMaterial, FilingParty
from filing.policies import can_edit
from filing.selectors import DELIVERY, EVIDENCE, TASK_OF_SIDE, draft_of

MAX_FILES, MAX_TOTAL_BYTES, MAX_PEOPLE = 100, 200 * 1024 * 1024, 50


def filing_stream(filing: Filing) -> str:
    """The event stream of an application."""
    return f"filing:{filing.public_id}"


def start_filing(*, actor: Actor, court: Court, cause: Cause, form: str, precheck: dict[str, Any]) -> Filing:
    """A new draft. ``precheck`` is carried in, so that nothing is asked twice; court and cause come from it."""
    if not allows(actor, "filing.create"):
        raise NotAllowed(_("请先用手机号登录，再开始填写。"))
    with act():
        now = clock.now()
        filing = Filing.objects.create(
            court=court,
            deciding_court=court,
            applicant_id=actor.user_id or 0,
            procedure=schema.load(form).procedure,
            form=form,
            cause=cause,
            precheck=precheck,
            created_at=now,
            saved_at=now,
        )
        emit(events.STARTED, subject=filing, actor=actor, stream=filing_stream(filing), court_id=court.pk)
    return filing


def editable(filing_id: int, actor: Actor, task: str, slot: str = "") -> Filing:
    """The application, locked, when the actor may change this part of it now."""
    filing = Filing.objects.select_for_update(of=("self",), no_key=True).get(pk=filing_id)
    if not can_edit(actor, filing) or not draft_of(filing).unlocked(task, slot):
        raise NotAllowed(_("这一部分现在不能改。申请已提交的，请等法院答复。"))
    return filing


def _touch(filing: Filing, *fields: str) -> None:
    filing.saved_at = clock.now()
    filing.version += 1
    filing.save(update_fields=["saved_at", "version", *fields])


def save_page(*, filing_id: int, page: str, values: dict[str, Any], actor: Actor) -> Filing:
    """Store the checked answers of one page of the element form; answers that became pointless are dropped."""
    with act():
        form = schema.load(Filing.objects.values_list("form", flat=True).get(pk=filing_id))
        filing = editable(filing_id, actor, form.task_of_page(page).key)
        kept = {key: value for key, value in filing.answers.items() if key not in _keys(form.pages[page])}
        answers = kept | values
        filing.answers = form.relevant(answers)
        total = filing.answers.get(form.amount_field)
        filing.amount = Decimal(total) if total else None
        _touch(filing, "answers", "amount")
    return filing


def _keys(page: schema.Page) -> set[str]:
    return {item.key for item in page.fields}


def save_party(
    *, filing_id: int, side: Side, values: dict[str, Any], actor: Actor, party_public_id: UUID | None = None
) -> FilingParty:
    """Add or change one person; the phone of the other side carries that it was named by the applicant (DESIGN §9)."""
    with act():
        filing = editable(filing_id, actor, TASK_OF_SIDE[side])
        people = FilingParty.objects.filter(filing=filing, side=side)
        if party_public_id is None:
            if people.count() >= MAX_PEOPLE:
                raise InvalidInput(_("一份申请最多填50人，更多的请到窗口办理。"))
            last = people.order_by("-order").first()
            party = FilingParty(filing=filing, side=side, order=last.order + 1 if last else 1)
        else:
            party = _party(people, party_public_id)
        for name, value in values.items():
            setattr(party, name, value)
        origin = PhoneOrigin.OWN if side == Side.PLAINTIFF else PhoneOrigin.OTHER_SIDE
        party.phone_origin = origin if party.phone else ""
        party.save()
        _touch(filing)
    return party


def _party(people: Any, public_id: UUID) -> FilingParty:
    party = people.filter(public_id=public_id).first()
    if party is None:
        raise NotVisible(_("没有这个页面。"))
    return party  # type: ignore[no-any-return]


def remove_party(*, filing_id: int, party_public_id: UUID, actor: Actor) -> None:
    """Take one person out of a draft."""
    with act():
        party = _party(FilingParty.objects.filter(filing_id=filing_id), party_public_id)
        filing = editable(filing_id, actor, TASK_OF_SIDE[Side(party.side)])
        party.delete()
        _touch(filing)


def add_material(*, filing_id: int, slot: str, upload: UploadedFile[Any], actor: Actor) -> FilingMaterial:
    """Put one photo or file into a slot; it is checked and stored before the act, no transaction is open meanwhile. The
    quota is asked before that work and, under the lock, after it.

    Raises InvalidInput with the sentence that helps for a file that cannot be used (SEC-50, SEC-51).
    """
    filing = Filing.objects.get(pk=filing_id)
    if schema.load(filing.form).slot(slot) is None:
        raise NotVisible(_("没有这个页面。"))
    if not can_edit(actor, filing) or not draft_of(filing).unlocked(EVIDENCE, slot):
        raise NotAllowed(_("这一部分现在不能改。申请已提交的，请等法院答复。"))
    _check_quota(filing, upload)
    stored = receive_file(
        upload=upload,
        court_id=filing.court_id,
        owner_kind="filing.filing",
        owner_public_id=filing.public_id,
        actor=actor,
    )
    with act():
        filing = editable(filing_id, actor, EVIDENCE, slot)
        _check_quota(filing, upload)
        material = FilingMaterial.objects.create(filing=filing, slot=slot, file=stored, added_at=clock.now())
        _touch(filing)
    return material


def _check_quota(filing: Filing, upload: UploadedFile[Any]) -> None:
    sizes = list(filing.materials.filter(removed_at=None).values_list("file__size_bytes", flat=True))
    if len(sizes) >= MAX_FILES:
        raise InvalidInput(_("一份申请最多100个文件，请删掉不用的再上传。"))
    if sum(sizes) + (upload.size or 0) > MAX_TOTAL_BYTES:
        raise InvalidInput(_("一份申请的文件合计不能超过200MB，请压缩照片后再上传。"))


def remove_material(*, filing_id: int, material_public_id: UUID, actor: Actor) -> None:
    """Take a file out of its slot; the bytes stay on record."""
    with act():
        material = FilingMaterial.objects.filter(
            filing_id=filing_id, public_id=material_public_id, removed_at=None
        ).first()
        if material is None:
            raise NotVisible(_("没有这个页面。"))
        filing = editable(filing_id, actor, EVIDENCE, material.slot)
        material.removed_at = clock.now()
        material.save(update_fields=["removed_at"])
        _touch(filing)


def save_delivery(*, filing_id: int, e_delivery: bool, actor: Actor) -> Filing:
    """Whether papers come to the inbox; never chosen beforehand (R-01, R-40)."""
    with act():
        filing = editable(filing_id, actor, DELIVERY)
        filing.e_delivery = e_delivery
        _touch(filing, "e_delivery")
    return filing


def withdraw_filing(*, filing_id: int, actor: Actor) -> Filing:
    """Take an application back before the decision. Raises InvalidTransition after it."""
    with act():
        filing = Filing.objects.select_for_update(of=("self",), no_key=True).get(pk=filing_id)
        if filing.applicant_id != actor.user_id or not actor.is_public:
            raise NotAllowed(_("只有申请人可以撤回。"))
        FILING_FLOW.move(filing, "withdraw")
        _touch(filing, "status")
        emit(
            events.WITHDRAWN,
            subject=filing,
            actor=actor,
            stream=filing_stream(filing),
            court_id=filing.deciding_court_id,
        )
    return filing
