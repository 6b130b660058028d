"""How long look-ups of codes and sign-ins take for what exists and for what does not, and the judge's page of a case about which somebody
complained and of one about which nobody did: medians may differ by a fifth (SEC-06, SEC-32).

``python -m bench.enumeration [samples]`` inside the throw-away servers of `make bench`. Known and unknown are asked in
turns, in random order, each from an address of its own; the time ends when the visitor has the answer, as he would see
it: what happens after it (the text message) shows to nobody.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from statistics import median
from typing import Any

from bench.texts import texts_provider

AIM = 1.2
WARM = 40
NAME, NUMBER = "李某", "130102198808200090"
Ask = Callable[[int], Any]
"""Makes the request of one sample."""


def main() -> int:
    """Measure and print one JSON object; 1 when a look-up tells by its time what exists."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("samples", type=int, nargs="?", default=1_000, help="of each kind of each look-up")
    options = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"
    with texts_provider() as texts:
        os.environ["SMS_URL"] = f"http://127.0.0.1:{texts.server_port}/"
        import django

        django.setup()
        result = measure(options.samples)
    print(json.dumps(result, ensure_ascii=False))
    return 1 if result["ratio"] > AIM else 0


def measure(samples: int) -> dict[str, Any]:
    """Median milliseconds by look-up and kind; ``ratio`` is the worst quotient of two kinds of one look-up."""
    codes = _Codes(samples + WARM)
    lookups = _lookups(codes) | _sign_ins(samples + WARM)
    medians = {name: _medians(kinds, samples) for name, kinds in lookups.items()}
    ratios = {name: max(found.values()) / min(found.values()) for name, found in medians.items()}
    return {
        "samples": samples,
        "milliseconds": {
            name: {kind: round(value * 1000, 2) for kind, value in found.items()}
            for name, found in medians.items()
        },
        "ratios": {name: round(value, 3) for name, value in ratios.items()},
        "ratio": round(max(ratios.values()), 3),
    }


class _Codes:
    """A case with ``count`` copies whose codes are known here, every third of them switched off in a second case."""

    def __init__(self, count: int) -> None:
        from common import clock, crypto
        from documents.models import Copy, PaperState
        from documents.rendering.codes import new_codes

        self.live, self.off = ([new_codes() for _number in range(count)] for _kind in range(2))
        now = clock.now()
        for part, (codes, revoked_at) in enumerate(((self.live, None), (self.off, now))):
            paper = _paper(part)
            Copy.objects.bulk_create(
                Copy(
                    paper=paper, serial=f"{paper.number}-{number}", addressee_public_id=uuid.uuid4(),
                    addressee_name=NAME, state=PaperState.ISSUED, token_hash=crypto.keyed_hash("token", one.token),
                    service_code_hash=crypto.keyed_hash("service_code", one.service_code),
                    check_code=one.check_code, sha256=f"{part}{number:063d}", issued_at=now,
                    expires_at=now + timedelta(days=1000), revoked_at=revoked_at,
                )
                for number, one in enumerate(codes)
            )  # fmt: skip
        self.unknown = [new_codes() for _number in range(count)]
        self.number = _paper_number(0)


def _paper_number(part: int) -> str:
    return f"某1234-2026-{900_000 + part}"


def _paper(part: int) -> Any:
    """A paper of a case of its own, with one party whose phone is on file."""
    from cases.models import Case, Party, PartyKind, PhoneOrigin, Side
    from cases.services import last_six_index
    from common import clock, crypto
    from courts.models import Cause, Court
    from documents.models import Paper
    from qrlinks.models import CaseCode

    now, court = clock.now(), Court.objects.get(code="某1234")
    case = Case.objects.create(
        court=court, number=f"（2026）某1234民初{part + 1}号", year=2026, type_code="民初", sequence=part + 1,
        cause=Cause.objects.order_by("id")[0], procedure="first_civil", filing_public_id=uuid.uuid4(), accepted_at=now,
    )  # fmt: skip
    CaseCode.objects.create(court=court, case=case, created_at=now)
    Party.objects.create(
        case=case, side=Side.DEFENDANT, order=1, kind=PartyKind.NATURAL, name=NAME, id_number=NUMBER,
        id_number_index=crypto.blind_index("id_number", NUMBER), id_last_six_index=last_six_index(NUMBER),
        phone="13800000002", phone_index=crypto.blind_index("phone", "13800000002"), phone_origin=PhoneOrigin.OWN,
    )  # fmt: skip
    return Paper.objects.create(
        court=court, template="acceptance_notice", title="受理案件通知书", number=_paper_number(part),
        subject_kind="cases.case", subject_public_id=case.public_id, data={}, stream=f"case:{case.public_id}",
        requested_at=now, dedupe_key=f"bench:{part}",
    )  # fmt: skip


def _judge_with_two_cases() -> tuple[str, Any, Any]:
    """The session of a judge and two cases of his; about the first a complaint has gone into the zone."""
    from bench.visitors import session_of
    from cases.models import Case, CaseRole, CaseStaff
    from common import clock
    from complaints.services.door import Said, submit
    from courts.models import Court
    from portal.demo import cast

    judge = cast.hire(Court.objects.get(code="某1234"), cast.STAFF)["judge"]
    first, second = (Case.objects.get(public_id=_paper(part).subject_public_id) for part in (2, 3))
    for case in (first, second):
        CaseStaff.objects.create(case=case, post=judge, role=CaseRole.JUDGE, starts_at=clock.now())
    said = Said(
        court_id=first.court_id, who=judge.user.name, about="conduct", when="", case_number=first.number,
        words="开庭时态度不好，没有让我把话说完。", confidential=True, user_id=None,
    )  # fmt: skip
    submit(said=said, form_key=uuid.uuid4().hex, address="198.51.100.7")
    return session_of(judge.user), first, second


