"""Which seal stands on a paper: the court's, a division's on the papers listed for it, else the installation's."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from asn1crypto import pem, x509
from django.conf import settings
from django.utils.translation import gettext as _
from pyhanko_certvalidator import CertificateValidator
from pyhanko_certvalidator.errors import PathBuildingError, PathValidationError

from common import clock
from common.actor import Actor
from common.errors import Conflict, InvalidInput, NotAllowed, NotVisible
from common.two_people import ProposalState, locked, settle
from courts.models import Court, Division
from documents import events
from documents.models import Paper, Seal, SealProposal
from documents.policies import can_keep_seals, visible_seal_proposals
from documents.rendering.paper import default_seal
from documents.rendering.templates import TEMPLATES
from documents.sealing import SealInUse, national, vendor
from documents.sealing.doors import certificate_of
from documents.sealing.trust import trust
from eventlog.services import act, emit


def seal_of(paper: Paper) -> Seal | None:
    """The row that seals a paper now; None when the seal of the installation's court does. One query."""
    now = clock.now()
    rows = Seal.objects.filter(court_id=paper.court_id, used_from__lte=now).exclude(used_until__lte=now)
    found = list(rows.select_related("division").order_by("id"))
    listed = [row for row in found if paper.template in row.templates]
    return next(iter([*listed, *(row for row in found if not row.templates)]), None)


def in_use(seal: Seal | None, court_name: str) -> SealInUse:
    """The same for the sealer. A demo seal says that it is one, whatever else it says."""
    plain = default_seal(court_name)
    if seal is None:
        return plain
    words = [seal.division.name if seal.division else "", plain.below]
    return SealInUse(seal.name, court_name, " ".join(filter(None, words)))


def take_seal_into_use(
    *, court: Court, name: str, actor: Actor, division: Division | None = None, templates: Sequence[str] = ()
) -> Seal:
    """From now on the signer's seal ``name`` stands on the papers of a court, or on the listed ones of a division; the seal in
    use there before is ended. The one in use already stays as it is.

    InvalidInput when its certificate does not hold, when a division lists no papers, or lists one that does not exist.
    LookupError when the signer has no such seal, GatewayUnavailable when it does not answer.
    """
    _require_fitting(division, templates)
    certificate = offered(name)
    with act():
        return _take(court, division, templates, name, certificate, actor)


def propose_seal(
    *, name: str, division: Division | None, templates: Sequence[str], actor: Actor
) -> SealProposal:
    """A seal of signer or vendor for the actor's court or one of its divisions; in use when another person has agreed.

    InvalidInput by field when there is no such seal, its certificate does not hold, it is in use already, or papers and division do not
    fit; Conflict while another proposal for the same place waits; GatewayUnavailable while nobody answers.
    """
    if not can_keep_seals(actor):
        raise NotAllowed(_("电子签章由庭长和系统管理员维护。"))
    _require_fitting(division, templates)
    certificate = _offered(name)
    with act():
        court = Court.objects.select_for_update(no_key=True).get(pk=actor.court_id or 0)
        if division is not None and division.court_id != court.pk:
            raise NotVisible(_("没有找到这个部门。"))
        place = {"court": court, "division": division}
        if SealProposal.objects.filter(**place, state=ProposalState.PROPOSED).exists():
            raise Conflict(_("这里已经有一个签章在等另一人同意，请先处理它。"), code="seal_waits")
        now = Seal.objects.filter(**place, used_until=None).first()
        if now is not None and _is_same(now, name, certificate, templates):
            raise InvalidInput(_("这个签章已经在用"), name=_("这个签章已经在用"))
        row = SealProposal.objects.create(
            **place,
            templates=list(templates),
            name=name,
            certificate=_armored(certificate),
            fingerprint=certificate.sha256.hex(),
            proposed_by_id=actor.post_id or 0,
            proposed_at=clock.now(),
        )
        _record(events.SEAL_PROPOSED, row, actor)
    return row


