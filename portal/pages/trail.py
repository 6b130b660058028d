"""/trail/: the anchors of the trail, for everybody to note down and hold the court to (SEC-44, docs/adr/0024)."""

from __future__ import annotations

import json
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from eventlog import offline
from eventlog.anchors import proofs_of
from eventlog.models import Anchor, ProofKind, TrailKey
from eventlog.verify import known_keys, signed_anchors_after

SHOWN = 30
IN_FILE = 1000


@login_not_required
@require_safe
def roots(request: HttpRequest) -> HttpResponse:
    """The newest anchors, what witnesses them, and the keys they are checked with."""
    anchors = list(Anchor.objects.all()[:SHOWN])
    proofs = proofs_of(anchors)
    rows = [{"anchor": anchor, "proofs": proofs[anchor.number]} for anchor in anchors]
    return render(request, "pages/roots.html", {"rows": rows, "keys": TrailKey.objects.order_by("-id")})


@login_not_required
@require_safe
def roots_file(request: HttpRequest) -> HttpResponse:
    """Signed anchors as JSON lines, oldest first, a thousand at a time: ``?after=`` the last number one has."""
    after = request.GET.get("after", "")
    rows = signed_anchors_after(int(after) if after.isdecimal() and len(after) < 10 else 0, most=IN_FILE)
    lines = "".join(f"{json.dumps(row, sort_keys=True)}\n" for row in rows)
    return HttpResponse(lines, content_type="application/x-ndjson")


@login_not_required
@require_safe
def roots_feed(request: HttpRequest) -> HttpResponse:
    """The newest signed anchors as Atom: a reader of feeds anywhere becomes a witness."""
    here = f"{settings.PUBLIC_URL}{reverse('public:roots')}"
    feed = Atom1Feed(
        title=_("留痕锚点"), link=here, description="", feed_url=f"{settings.PUBLIC_URL}{request.path}"
    )
    anchors = list(Anchor.objects.all()[:SHOWN])
    proofs = proofs_of(anchors)
    for anchor in anchors:
        if ProofKind.SIGNATURE in proofs[anchor.number]:
            feed.add_item(
                title=_("第 %(number)s 号锚点") % {"number": anchor.number},
                link=here,
                description=anchor.text,
                unique_id=f"{here}#{anchor.number}",
                updateddate=anchor.cut_at,
            )
    return HttpResponse(feed.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")


@login_not_required
@require_safe
def keys_file(request: HttpRequest) -> HttpResponse:
    """All public keys that ever signed anchors or receipts."""
    return HttpResponse(known_keys(), content_type="application/x-pem-file")


@login_not_required
@require_safe
def verifier(request: HttpRequest) -> HttpResponse:
    """The program that checks an export of the trail without the court."""
    source = Path(offline.__file__).read_bytes()
    headers = {"Content-Disposition": 'attachment; filename="offline.py"'}
    return HttpResponse(source, content_type="text/x-python; charset=utf-8", headers=headers)
