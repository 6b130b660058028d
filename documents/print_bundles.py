"""What the print desk prints at once: covers for envelopes, and the ticked papers one behind the other."""

from __future__ import annotations

import io
from itertools import groupby
from typing import Any

import pikepdf
from django.utils.translation import gettext as _

from common import clock, qr
from common.actor import Actor
from documents.models import Delivery
from documents.rendering.typeset import plain_pdf
from documents.selectors import scanned_serial
from documents.services.openings import read_checked

A4_IN_POINTS = (595, 842)


def covers_pdf(deliveries: list[Delivery]) -> bytes:
    """One A5 page for each envelope: papers for one addressee at one address share it. Says nothing of the case: neighbours
    and messengers read it. ``deliveries`` with copy and court, sorted by addressee."""

    def envelope(delivery: Delivery) -> tuple[Any, str]:
        return delivery.copy.addressee_public_id, delivery.goes_to

    rows = [_cover(list(group)) for _key, group in groupby(sorted(deliveries, key=envelope), key=envelope)]
    return plain_pdf("cover", {"title": _("法院专递封面"), "covers": rows}, moment=clock.now())


def _cover(papers: list[Delivery]) -> dict[str, Any]:
    first = papers[0]
    court, copy = first.court, first.copy
    return {
        "court": {"name": court.name, "address": court.address, "phone": court.phone},
        "addressee": {
            "name": copy.addressee_name,
            "address": first.goes_to,
            "phone": first.phone,
        },
        "serials": [delivery.copy.serial for delivery in papers],
        # scanned into the search of the print desk, which then opens the first paper
        "qr": qr.svg(scanned_serial(copy)),
    }


def papers_pdf(deliveries: list[Delivery], actor: Actor) -> bytes:
    """The papers one behind the other, each on a sheet of its own when both sides are printed. Only for the printer: the signed
    papers are the single files. DomainError when a stored paper is not what was signed (SEC-55)."""
    bundle = pikepdf.new()
    for delivery in deliveries:
        with read_checked(delivery.copy, actor=actor) as stored:
            content = io.BytesIO(stored.read())
        with pikepdf.open(content) as paper:
            paper.flatten_annotations("print")  # the seal becomes a picture: a bundle carries no signature
            bundle.add_pages_from(paper, forms="strip")
            if len(paper.pages) % 2:
                bundle.add_blank_page(page_size=A4_IN_POINTS)
    output = io.BytesIO()
    bundle.save(output)
    return output.getvalue()
