"""Changes of an application: drafting by the applicant, review by the court."""

from filing.services.decisions import (
    answer_mediation,
    ask_for_mediation,
    end_due_mediations,
    end_mediation,
    hand_over_filing,
    propose_refusal,
    rule_on_refusal,
)
from filing.services.defence import receive_defence, record_defence_passed_on, start_defence
from filing.services.drafts import (
    Beginning,
    add_material,
    begin_filing,
    remove_material,
    save_delivery,
    save_page,
    start_filing,
    withdraw_filing,
)
from filing.services.oversight import (
    answer_complaint,
    complain_about_filing,
    decide_repeat,
    propose_repeat,
)
from filing.services.people import (
    MAX_AGENTS,
    add_people,
    remove_agent,
    remove_party,
    save_agent,
    save_capacity,
    save_group,
    save_party,
)
from filing.services.prefill import offered_kept, take_over
from filing.services.review import (
    accept_filing,
    assign_filings,
    claim_filing,
    claim_next,
    return_filing_for_correction,
)
from filing.services.submission import materials_may_follow, submit_filing

__all__ = [
    "MAX_AGENTS",
    "Beginning",
    "accept_filing",
    "add_material",
    "add_people",
    "answer_complaint",
    "answer_mediation",
    "ask_for_mediation",
    "assign_filings",
    "begin_filing",
    "claim_filing",
    "claim_next",
    "complain_about_filing",
    "decide_repeat",
    "end_due_mediations",
    "end_mediation",
    "hand_over_filing",
    "materials_may_follow",
    "offered_kept",
    "propose_refusal",
    "propose_repeat",
    "receive_defence",
    "record_defence_passed_on",
    "remove_agent",
    "remove_material",
    "remove_party",
    "return_filing_for_correction",
    "rule_on_refusal",
    "save_agent",
    "save_capacity",
    "save_delivery",
    "save_group",
    "save_page",
    "save_party",
    "start_defence",
    "start_filing",
    "submit_filing",
    "take_over",
    "withdraw_filing",
]
