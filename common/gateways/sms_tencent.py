"""腾讯云短信 SendSms (version 2021-01-11), signed with TC3-HMAC-SHA256: a JSON body.

What to sign: help of the vendor, “签名方法 v3”.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from urllib.parse import urlsplit

from django.conf import settings

from common import clock
from common.gateways.channels import Problem, Request
from common.gateways.sms_templates import Filled

VERSION, ACTION, ALGORITHM, SERVICE = "2021-01-11", "SendSms", "TC3-HMAC-SHA256", "sms"
KIND = "application/json; charset=utf-8"
PROBLEMS = {
    "Ok": Problem.NONE,
    "LimitExceeded": Problem.THROTTLED,
    "RequestLimitExceeded": Problem.THROTTLED,
    "InvalidParameterValue.IncorrectPhoneNumber": Problem.ADDRESS,
    "FailedOperation.TemplateIncorrectOrUnapproved": Problem.TEMPLATE,
    "InvalidParameterValue.TemplateParameterFormatError": Problem.TEMPLATE,
    "AuthFailure": Problem.SIGNATURE,
}


def request(phone: str, template: Filled, message_id: str) -> Request:
    """The signed call that sends one text; ``message_id`` comes back in the receipt as the session's context."""
    body: dict[str, object] = {
        "PhoneNumberSet": [f"+86{phone}"],
        "SmsSdkAppId": settings.SMS_APP,
        "SignName": settings.SMS_SIGNATURE,
        "TemplateId": template.id,
        "TemplateParamSet": list(template.words.values()),
        "SessionContext": message_id,
    }
    parts, now = urlsplit(settings.SMS_URL), clock.process_now()
    unsigned = Request(f"{settings.SMS_URL}/", {}, body, KIND)
    signed = {"content-type": KIND, "host": parts.netloc, "x-tc-action": ACTION.lower()}
    names = ";".join(sorted(signed))
    lines = "".join(f"{name}:{signed[name]}\n" for name in sorted(signed))
    digest = hashlib.sha256(unsigned.content).hexdigest()
    canonical = "\n".join(("POST", f"{parts.path}/", "", lines, names, digest))
    day, moment = f"{now:%Y-%m-%d}", str(int(now.timestamp()))
    scope = f"{day}/{SERVICE}/tc3_request"
    text = "\n".join((ALGORITHM, moment, scope, hashlib.sha256(canonical.encode()).hexdigest()))
    key = f"TC3{settings.SMS_TOKEN}".encode()
    for part in (day, SERVICE, "tc3_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    mac = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
    credential = f"Credential={settings.SMS_ACCOUNT}/{scope}, SignedHeaders={names}, Signature={mac}"
    headers = {
        "Authorization": f"{ALGORITHM} {credential}",
        "Host": parts.netloc,
        "X-TC-Action": ACTION,
        "X-TC-Region": settings.SMS_REGION,
        "X-TC-Timestamp": moment,
        "X-TC-Version": VERSION,
    }
    return Request(unsigned.url, headers, body, KIND)


def problem_of(answer: Mapping[str, object]) -> Problem:
    """What the answer says: an error of the whole call, else the state of the one number; an unknown code is a problem."""
    told = _told(answer)
    code = str(told.get("Code", ""))
    return PROBLEMS.get(code, PROBLEMS.get(code.partition(".")[0], Problem.OTHER))


def number_of(answer: Mapping[str, object]) -> str:
    """The vendor's number of a text it took."""
    return str(_told(answer).get("SerialNo", ""))


def _told(answer: Mapping[str, object]) -> Mapping[str, object]:
    inner = answer.get("Response")
    if not isinstance(inner, dict):
        return {}
    told = inner.get("Error") or next(iter(inner.get("SendStatusSet") or ()), None)
    return told if isinstance(told, dict) else {}