def agree_to_seal(*, public_id: uuid.UUID, actor: Actor) -> Seal:
    """Another person agrees: from now on the seal stands on papers, the one before it is ended.

    NotAllowed for who proposed it; InvalidInput when the certificate no longer holds or is another one by now.
    """
    asked = visible_seal_proposals(actor).filter(public_id=public_id).first()
    if asked is None:
        raise NotVisible(_("没有这个页面。"))
    certificate = _offered(asked.name)
    with act():
        row = locked(visible_seal_proposals(actor), public_id)
        if certificate.sha256.hex() != row.fingerprint:
            raise InvalidInput(_("签章的证书和提出时不一样了，请撤回后重新提出。"))
        settle(row, "agree", actor)
        return _take(row.court, row.division, row.templates, row.name, certificate, actor)


DROPPED = {"refuse": events.SEAL_REFUSED, "withdraw": events.SEAL_WITHDRAWN}


def drop_seal(*, public_id: uuid.UUID, move: str, actor: Actor) -> SealProposal:
    """Another person refuses, or who proposed it withdraws: the seal in use stays."""
    with act():
        row = locked(visible_seal_proposals(actor), public_id)
        settle(row, move, actor)
        _record(DROPPED[move], row, actor)
    return row


def _offered(name: str) -> x509.Certificate:
    """:func:`offered`, with a sentence for who typed a name that nobody knows."""
    try:
        return offered(name)
    except LookupError as error:
        sentence = _("签章服务里没有这个名字的签章，请核对")
        raise InvalidInput(sentence, name=sentence) from error


def _record(name: str, row: SealProposal, actor: Actor) -> None:
    emit(
        name, subject=row, actor=actor, stream=f"court:{row.court.code}", court_id=row.court_id,
        seal=row.name, fingerprint=row.fingerprint,
    )  # fmt: skip


def _require_fitting(division: Division | None, templates: Sequence[str]) -> None:
    if bool(templates) != bool(division) or not set(templates) <= TEMPLATES.keys():
        sentence = _("庭室的签章要写明用在哪几种文书上，本院的签章不写。")
        raise InvalidInput(sentence, templates=sentence)


def _is_same(row: Seal, name: str, certificate: x509.Certificate, templates: Sequence[str]) -> bool:
    return (row.name, row.fingerprint, row.templates) == (name, certificate.sha256.hex(), list(templates))


def _armored(certificate: x509.Certificate) -> str:
    return str(pem.armor("CERTIFICATE", certificate.dump()).decode())


def _take(
    court: Court,
    division: Division | None,
    templates: Sequence[str],
    name: str,
    certificate: x509.Certificate,
    actor: Actor,
) -> Seal:
    """End the seal before and begin this one; inside ``act()``."""
    Court.objects.select_for_update(no_key=True).get(pk=court.pk)
    now = clock.now()
    before = Seal.objects.filter(court=court, division=division, used_until=None).first()
    if before is not None:
        if _is_same(before, name, certificate, templates):
            return before
        before.used_until = now
        before.save(update_fields=["used_until"])
    seal = Seal.objects.create(
        court=court,
        division=division,
        templates=list(templates),
        name=name,
        certificate=_armored(certificate),
        fingerprint=certificate.sha256.hex(),
        used_from=now,
    )
    emit(
        events.SEAL_IN_USE, subject=seal, actor=actor, stream=f"court:{court.code}", court_id=court.pk,
        seal=name, fingerprint=seal.fingerprint,
    )  # fmt: skip
    return seal


def offered(name: str) -> x509.Certificate:
    """The certificate of the seal that signer or vendor offer under a name, checked as before each sealing: chain, dates, lists.

    InvalidInput when it does not hold, LookupError when there is none, GatewayUnavailable when nobody answers; never inside a
    transaction.
    """
    # with an event loop of its own, which a thread that has one already refuses
    with ThreadPoolExecutor(max_workers=1) as apart:
        try:
            return apart.submit(OFFERS[settings.SEALER], name).result()
        except (PathBuildingError, PathValidationError, national.NotBelieved) as error:
            sentence = _("签章的证书现在不能用：已吊销、过期，或者不是可信的机构签发的。")
            raise InvalidInput(sentence, name=sentence) from error


def _own(name: str) -> x509.Certificate:
    certificate = certificate_of(name)
    validator = CertificateValidator(certificate, validation_context=trust().context())
    asyncio.run(validator.async_validate_usage({"digital_signature"}))
    return certificate


def _of_vendor(name: str) -> x509.Certificate:
    found = vendor.seal_named(name)
    vendor.require_valid(found, trust().context())
    return found.certificate


OFFERS = {"own": _own, "vendor": _of_vendor}
"""By the setting SEALER."""
