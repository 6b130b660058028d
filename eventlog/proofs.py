"""The way of a receipt's entry into a signed anchor, to take home (SEC-45, docs/adr/0024)."""

from __future__ import annotations

from typing import Any

from eventlog import anchors, offline
from eventlog.models import AnchorMark, Event, Receipt
from eventlog.receipts import anchor_of


def proof_of(receipt: Receipt) -> dict[str, Any]:
    """A receipt with its way into an anchor, for ``offline.check_proof``: who holds it needs neither the court nor its trail.

    ``anchor`` is None while the entry waits for one. Reads the hashes of all entries of that anchor.
    """
    event = Event.objects.get(pk=receipt.event_id)
    return {"text": receipt.text, "signature": receipt.signature} | way_of(event)


def way_of(event: Event) -> dict[str, Any]:
    """The way of an entry into a signed anchor; ``anchor`` is None while it waits for one."""
    proof: dict[str, Any] = {"stream": event.stream, "anchor": None}
    anchor = anchor_of(event)
    if anchor is None:
        return proof
    marks = list(AnchorMark.objects.filter(anchor_number=anchor.number).order_by("stream", "first"))
    leaves = list(anchors.leaves(marks))
    place = leaves.index(offline.leaf_of(event.stream, event.seq, event.hash))
    published = anchors.published(anchor, anchors.proofs_of([anchor])[anchor.number])
    path = offline.path_of(leaves, place)
    return proof | {"anchor": published, "place": place, "count": len(leaves), "path": path}
