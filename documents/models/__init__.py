"""Tables of stored files, issued papers with their copies and codes, deliveries 送达 and their facts."""

from documents.delivery_rules import DeliveryMethod
from documents.models.delivery import (
    BY_DAY,
    DELIVERY_FLOW,
    ORIGINS,
    Delivery,
    DeliveryFact,
    DeliveryFactKind,
    DeliveryState,
)
from documents.models.files import ScanState, StoredFile
from documents.models.fixity import Damage, DamageKind, FixityRound
from documents.models.offices import Office, OfficeKind
from documents.models.papers import COPY_FLOW, Copy, Paper, PaperState
from documents.models.seals import Seal, SealProposal
from documents.models.wording import WORDING_FLOW, Wording, WordingState

__all__ = [
    "BY_DAY",
    "COPY_FLOW",
    "DELIVERY_FLOW",
    "ORIGINS",
    "WORDING_FLOW",
    "Copy",
    "Damage",
    "DamageKind",
    "Delivery",
    "DeliveryFact",
    "DeliveryFactKind",
    "DeliveryMethod",
    "DeliveryState",
    "FixityRound",
    "Office",
    "OfficeKind",
    "Paper",
    "PaperState",
    "ScanState",
    "Seal",
    "SealProposal",
    "StoredFile",
    "Wording",
    "WordingState",
]
