"""Every change of files, papers, copies and deliveries."""

from documents.services.copies import issue_copy, report_lost, reprint, revoke_copy
from documents.services.deliveries import (
    end_publications,
    follow_choice,
    mark_sent,
    record_opened,
    record_outcome,
    record_sent,
)
from documents.services.fixity import check_kept_bytes
from documents.services.inspection import extract_text
from documents.services.offices import keep_office, office_addressee, retire_office, shown_of
from documents.services.openings import check_kept, read_checked, record_opening
from documents.services.pages import (
    PageState,
    ask_for_pages,
    broken_numbers,
    draw_pages,
    kept_numbers,
    kept_page,
    look_ahead,
    page_state,
)
from documents.services.paper_requests import ask_for_paper
from documents.services.papers import Addressee, issue
from documents.services.reading_brake import brake
from documents.services.scanning import scan_waiting
from documents.services.seals import take_seal_into_use
from documents.services.tables import discard_file, heading_of, rows_of
from documents.services.texts import is_read, text_of
from documents.services.uploads import EVERY_KIND, TABLES, Checked, check_upload, receive_file, takes_files

__all__ = [
    "EVERY_KIND",
    "TABLES",
    "Addressee",
    "Checked",
    "PageState",
    "ask_for_pages",
    "ask_for_paper",
    "brake",
    "broken_numbers",
    "check_kept",
    "check_kept_bytes",
    "check_upload",
    "discard_file",
    "draw_pages",
    "end_publications",
    "extract_text",
    "follow_choice",
    "heading_of",
    "is_read",
    "issue",
    "issue_copy",
    "keep_office",
    "kept_numbers",
    "kept_page",
    "look_ahead",
    "mark_sent",
    "office_addressee",
    "page_state",
    "read_checked",
    "receive_file",
    "record_opened",
    "record_opening",
    "record_outcome",
    "record_sent",
    "report_lost",
    "reprint",
    "retire_office",
    "revoke_copy",
    "rows_of",
    "scan_waiting",
    "shown_of",
    "take_seal_into_use",
    "takes_files",
    "text_of",
]
