"""The access matrix (RELIABILITY §2), for the actions that exist. The only table of who may do what in principle.

A cell says which roles may do an action at all; whether *this* row is theirs is said by the policies of the app
that owns the row. An action or role not named here is denied.
"""

from __future__ import annotations

from common.actor import Actor, Kind, Role

_PUBLIC = frozenset({Role.LITIGANT, Role.LAWYER})
_CASE_STAFF = frozenset({Role.JUDGE, Role.CASE_CLERK})

MATRIX: dict[str, frozenset[Role]] = {
    "filing.create": _PUBLIC,
    "filing.edit": _PUBLIC,
    "filing.review": frozenset({Role.INTAKE_CLERK}),
    "filing.key": frozenset({Role.INTAKE_CLERK}),
    "visit.book": _PUBLIC,
    "visit.keep": frozenset({Role.INTAKE_CLERK}),
    "filing.rule": frozenset({Role.JUDGE}),
    "filing.oversee": frozenset({Role.HEAD, Role.SUPERVISOR}),
    "case.read": _PUBLIC | _CASE_STAFF | {Role.INTAKE_CLERK},
    "case.reassign": frozenset({Role.HEAD}),
    # the R of rows 4 and 11; the discipline office reads the list of such readings (SEC-18, docs/adr/0015)
    "case.read_with_reason": frozenset({Role.SUPERVISOR}),
    # row 6: the file of a case; its side volume and its order belong to who holds the case, sealing to the judge (rows 5, 9)
    "file.read": _PUBLIC | _CASE_STAFF | {Role.INTAKE_CLERK, Role.SUPERVISOR},
    "file.keep": _CASE_STAFF,
    "file.seal": frozenset({Role.JUDGE}),
    "file.ask": _PUBLIC,
    "file.export": _PUBLIC,
    "file.decide": frozenset({Role.JUDGE, Role.HEAD}),
    "reads.list": frozenset({Role.SUPERVISOR, Role.DISCIPLINE}),
    # people whose phone takes no texts
    "notice.chase": frozenset({Role.INTAKE_CLERK}),
    # papers that no register knows (SEC-09)
    "identity.confirm": frozenset({Role.INTAKE_CLERK}),
    "help.ask": _PUBLIC,
    # 代办: who may act for a person that agrees; what the consent covers stands in assistance/scope.py
    "acting.begin": _PUBLIC | {Role.INTAKE_CLERK},
    "help.keep": frozenset({Role.INTAKE_CLERK}),
    "message.send": _PUBLIC,
    "message.answer": _CASE_STAFF | {Role.HEAD, Role.SUPERVISOR},
    "message.read": _PUBLIC | _CASE_STAFF | {Role.HEAD, Role.SUPERVISOR},
    "bench.day": _CASE_STAFF | {Role.HEAD},
    "division.lead": frozenset({Role.HEAD}),
    "feedback.oversee": frozenset({Role.SUPERVISOR}),
    "survey.answer": _PUBLIC,
    "message.check": _CASE_STAFF,
    "contacts.read": _CASE_STAFF | {Role.HEAD, Role.SUPERVISOR},
    "template.keep": frozenset({Role.HEAD}),
    "fee.pay": _PUBLIC,
    "relief.decide": frozenset({Role.JUDGE}),
    # who acts for whom: given, confirmed and withdrawn by the party, taken up by the court
    "authority.give": _PUBLIC,
    "authority.record": _CASE_STAFF | {Role.INTAKE_CLERK},
    "case.close": frozenset({Role.JUDGE}),
    "case.withdraw": _PUBLIC,
    # which papers, and who signs off which, stands in cases/drafting/rules.py
    "paper.draft": _CASE_STAFF | {Role.INTAKE_CLERK},
    # witnesses, experts and the like, whom no party reads here
    "participant.keep": _CASE_STAFF,
    "wording.keep": frozenset({Role.HEAD, Role.ADMIN}),
    # proposed by one of them, agreed to by another
    "seal.keep": frozenset({Role.HEAD, Role.ADMIN}),
    "paper.batch": _CASE_STAFF,
    "paper.approve": frozenset({Role.JUDGE, Role.HEAD}),
    "payment.enter": frozenset({Role.FINANCE}),
    "payee.name": _PUBLIC,
    "refund.ask": _PUBLIC,
    "refund.check": frozenset({Role.FINANCE}),
    "refund.approve": frozenset({Role.FINANCE}),
    "ledger.read": frozenset({Role.FINANCE}),
    "ledger.keep": frozenset({Role.FINANCE}),
    "payment.read": _PUBLIC | {Role.INTAKE_CLERK, Role.FINANCE},
    "qr.reprint": _CASE_STAFF | {Role.INTAKE_CLERK},
    # row 30 leaves codes to the court; an own lost copy its holder may switch off, nothing else
    "qr.report_lost": _PUBLIC,
    "qr.pass": frozenset({Role.INTAKE_CLERK, Role.CASE_CLERK}),
    "qr.reports": frozenset({Role.INTAKE_CLERK, Role.SUPERVISOR, Role.ADMIN}),
    "service.send": _CASE_STAFF | {Role.INTAKE_CLERK},
    "service.choose": _PUBLIC,
    # who sends (row 32) takes up what somebody says who has no account
    "service.record": _CASE_STAFF | {Role.INTAKE_CLERK},
    "service.read": _PUBLIC | _CASE_STAFF | {Role.INTAKE_CLERK},
    "desk.cases": _CASE_STAFF | {Role.INTAKE_CLERK},
    "bill.chase": frozenset({Role.INTAKE_CLERK, Role.FINANCE}),
    "figures.read": frozenset({Role.SUPERVISOR}),
    # which files are damaged, with the numbers of their cases: the court's people, and whoever brings the bytes back
    "files.damaged": _CASE_STAFF | {Role.INTAKE_CLERK, Role.ADMIN},
    "outbox.read": frozenset({Role.ADMIN}),
    # an outage that the system did not see itself: entered by one of them, agreed to by another (REL-51)
    "outage.enter": frozenset({Role.ADMIN, Role.SUPERVISOR}),
    # work goes on without a witness of the trail: proposed by one of them, agreed to by another (SEC-44)
    "trail.release": frozenset({Role.ADMIN, Role.SUPERVISOR}),
    # an account whose owner wants it closed: checked by one of them, decided by another (SEC-68)
    "account.close": frozenset({Role.ADMIN, Role.SUPERVISOR}),
    # a wrong row is mended: proposed by who runs the system, agreed to by the court it belongs to (SEC-47)
    "correction.propose": frozenset({Role.ADMIN}),
    "correction.decide": frozenset({Role.ADMIN, Role.SUPERVISOR}),
    # row 37: proposed by one administrator, agreed to by another
    "factor.reset": frozenset({Role.ADMIN}),
    # devices in the hall that everybody uses
    "kiosk.mark": frozenset({Role.INTAKE_CLERK, Role.ADMIN}),
    # a lost phone: the paper is checked at the counter
    "phone.restore": frozenset({Role.INTAKE_CLERK}),
    # row 37: staff accounts and posts; those of the discipline office are its own, the auditor only reads
    "people.read": frozenset({Role.ADMIN, Role.DISCIPLINE, Role.AUDITOR}),
    "people.keep": frozenset({Role.ADMIN, Role.DISCIPLINE}),
    "people.invite": frozenset({Role.ADMIN}),
    # the walled zone (rows 16 and 17); its policies take away whoever is named or stands near the named
    "complaint.handle": frozenset({Role.DISCIPLINE, Role.SUPERVISOR}),
    "interference.record": frozenset(Role) - _PUBLIC - {Role.NONE, Role.SYSTEM},
}

SCAN_ACTIONS = frozenset(
    {"case.read", "message.send", "message.read", "service.read", "help.ask", "survey.answer", "file.read"}
)
"""What a scan login may do, for its one case and one party (SEC-22)."""


def allows(actor: Actor, action: str) -> bool:
    """True when the actor's role may do ``action`` on rows that are theirs, and the person agreed to it where a helper acts for him.
    KeyError for an unknown action."""
    roles = MATRIX[action]
    if actor.helper is not None and action not in actor.helper.actions:
        return False
    if actor.kind == Kind.SCAN:
        return action in SCAN_ACTIONS
    return actor.role in roles
