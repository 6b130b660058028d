"""阿里云短信 and 腾讯云短信 as they speak over HTTP, in demo and test mode: they check the signature from the bytes that came, as
the vendors' documents say, and answer with their codes. Three numbers are refused, throttled, or have no template."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, quote

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from common import clock, crypto
from standins.models import SentText

SKEW_SECONDS = 300
BAD_NUMBER, TOO_OFTEN, NO_TEMPLATE = "19900000001", "19900000002", "19900000003"
"""Phones for which something goes wrong."""


def _sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _keep(provider_id: str, phone: str, template: str, words: list[str]) -> None:
    """A vendor sends twice what it is given twice; the id only comes back in its receipt."""
    number = SentText.objects.filter(provider_id__startswith=provider_id[:50]).count()
    SentText.objects.create(
        provider_id=f"{provider_id[:50]}-{number}",
        channel="sms",
        to=phone,
        text=f"{template}: {'|'.join(words)}",
        received_at=clock.now(),
    )


def _named(headers: str, request: HttpRequest) -> str:
    return "".join(f"{name}:{request.headers.get(name, '').strip()}\n" for name in headers.split(";"))


def _fields(text: str) -> dict[str, str]:
    return {
        name.strip(): value
        for name, _equals, value in (part.partition("=") for part in text.partition(" ")[2].split(","))
    }


@csrf_exempt
@login_not_required
@require_POST
def aliyun(request: HttpRequest) -> HttpResponse:
    """SendSms of 阿里云."""
    given = _fields(request.headers.get("Authorization", ""))
    parameters = {name: values[0] for name, values in parse_qs(request.META["QUERY_STRING"]).items()}
    query = "&".join(
        f"{quote(name, safe='-_.~')}={quote(parameters[name], safe='-_.~')}" for name in sorted(parameters)
    )
    signed = given.get("SignedHeaders", "")
    canonical = "\n".join(("POST", request.path, query, _named(signed, request), signed, _sha(request.body)))
    text = f"ACS3-HMAC-SHA256\n{_sha(canonical.encode())}"
    mac = hmac.new(settings.SMS_TOKEN.encode(), text.encode(), hashlib.sha256).hexdigest()
    if given.get("Credential") != settings.SMS_ACCOUNT:
        return JsonResponse({"Code": "InvalidAccessKeyId.NotFound", "Message": ""}, status=404)
    needed = {"host", "x-acs-action", "x-acs-date", "x-acs-signature-nonce", "x-acs-version"}
    if not crypto.same(mac, given.get("Signature", "")) or not needed <= set(signed.split(";")):
        return JsonResponse({"Code": "SignatureDoesNotMatch", "Message": ""}, status=400)
    code = {
        BAD_NUMBER: "isv.MOBILE_NUMBER_ILLEGAL",
        TOO_OFTEN: "isv.BUSINESS_LIMIT_CONTROL",
        NO_TEMPLATE: "isv.SMS_TEMPLATE_ILLEGAL",
    }.get(parameters["PhoneNumbers"], "OK")
    if code == "OK":
        words = list(json.loads(parameters["TemplateParam"]).values())
        _keep(parameters["OutId"], parameters["PhoneNumbers"], parameters["TemplateCode"], words)
    return JsonResponse({"Code": code, "Message": code, "RequestId": "1", "BizId": "1^0"})


@csrf_exempt
@login_not_required
@require_POST
def tencent(request: HttpRequest) -> HttpResponse:
    """SendSms of 腾讯云."""
    given = _fields(request.headers.get("Authorization", ""))
    moment, signed = request.headers.get("X-TC-Timestamp", "0"), given.get("SignedHeaders", "")
    account, _slash, scope = given.get("Credential", "").partition("/")
    lines = _named(signed, request).replace(
        f"x-tc-action:{request.headers.get('X-TC-Action', '')}\n",
        f"x-tc-action:{request.headers.get('X-TC-Action', '').lower()}\n",
    )
    canonical = "\n".join(("POST", request.path, "", lines, signed, _sha(request.body)))
    text = "\n".join(("TC3-HMAC-SHA256", moment, scope, _sha(canonical.encode())))
    key = f"TC3{settings.SMS_TOKEN}".encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    mac = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
    late = abs(clock.process_now().timestamp() - int(moment)) > SKEW_SECONDS
    if account != settings.SMS_ACCOUNT or not crypto.same(mac, given.get("Signature", "")):
        return _tencent_error("AuthFailure.SignatureFailure")
    if late:
        return _tencent_error("AuthFailure.SignatureExpire")
    return _tencent_sent(json.loads(request.body))


def _tencent_error(code: str) -> JsonResponse:
    return JsonResponse({"Response": {"Error": {"Code": code, "Message": code}, "RequestId": "1"}})


def _tencent_sent(body: Mapping[str, Any]) -> JsonResponse:
    phone = body["PhoneNumberSet"][0].removeprefix("+86")
    code = {
        BAD_NUMBER: "InvalidParameterValue.IncorrectPhoneNumber",
        TOO_OFTEN: "LimitExceeded.PhoneNumberDailyLimit",
        NO_TEMPLATE: "FailedOperation.TemplateIncorrectOrUnapproved",
    }.get(phone, "Ok")
    if code == "Ok":
        _keep(body["SessionContext"], phone, body["TemplateId"], body["TemplateParamSet"])
    status = {
        "PhoneNumber": f"+86{phone}",
        "Code": code,
        "SerialNo": "2:1",
        "SessionContext": body["SessionContext"],
    }
    return JsonResponse({"Response": {"SendStatusSet": [status], "RequestId": "1"}})
