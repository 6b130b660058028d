"""Changes of an application: drafting by the applicant, review by the court."""

from filing.services.drafts import (
    add_material,
    remove_material,
    remove_party,
    save_delivery,
    save_page,
    save_party,
    start_filing,
    withdraw_filing,
)
from filing.services.review import accept_filing, claim_filing, return_filing_for_correction
from filing.services.submission import submit_filing

__all__ = [
    "accept_filing",
    "add_material",
    "claim_filing",
    "remove_material",
    "remove_party",
    "return_filing_for_correction",
    "save_delivery",
    "save_page",
    "save_party",
    "start_filing",
    "submit_filing",
    "withdraw_filing",
]
