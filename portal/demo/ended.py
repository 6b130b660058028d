"""Cases that have ended, with the money that follows: one withdrawn, one judged."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from decimal import Decimal

from accounts.models import User
from cases.models import Case, CaseRole, Outcome
from cases.services import (
    ask_withdrawal,
    change_track,
    close_case,
    decide_withdrawal,
    record_effect,
)
from common import clock
from common.actor import Actor
from courts.models import Court
from filing import services as filing_services
from filing.models import Filing
from portal.demo.cast import OTHERS, Person, as_litigant, as_staff
from portal.demo.loan import draft_loan
from portal.demo.money import pay

Day = Callable[..., AbstractContextManager[None]]
Accept = Callable[[Filing], Case]


def _judge(case: Case) -> Actor:
    return as_staff(case.staff.get(role=CaseRole.JUDGE, ends_at=None).post)


def _send(
    day: Day, days_ago: int, court: Court, today: date, user: User, me: Person, principal: int
) -> Filing:
    """An application over a loan against somebody invented."""
    with day(days_ago, 9, 15):
        filing = draft_loan(
            court=court,
            user=user,
            me=me,
            other="卫某某",
            principal=principal,
            interest=0,
            lent_on=today - timedelta(days=600),
        )
        filing_services.submit_filing(filing_id=filing.pk, actor=as_litigant(user))
    return Filing.objects.get(pk=filing.pk)


def withdrawn(*, day: Day, court: Court, today: date, accept: Accept, people: dict[str, User]) -> Case:
    """Paid for a simplified procedure, topped up for the ordinary one, withdrawn: half comes back."""
    me = OTHERS[2]
    user = people[me.phone]
    filing = _send(day, 26, court, today, user, me, 60000)
    with day(24, 10):
        case = accept(filing)
    with day(23, 20):
        pay(case, as_litigant(user))
    with day(16, 9):
        change_track(
            case_id=case.pk, track="ordinary", reasons="双方对借款经过争议较大，需要调查", actor=_judge(case)
        )
    with day(14, 20):
        pay(case, as_litigant(user))
    with day(5, 12):
        rows = ask_withdrawal(case_id=case.pk, words="对方已经把钱还清", actor=as_litigant(user))
    with day(4, 15):
        decide_withdrawal(
            withdrawal_id=rows[0].pk,
            granted=True,
            reasons="原告自愿撤诉，不损害国家、集体和他人的合法权益，准许。",
            actor=_judge(case),
        )
    return case


def judged(*, day: Day, court: Court, today: date, accept: Accept, people: dict[str, User]) -> Case:
    """Won for the greater part: what the plaintiff does not bear comes back, the other side is billed."""
    me = OTHERS[4]
    user = people[me.phone]
    filing = _send(day, 29, court, today, user, me, 90000)
    with day(28, 11):
        case = accept(filing)
    with day(27, 8):
        pay(case, as_litigant(user))
    with day(18, 16):
        close_case(
            case_id=case.pk,
            outcome=Outcome.JUDGED,
            decided_on=clock.today(),
            fee_borne=Decimal("125.50"),
            words="被告于判决生效之日起十日内偿还原告借款80000元；驳回原告的其他诉讼请求。",
            actor=_judge(case),
        )
    with day(1, 9, 30):
        record_effect(closing_id=case.closing.pk, effective_on=clock.today(), actor=_judge(case))
    return case
