"""Reads of refunds for the pages of the person and of finance."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import allows
from cases.models import Case, Party
from common import clock
from common.actor import Actor
from common.case_numbers import normalize
from common.errors import NotVisible
from payments.models import (
    REFUND_ENDED,
    BankList,
    BankListRow,
    PayeeAccount,
    Refund,
    RefundPart,
    RefundState,
    Route,
)
from payments.refund_policies import parties_to_take_money, visible_refunds
from payments.services.refunds.sending import OUT, READY

WAITS_FOR_PERSON = (RefundState.PROPOSED, RefundState.FAILED)
RS = RefundState
VIEWS: dict[str, tuple[Any, tuple[RefundState, ...]]] = {
    "check": (gettext_lazy("待复核"), (RS.CONFIRMED,)),
    "approve": (gettext_lazy("待审批"), (RS.CHECKED,)),
    "asked": (gettext_lazy("当事人申请"), (RS.ASKED,)),
    "failed": (gettext_lazy("没有退成"), (RS.FAILED,)),
    "sending": (gettext_lazy("退款中"), (RS.APPROVED, RS.SENDING)),
    "waiting": (gettext_lazy("等当事人确认"), (RS.PROPOSED,)),
    "ended": (gettext_lazy("已办结"), REFUND_ENDED),
}
"""Views of the desk by name: label and states."""
LATE = "late"


def refund_for(actor: Actor, public_id: UUID) -> Refund:
    """A refund the actor may see; NotVisible otherwise. One query."""
    rows = visible_refunds(actor).select_related(
        "case__court",
        "court",
        "party",
        "bill",
        "account__added_by",
        "checked_by__user",
        "third_by__user",
        "approved_by__user",
        "proposed_by__user",
        "confirmed_by",
    )
    refund = rows.filter(public_id=public_id).first()
    if refund is None:
        raise NotVisible(_("没有这个页面。"))
    return refund


def refunds_of(parties: Iterable[Party]) -> list[Refund]:
    """All refunds of these parties, newest first. One query."""
    return list(Refund.objects.filter(party__in=list(parties)).order_by("-id"))


def waiting_for(actor: Actor) -> list[Refund]:
    """Refunds in which this person has something to say: the way, or another account. Soonest due first.
    One query."""
    return list(_waiting(actor).select_related("case", "party"))


def _waiting(actor: Actor) -> QuerySet[Refund]:
    rows = visible_refunds(actor).filter(state__in=WAITS_FOR_PERSON, party__in=parties_to_take_money(actor))
    return rows.order_by("due_on", "id")


def refund_waiting_in(actor: Actor, case: Case) -> Refund | None:
    """The first of these in a case. One query."""
    return _waiting(actor).filter(case=case).first()


def live_account_of(party: Party | None) -> PayeeAccount | None:
    """The account that the party has named before. One query."""
    return PayeeAccount.objects.filter(party=party, party__isnull=False, ended_at=None).first()


@dataclass(frozen=True)
class Stage:
    """One step of a refund for the tracker; ``state`` is done, now or todo."""

    label: str
    state: str
    note: str = ""


def stages_of(refund: Refund) -> list[Stage]:
    """Where the refund stands, as the person sees it."""
    steps = [
        (_("发起"), ()),
        (_("确认收款方式"), (RS.PROPOSED,)),
        (_("财务复核"), (RS.CONFIRMED,)),
        (_("财务审批"), (RS.CHECKED,)),
        (_("退款"), (RS.APPROVED, RS.SENDING, RS.FAILED)),
        (_("到账"), ()),
    ]
    if refund.state == RS.ASKED:
        return [Stage(_("申请"), "done"), Stage(_("财务核对"), "now"), *_todo(steps[1:])]
    if refund.state == RS.DONE:
        return [Stage(label, "done") for label, _states in steps]
    place = next((n for n, (_label, states) in enumerate(steps) if refund.state in states), 0)
    note = _("没有退成") if refund.state == RS.FAILED else ""
    done = [Stage(label, "done") for label, _states in steps[:place]]
    return [*done, Stage(steps[place][0], "now", note), *_todo(steps[place + 1 :])]


def _todo(steps: list[tuple[str, tuple[RefundState, ...]]]) -> list[Stage]:
    return [Stage(label, "todo") for label, _states in steps]


def parts_of(refund: Refund) -> list[RefundPart]:
    """Every part with its payment, dropped ones too, oldest first. One query."""
    return list(refund.parts.select_related("payment__order").order_by("id"))


def desk_refunds(actor: Actor, view: str, words: str) -> QuerySet[Refund]:
    """The queue of the court: late first, then by day. ``words``: number, case number or name."""
    rows = visible_refunds(actor) if allows(actor, "refund.check") else Refund.objects.none()
    if words:
        return _found(rows, words).select_related("case", "party").order_by("due_on", "id")
    if view == LATE:
        rows = rows.exclude(state__in=REFUND_ENDED).filter(due_on__lt=clock.today())
    else:
        rows = rows.filter(state__in=VIEWS[view][1])
    newest_first = ("-id",) if view == "ended" else ("due_on", "id")
    return rows.select_related("case", "party").order_by(*newest_first)


def _found(rows: QuerySet[Refund], words: str) -> QuerySet[Refund]:
    by_case = Q(case__number__contains=normalize(words))
    return rows.filter(Q(number__icontains=words) | by_case | Q(party__name__contains=words))


def view_counts(actor: Actor) -> dict[str, int]:
    """How many refunds each view holds. Two queries."""
    rows = visible_refunds(actor)
    live = rows.exclude(state__in=REFUND_ENDED)
    by_state = dict(live.values_list("state").annotate(count=Count("id")).order_by())
    counts = {name: sum(by_state.get(s, 0) for s in wanted) for name, (_label, wanted) in VIEWS.items()}
    return counts | {LATE: live.filter(due_on__lt=clock.today()).count()}


def bank_waiting(actor: Actor) -> QuerySet[RefundPart]:
    """Approved transfers of the court that are on no list yet."""
    rows = RefundPart.objects.filter(refund__in=visible_refunds(actor), refund__state__in=OUT)
    return rows.filter(route=Route.BANK, state__in=READY).select_related("refund__account", "refund__case")


def bank_lists(actor: Actor) -> QuerySet[BankList]:
    """Lists of the court, newest first."""
    if not allows(actor, "refund.check"):
        return BankList.objects.none()
    rows = BankList.objects.filter(court_id=actor.court_id or 0).select_related("made_by__user")
    return rows.order_by("-id")


def bank_list_for(actor: Actor, public_id: UUID) -> BankList:
    """A list of the court; NotVisible otherwise. One query."""
    found = bank_lists(actor).filter(public_id=public_id).first()
    if found is None:
        raise NotVisible(_("没有这个页面。"))
    return found


def rows_of_list(found: BankList) -> list[BankListRow]:
    """Its transfers. One query."""
    rows = found.rows.select_related("part__refund__case", "account")
    return list(rows.order_by("id"))


def list_cells(found: BankList) -> Iterator[list[str]]:
    """The list as a table for the bank: one heading, one line for each transfer."""
    yield [_("清单编号"), _("退款单号"), _("户名"), _("开户银行"), _("账号"), _("金额（元）"), _("用途")]
    for row in rows_of_list(found):
        case = row.part.refund.case
        purpose = _("退诉讼费 %(number)s") % {"number": case.number if case else row.part.refund.number}
        account = row.account
        yield [
            found.number,
            row.part.out_no,
            account.holder,
            account.bank,
            account.number,
            str(row.part.amount),
            purpose,
        ]
