"""Changes of a case: opening and people, periods, stages, service, changes on the way, withdrawal, the end."""

from cases.services.assistants import assistants_for, name_assistant
from cases.services.authority import (
    Appointment,
    confirm_authority,
    end_authority,
    give_authority,
    offers_to,
    resign_authority,
    take_authority,
    withdraw_authority,
)
from cases.services.changes import change_claim, change_track, tracks_for
from cases.services.closing import COLLECTED, LATER_EFFECT, SHARED, close_case, locked_case, record_effect
from cases.services.opening import (
    NewCase,
    NewParty,
    NewRepresentative,
    grant_access,
    last_six_index,
    open_case,
)
from cases.services.participants import add_participant, end_participant
from cases.services.people import change_phone, follow_account
from cases.services.periods import (
    case_stream,
    confirm_deadlines,
    finish_deadline,
    record_answered,
    start_deadline,
)
from cases.services.reasons import read_with_reason
from cases.services.service_choices import (
    Wish,
    choose_service,
    record_pleaded_choice,
    record_spoken_choice,
)
from cases.services.stages import (
    all_defendants_served,
    record_complaint_sent,
    record_defendants_served,
    record_fee_paid,
    start_defence_period,
)
from cases.services.withdrawals import ask_withdrawal, decide_withdrawal, take_back_withdrawal

__all__ = [
    "COLLECTED",
    "LATER_EFFECT",
    "SHARED",
    "Appointment",
    "NewCase",
    "NewParty",
    "NewRepresentative",
    "Wish",
    "add_participant",
    "all_defendants_served",
    "ask_withdrawal",
    "assistants_for",
    "case_stream",
    "change_claim",
    "change_phone",
    "change_track",
    "choose_service",
    "close_case",
    "confirm_authority",
    "confirm_deadlines",
    "decide_withdrawal",
    "end_authority",
    "end_participant",
    "finish_deadline",
    "follow_account",
    "give_authority",
    "grant_access",
    "last_six_index",
    "locked_case",
    "name_assistant",
    "offers_to",
    "open_case",
    "read_with_reason",
    "record_answered",
    "record_complaint_sent",
    "record_defendants_served",
    "record_effect",
    "record_fee_paid",
    "record_pleaded_choice",
    "record_spoken_choice",
    "resign_authority",
    "start_deadline",
    "start_defence_period",
    "take_authority",
    "take_back_withdrawal",
    "tracks_for",
    "withdraw_authority",
]
