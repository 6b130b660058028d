"""What carriers tell afterwards, and the desk's list of people whom texts and mails do not reach."""

from __future__ import annotations

import re
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from accounts.access import allows
from common.actor import Actor
from common.errors import NotAllowed
from common.gateways import mail, sms
from common.gateways.channels import Reporting
from common.gateways.signing import BadSignature
from common.pages import actor_of
from common.text import mask_mail, mask_phone
from notifications import receipts
from notifications.models import Channel, Message
from notifications.selectors import unreachable_in

PER_PAGE = 50
RECEIPT_BYTES = 256 * 1024
_CASE = re.compile(r"^/my/cases/([0-9a-f-]{36})/")


@csrf_exempt
@login_not_required
@require_POST
def receipt(request: HttpRequest) -> HttpResponse:
    """Of the text provider."""
    return _received(request, sms, Channel.SMS)


@csrf_exempt
@login_not_required
@require_POST
def mail_receipt(request: HttpRequest) -> HttpResponse:
    """Of the mail server: what came back."""
    return _received(request, mail, Channel.MAIL)


def _received(request: HttpRequest, carrier: Reporting, channel: Channel) -> HttpResponse:
    """Bad signature 401 and nothing stored; otherwise 200, also for repeats and unknown ids."""
    if len(request.body) > RECEIPT_BYTES:
        return HttpResponse(status=413)
    try:
        receipts.receive(carrier, channel=channel, headers=request.headers, body=request.body)
    except BadSignature:
        return HttpResponse(status=401)
    return JsonResponse({"state": "taken"})


def _keeper(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    if not allows(actor, "notice.chase"):
        raise NotAllowed(_("这张表给立案窗口使用。"))
    return actor


@require_safe
def unreachable(request: HttpRequest) -> HttpResponse:
    """Texts and mails that reached nobody, newest first, with the masked address and where the matter is."""
    page = Paginator(unreachable_in(_keeper(request)), PER_PAGE).get_page(request.GET.get("page"))
    rows = [_row(message) for message in page.object_list]
    return render(request, "notifications/unreachable.html", {"page": page, "rows": rows})


def _row(message: Message) -> dict[str, object]:
    case = _CASE.match(message.link)
    return {
        "public_id": message.public_id,
        "title": message.title,
        "channel": message.get_channel_display(),
        "to": mask_mail(message.phone) if message.channel == Channel.MAIL else mask_phone(message.phone),
        "at": message.created_at,
        "case": case.group(1) if case else "",
    }


@require_POST
def settle(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Off the list."""
    receipts.settle(public_id=public_id, actor=_keeper(request))
    messages.success(request, _("已从表上划去。"))
    return redirect("notifications:unreachable")
