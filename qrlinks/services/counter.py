"""Help for a person without the phone on file: a counter looks at the paper and the identity card and gives a code for
one scan login. Any court's counter helps with any court's paper; it learns nothing of the case."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.services import limit
from cases.models import Party
from common import clock, crypto
from common.actor import Actor
from common.errors import InvalidInput, NotAllowed
from courts.services import access_stream, setting
from documents.models import Copy
from documents.rendering.codes import READABLE, SERVICE_CODE_LENGTH, read_service_code
from documents.services.authenticity import copy_by_codes
from eventlog.services import act, emit
from qrlinks import events, policies
from qrlinks.models import CounterPass, VisitWay
from qrlinks.services.codes import NO_CASE, live_copy_by_id
from qrlinks.services.verification import Pass, let_in

HOUR = 3600
IDENTIFIED_AN_HOUR, TYPED_AN_HOUR = 60, 5


@dataclass(frozen=True)
class Shown:
    """What the person laid on the counter: the paper's serial and check code, name and number of the identity paper."""

    serial: str
    check_code: str
    name: str
    id_number: str


@dataclass(frozen=True)
class Given:
    """The code, in clear this once, and until when it can be used."""

    code: str
    until: datetime


def identify(*, shown: Shown, actor: Actor) -> Given:
    """The code for a person who stands at the counter with paper and identity card; an older one of the same party dies.

    InvalidInput when paper and person do not belong together, without saying which of them is wrong; NotAllowed for
    staff without a counter, TooManyRequests above sixty an hour.
    """
    if not policies.can_identify(actor):
        raise NotAllowed(_("窗口核对身份由立案窗口或者书记员办理。"))
    limit(f"counter-pass:{actor.post_id}", HOUR, IDENTIFIED_AN_HOUR, _("核对次数太多，请过一会儿再试。"))
    copy = copy_by_codes(shown.serial, shown.check_code)
    live = live_copy_by_id(copy.pk if copy else 0)
    party = _party(live, shown)
    if live is None or party is None:
        raise InvalidInput(
            _(
                "文书和身份证对不上，或者这份文书已停用。请核对份号、校验码、姓名和证件号；还不行的，请联系承办法院。"
            )
        )
    code = "".join(secrets.choice(READABLE) for _number in range(SERVICE_CODE_LENGTH))
    with act():
        now = clock.now()
        until = now + timedelta(minutes=setting(live.paper.court_id, "counter_pass_minutes"))
        _open_passes(party).update(used_at=now)
        row = CounterPass.objects.create(
            copy=live,
            party=party,
            code_hash=crypto.keyed_hash("counter_pass", code),
            issued_by_id=actor.post_id or 0,
            issued_at=now,
            expires_at=until,
        )
        emit(
            events.PASS_GIVEN,
            subject=row,
            actor=actor,
            stream=access_stream(live.paper.court.code),
            court_id=live.paper.court_id,
        )
    return Given(code, until)


def _party(copy: Copy | None, shown: Shown) -> Party | None:
    rows = Party.objects.filter(
        case__public_id=copy.paper.subject_public_id if copy else NO_CASE,
        id_number_index=crypto.blind_index("id_number", shown.id_number),
        name=shown.name,
    )
    return rows.exclude(id_number_index="").first()


def _open_passes(party: Party) -> QuerySet[CounterPass]:
    return CounterPass.objects.filter(party=party, used_at=None)


def enter_with_pass(*, text: str, address: str) -> Pass | None:
    """The scan login for a code from the counter; None when it is wrong, used, too late or its paper is off by now.

    Five tries an hour for one address, right or wrong; TooManyRequests above.
    """
    limit(f"counter-typed:{address}", HOUR, TYPED_AN_HOUR, _("输入次数太多，请1小时后再试，或请窗口帮忙。"))
    hashed = crypto.keyed_hash("counter_pass", read_service_code(text) or "-")
    with act():
        row = (
            CounterPass.objects.select_for_update(of=("self",), no_key=True)
            .filter(code_hash=hashed, used_at=None, expires_at__gt=clock.sql_now())
            .first()
        )
        if row is None:
            return None
        party = Party.objects.select_related("case__court").get(pk=row.party_id)
        passed = let_in(party, row.copy_id, way=VisitWay.COUNTER)
        row.used_at = clock.now()
        row.save(update_fields=["used_at"])
    return passed
