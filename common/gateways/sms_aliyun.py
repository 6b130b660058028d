"""阿里云短信 SendSms (version 2017-05-25), signed with ACS3-HMAC-SHA256: parameters in the query, no body.

What to sign: help of the vendor, “V3 版本请求体&签名机制”.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from urllib.parse import quote, urlsplit

from django.conf import settings

from common import clock
from common.gateways.channels import Problem, Request
from common.gateways.sms_templates import Filled

VERSION, ACTION, ALGORITHM = "2017-05-25", "SendSms", "ACS3-HMAC-SHA256"
PROBLEMS = {
    "OK": Problem.NONE,
    "isv.BUSINESS_LIMIT_CONTROL": Problem.THROTTLED,
    "isv.DAY_LIMIT_CONTROL": Problem.THROTTLED,
    "Throttling.User": Problem.THROTTLED,
    "isv.MOBILE_NUMBER_ILLEGAL": Problem.ADDRESS,
    "isv.SMS_TEMPLATE_ILLEGAL": Problem.TEMPLATE,
    "isv.TEMPLATE_MISSING_PARAMETERS": Problem.TEMPLATE,
    "SignatureDoesNotMatch": Problem.SIGNATURE,
    "InvalidAccessKeyId.NotFound": Problem.SIGNATURE,
}


def request(phone: str, template: Filled, message_id: str) -> Request:
    """The signed call that sends one text; ``message_id`` comes back in the receipt as OutId."""
    parameters = {
        "OutId": message_id,
        "PhoneNumbers": phone,
        "SignName": settings.SMS_SIGNATURE,
        "TemplateCode": template.id,
        "TemplateParam": json.dumps(template.words, ensure_ascii=False, separators=(",", ":")),
    }
    query = "&".join(f"{_encoded(name)}={_encoded(parameters[name])}" for name in sorted(parameters))
    parts = urlsplit(settings.SMS_URL)
    path = f"{parts.path}/"
    headers = {
        "host": parts.netloc,
        "x-acs-action": ACTION,
        "x-acs-content-sha256": hashlib.sha256(b"").hexdigest(),
        "x-acs-date": f"{clock.process_now():%Y-%m-%dT%H:%M:%SZ}",
        "x-acs-signature-nonce": secrets.token_hex(16),
        "x-acs-version": VERSION,
    }
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    canonical = "\n".join(("POST", path, query, lines, names, headers["x-acs-content-sha256"]))
    text = f"{ALGORITHM}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    mac = hmac.new(settings.SMS_TOKEN.encode(), text.encode(), hashlib.sha256).hexdigest()
    credential = f"Credential={settings.SMS_ACCOUNT},SignedHeaders={names},Signature={mac}"
    headers["Authorization"] = f"{ALGORITHM} {credential}"
    return Request(f"{settings.SMS_URL}/?{query}", headers)


def _encoded(text: str) -> str:
    return quote(text, safe="-_.~")


def problem_of(answer: Mapping[str, object]) -> Problem:
    """What the answer says; an unknown code, or none, is a problem."""
    return PROBLEMS.get(str(answer.get("Code")), Problem.OTHER)


def number_of(answer: Mapping[str, object]) -> str:
    """The vendor's number of a text it took."""
    return str(answer.get("BizId", ""))
