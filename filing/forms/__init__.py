"""Shapes of the filing pages that are no element form."""

from common.forms import ChoiceField
from filing.forms.desk import NoticeForm
from filing.forms.people import PERSON_KINDS, AgentForm, CapacityForm, GroupForm, ListForm, PartyForm
from filing.forms.precheck import QUESTIONS
from filing.forms.sending import DeliveryForm, StatementForm

__all__ = [
    "PERSON_KINDS",
    "QUESTIONS",
    "AgentForm",
    "CapacityForm",
    "ChoiceField",
    "DeliveryForm",
    "GroupForm",
    "ListForm",
    "NoticeForm",
    "PartyForm",
    "StatementForm",
]
