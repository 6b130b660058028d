"""When a paper counts as delivered: a table of situations, each worked out by hand from the articles (REL-23).

A situation is a list of attempts ``day: way outcome [address] [consent] [no-fault]`` and what follows: the day, or ``-`` when the
paper is not delivered, and the code of the rule that says so. ``?`` behind the day: presumed only.
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from documents.delivery_rules import (
    BY_CODE,
    RULES,
    AddressOrigin,
    Attempt,
    Consent,
    DeliveryMethod,
    Effect,
    Kind,
    Outcome,
    first_that_counts,
    outcomes_of,
    ruling_on,
)

pytestmark = pytest.mark.req("REL-23")

PAPER, MEDIATION, SIMPLIFIED = Kind(), Kind(mediation=True), Kind(simplified=True)

SITUATIONS = """
# electronic: the addressee agreed and gave or confirmed the address
e01 paper      | 3: inbox arrived                                        | 3   e-arrived
e02 paper      | 3: inbox arrived; 5: inbox read                         | 3   e-arrived
e03 paper      | 3: inbox bounced                                        | -   e-bounced
e04 paper      | 3: inbox bounced; 4: inbox arrived                      | 4   e-arrived
e05 mediation  | 3: inbox arrived                                        | 3   e-arrived
e06 simplified | 3: inbox arrived                                        | 3   e-arrived
e07 paper      | 5: inbox read                                           | 5   e-arrived
e08 paper      | 6: inbox replied                                        | 6   e-arrived
# agreed, but the address is only known to be the addressee's
e09 paper      | 3: inbox arrived known                                  | -   e-unconfirmed
e10 paper      | 3: inbox arrived known; 6: inbox read known             | 6?  e-read
e11 paper      | 3: inbox arrived known; 7: inbox replied known          | 7   e-answered
e12 paper      | 3: inbox arrived known; 8: inbox acted known            | 8   e-answered
e13 paper      | 6: inbox read known; 7: inbox replied known             | 6?  e-read
e14 paper      | 3: inbox arrived named                                  | -   e-unconfirmed
e15 paper      | 3: inbox read named                                     | -   e-unconfirmed
e16 paper      | 3: inbox replied named                                  | 3   e-answered
e17 paper      | 3: inbox bounced known                                  | -   e-bounced
# nothing was said about electronic delivery
e18 paper      | 3: inbox arrived own none                               | -   e-no-consent
e19 paper      | 3: inbox read own none                                  | -   e-no-consent
e20 paper      | 3: inbox arrived own none; 9: inbox replied own none    | 9   e-answered
e21 paper      | 3: inbox arrived known none; 9: inbox acted known none  | 9   e-answered
e22 paper      | 3: inbox read named none                                | -   e-no-consent
# said no, or took the consent back
e23 paper      | 3: inbox arrived own refused                            | -   e-refused
e24 paper      | 3: inbox read own refused                               | -   e-refused
e25 paper      | 3: inbox replied own refused                            | -   e-refused
e26 mediation  | 3: inbox acted known refused                            | -   e-refused
# by post, signed for
p01 paper      | 4: post self                                            | 4   signed-self
p02 paper      | 4: post self named                                      | 4   signed-self
p03 paper      | 4: post family                                          | 4   signed-family
p04 paper      | 4: post office                                          | 4   signed-office
p05 paper      | 4: post agent                                           | 4   signed-agent
p06 paper      | 4: post collector                                       | 4   signed-collector
p07 paper      | 4: post somebody                                        | -   signed-somebody
p08 mediation  | 4: post self                                            | 4   signed-self
p09 mediation  | 4: post collector                                       | 4   signed-collector
p10 mediation  | 4: post family                                          | -   mediation-left
# by post, returned
p11 paper      | 8: post refused                                         | 8   post-refused
p12 paper      | 8: post refused named                                   | 8   post-refused
p13 paper      | 8: post refused no-fault                                | -   post-no-fault
p14 paper      | 8: post wrong_address                                   | 8   post-own-address
p15 paper      | 8: post wrong_address named                             | -   post-other-address
p16 paper      | 8: post wrong_address known                             | -   post-other-address
p17 paper      | 8: post wrong_address no-fault                          | -   post-no-fault
p18 paper      | 8: post moved                                           | 8   post-own-address
p19 paper      | 8: post moved named                                     | -   post-other-address
p20 paper      | 8: post moved no-fault                                  | -   post-no-fault
p21 paper      | 8: post unclaimed                                       | -   post-unclaimed
p22 mediation  | 8: post refused                                         | -   mediation-left
p23 mediation  | 8: post moved                                           | -   mediation-left
p24 paper      | 8: post wrong_address named; 15: post self              | 15  signed-self
p25 paper      | 8: post refused; 15: post self                          | 8   post-refused
# handed over
h01 paper      | 2: in_person self                                       | 2   signed-self
h02 paper      | 2: in_person family                                     | 2   signed-family
h03 paper      | 2: in_person office                                     | 2   signed-office
h04 paper      | 2: in_person left                                       | 2   left
h05 paper      | 2: in_person not_left                                   | -   not-left
h06 paper      | 2: in_person nobody                                     | -   nobody
h07 paper      | 2: in_person somebody                                   | -   signed-somebody
h08 mediation  | 2: in_person left                                       | -   mediation-left
h09 mediation  | 2: in_person self                                       | 2   signed-self
h10 paper      | 2: counter self                                         | 2   signed-self
h11 paper      | 2: counter agent                                        | 2   signed-agent
h12 paper      | 2: counter at_court                                     | 2   at-court
h13 mediation  | 2: counter at_court                                     | -   mediation-left
h14 paper      | 2: entrusted self                                       | 2   signed-self
h15 paper      | 2: entrusted left                                       | 2   left
h16 paper      | 2: entrusted not_left                                   | -   not-left
h17 paper      | 2: forwarded self                                       | 2   forwarded
h18 paper      | 2: forwarded nobody                                     | -   unknown
h19 paper      | 2: counter left                                         | -   unknown
h20 paper      | 2: in_person not_left; 9: in_person left                | 9   left
# by publication
g01 paper      | 31: publication over                                    | 31  published
g02 simplified | 31: publication over                                    | -   published-simplified
g03 mediation  | 31: publication over                                    | -   mediation-published
g04 paper      | 20: post self; 31: publication over                     | 20  signed-self
# several ways at a time: the first that counts
m01 paper      | 3: inbox arrived; 7: post self                          | 3   e-arrived
m02 paper      | 3: inbox arrived known; 7: post self                    | 7   signed-self
m03 paper      | 7: post self; 9: inbox replied known none               | 7   signed-self
m04 paper      | 3: inbox arrived own refused; 7: post self              | 7   signed-self
m05 paper      | 3: inbox bounced; 8: post unclaimed                     | -   -
m06 paper      | 6: inbox read known; 6: post self                       | 6   signed-self
"""


def rows() -> list[tuple[str, str, str, str]]:
    """Number, kind of paper, attempts and expectation of each situation."""
    found = []
    for line in SITUATIONS.strip().splitlines():
        if not line.startswith("#"):
            head, attempts, expected = line.split("|")
            number, kind = head.split()
            found.append((number, kind, attempts.strip(), expected.strip()))
    return found


KINDS = {"paper": PAPER, "mediation": MEDIATION, "simplified": SIMPLIFIED}


def moment(day: str) -> datetime:
    return datetime(2026, 3, int(day), 12, tzinfo=UTC)


def attempt(text: str) -> Attempt:
    """``4: post self named`` as an attempt."""
    day, rest = text.split(":")
    method, outcome, *more = rest.split()
    words = set(more)
    return Attempt(
        DeliveryMethod(method),
        Outcome(outcome),
        moment(day),
        address=next((one for one in AddressOrigin if one.value in words), AddressOrigin.OWN),
        consent=next((one for one in Consent if one.value in words), Consent.GIVEN),
        without_fault="no-fault" in words,
    )


def test_the_table_is_long_enough() -> None:
    numbers = [row[0] for row in rows()]
    assert len(numbers) == len(set(numbers)) >= 60


@pytest.mark.parametrize(("number", "kind", "attempts", "expected"), rows(), ids=[row[0] for row in rows()])
def test_situation(number: str, kind: str, attempts: str, expected: str) -> None:
    made = [attempt(text) for text in attempts.split(";")]
    day, code = expected.split()
    first = first_that_counts(made, KINDS[kind])
    if day == "-":
        assert first is None, number
        if len(made) == 1:
            assert ruling_on(made[0], KINDS[kind]).rule.code == code
        return
    assert first is not None, number
    assert (first.rule.code, first.attempt.at) == (code, moment(day.rstrip("?")))
    assert (first.rule.effect is Effect.PRESUMED) == day.endswith("?")


def test_every_rule_has_its_situation_its_words_and_its_article() -> None:
    told = {row[3].split()[1] for row in rows()}
    assert {rule.code for rule in RULES} <= told, {rule.code for rule in RULES} - told
    assert len(BY_CODE) == len(RULES)
    assert all(str(rule.words) and rule.article for rule in RULES)


@pytest.mark.parametrize("method", DeliveryMethod)
def test_what_a_clerk_may_say_is_known_to_the_rules(method: DeliveryMethod) -> None:
    """Nothing a form offers ends at the row for what nobody wrote a rule for, save a keeper who found nobody."""
    for outcome in outcomes_of(method):
        code = ruling_on(Attempt(method, outcome, moment("1")), PAPER).rule.code
        assert code != "unknown" or (method, outcome) == (DeliveryMethod.FORWARDED, Outcome.NOBODY)
