"""Every change of files, papers, copies and deliveries."""

from documents.services.copies import issue_copy, report_lost, reprint, revoke_copy
from documents.services.deliveries import (
    end_publications,
    mark_posted,
    record_opened,
    record_outcome,
    record_sent,
)
from documents.services.inspection import extract_text
from documents.services.openings import read_checked, record_opening
from documents.services.pages import page_image
from documents.services.paper_requests import ask_for_paper
from documents.services.papers import Addressee, issue
from documents.services.tables import discard_file, heading_of, rows_of
from documents.services.texts import text_of
from documents.services.uploads import EVERY_KIND, TABLES, Checked, check_upload, receive_file

__all__ = [
    "EVERY_KIND",
    "TABLES",
    "Addressee",
    "Checked",
    "ask_for_paper",
    "check_upload",
    "discard_file",
    "end_publications",
    "extract_text",
    "heading_of",
    "issue",
    "issue_copy",
    "mark_posted",
    "page_image",
    "read_checked",
    "receive_file",
    "record_opened",
    "record_opening",
    "record_outcome",
    "record_sent",
    "report_lost",
    "reprint",
    "revoke_copy",
    "rows_of",
    "text_of",
]
