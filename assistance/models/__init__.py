"""Help that a party asks for, and consents to act for a person."""

from assistance.models.consents import (
    ACTING_CONSENT_FLOW,
    ActingConsent,
    ActingScope,
    ConsentState,
    ConsentWay,
    EndedBy,
)
from assistance.models.help import (
    HELP_LIVE,
    HELP_REQUEST_FLOW,
    CallAttempt,
    HelpKind,
    HelpRequest,
    HelpState,
)

__all__ = [
    "ACTING_CONSENT_FLOW",
    "HELP_LIVE",
    "HELP_REQUEST_FLOW",
    "ActingConsent",
    "ActingScope",
    "CallAttempt",
    "ConsentState",
    "ConsentWay",
    "EndedBy",
    "HelpKind",
    "HelpRequest",
    "HelpState",
]
