"""Whole applications from and to the outside: one checked claim becomes a draft or a sent application; the open package."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any
from uuid import UUID, uuid4

from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.utils.translation import gettext as _

from accounts.access import allows
from accounts.models import RealNameLevel, User
from accounts.services import once, request_hash
from cases.models import Case, Side
from common import clock
from common.actor import Actor
from common.errors import InvalidInput, NotAllowed
from courts.models import Cause, CauseVersion, Court
from documents.models import StoredFile
from documents.names import display_name
from documents.services import discard_file, read_checked, receive_file
from filing.claims import AgentReader, Claim, ClaimReader, Problems, draft_in_hand, missing, put_into
from filing.draft import Draft
from filing.elements import schema
from filing.elements.values import opened_answers
from filing.forms import StatementForm
from filing.models import Capacity, Channel, Filing, FilingAgent, FilingMaterial, FilingParty
from filing.package_format import FILES, FORMAT, VERSION, PackedFile, open_package, write_package
from filing.selectors import draft_of
from filing.services.drafts import MAX_FILES, MAX_TOTAL_BYTES, Beginning, begin_filing
from filing.services.people import MAX_AGENTS
from filing.services.submission import submit_filing
from filing.snapshot import content_of, sent_draft_of

FIELDS = frozenset(
    {"form", "court", "cause", "capacity", "parties", "agents", "answers", "e_delivery", "statement"}
)
PERSON = frozenset(
    {
        *(
            "side",
            "kind",
            "name",
            "gender",
            "born_on",
            "ethnicity",
            "employer",
            "job",
            "legal_representative",
        ),
        *("id_kind", "id_number", "phone", "address", "usual_address", "registered_address"),
        *("organisation_type", "ownership", "address_unknown", "guardian_name", "guardian_relation"),
        *("guardian_id_number", "guardian_phone", "claim", "claim_amount"),
    }
)
AGENT = ("kind", "name", "firm", "job", "licence", "relation", "id_number", "phone", "power")


@dataclass
class Incoming:
    """An application from outside, as it was sent: ``content`` has the names of ``FIELDS``, files by slot."""

    content: Mapping[str, Any]
    files: list[tuple[str, UploadedFile[Any]]] = field(default_factory=list)


_Paper = tuple[str, StoredFile]
"""A received file with the slot it is for."""


@dataclass
class _Checked:
    form: schema.ElementForm
    court: Court
    cause: Cause
    capacity: Capacity
    claim: Claim
    agents: list[dict[str, Any]]
    e_delivery: bool | None
    signed_name: str


def receive_filing(*, incoming: Incoming, key: str, channel: Channel, send: bool, actor: Actor) -> Filing:
    """Check everything at once, then keep it and, with ``send``, send it. The same content under the same ``key`` gives the
    same application.

    Raises InvalidInput with one sentence for each wrong field (``parties.0.name``, ``answers.principal``, ``files.ID_CARD``);
    nothing is kept then. Files are received outside any act and belong to the application that the one act then writes.
    """
    user = User.objects.get(pk=actor.user_id or 0)
    if not allows(actor, "filing.create") or user.real_name_level != RealNameLevel.REAL_NAME:
        raise NotAllowed(_("实名以后才能提交立案申请。"))
    checked = _check(incoming, user, send)
    body = request_hash([incoming.content, send, [(slot, f.name, _sum(f)) for slot, f in incoming.files]])
    public_id = uuid4()
    files = _received(incoming, checked.court, public_id, actor)
    try:
        answer = once(
            actor=actor,
            route=f"filing.{channel}",
            key=key,
            body_hash=body,
            write=lambda: _write(checked, public_id, files, channel=channel, send=send, actor=actor),
        )
    except Exception:
        _discard(files)
        raise
    if answer != str(public_id):  # the same request came before
        _discard(files)
    return Filing.objects.get(public_id=answer)


def _sum(upload: UploadedFile[Any]) -> str:
    """SHA-256 of an upload, which is then read from its start again."""
    found = hashlib.sha256()
    for piece in upload.chunks():
        found.update(piece)
    upload.seek(0)
    return found.hexdigest()


def _received(incoming: Incoming, court: Court, public_id: UUID, actor: Actor) -> list[_Paper]:
    """All files by slot, checked and stored, or none: InvalidInput names every one that cannot be used."""
    found: list[_Paper] = []
    problems: Problems = {}
    try:
        for slot, upload in incoming.files:
            try:
                stored = receive_file(
                    upload=upload,
                    court_id=court.pk,
                    owner_kind="filing.filing",
                    owner_public_id=public_id,
                    actor=actor,
                    max_files=MAX_FILES,
                    max_total_bytes=MAX_TOTAL_BYTES,
                    counts_for=(public_id,),
                )
            except InvalidInput as error:
                problems[f"files.{slot}"] = f"{display_name(upload.name or '')}：{error.message}"
            else:
                found.append((slot, stored))
        _raise(problems)
    except Exception:
        _discard(found)
        raise
    return found


def _discard(files: list[_Paper]) -> None:
    for _slot, file in files:
        discard_file(file)


def _check(incoming: Incoming, user: User, send: bool) -> _Checked:
    content, problems = incoming.content, Problems()
    problems |= {str(name): _("没有这个字段") for name in content if name not in FIELDS}
    key = content.get("form")
    if not isinstance(key, str) or key not in schema.form_keys():
        raise InvalidInput(_("没有这种诉状"), **(problems | {"form": _("没有这种诉状")}))
    form = schema.load(key)
    court = Court.objects.filter(code=str(content.get("court", "")), is_open=True).first()
    if court is None:
        problems["court"] = _("没有找到这个法院代字，或者它还没有开通")
    name = form.cause or str(content.get("cause", ""))
    causes = Cause.objects.filter(name=name, version=CauseVersion.CIVIL_2025)
    cause = causes.order_by("-level").first()
    if cause is None:
        problems["cause"] = _("没有这个案由")
    capacity = str(content.get("capacity", Capacity.SELF.value))
    if capacity not in Capacity.values:
        problems["capacity"] = _("请从这些里选：%(list)s") % {"list": "、".join(Capacity.values)}
        capacity = Capacity.SELF.value
    people = content.get("parties")
    if not isinstance(people, list):
        people, problems["parties"] = [], _("这里应是一个数组")
    claim, wrong = ClaimReader(form).claim(people, content.get("answers", {}))
    problems |= wrong
    agents, wrong = _agents(content.get("agents", []))
    problems |= wrong
    e_delivery = content.get("e_delivery")
    if e_delivery is not None and not isinstance(e_delivery, bool):
        problems["e_delivery"], e_delivery = _("请填写true或false"), None
    signed_name, wrong = _statement(content.get("statement"), user, send)
    problems |= wrong
    if court is None or cause is None or problems:
        _raise(problems)
    checked = _Checked(form, court, cause, Capacity(capacity), claim, agents, e_delivery, signed_name)  # type: ignore[arg-type]
    _raise(_gaps(checked, user, [slot for slot, _file in incoming.files], send))
    return checked


def _raise(problems: Problems) -> None:
    if problems:
        raise InvalidInput(next(iter(problems.values())), code="invalid", **problems)


def _agents(raw: Any) -> tuple[list[dict[str, Any]], Problems]:
    if not isinstance(raw, list) or len(raw) > MAX_AGENTS:
        return [], {"agents": _("这里应是一个数组，最多两位代理人")}
    found, problems, reader = [], Problems(), AgentReader()
    for number, one in enumerate(raw):
        if not isinstance(one, Mapping):
            problems[f"agents.{number}"] = _("这里应是一个对象")
            continue
        values, wrong = reader.read(one)
        problems |= {f"agents.{number}.{name}".rstrip("."): text for name, text in wrong.items()}
        found.append(values)
    return found, problems


def _statement(raw: Any, user: User, send: bool) -> tuple[str, Problems]:
    """The statement and signature of the page, in the same words; a draft needs none."""
    if not send:
        return "", {}
    given = raw if isinstance(raw, Mapping) else {}
    data = {
        "agree": "on" if given.get("agree") is True else "",
        "signed_name": str(given.get("signed_name", "")),
    }
    page = StatementForm(user.name, data)
    if page.is_valid():
        return str(page.cleaned_data["signed_name"]), {}
    return "", {f"statement.{name}": str(errors[0]) for name, errors in page.errors.items()}


def _rows(filing: Filing, checked: _Checked) -> tuple[list[FilingParty], list[FilingAgent]]:
    people = put_into(filing, checked.claim, checked.form)
    agents = [
        FilingAgent(
            filing=filing,
            order=number,
            is_applicant=checked.capacity == Capacity.AGENT and number == 1,
            **values,
        )
        for number, values in enumerate(checked.agents, start=1)
    ]
    return people, agents


def _gaps(checked: _Checked, user: User, slots: list[str], send: bool) -> Problems:
    """Files without a place and, before sending, what the check page would still ask for. Nothing is written."""
    filing = Filing(
        court=checked.court,
        deciding_court=checked.court,
        applicant=user,
        procedure=checked.form.procedure,
        form=checked.form.key,
        cause=checked.cause,
        capacity=checked.capacity,
        e_delivery=checked.e_delivery,
    )
    people, agents = _rows(filing, checked)
    draft = draft_in_hand(filing, checked.form, people, agents)
    places = {slot.key for slot, _files in draft.slots()}
    wrong = {f"files.{slot}": _("这份诉状没有这种材料") for slot in slots if slot not in places}
    draft.materials.extend(FilingMaterial(filing=filing, slot=slot) for slot in slots)
    return wrong | missing(draft) if send else wrong


def _write(
    checked: _Checked, public_id: UUID, files: list[_Paper], *, channel: Channel, send: bool, actor: Actor
) -> str:
    """The application with its people and files, sent when that is asked; its public id. Inside an act."""
    new = Beginning(checked.court, checked.cause, checked.form.key, precheck={}, public_id=public_id)
    filing = begin_filing(new=new, actor=actor)
    filing.channel, filing.capacity, filing.e_delivery = channel, checked.capacity, checked.e_delivery
    people, agents = _rows(filing, checked)
    filing.save(update_fields=["channel", "capacity", "e_delivery", "answers", "amount"])
    FilingParty.objects.bulk_create(people)
    FilingAgent.objects.bulk_create(agents)
    now = clock.now()
    FilingMaterial.objects.bulk_create(
        FilingMaterial(filing=filing, slot=slot, file=file, added_at=now) for slot, file in files
    )
    if send:
        submit_filing(filing_id=filing.pk, actor=actor, signed_name=checked.signed_name)
    return str(public_id)


# -- the open package -------------------------------------------------------------------------------------------------


def receive_package(
    *, source: IO[bytes] | Path, key: str, channel: Channel, send: bool, actor: Actor
) -> Filing:
    """A draft, or with ``send`` a sent application, from an open package. Raises InvalidInput as ``receive_filing``."""
    archive, package = open_package(source)
    with archive:
        files = [(one.slot, _unpacked(archive.read(one.path), one)) for one in package.files]
    content = {name: value for name, value in package.filing.items() if name in FIELDS}
    if not send:
        content.pop("statement", None)
    return receive_filing(incoming=Incoming(content, files), key=key, channel=channel, send=send, actor=actor)


def _unpacked(content: bytes, packed: PackedFile) -> UploadedFile[Any]:
    name = packed.name if "." in packed.name else packed.path.rsplit("/", 1)[-1]
    return SimpleUploadedFile(name, content, content_type="application/octet-stream")


def export_package(*, filing: Filing, actor: Actor) -> IO[bytes]:
    """The whole application as the court holds it, with its files, in a temporary file opened at the start."""
    draft = sent_draft_of(filing) if filing.first_submitted_at else draft_of(filing)
    files = [
        (m, f"{FILES}{number:03d}-{_safe(m.file.display_name)}")
        for number, m in enumerate(draft.materials, start=1)
    ]
    content = {
        "format": FORMAT,
        "version": VERSION,
        "exported_at": clock.now().isoformat(),
        "filing": _filing_facts(draft),
        "case": _case_facts(filing.public_id),
        "files": [
            {
                "slot": m.slot,
                "name": m.file.display_name,
                "path": path,
                "sha256": m.file.sha256,
                "size": m.file.size_bytes,
            }
            for m, path in files
        ],
    }
    with ExitStack() as opened:
        target = opened.enter_context(tempfile.TemporaryFile())
        kept: Any = [(path, opened.enter_context(read_checked(m.file, actor=actor))) for m, path in files]
        write_package(target, content, kept)
        target.seek(0)
        opened.pop_all()
    return target


def _safe(name: str) -> str:
    kept = "".join(char if char.isalnum() or char in "-_." else "_" for char in name)
    return kept.replace("..", "_")[-80:]


def _filing_facts(draft: Draft) -> dict[str, Any]:
    """All facts of an application, under the names that ``receive_filing`` reads, and its state beside them."""
    filing = draft.filing
    sent = content_of(draft, "")
    return {
        "form": filing.form,
        "court": filing.deciding_court.code,
        "cause": filing.cause.name,
        "capacity": filing.capacity,
        "e_delivery": filing.e_delivery,
        "parties": [_person_facts(party) for party in draft.parties],
        "agents": [{name: getattr(a, name) for name in AGENT if getattr(a, name)} for a in draft.agents],
        "answers": opened_answers(draft.form, filing.answers),
        "id": str(filing.public_id),
        "number": sent["number"],
        "procedure": filing.procedure,
        "channel": filing.channel,
        "state": filing.status,
        "amount": str(filing.amount) if filing.amount is not None else None,
        "submitted_at": filing.submitted_at.isoformat() if filing.submitted_at else None,
        "due_on": filing.due_on.isoformat() if filing.due_on else None,
    }


def _person_facts(party: FilingParty) -> dict[str, Any]:
    """Only what was written; lines that the other kind of person has are left out, so that the forms read it again."""
    facts: dict[str, Any] = {}
    for name in sorted(PERSON):
        value = getattr(party, name)
        if value not in ("", None, False):
            facts[name] = value if isinstance(value, bool) else str(value)
    if party.side == Side.PLAINTIFF and party.guardian_name:
        facts["guarded"] = "yes"
    return facts


def _case_facts(filing_public_id: UUID) -> dict[str, Any] | None:
    case = (
        Case.objects.filter(filing_public_id=filing_public_id).select_related("court").order_by("id").first()
    )
    if case is None:
        return None
    return {
        "id": str(case.public_id),
        "number": case.number,
        "court": case.court.code,
        "stage": case.stage,
        "accepted_at": case.accepted_at.isoformat(),
        "closed_at": case.closed_at.isoformat() if case.closed_at else None,
    }
