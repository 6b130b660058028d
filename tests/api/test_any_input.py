"""Whatever is sent, the look-ups answer 200, 400 or 422 in their one shape, never 500."""

import json
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import RateCounter
from courts.calendar import rules
from payments.api.serializers import FeeQuoteInput
from payments.fees import OPERATIONS, books
from tests.support.length import FUZZ_EXAMPLES

pytestmark = pytest.mark.django_db

_sums = st.one_of(
    st.decimals(min_value=-10, max_value=10**18, places=2).map(str),
    st.integers(-5, 10**20),
    st.floats(),
    st.none(),
)
_scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=30)
)
_anything = st.recursive(
    _scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
)
_fee = st.fixed_dictionaries(
    {"operation": st.sampled_from(list(OPERATIONS)), "item": st.sampled_from(list(books()[-1].items))},
    optional={
        **{
            name: st.one_of(_sums, _anything)
            for name in FeeQuoteInput().fields
            if name not in ("operation", "item")
        },
        "property_amounts": st.lists(_sums, max_size=4),
        "halve": st.lists(st.sampled_from(list(books()[-1].halving_reasons)), max_size=5),
    },
)
_deadline = st.fixed_dictionaries(
    {
        "rule_id": st.sampled_from(list(rules())),
        "start": st.one_of(st.datetimes().map(str), st.dates().map(str), _anything),
    },
    optional={
        "n": st.one_of(st.integers(-5, 10**9), _anything),
        "unit": _anything,
        "deduct_days": _anything,
        "court": _anything,
    },
)
_quietly = settings(max_examples=FUZZ_EXAMPLES, suppress_health_check=[HealthCheck.function_scoped_fixture])


def answers(path: str, body: Any) -> None:
    answer = Client().post(f"/api/v1/{path}", json.dumps(body), content_type="application/json")
    assert answer.status_code in (200, 400, 422), answer.content
    shown = answer.json()
    if answer.status_code != 200:
        assert set(shown) == {"code", "message", "fields"}
        assert shown["message"]
    elif path == "fees/quote" and shown["fee"] is not None:
        assert Decimal(shown["fee"]) >= 0


@_quietly
@given(_fee)
def test_fees(body: Any) -> None:
    answers("fees/quote", body)


@_quietly
@given(_deadline)
def test_deadlines(body: Any) -> None:
    answers("deadlines/compute", body)


@_quietly
@given(
    st.sampled_from(
        ["fees/quote", "deadlines/compute", "identity/check", "assistant/ask", "receipts/verify"]
    ),
    _anything,
)
def test_anything(path: str, body: Any) -> None:
    answers(path, body)


@_quietly
@given(
    st.one_of(
        _anything,
        st.fixed_dictionaries({"serial": st.text(max_size=80), "check_code": st.text(max_size=30)}),
        st.fixed_dictionaries({"sha256": st.text(max_size=70)}),
    )
)
def test_papers(body: Any) -> None:
    RateCounter.objects.all().delete()  # one address asks for everything here
    answers("documents/verify", body)


@_quietly
@given(st.text(max_size=80))
def test_words(words: str) -> None:
    answers("identity/check", {"kind": "id_card", "value": words})
    answers("identity/check", {"kind": "uscc", "value": words})
    answers("assistant/ask", {"question": words})
    for path, name in (
        ("causes", "q"),
        ("courts", "q"),
        ("case-numbers/parse", "number"),
        ("materials", "procedure"),
    ):
        assert Client().get(
            f"/api/v1/{path}", {name: words.encode("utf-8", "surrogatepass")}
        ).status_code in (200, 422)
