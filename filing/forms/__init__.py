"""Shapes of the filing pages that are no element form."""

from filing.forms.base import ChoiceField
from filing.forms.desk import NoticeForm
from filing.forms.people import PERSON_KINDS, PartyForm
from filing.forms.precheck import PRECHECK_STEPS
from filing.forms.sending import DeliveryForm, StatementForm

__all__ = [
    "PERSON_KINDS",
    "PRECHECK_STEPS",
    "ChoiceField",
    "DeliveryForm",
    "NoticeForm",
    "PartyForm",
    "StatementForm",
]
