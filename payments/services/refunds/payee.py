"""Where the money goes: the way it came, or a bank account in the party's own name (REL-14)."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext as _

from cases.models import CaseLink
from common import clock, crypto, keyed
from common.actor import Actor
from common.errors import InvalidInput
from eventlog.services import emit
from payments import events
from payments.models import PayeeAccount, Refund, RefundState
from payments.services.refunds.propose import refund_stream

CHANGED_WAITS = timedelta(hours=24)
MANY_CASES = 3


@dataclass(frozen=True)
class NewAccount:
    """A bank account as it was written down; ``number`` may carry blanks."""

    holder: str
    bank: str
    number: str


def plain_name(name: str) -> str:
    """A name as it is compared: width, blanks, dots and brackets do not matter, every character does."""
    folded = unicodedata.normalize("NFKC", name).replace("•", "·").replace("・", "·")
    return "".join(folded.split()).casefold()


def plain_number(number: str) -> str:
    """The digits of an account number."""
    return "".join(char for char in unicodedata.normalize("NFKC", number) if char not in " -\t")


def name_account(refund: Refund, new: NewAccount, actor: Actor) -> PayeeAccount:
    """The account that the refund goes to. The same account again stays as it is; another one ends the old and waits a day
    before money goes there, and the party is told. Inside an act.

    Raises InvalidInput by field: the holder must bear the party's name.
    """
    number = plain_number(new.number)
    _check(refund, new, number)
    index = crypto.blind_index("bank_account", number)
    now = clock.now()
    changed = False
    if refund.party is not None:
        live = PayeeAccount.objects.select_for_update(of=("self",), no_key=True)
        old = live.filter(party=refund.party, ended_at=None).first()
        if old is not None and keyed.alike(keyed.INDEX, old.number_index, index) and old.bank == new.bank:
            return old
        if old is not None:
            changed = True
            old.ended_at = now
            old.save(update_fields=["ended_at"])
    account = PayeeAccount.objects.create(
        party=refund.party,
        holder=new.holder,
        bank=new.bank,
        number=number,
        number_index=index,
        tail=number[-4:],
        added_by_id=actor.user_id or 0,
        added_at=now,
        usable_from=now + CHANGED_WAITS if changed else now,
    )
    emit(
        events.ACCOUNT_NAMED,
        subject=account,
        actor=actor,
        stream=refund_stream(refund),
        court_id=refund.court_id,
        case_id=refund.case_id,
        refund=refund.public_id,
        changed=changed,
    )
    return account


def _check(refund: Refund, new: NewAccount, number: str) -> None:
    wrong = {}
    if not new.holder:
        wrong["holder"] = _("请填写户名")
    elif refund.party is not None and plain_name(new.holder) != plain_name(refund.party.name):
        wrong["holder"] = _("户名应和案件里登记的名称完全一样：%(name)s") % {"name": refund.party.name}
    if not new.bank:
        wrong["bank"] = _("请填写开户银行，写到支行")
    if not (number.isascii() and number.isdigit() and 8 <= len(number) <= 32):
        wrong["number"] = _("请填写银行账号，8到32位数字")
    if wrong:
        raise InvalidInput(next(iter(wrong.values())), **wrong)


def cases_of_account(account: PayeeAccount) -> int:
    """How many cases that have nothing to do with each other send money to this account number. Two queries."""
    taking = Refund.objects.filter(account__number_index=account.number_index, case__isnull=False)
    found = set(taking.exclude(state=RefundState.REFUSED).values_list("case_id", flat=True))
    links = CaseLink.objects.filter(earlier__in=found, later__in=found)
    group = {case: case for case in found}

    def root(case: int) -> int:
        while group[case] != case:
            case = group[case]
        return case

    for earlier, later in links.values_list("earlier_id", "later_id"):
        group[root(earlier)] = root(later)
    return len({root(case) for case in found})


def is_used_by_many(account: PayeeAccount | None) -> bool:
    """One account paid from three or more unrelated cases stops until somebody says why (REL-14)."""
    return account is not None and cases_of_account(account) >= MANY_CASES