def _lookups(codes: _Codes) -> dict[str, dict[str, Ask]]:
    """Requests by look-up and by what is asked for."""
    from django.conf import settings
    from django.test import RequestFactory

    web = RequestFactory()
    facts = {"name": NAME, "last_six": NUMBER[-6:]}
    stranger = {"name": "王某", "last_six": "12345X"}

    def landing(of: list[Any]) -> Ask:
        return lambda place: web.get(f"/m/{of[place].token}/")

    def typed(of: list[Any]) -> Ask:
        return lambda place: web.post("/scan/", {"service_code": of[place].service_code})

    def verify(of: list[Any], who: dict[str, str]) -> Ask:
        return lambda place: web.post(f"/m/{of[place].token}/verify/", who)

    def printed(prefix: str) -> Ask:
        return lambda place: web.post(
            "/api/v1/documents/verify",
            json.dumps({"serial": f"{prefix}-{place}", "check_code": "ABCDEF"}),
            content_type="application/json",
        )

    def page_of(case: Any) -> Ask:
        def ask(_place: int) -> Any:
            request = web.get(f"/desk/cases/{case.public_id}/")
            request.COOKIES[settings.SESSION_COOKIE_NAME] = session
            return request

        return ask

    session, complained_about, other = _judge_with_two_cases()

    def passes(place: int) -> Any:
        return web.post("/scan/pass/", {"code": codes.unknown[place].service_code})

    return {
        "landing": {
            "live": landing(codes.live),
            "off": landing(codes.off),
            "unknown": landing(codes.unknown),
            "malformed": lambda place: web.get(f"/m/{'x' * 26}{place}/"),
        },
        "service code": {
            "live": typed(codes.live),
            "off": typed(codes.off),
            "unknown": typed(codes.unknown),
        },
        "facts": {
            "fitting": verify(codes.live, facts),
            "unfitting": verify(codes.live, stranger),
            "code off": verify(codes.off, facts),
            "code unknown": verify(codes.unknown, facts),
        },
        "serial of a paper": {
            "exists": printed(codes.number),
            "does not": printed("某1234-2026-999999"),
        },
        "judge's page of a case": {
            "complained about": page_of(complained_about),
            "not": page_of(other),
        },
        "unknown pass twice, for comparison": {"once": passes, "again": passes},
    }


def _sign_ins(count: int) -> dict[str, dict[str, Ask]]:
    """Sign-ins with a wrong password and requests for a code (with which a lost password is set anew), each number and name once."""
    from django.contrib.auth.hashers import make_password
    from django.test import RequestFactory

    from accounts.models import User, UserKind
    from common import clock, crypto

    web, now, hashed, none = (
        RequestFactory(),
        clock.now(),
        make_password("no such password"),
        make_password(None),
    )

    def phone(start: str, place: int) -> str:
        return f"{start}{place:08d}"

    public = (("139", hashed), ("138", none), ("135", none))
    User.objects.bulk_create(
        User(
            kind=UserKind.PUBLIC, username=f"bench-{phone(start, place)}", password=password, created_at=now,
            phone=phone(start, place), phone_index=crypto.blind_index("phone", phone(start, place)),
        )
        for start, password in public
        for place in range(10_000, 10_000 + count)
    )  # fmt: skip
    User.objects.bulk_create(
        User(kind=UserKind.STAFF, username=f"bench-{place}", password=hashed, created_at=now, name=NAME)
        for place in range(count)
    )

    def password(start: str) -> Ask:
        return lambda place: web.post(
            "/login/password/", {"phone": phone(start, 10_000 + place), "password": "a wrong password"}
        )

    def staff(prefix: str) -> Ask:
        return lambda place: web.post(
            "/staff/login/", {"username": f"{prefix}{place}", "password": "a wrong password"}
        )

    def code(start: str) -> Ask:
        return lambda place: web.post("/login/", {"phone": phone(start, 10_000 + place)})

    return {
        "password": {
            "right number": password("139"),
            "without one": password("138"),
            "no account": password("137"),
        },
        "staff password": {"known": staff("bench-"), "unknown": staff("nobody-")},
        "code": {"known": code("135"), "unknown": code("136")},
    }


def _medians(kinds: dict[str, Ask], samples: int) -> dict[str, float]:
    """Median seconds of each kind, asked in random order; the first are not counted."""
    from django.core.handlers.base import BaseHandler

    handler = BaseHandler()
    handler.load_middleware()
    seconds: dict[str, list[float]] = {kind: [] for kind in kinds}
    order = random.Random(6)  # noqa: S311  (an order, no secret)
    for place in range(samples + WARM):
        for kind in order.sample(list(kinds), len(kinds)):
            request = kinds[kind](place)
            request.META["HTTP_X_FORWARDED_FOR"] = ".".join(
                str(order.randrange(1, 255)) for _part in range(4)
            )
            request._dont_enforce_csrf_checks = True
            begun = time.perf_counter()
            response = handler.get_response(request)
            spent = time.perf_counter() - begun
            if response.status_code >= 500 or response.status_code in (403, 429):
                raise SystemExit(f"{kind}: {response.status_code}")
            if place >= WARM:
                seconds[kind].append(spent)
    return {kind: median(found) for kind, found in seconds.items()}


if __name__ == "__main__":
    raise SystemExit(main())
