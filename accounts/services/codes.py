"""One-time codes (SEC-02): six digits, five minutes, once, at most five tries, bound to phone, purpose and browser."""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import CodePurpose, OneTimeCode
from accounts.services.limits import limit
from accounts.services.spending import spend_one
from common import clock, crypto, keyed, security
from common.errors import GatewayUnavailable
from common.gateways import breaker, mail, sms
from common.gateways.channels import Carrier, Outgoing, Postponed, Refused

LIFETIME = timedelta(minutes=5)
MAX_TRIES = 5


def _limits(phone: str, what: str) -> None:
    """1 a minute, 5 an hour, 10 a day for one phone or mail address (SEC-03)."""
    for window, at_most, message in (
        (60, 1, _("验证码刚发过，请1分钟后再试。")),
        (3600, 5, _("这个%(what)s1小时内收验证码太多，请过一会儿再试，或拨12368。")),
        (86400, 10, _("这个%(what)s今天收验证码太多，请明天再试，或拨12368。")),
    ):
        limit(f"otp:{window}:{phone}", window, at_most, message % {"what": what})


def start_code(
    *, purpose: CodePurpose, phone: str, browser: str, limit_key: str = "", about: str = ""
) -> OneTimeCode:
    """Open a challenge and, when ``phone`` is not empty, send the code after commit; for ``MAIL`` it is a mail address.

    With an empty phone (nothing matched) the same row is written and nothing is sent, so that the visitor sees no
    difference; ``limit_key`` then stands in for the phone in the limits. A new code closes the older ones of the same
    purpose and phone. ``about`` says in the text what ``ACTING`` agrees to. Raises TooManyRequests, GatewayUnavailable (the row stays, another try is possible).
    """
    _limits(limit_key or phone, _("邮箱") if purpose == CodePurpose.MAIL else _("手机号"))
    spend_one()  # also when nothing will be sent: waiting must not tell who is known (SEC-06)
    code = f"{secrets.randbelow(10**6):06d}"
    now = clock.now()
    index = crypto.blind_index("phone", phone)
    with transaction.atomic():
        if index:
            OneTimeCode.objects.filter(purpose=purpose, phone_index=index, closed_at=None).update(
                closed_at=now
            )
        row = OneTimeCode(
            purpose=purpose,
            phone_index=index,
            browser=crypto.keyed_hash("browser", browser),
            created_at=now,
            expires_at=now + LIFETIME,
        )
        row.code_hash = crypto.keyed_hash(f"code:{purpose}:{row.challenge}", code) if phone else ""
        row.save()
    if phone:
        _send(purpose, Outgoing(str(row.challenge), phone, _text(purpose, code, about)))
    return row


def _send(purpose: CodePurpose, message: Outgoing) -> None:
    """By a carrier that a process leaves alone after five failures (REL-59): nobody waits for what does not answer."""
    carrier: Carrier = mail if purpose == CodePurpose.MAIL else sms
    name = "mail codes" if purpose == CodePurpose.MAIL else "codes"
    if not breaker.admit(breaker.IN_MEMORY, name):
        raise carrier.away()
    try:
        carrier.send(message)
    except (Refused, Postponed):
        breaker.IN_MEMORY.close(name)
        raise
    except GatewayUnavailable:
        breaker.note_failure(breaker.IN_MEMORY, name)
        raise
    breaker.IN_MEMORY.close(name)


def _text(purpose: CodePurpose, code: str, about: str) -> str:
    """Names purpose and host, carries no link, name or case number (SEC-02, SEC-24)."""
    if purpose == CodePurpose.ACTING:
        return _("【%(service)s】验证码 %(code)s，用于在 %(host)s %(about)s。5分钟内有效。") % {
            "service": settings.SERVICE_NAME,
            "code": code,
            "host": settings.SITE_HOST,
            "about": about,
        }
    words = {
        CodePurpose.SIGN_IN: _("登录"),
        CodePurpose.SCAN: _("核对身份"),
        CodePurpose.STEP_UP: _("确认办理重要事项"),
        CodePurpose.NEW_PHONE: _("换登录手机号"),
        CodePurpose.MAIL: _("确认邮箱"),
    }
    what = words[purpose]
    return _(
        "【%(service)s】验证码 %(code)s，用于在 %(host)s %(what)s，5分钟内有效。法院不会向您要验证码，请勿告诉他人。"
    ) % {
        "service": settings.SERVICE_NAME,
        "code": code,
        "host": settings.SITE_HOST,
        "what": what,
    }


def check_code(
    *, challenge: str, code: str, browser: str, purpose: CodePurpose, phone: str | None = None
) -> OneTimeCode | None:
    """The challenge, used up, when ``code`` is right; None in every other case. Counts the try first.

    ``phone`` is the number (or address) it must have gone to; whoever leaves it out looks at ``phone_index`` of the answer.
    """
    now = clock.now()
    with transaction.atomic():
        row = OneTimeCode.objects.select_for_update().filter(challenge=challenge, purpose=purpose).first()
        if row is None or row.closed_at or row.expires_at <= now or row.tries >= MAX_TRIES:
            return None
        if not keyed.alike(keyed.TOKEN, row.browser, crypto.keyed_hash("browser", browser)):
            return None
        if phone is not None and not keyed.alike(
            keyed.INDEX, row.phone_index, crypto.blind_index("phone", phone)
        ):
            return None
        row.tries += 1
        right = bool(row.code_hash) and keyed.alike(
            keyed.TOKEN, row.code_hash, crypto.keyed_hash(f"code:{purpose}:{row.challenge}", code)
        )
        if right:
            row.closed_at = now
        row.save(update_fields=["tries", "closed_at"])
    if not right:
        security.note("code_wrong", purpose=purpose, tries=row.tries)
    return row if right else None
