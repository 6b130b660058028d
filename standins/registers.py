"""The register of identities as it speaks over HTTP, in demo and test mode (``common.gateways.registers``).

Everybody is who he says, with the exceptions below: they show what a person sees whom the register does not confirm. It holds
cards of residents only, as the real one; of passports and permits it knows nothing.
"""

from __future__ import annotations

import json
from datetime import date, timedelta

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from common import clock
from common.gateways import proofs
from common.gateways.registers import Answer
from common.identity import id_card_check_digit

HELD = ("id_card", "residence_permit")


def _number(seventeen: str) -> str:
    return seventeen + id_card_check_digit(seventeen)


OF_OTHERS = {_number("13010219900101900"): "赵某某", _number("13010219910202901"): "钱某某"}
"""Numbers that belong to somebody: any other name does not match."""
UNKNOWN_NUMBER = _number("13010219920303902")
"""Well formed, and nobody has it."""
BUSY_NUMBER = _number("13010219930404903")
"""The register says to come back later."""


def answer_of(kind: str, name: str, number: str) -> Answer:
    """What the register says of this person."""
    if kind not in HELD or number == UNKNOWN_NUMBER:
        return Answer.UNKNOWN
    if number == BUSY_NUMBER:
        return Answer.LATER
    return Answer.MATCH if OF_OTHERS.get(number, name) == name else Answer.NO_MATCH


LICENCES = {"11301201210654321": date(2024, 5, 31)}
"""Licences (执业证号) with the last day they are good for; others are good for a year and a half more."""
NO_LICENCE = "11301200099999999"
OF_ANOTHER = "11301200088888888"


HEADS = {"91350100M000100Y43": ("某某商贸有限公司", _number("13010219700101004"))}
"""Credit code → name and the identity number of the head; of others the register believes what it is asked."""


@csrf_exempt
@login_not_required
@require_POST
def organisations(request: HttpRequest) -> HttpResponse:
    """Do name, credit code and head belong together?"""
    if not _is_proven(request):
        return JsonResponse({"answer": "", "message": "not proven"}, status=401)
    asked = json.loads(request.body)
    told = (asked["name"], asked["head_number"])
    found = Answer.MATCH if HEADS.get(asked["code"], told) == told else Answer.NO_MATCH
    return _proven(request, {"answer": found})


@csrf_exempt
@login_not_required
@require_POST
def lawyers(request: HttpRequest) -> HttpResponse:
    """Is this licence this lawyer's, and until when?"""
    if not _is_proven(request):
        return JsonResponse({"answer": "", "message": "not proven"}, status=401)
    licence = json.loads(request.body)["licence"]
    if licence in (NO_LICENCE, OF_ANOTHER):
        return _proven(request, {"answer": Answer.UNKNOWN if licence == NO_LICENCE else Answer.NO_MATCH})
    until = LICENCES.get(licence, clock.today() + timedelta(days=550))
    return _proven(request, {"answer": Answer.MATCH, "until": until.isoformat()})


@csrf_exempt
@login_not_required
@require_POST
def people(request: HttpRequest) -> HttpResponse:
    """Do this name and this number belong together? Asked by who knows the secret, within five minutes."""
    if not _is_proven(request):
        return JsonResponse({"answer": "", "message": "not proven"}, status=401)
    asked = json.loads(request.body)
    found = answer_of(asked["kind"], asked["name"], asked["number"])
    return _proven(request, {"answer": found})


def _is_proven(request: HttpRequest) -> bool:
    given = {name: request.headers.get(name, "") for name in (proofs.APP, proofs.TIME, proofs.NONCE)}
    moment = given[proofs.TIME]
    if not (moment.isascii() and moment.isdigit() and given[proofs.APP] == settings.IDENTITY_APP):
        return False
    expected = proofs.request_proof(
        settings.IDENTITY_SECRET, method="POST", path=request.path, app=given[proofs.APP],
        moment=moment, nonce=given[proofs.NONCE], body=request.body,
    )  # fmt: skip
    fresh = abs(clock.process_now().timestamp() - int(moment[:15])) <= proofs.SKEW_SECONDS
    return fresh and proofs.is_same(expected, request.headers.get(proofs.PROOF, ""))


def _proven(request: HttpRequest, told: dict[str, str]) -> HttpResponse:
    response = JsonResponse(told)
    response[proofs.PROOF] = proofs.answer_proof(
        settings.IDENTITY_SECRET,
        nonce=request.headers[proofs.NONCE],
        status=response.status_code,
        body=response.content,
    )
    return response
