"""Every change of a case file."""

from casefiles.services.entering import (
    Material,
    Source,
    enter,
    enter_delivery,
    enter_materials,
    enter_paper,
    enter_receipt,
    file_stream,
    plaintiffs_of,
)
from casefiles.services.exporting import pages_to_prepare, plan_export, stream_export
from casefiles.services.keeping import (
    OWNER_KIND,
    Order,
    Place,
    add_to_file,
    archive,
    correct_entry,
    lift,
    place_shown,
    seal,
    volume_of,
)
from casefiles.services.openings import record_reading
from casefiles.services.requests import Wish, ask_reading, decide, take_back
from casefiles.services.words import take_words, take_words_in

__all__ = [
    "OWNER_KIND",
    "Material",
    "Order",
    "Place",
    "Source",
    "Wish",
    "add_to_file",
    "archive",
    "ask_reading",
    "correct_entry",
    "decide",
    "enter",
    "enter_delivery",
    "enter_materials",
    "enter_paper",
    "enter_receipt",
    "file_stream",
    "lift",
    "pages_to_prepare",
    "place_shown",
    "plaintiffs_of",
    "plan_export",
    "record_reading",
    "seal",
    "stream_export",
    "take_back",
    "take_words",
    "take_words_in",
    "volume_of",
]
