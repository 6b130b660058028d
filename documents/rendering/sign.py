"""The court's signature on a paper: ECDSA P-256, PAdES B-B, certified so that no change is allowed afterwards."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import lru_cache

from django.conf import settings
from pyhanko.pdf_utils.content import RawContent
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import AxisAlignment, BoxConstraints, Margins, SimpleBoxLayoutRule
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers.pdf_signer import PdfSigningSession
from pyhanko.stamp import StaticStampStyle

from documents.rendering import seal
from documents.rendering.typeset import SealPlace, Typeset

FIELD = "CourtSeal"
A4_HEIGHT = 297 / 25.4 * 72


class _PdfSigner(signers.PdfSigner):
    """Writes the issue time instead of the host's clock as the time of signing."""

    def __init__(self, *args: object, moment: datetime, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.moment = moment

    def init_signing_session(
        self, pdf_out: BasePdfFileWriter, existing_fields_only: bool = False
    ) -> PdfSigningSession:
        session = super().init_signing_session(pdf_out, existing_fields_only)
        session.system_time = self.moment
        return session


@lru_cache(maxsize=1)
def _signer() -> signers.SimpleSigner:
    """The key of the installation. RuntimeError when the files do not hold a usable key and certificate."""
    loaded = signers.SimpleSigner.load(
        str(settings.SIGNER_KEY_FILE),
        str(settings.SIGNER_CERT_FILE),
        ca_chain_files=(str(settings.SIGNER_CA_FILE),),
    )
    if loaded is None:
        raise RuntimeError("SIGNER_KEY_FILE and SIGNER_CERT_FILE do not hold a usable key and certificate")
    return loaded


def _box(place: SealPlace) -> tuple[int, int, int, int]:
    half = seal.POINTS / 2
    bottom = A4_HEIGHT - place.y - half
    left = place.x - half
    return round(left), round(bottom), round(left + seal.POINTS), round(bottom + seal.POINTS)


def sign(paper: Typeset, *, court_name: str, moment: datetime) -> bytes:
    """The signed PDF; the seal is the signature's appearance at the place the template left for it."""
    style = StaticStampStyle(
        border_width=0,
        background=RawContent(
            seal.appearance(court_name, _lower_line()),
            box=BoxConstraints(width=seal.POINTS, height=seal.POINTS),
        ),
        background_layout=SimpleBoxLayoutRule(
            x_align=AxisAlignment.ALIGN_MID, y_align=AxisAlignment.ALIGN_MID, margins=Margins.uniform(0)
        ),
    )
    signer = _PdfSigner(
        signers.PdfSignatureMetadata(
            field_name=FIELD,
            md_algorithm="sha256",
            certify=True,
            docmdp_permissions=MDPPerm.NO_CHANGES,
            subfilter=SigSeedSubFilter.PADES,
            name=court_name,
        ),
        signer=_signer(),
        stamp_style=style,
        new_field_spec=SigFieldSpec(
            FIELD, on_page=paper.seal.page, box=_box(paper.seal), readable_field_name=f"{court_name}电子签章"
        ),
        moment=moment,
    )
    output = io.BytesIO()
    # pyHanko runs an event loop of its own, which a thread that has one already (a live server, a browser test) refuses
    with ThreadPoolExecutor(max_workers=1) as apart:
        writer = IncrementalPdfFileWriter(io.BytesIO(paper.pdf))
        apart.submit(signer.sign_pdf, writer, output=output).result()
    return output.getvalue()


def _lower_line() -> str:
    return "" if settings.PORTAL_MODE == "production" else "演示电子章"
