"""/receipts/verify/ and /trail/: what a receipt is worth, and the anchors of the trail, for everybody to note down and hold the court to (SEC-44, SEC-45, docs/adr/0024)."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.services.limits import limit
from common import clock
from common.api import ERRORS, PublicLookup, StrictSerializer
from common.requests import client_address
from eventlog import offline, receipts
from eventlog.anchors import proofs_of
from eventlog.models import Anchor, ProofKind, TrailKey
from eventlog.verify import known_keys, signed_anchors_after
from portal import day_roots

SHOWN = 30
LONGEST_RECEIPT = 4000
WORDS = {
    "forged": gettext_lazy("这不是法院的回执，或者被改过。请对照原来的文件再试一次；还是不行，请拨12368。"),
    "missing": gettext_lazy("回执是法院签的，但现在的记录和它对不上。请保存好回执，拨12368告诉法院。"),
    "waiting": gettext_lazy("回执是法院签的，记录还在，没有改过。它很快会写进下一个锚点。"),
    "anchored": gettext_lazy("回执是法院签的，记录还在，没有改过，也已写进锚点。"),
}
IN_FILE = 1000
MINUTE, PROOFS_A_MINUTE = 60, 10


class ReceiptForm(forms.Form):
    """The whole file, as text."""

    pasted = forms.CharField(
        label=gettext_lazy("回执文件里的全部文字"),
        help_text=gettext_lazy("用记事本打开下载的回执，全选，复制，粘贴到这里。"),
        max_length=LONGEST_RECEIPT,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 10}),
    )

    def clean_pasted(self) -> tuple[str, str]:
        try:
            return offline.read_receipt(self.cleaned_data["pasted"])
        except ValueError as error:
            raise forms.ValidationError(
                _("没有找到签名。请把文件里的文字全部粘贴进来，包括最后的签名。")
            ) from error


def status_of(checked: receipts.Checked) -> str:
    """One word for what was found."""
    if not checked.genuine:
        return "forged"
    if not checked.recorded:
        return "missing"
    return "anchored" if checked.anchor else "waiting"


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def verify_receipt(request: HttpRequest) -> HttpResponse:
    """Is this receipt the court's, and is its record still there? Shows neither content nor kind."""
    sent = request.method == "POST"
    form = ReceiptForm(request.POST if sent else None)
    context: dict[str, object] = {"form": form}
    good = sent and form.is_valid()
    if good:
        text, signature = form.cleaned_data["pasted"]
        checked = day_roots.check(text, signature)
        status = status_of(checked)
        if status == "anchored" and "proof" in request.POST:
            return _proof_file(request, text, signature)
        context |= {
            "pasted": offline.receipt_file(text, signature) if status == "anchored" else "",
            "words": WORDS[status],
            "kind": "ok" if status in ("waiting", "anchored") else "err",
            "facts": _facts(checked),
        }
    response = render(request, "pages/verify_receipt.html", context, status=422 if sent and not good else 200)
    response["Cache-Control"] = "no-store"
    return response


def _proof_file(request: HttpRequest, text: str, signature: str) -> HttpResponse:
    limit(f"proof:{client_address(request)}", MINUTE, PROOFS_A_MINUTE, _("下载太频繁了，请过一会儿再试。"))
    headers = {"Content-Disposition": 'attachment; filename="proof.json"', "Cache-Control": "no-store"}
    body = day_roots.proof(text, signature)
    return JsonResponse(body, headers=headers, json_dumps_params={"ensure_ascii": False, "indent": 1})


def _facts(checked: receipts.Checked) -> list[dict[str, str]]:
    if checked.anchor is None:
        return []
    when = checked.anchor.cut_at.astimezone(clock.BEIJING).strftime("%Y-%m-%d %H:%M")
    return [
        {"label": _("锚点"), "value": _("第 %(number)s 号") % {"number": checked.anchor.number}},
        {"label": _("写进锚点的时间"), "value": when},
    ]


class ReceiptInput(StrictSerializer):
    """Text and signature of a receipt, as its file has them before and behind the line of the signature."""

    text = serializers.CharField(max_length=LONGEST_RECEIPT, trim_whitespace=False)
    signature = serializers.CharField(max_length=200)


class AnchorAnswer(StrictSerializer):
    """The anchor that holds the receipt's entry."""

    number = serializers.IntegerField()
    cut_at = serializers.DateTimeField()
    root = serializers.CharField()  # type: ignore[assignment]


class ReceiptVerdict(StrictSerializer):
    """The verdict; nothing of content or kind."""

    status = serializers.ChoiceField(list(WORDS))
    message = serializers.CharField()
    anchor = AnchorAnswer(allow_null=True)


class ReceiptVerifyView(PublicLookup):
    """Signed by the court, still on record, and in which anchor."""

    @extend_schema(
        operation_id="receipts_verify",
        request=ReceiptInput,
        responses={200: ReceiptVerdict, **ERRORS},
        tags=["lookup"],
    )
    def post(self, request: Request) -> Response:
        asked = self.read_body(ReceiptInput)
        checked = day_roots.check(asked["text"], asked["signature"])
        status, anchor = status_of(checked), checked.anchor
        held = AnchorAnswer(anchor).data if anchor else None
        body = {"status": status, "message": str(WORDS[status]), "anchor": held}
        return Response(body, headers={"Cache-Control": "no-store"})


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


class RootsFeed(Atom1Feed):
    """Without anchors it names the beginning of time: a feed that says "now" would be another one at each look."""

    def latest_post_date(self) -> datetime:
        """The newest entry's day."""
        return super().latest_post_date() if self.items else datetime.min.replace(tzinfo=UTC)


@login_not_required
@require_safe
def roots_feed(request: HttpRequest) -> HttpResponse:
    """The newest signed anchors as Atom: a reader of feeds anywhere becomes a witness."""
    here = f"{settings.PUBLIC_URL}{reverse('public:roots')}"
    feed = RootsFeed(
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
