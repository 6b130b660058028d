"""The staff's check tool: what stands on a paper in hand, whose it is, and whether its host is ours (SEC-24)."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.services import limit
from common import crypto
from common.actor import Actor
from common.errors import NotVisible
from documents.models import Copy
from documents.rendering import codes
from documents.selectors import issued_copy
from qrlinks import policies

HOUR = 3600
CHECKS_AN_HOUR = 200


class Outcome(models.TextChoices):
    """What is said of a paper in hand."""

    OURS = "ours", gettext_lazy("是本院的文书")
    OTHER_COURT = "other_court", gettext_lazy("是其他法院的文书")
    WRONG_CHECK = "wrong_check", gettext_lazy("份号是真的，校验码不对")
    FOREIGN_HOST = "foreign_host", gettext_lazy("网址不是法院的")
    NO_CODE = "no_code", gettext_lazy("网址是法院的，但不是文书上的码")
    UNKNOWN = "unknown", gettext_lazy("法院没有发出过这个码")


@dataclass(frozen=True)
class Checked:
    """``copy`` is filled for a paper of the actor's court only; ``court_name`` says whose it is otherwise. ``copied``: on a
    foreign host stands the code of a real paper, so that somebody relays."""

    outcome: Outcome
    copy: Copy | None = None
    court_name: str = ""
    host: str = ""
    copied: bool = False


def check_paper(*, text: str, check_code: str, actor: Actor) -> Checked:
    """What a scanner read, or a typed 服务码, or a serial with or without its check code.

    Staff of other courts learn the court only. NotVisible for who prints no papers, TooManyRequests above 200 an hour.
    """
    if not policies.can_check_codes(actor):
        raise NotVisible(_("没有找到这个页面。"))
    limit(f"code-check:{actor.post_id}", HOUR, CHECKS_AN_HOUR, _("核对次数太多，请过一会儿再试。"))
    if "/" in text or ":" in text:
        return _check_address(text, actor)
    if serial := codes.read_serial(text):
        return _check_serial(serial, check_code, actor)
    token, service_code = codes.read_token(text.strip()), codes.read_service_code(text)
    return _told(issued_copy(token=token, service_code=service_code), actor)


def _check_address(text: str, actor: Actor) -> Checked:
    host, token = codes.read_address(text)
    copy = issued_copy(token=token) if token else None
    if not is_ours(text, host):
        whose = copy if copy is not None and copy.paper.court_id == actor.court_id else None
        return Checked(Outcome.FOREIGN_HOST, copy=whose, host=host[:100], copied=copy is not None)
    return _told(copy, actor) if token else Checked(Outcome.NO_CODE, host=host[:100])


def is_ours(text: str, host: str) -> bool:
    """Host, port and scheme are those that papers carry."""
    printed = urlsplit(settings.PUBLIC_URL)
    scheme, mark, _rest = text.strip().lower().partition("://")
    return host == printed.netloc.upper() and (not mark or scheme == printed.scheme.lower())


def _check_serial(serial: str, check_code: str, actor: Actor) -> Checked:
    copy = issued_copy(serial=serial)
    typed = codes.read_check_code(check_code)
    if copy is not None and check_code and not crypto.same(copy.check_code, typed):
        return Checked(Outcome.WRONG_CHECK)
    return _told(copy, actor)


def _told(copy: Copy | None, actor: Actor) -> Checked:
    if copy is None:
        return Checked(Outcome.UNKNOWN)
    court = copy.paper.court
    if court.pk != actor.court_id:
        return Checked(Outcome.OTHER_COURT, court_name=court.name)
    return Checked(Outcome.OURS, copy=copy, court_name=court.name)
