"""What a helper may do for a person (代办): names of addresses and actions of the access matrix, by what the person agreed to.

Whatever is not named here is closed while somebody acts for another: complaints and ratings, phone and password, notices, the payee's
account and refunds, how papers are delivered, naming agents, withdrawing, one's own data. That is the person's own to do.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from assistance.models import ActingScope


@dataclass(frozen=True)
class Covered:
    """Addresses that open and actions that are allowed."""

    opens: frozenset[str]
    actions: frozenset[str] = frozenset()


def _names(space: str, words: str) -> frozenset[str]:
    return frozenset(f"{space}:{word}" for word in words.split())


ALWAYS = Covered(
    _names("public", "home prefs help a11y privacy outages outage_record verify_receipt")
    | _names("assistance", "acting_end acting_over acting_closed")
    | _names("documents", "verify_paper file preview file_page link")
    | {"pages:my", "accounts:sign_out", "payments:fees", "feedback:service_times"}
)
"""The way in, the way out, and what everybody reads."""

OF_SCOPE: dict[ActingScope, Covered] = {
    ActingScope.FILING: Covered(
        _names(
            "filing",
            "precheck start tasks fix evidence material_remove delivery check sent pleading_pdf pleading_docx from_file"
            " from_file_take capacity group people person_new people_list person person_remove page",
        )
        | {"pages:precheck_result", "pages:receipt"},
        frozenset({"filing.create", "filing.edit"}),
    ),
    ActingScope.CASES: Covered(
        _names("pages", "case case_timeline case_files receipt")
        | _names("feedback", "new thread read exchanged")
        | _names("documents", "paper paper_page")
        | _names("casefiles", "file page image")
        | _names("assistance", "ask request cancel"),
        frozenset({"case.read", "message.send", "message.read", "service.read", "file.read", "help.ask"}),
    ),
    ActingScope.PAY: Covered(
        _names("payments", "bill pay code result check") | _names("documents", "paper paper_page"),
        frozenset({"fee.pay", "payment.read"}),
    ),
}

READ_BACK = frozenset({"filing:check", "feedback:new", "feedback:thread", "assistance:ask", "payments:pay"})
"""What leaves for the court or costs money: read out to the person first (``common.pages.read_back``)."""


def covered(scopes: Iterable[str]) -> Covered:
    """Everything these scopes open together."""
    parts = [ALWAYS, *(OF_SCOPE[ActingScope(name)] for name in scopes)]
    return Covered(
        frozenset().union(*(part.opens for part in parts)),
        frozenset().union(*(part.actions for part in parts)),
    )
