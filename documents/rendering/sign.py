"""The court's seal on a paper: ECDSA P-256, PAdES B-LT in one revision, certified so that no change is allowed afterwards.

The raw signature comes from the signer process, the time from the time stamp authority. The stamped time is the time of
signing that counts; the time of issue, which the dictionary names besides, is the court's own word for it. Certificates and
revocation lists are in the file, so that it can be checked without asking anybody, also when a certificate is over.
"""

from __future__ import annotations

import asyncio
import io
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from asn1crypto import x509
from django.conf import settings
from pyhanko.pdf_utils.content import RawContent
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import AxisAlignment, BoxConstraints, Margins, SimpleBoxLayoutRule
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko.sign.signers.pdf_signer import (
    DSSContentSettings,
    PdfSigningSession,
    PreSignValidationStatus,
    SigDSSPlacementPreference,
)
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator.errors import PathBuildingError, PathValidationError

from documents.rendering import seal as drawing
from documents.rendering.typeset import SealPlace, Typeset
from documents.sealing import SealInUse
from documents.sealing.doors import HttpTimeStamper, RemoteSigner, unavailable
from documents.sealing.trust import Trust, trust

FIELD = "CourtSeal"
A4_HEIGHT = 297 / 25.4 * 72
LIKE_THIS = DSSContentSettings(include_vri=False, placement=SigDSSPlacementPreference.TOGETHER_WITH_SIGNATURE)
"""Validation data go into the revision of the signature: a second one would be a change of a certified document."""
CHECKED_SECONDS = 60.0
"""How long a worker relies on having checked the certificates of seal and time stamp."""


@dataclass(frozen=True)
class _Checked:
    """The validation data of a seal, and the room its signature takes."""

    data: PreSignValidationStatus
    room: int
    until: float


class PadesSealer:
    """The ``Sealer`` of this installation."""

    def __init__(self) -> None:
        self.stamper = HttpTimeStamper(settings.TSA_URL)
        self._checked: dict[tuple[str, tuple[int, ...]], _Checked] = {}
        self._lock = threading.Lock()
        # pyHanko wants an event loop of its own, which a thread that has one already (a live server) refuses
        self._apart = ThreadPoolExecutor(max_workers=os.cpu_count() or 1, thread_name_prefix="sealing")

    def seal(self, paper: Typeset, *, seal: SealInUse, reference: str, moment: datetime) -> bytes:
        """See ``Sealer``. RuntimeError and LookupError mean that signer and portal are set up to different seals."""
        output = io.BytesIO()
        task = self._apart.submit(lambda: asyncio.run(self._seal(paper, seal, reference, moment, output)))
        task.result()
        return output.getvalue()

    async def _seal(
        self, paper: Typeset, seal: SealInUse, reference: str, moment: datetime, output: io.BytesIO
    ) -> None:
        remote = RemoteSigner(seal.name, reference)
        believed = _believed()
        metadata = PdfSignatureMetadata(
            field_name=FIELD,
            md_algorithm="sha256",
            certify=True,
            docmdp_permissions=MDPPerm.NO_CHANGES,
            subfilter=SigSeedSubFilter.PADES,
            name=seal.court_name,
            embed_validation_info=True,
            validation_context=believed.context(),
            dss_settings=LIKE_THIS,
        )
        signer = PdfSigner(
            metadata,
            signer=remote,
            timestamper=self.stamper,
            stamp_style=style_of(seal),
            new_field_spec=field_of(paper, seal),
        )
        session = signer.init_signing_session(IncrementalPdfFileWriter(io.BytesIO(paper.pdf)))
        session.system_time = moment
        checked = await self._check(session, remote.certificate, believed)
        ready = session.prepare_tbs_document(validation_info=checked.data, bytes_reserved=checked.room)
        digest, _written = ready.digest_tbs_document(output=output)
        done = await ready.perform_signature(
            document_digest=digest.document_digest,
            pdf_cms_signed_attrs=PdfCMSSignedAttributes(signing_time=moment),
        )
        await done.post_signature_processing(output)

    async def _check(
        self, session: PdfSigningSession, certificate: x509.Certificate, believed: Trust
    ) -> _Checked:
        """Certificates of seal and time stamp against roots and lists; remembered for a minute.

        GatewayUnavailable when they do not hold: a list that was not renewed, a certificate that is over or revoked. The papers
        wait until somebody has seen to it.
        """
        key = (certificate.sha256_fingerprint, believed.mark)
        with self._lock:
            known = self._checked.get(key)
        if known is not None and time.monotonic() < known.until:
            return known
        try:
            data = await session.perform_presign_validation()
            room = await session.estimate_signature_container_size(data)
        except (SigningError, PathBuildingError, PathValidationError) as error:
            raise unavailable() from error
        if data is None:
            raise RuntimeError("validation data are wanted and none were collected")
        checked = _Checked(data, room, time.monotonic() + CHECKED_SECONDS)
        with self._lock:
            self._checked = {key: checked} | {
                other: value
                for other, value in self._checked.items()
                if other[1] == believed.mark and other != key
            }
        return checked


def _believed() -> Trust:
    """Roots and lists; GatewayUnavailable when their files cannot be read, as when one is being replaced."""
    try:
        return trust()
    except (OSError, ValueError) as error:
        raise unavailable() from error


def field_of(paper: Typeset, seal: SealInUse) -> SigFieldSpec:
    """Where the seal goes."""
    return SigFieldSpec(
        FIELD,
        on_page=paper.seal.page,
        box=_box(paper.seal),
        readable_field_name=f"{seal.court_name}电子签章",
    )


def style_of(seal: SealInUse) -> StaticStampStyle:
    """How it looks."""
    return StaticStampStyle(
        border_width=0,
        background=RawContent(
            drawing.appearance(seal.court_name, seal.below),
            box=BoxConstraints(width=drawing.POINTS, height=drawing.POINTS),
        ),
        background_layout=SimpleBoxLayoutRule(
            x_align=AxisAlignment.ALIGN_MID, y_align=AxisAlignment.ALIGN_MID, margins=Margins.uniform(0)
        ),
    )


def _box(place: SealPlace) -> tuple[int, int, int, int]:
    half = drawing.POINTS / 2
    bottom = A4_HEIGHT - place.y - half
    left = place.x - half
    return round(left), round(bottom), round(left + drawing.POINTS), round(bottom + drawing.POINTS)
