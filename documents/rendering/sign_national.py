"""A vendor's national seal on a paper (GB/T 38540): the pages, the drawing and the certification are ours, the vendor signs a digest.

It never sees the paper and cannot change it. The time stamp over its signature is our authority's, so the proven time of signing
is the same for both kinds of seal (docs/adr/0022).
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from django.conf import settings
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.signers.cms_embedder import (
    PdfCMSEmbedder,
    SigAppearanceSetup,
    SigIOSetup,
    SigMDPSetup,
    SigObjSetup,
)
from pyhanko.sign.signers.pdf_byterange import SignatureObject

from common import ses
from documents.rendering.sign import FIELD, field_of, style_of
from documents.rendering.typeset import Typeset
from documents.sealing import SealInUse, vendor
from documents.sealing.doors import HttpTimeStamper, unavailable
from documents.sealing.national import SUB_FILTER

STAMP_BYTES = 12 * 1024
"""Room for the time stamp with its certificates, and for what the signature adds to the seal."""


class VendorSealer:
    """The ``Sealer`` of an installation whose seals are kept by a vendor."""

    def __init__(self) -> None:
        self.stamper = HttpTimeStamper(settings.TSA_URL)
        # the checks want an event loop of their own, which a thread that has one already (a live server) refuses
        self._apart = ThreadPoolExecutor(max_workers=os.cpu_count() or 1, thread_name_prefix="sealing")

    def seal(self, paper: Typeset, *, seal: SealInUse, reference: str, moment: datetime) -> bytes:
        """See ``Sealer``."""
        return self._apart.submit(self._seal, paper, seal, reference, moment).result()

    def _seal(self, paper: Typeset, seal: SealInUse, reference: str, moment: datetime) -> bytes:
        try:
            room = len(vendor.seal_named(seal.name).seal.dump()) + STAMP_BYTES
        except LookupError as error:
            raise unavailable() from error
        steps = PdfCMSEmbedder(field_of(paper, seal)).write_cms(
            FIELD, IncrementalPdfFileWriter(io.BytesIO(paper.pdf))
        )
        next(steps)
        steps.send(_dictionary(seal, moment, room))
        prepared, output = steps.send(SigIOSetup(md_algorithm="sm3"))
        made, value = vendor.signature_over(prepared.document_digest, name=seal.name, reference=reference)
        token = asyncio.run(self.stamper.async_timestamp(hashlib.sha256(value).digest(), "sha256"))
        made["stamp"] = ses.bits(token.dump())
        content = made.dump(force=True)
        if len(content) > room:
            raise unavailable()
        steps.send(content)
        sealed: bytes = output.getvalue()
        return sealed


def _dictionary(seal: SealInUse, moment: datetime, room: int) -> SigObjSetup:
    """The signature dictionary: certified, no change allowed."""
    placed = SignatureObject(timestamp=moment, name=seal.court_name, bytes_reserved=2 * room)
    placed[pdf_name("/SubFilter")] = pdf_name(SUB_FILTER)
    return SigObjSetup(
        sig_placeholder=placed,
        mdp_setup=SigMDPSetup(md_algorithm="sm3", certify=True, docmdp_perms=MDPPerm.NO_CHANGES),
        appearance_setup=SigAppearanceSetup(style=style_of(seal), timestamp=moment, name=seal.court_name),
    )
