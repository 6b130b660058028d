"""Which seal stands on a paper: the court's, a division's on the papers listed for it, else the installation's."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from asn1crypto import pem, x509
from django.conf import settings
from django.utils.translation import gettext as _
from pyhanko_certvalidator import CertificateValidator
from pyhanko_certvalidator.errors import PathBuildingError, PathValidationError

from common import clock
from common.actor import Actor
from common.errors import InvalidInput
from courts.models import Court, Division
from documents import events
from documents.models import Paper, Seal
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
    if bool(templates) != bool(division) or not set(templates) <= TEMPLATES.keys():
        raise InvalidInput(_("庭室的签章要写明用在哪几种文书上，本院的签章不写。"))
    certificate = offered(name)
    fingerprint = certificate.sha256.hex()
    with act():
        Court.objects.select_for_update(no_key=True).get(pk=court.pk)
        now = clock.now()
        before = Seal.objects.filter(court=court, division=division, used_until=None).first()
        if before is not None:
            if (before.name, before.fingerprint, before.templates) == (name, fingerprint, list(templates)):
                return before
            before.used_until = now
            before.save(update_fields=["used_until"])
        seal = Seal.objects.create(
            court=court,
            division=division,
            templates=list(templates),
            name=name,
            certificate=pem.armor("CERTIFICATE", certificate.dump()).decode(),
            fingerprint=fingerprint,
            used_from=now,
        )
        emit(
            events.SEAL_IN_USE, subject=seal, actor=actor, stream=f"court:{court.code}", court_id=court.pk,
            seal=name, fingerprint=fingerprint,
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
