"""What the applicant does with a draft. Every step is saved at once (UX §1.4)."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from accounts.access import allows
from accounts.models import IdKind, User
from cases.models import Case, Side
from cases.policies import visible_parties
from common import clock
from common.actor import Actor
from common.errors import InvalidInput, NotAllowed, NotVisible
from common.identity import birth_date
from common.versions import must_not_overwrite
from courts.models import Cause, Court
from documents.errors import FilesAway
from documents.services import receive_file
from eventlog.services import act, emit
from filing import events
from filing.draft import DELIVERY, EVIDENCE
from filing.elements import schema
from filing.kept import delivery_kept, delivery_said, page_kept
from filing.models import FILING_FLOW, Capacity, Filing, FilingMaterial, FilingParty, FilingStatus
from filing.people import CHILD, age_on
from filing.policies import acts_for_applicant, can_edit
from filing.selectors import draft_of

MAX_FILES, MAX_TOTAL_BYTES = 100, 200 * 1024 * 1024


def filing_stream(filing: Filing) -> str:
    """The event stream of an application."""
    return f"filing:{filing.public_id}"


def record(name: str, filing: Filing, actor: Actor, **data: Any) -> None:
    """An event about an application, on its stream, of the court that decides it; inside an act."""
    emit(
        name,
        subject=filing,
        actor=actor,
        stream=filing_stream(filing),
        court_id=filing.deciding_court_id,
        **data,
    )


@dataclass(frozen=True)
class Beginning:
    """What a new draft is about. ``court`` decides, ``through`` takes it in (the court itself when left out).

    ``procedure`` is left out where the form names it; ``origin_number`` is the earlier case as it was typed,
    ``origin_case`` that case when the account may see it here; ``public_id`` is given where files were received before.
    """

    court: Court
    cause: Cause
    form: str
    precheck: dict[str, Any]
    procedure: str = ""
    capacity: str = Capacity.SELF
    through: Court | None = None
    origin_number: str = ""
    origin_case: Case | None = None
    public_id: UUID = field(default_factory=uuid4)


def start_filing(*, actor: Actor, court: Court, cause: Cause, form: str, precheck: dict[str, Any]) -> Filing:
    """A new draft of an ordinary suit, see :func:`begin_filing`."""
    return begin_filing(new=Beginning(court, cause, form, precheck), actor=actor)


def begin_filing(*, new: Beginning, actor: Actor) -> Filing:
    """A new draft. The answers of the pre-check are carried in, so that nothing is asked twice.

    NotAllowed for staff, and for a child below fourteen, for whom the guardian acts (R-77). When it follows a case that
    the account stands in, the other side of that case is named already.
    """
    if not allows(actor, "filing.create"):
        raise NotAllowed(_("请先用手机号登录，再开始填写。"))
    _refuse_child(actor)
    with act():
        now = clock.now()
        filing = Filing.objects.create(
            public_id=new.public_id,
            court=new.through or new.court,
            deciding_court=new.court,
            applicant_id=actor.user_id or 0,
            procedure=new.procedure or schema.load(new.form).procedure,
            form=new.form,
            cause=new.cause,
            precheck=new.precheck,
            capacity=new.capacity,
            origin_number=new.origin_number,
            origin_case=new.origin_case,
            created_at=now,
            saved_at=now,
        )
        if new.origin_case is not None:
            _name_other_side(filing, new.origin_case, actor)
        emit(
            events.STARTED,
            subject=filing,
            actor=actor,
            stream=filing_stream(filing),
            court_id=filing.court_id,
        )
    return filing


def _refuse_child(actor: Actor) -> None:
    user = User.objects.filter(pk=actor.user_id or 0).first()
    if user is None or user.id_kind not in (IdKind.ID_CARD, IdKind.RESIDENCE_PERMIT) or not user.id_number:
        return
    born = birth_date(user.id_number)
    if born is not None and age_on(born, clock.today()) < CHILD:
        message = _("未满14岁的，请由父母或者其他监护人登录自己的账号，选“我是监护人”来办。")
        raise NotAllowed(message, code="under_fourteen")


def _name_other_side(filing: Filing, origin: Case, actor: Actor) -> None:
    """The other parties of the earlier case by name and kind, which every party of it knows."""
    mine = set(visible_parties(actor).filter(case=origin).values_list("side", flat=True))
    others = [party for party in origin.parties.all() if mine and party.side not in mine]
    FilingParty.objects.bulk_create(
        FilingParty(filing=filing, side=Side.DEFENDANT, order=number, kind=party.kind, name=party.name)
        for number, party in enumerate(others, start=1)
    )


def editable(filing_id: int, actor: Actor, task: str, slot: str = "") -> Filing:
    """The application, locked, when the actor may change this part of it now."""
    filing = Filing.objects.select_for_update(of=("self",), no_key=True).get(pk=filing_id)
    if not can_edit(actor, filing) or not draft_of(filing).unlocked(task, slot):
        raise NotAllowed(_("这一部分现在不能改。申请已提交的，请等法院答复。"))
    return filing


def touch(filing: Filing, *fields: str) -> None:
    """Saved now: what the applicant sees as 已保存, and a new version. Inside an act."""
    filing.saved_at = clock.now()
    filing.version += 1
    filing.save(update_fields=["saved_at", "version", *fields])


def save_page(
    *, filing_id: int, page: str, values: dict[str, Any], actor: Actor, seen: str | None = None
) -> Filing:
    """Store the checked answers of one page of the element form; answers that became pointless are dropped.

    ``seen`` is what the page showed: StaleVersion when something else is kept by now (REL-34); None for who comes without a page.
    """
    with act():
        form = schema.load(Filing.objects.values_list("form", flat=True).get(pk=filing_id))
        filing = editable(filing_id, actor, form.task_of_page(page).key)
        shown = form.pages[page]
        must_not_overwrite(seen, page_kept(shown, filing.answers), page_kept(shown, values))
        kept = {key: value for key, value in filing.answers.items() if key not in _keys(form.pages[page])}
        answers = kept | values
        filing.answers = form.relevant(answers)
        total = filing.answers.get(form.amount_field)
        filing.amount = Decimal(total) if total else None
        touch(filing, "answers", "amount")
    return filing


def _keys(page: schema.Page) -> set[str]:
    return {item.key for item in page.fields}


def add_material(*, filing_id: int, slot: str, upload: UploadedFile[Any], actor: Actor) -> FilingMaterial:
    """Put one photo or file into a slot; it is checked and stored before the act, no transaction is open meanwhile. The
    quota is asked before that work and, under the lock, after it.

    Raises InvalidInput with the sentence that helps for a file that cannot be used (SEC-50, SEC-51), FilesAway while the storage
    takes nothing: whose claim is already here is told that its time stands, whoever is about to send it that the papers may follow
    (REL-50, REL-51).
    """
    filing = Filing.objects.get(pk=filing_id)
    draft = draft_of(filing)
    if all(slot != known.key for known, _files in draft.slots()):
        raise NotVisible(_("没有这个页面。"))
    if not can_edit(actor, filing) or not draft.unlocked(EVIDENCE, slot):
        raise NotAllowed(_("这一部分现在不能改。申请已提交的，请等法院答复。"))
    _check_quota(filing, upload)
    try:
        stored = receive_file(
            upload=upload,
            court_id=filing.court_id,
            owner_kind="filing.filing",
            owner_public_id=filing.public_id,
            actor=actor,
            counts_for=_counts_for(filing),
        )
    except FilesAway as error:
        raise _told(error, filing) from error
    with act():
        filing = editable(filing_id, actor, EVIDENCE, slot)
        _check_quota(filing, upload)
        material = FilingMaterial.objects.create(filing=filing, slot=slot, file=stored, added_at=clock.now())
        if filing.status == FilingStatus.SUBMITTED:
            filing.fence += 1  # a clerk's page from before decides nothing any more
            record(
                events.MATERIAL_FOLLOWED,
                filing,
                actor,
                file=stored.public_id,
                slot=slot,
                sha256=stored.sha256,
            )
        touch(filing, "fence")
    return material


def _told(error: FilesAway, filing: Filing) -> FilesAway:
    """What cannot be kept now, with what is safe and what to do next: whose claim is here is told that its time stands, others that it
    can be handed in without its papers."""
    if filing.first_submitted_at is not None:
        words = _("材料暂时不能上传，起诉时间已记录，不会因为晚传而改变。请过一会儿再传，或者拨打12368。")
    elif filing.is_defence:
        return error
    else:
        words = _(
            "材料暂时不能上传，填写的内容不受影响。别的都填好了，可以先提交申请：起诉时间从提交时算，材料以后补。"
            "也可以过一会儿再传，或者拨打12368。"
        )
    return FilesAway(words)


def _counts_for(filing: Filing) -> tuple[UUID, ...]:
    """A defence counts for the case it answers, an application for itself and so for the case that is made of it."""
    if filing.is_defence and filing.origin_case is not None:
        return filing.origin_case.counted_files
    return (filing.public_id,)


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
        if filing.status == FilingStatus.SUBMITTED:
            raise NotAllowed(_("已经交给法院的材料不能拿掉。传错了的，请再传对的，并给立案庭打电话说明。"))
        material.removed_at = clock.now()
        material.save(update_fields=["removed_at"])
        touch(filing)


def save_delivery(*, filing_id: int, e_delivery: bool, actor: Actor, seen: str | None = None) -> Filing:
    """Whether papers come to the inbox; never chosen beforehand (R-01, R-40). NotAllowed for a helper who would agree to it;
    ``seen`` as in ``save_page``."""
    if e_delivery and actor.helper is not None:
        raise NotAllowed(_("电子送达由当事人自己同意，不能代办。"))
    with act():
        filing = editable(filing_id, actor, DELIVERY)
        must_not_overwrite(seen, delivery_kept(filing), delivery_said(e_delivery))
        filing.e_delivery = e_delivery
        touch(filing, "e_delivery")
    return filing


def withdraw_filing(*, filing_id: int, actor: Actor) -> Filing:
    """Take an application back before the decision. Raises InvalidTransition after it."""
    with act():
        filing = Filing.objects.select_for_update(of=("self",), no_key=True).get(pk=filing_id)
        if not acts_for_applicant(actor, filing):
            raise NotAllowed(_("只有申请人可以撤回。"))
        FILING_FLOW.move(filing, "withdraw")
        touch(filing, "status")
        record(events.WITHDRAWN, filing, actor)
    return filing
