"""微信公众号: template messages to who follows the official account, and by whom the account is known (docs/adr/0035).

A message is a template that was approved, filled with what ``WEIXIN_TEMPLATES`` names; it says no more than the title of a notice and leads to the
inbox, behind the sign-in. The vendor's `stable_token` gives every process the same token until it ends, so each keeps it in its own memory and
nothing of it lies anywhere; one that is refused before its time is asked for anew, once.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.utils.translation import gettext as _

from common import clock
from common.errors import GatewayUnavailable
from common.gateways import breaker
from common.gateways.channels import Outgoing, Problem, judge
from common.gateways.exchange import SILENCE, exchange

MOST_BYTES = 64 * 1024
EARLY = timedelta(minutes=5)
"""So long before its end a token is not used any more."""
LONGEST = 20
"""Characters that a field of a template takes."""
OUTDATED = {40001, 40014, 42001}
NO_CODE = {40029, 40163, 41008, 42003}
"""What is said of a code that is none, was used, is missing or too old; every other refusal is a fault of the vendor's or of ours."""
PROBLEMS: dict[object, Problem] = {
    0: Problem.NONE,
    40003: Problem.ADDRESS,  # an openid of another account, or none
    43004: Problem.ADDRESS,  # he does not follow the account any more
    43101: Problem.ADDRESS,  # he refuses its messages
    40037: Problem.TEMPLATE,
    47003: Problem.TEMPLATE,
    45009: Problem.THROTTLED,
    45011: Problem.THROTTLED,
    -1: Problem.THROTTLED,
    **dict.fromkeys(OUTDATED, Problem.SIGNATURE),
}
_tokens: dict[tuple[str, str], tuple[str, datetime]] = {}


def is_on() -> bool:
    """Whether this installation has an official account."""
    return bool(settings.WEIXIN_APP_ID)


def send(message: Outgoing) -> str:
    """One template message, see ``common.gateways.channels``; the vendor's number of it. ``client_msg_id`` keeps a repeat within ten
    minutes from being shown twice."""
    template = _template(message.kind)
    if template is None:
        judge(Problem.TEMPLATE, away())
        return ""
    body = {
        "touser": message.to,
        "template_id": template["id"],
        "url": f"{settings.PUBLIC_URL}/my/notices/",
        "client_msg_id": message.id,
        "data": {field: {"value": _value(what, message)} for field, what in template["data"].items()},
    }
    answer = _with_token("/cgi-bin/message/template/send", body)
    judge(PROBLEMS.get(answer.get("errcode"), Problem.OTHER), away())
    return str(answer.get("msgid", ""))


def away() -> GatewayUnavailable:
    """The one sentence for a vendor that does not take a message, and while it is left alone."""
    return GatewayUnavailable(_("微信现在发不出通知，请过几分钟再试。通知都在“通知”里。"))


# --- by whom an account is known ---------------------------------------------------------------------------------
def ask_address(state: str, back: str) -> str:
    """Where the person, inside of WeChat, says that it is he; WeChat leads him on to ``back`` with a code."""
    query = urlencode(
        {
            "appid": settings.WEIXIN_APP_ID, "redirect_uri": back, "response_type": "code",
            "scope": "snsapi_base", "state": state,
        }
    )  # fmt: skip
    return f"{settings.WEIXIN_ASK_URL}/connect/oauth2/authorize?{query}#wechat_redirect"


def openid_of(code: str) -> str:
    """By what the official account knows who gave this code; empty for a code that is none, is used or too old, and for a visitor
    in the vendor's preview of a page (快照页), whose openid is made up. GatewayUnavailable."""
    query = {
        "appid": settings.WEIXIN_APP_ID, "secret": settings.WEIXIN_APP_SECRET, "code": code,
        "grant_type": "authorization_code",
    }  # fmt: skip
    with breaker.guarded("weixin", (*SILENCE, ValueError), away):
        answer = _asked("GET", f"/sns/oauth2/access_token?{urlencode(query)}")
        openid = answer.get("openid", "")
        if not isinstance(openid, str) or (not openid and answer.get("errcode") not in NO_CODE):
            raise ValueError("neither somebody nor a code that is none")
    return "" if answer.get("is_snapshotuser") else openid


# --- the wire -----------------------------------------------------------------------------------------------------
def _with_token(path: str, body: dict[str, Any]) -> dict[str, Any]:
    """What the vendor says to a call with a token; a token that it does not take any more is asked for anew, once."""
    try:
        answer: dict[str, Any] = {}
        for _attempt in range(2):
            token = _token()
            answer = _asked("POST", f"{path}?{urlencode({'access_token': token})}", body)
            if answer.get("errcode") not in OUTDATED:
                break
            _tokens.clear()
    except (*SILENCE, ValueError) as error:
        raise away() from error
    return answer


def _token() -> str:
    mine = (settings.WEIXIN_URL, settings.WEIXIN_APP_ID)
    kept, until = _tokens.get(mine, ("", datetime.min.replace(tzinfo=clock.BEIJING)))
    if kept and clock.process_now() < until:
        return kept
    answer = _asked(
        "POST",
        "/cgi-bin/stable_token",
        {"grant_type": "client_credential", "appid": mine[1], "secret": settings.WEIXIN_APP_SECRET},
    )
    if "access_token" not in answer:
        judge(PROBLEMS.get(answer.get("errcode"), Problem.OTHER), away())
    token, seconds = str(answer["access_token"]), int(answer["expires_in"])
    _tokens[mine] = (token, clock.process_now() + timedelta(seconds=seconds) - EARLY)
    return token


def _asked(method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    """A JSON object, whatever it says. One of ``SILENCE``, or ValueError for anything else."""
    content = json.dumps(body, ensure_ascii=False).encode() if body else b""
    headers = {"Content-Type": "application/json"} if body else {}
    answer = exchange(method, f"{settings.WEIXIN_URL}{path}", headers=headers, body=content, most=MOST_BYTES)
    found = json.loads(answer.body) if answer.status == 200 else None
    if not isinstance(found, dict):
        raise ValueError(f"status {answer.status}")
    return found


# --- what a message says ------------------------------------------------------------------------------------------
def _template(kind: str) -> dict[str, Any] | None:
    """The template of a kind of notice, or the one for all others."""
    found = templates(settings.WEIXIN_TEMPLATES)
    return found.get(kind) or found.get("*")


@lru_cache(maxsize=8)
def templates(path: Path) -> dict[str, Any]:
    """``{"*" or kind: {"id": "…", "data": {"thing1": "title" | "service" | "time"}}}``. ValueError for anything else."""
    found = json.loads(path.read_text("utf-8"))
    for kind, template in found.items():
        if set(template) != {"id", "data"} or not set(template["data"].values()) <= {
            "title",
            "service",
            "time",
        }:
            raise ValueError(f"{path}: {kind} wants an id, and data of title, service and time")
    return dict(found)


def _value(what: str, message: Outgoing) -> str:
    if what == "time":
        return f"{clock.now().astimezone(clock.BEIJING):%Y-%m-%d %H:%M}"
    return (message.title if what == "title" else settings.SERVICE_NAME)[:LONGEST]
