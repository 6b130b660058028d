"""Two officers at one sum, two imports of one list: once. Without the locks both get past the check."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models import QuerySet

from payments.models import Journal, Payment, Suspense
from payments.services import suspense as suspense_services
from payments.services.recon import bank, import_bank_list
from payments.services.refunds import give_back_suspense
from payments.services.suspense import apply_suspense
from tests.concurrency.together import Gate, at_once
from tests.payments.desks import bank_list, bill_of, credit
from tests.support.court import Cast, accepted

WORDS = "核对过"


def unmatched(cast: Cast) -> tuple[Suspense, int, int]:
    """A transfer that fits the bills of two cases."""
    first, second = bill_of(accepted(cast)), bill_of(accepted(cast))
    import_bank_list(content=bank_list(credit("1", first.amount)), actor=cast.finance1)
    return Suspense.objects.get(), first.pk, second.pk


def test_two_officers_apply_one_sum_once(cast: Cast) -> None:
    row, first, second = unmatched(cast)
    results = at_once(
        lambda: apply_suspense(suspense_id=row.pk, bill_id=first, note=WORDS, actor=cast.finance1),
        lambda: apply_suspense(suspense_id=row.pk, bill_id=second, note=WORDS, actor=cast.finance2),
    )
    assert sorted(type(result).__name__ for result in results) == ["Conflict", "Suspense"]
    assert Journal.objects.filter(kind="apply").count() == 1


def test_one_applies_and_the_other_gives_back_only_one_happens(cast: Cast) -> None:
    row, first, _second = unmatched(cast)
    results = at_once(
        lambda: apply_suspense(suspense_id=row.pk, bill_id=first, note=WORDS, actor=cast.finance1),
        lambda: give_back_suspense(suspense_id=row.pk, words=WORDS, actor=cast.finance2),
    )
    assert sum(isinstance(result, Exception) for result in results) == 1


def test_control_without_locks_both_officers_get_past_the_check(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    row, first, second = unmatched(cast)
    gate, inside = Gate(2), []
    original = suspense_services.post_application

    def meet(*args: Any) -> Any:
        inside.append(True)
        gate.pass_through()
        return original(*args)

    monkeypatch.setattr(suspense_services, "post_application", meet)
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **kwargs: self)
    at_once(
        lambda: apply_suspense(suspense_id=row.pk, bill_id=first, note=WORDS, actor=cast.finance1),
        lambda: apply_suspense(suspense_id=row.pk, bill_id=second, note=WORDS, actor=cast.finance2),
    )
    assert len(inside) == 2


def test_control_without_the_lock_two_imports_book_the_same_line(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = bank_list(credit("1", 8))
    gate, inside = Gate(2), []
    original = bank._keep_lines

    def meet(*args: Any) -> Any:
        inside.append(True)
        gate.pass_through()
        return original(*args)

    monkeypatch.setattr(bank, "_keep_lines", meet)
    monkeypatch.setattr(bank, "lock_statements", lambda code: None)
    results = at_once(*[lambda: import_bank_list(content=file, actor=cast.finance1)] * 2)
    assert len(inside) == 2
    # the unique numbers of the database are the second guard: one import fails as a whole
    assert sum(isinstance(result, Exception) for result in results) == 1
    assert Payment.objects.count() == 1
