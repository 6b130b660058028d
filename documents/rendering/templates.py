"""The paper templates and the data each needs; the meaning of every key stands in the head of its typst file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

DIRECTORY = Path(__file__).resolve().parent.parent / "typst"


@dataclass(frozen=True)
class Template:
    """``required`` keys must be there and not empty; the rest is optional and keys of other papers are ignored."""

    name: str
    title: str
    required: frozenset[str]

    @property
    def file(self) -> Path:
        return DIRECTORY / f"{self.name}.typ"


_CASE = frozenset({"case_number", "cause", "plaintiffs", "defendants", "accepted_on"})
_APPLICATION = _CASE - {"defendants"}
_RECEIPT = frozenset(
    {"case_number", "cause", "payer", "item", "amount", "amount_capitals", "paid_at", "transaction_no"}
)
_RULING = frozenset(
    {"case_number", "cause", "plaintiffs", "received_on", "sentence", "article", "reasons", "judge"}
)
_REFUND = frozenset({"amount", "amount_capitals", "reason", "steps", "refund_number", "done_on", "parts"})
_SUIT = _CASE - {"accepted_on"}
_CALL = frozenset({"case_number", "cause", "appear_at", "place"})
_DECIDED = frozenset({"case_number", "cause", "parties", "bench"})
_ENFORCED = frozenset({"case_number", "basis", "applicants", "respondents", "duties"})

TEMPLATES = {
    template.name: template
    for template in (
        Template("acceptance_notice", "受理案件通知书", _CASE),
        Template("fee_notice", "交费通知书", _APPLICATION | {"amount", "amount_capitals"}),
        Template("refund_notice", "退费通知书", _APPLICATION | _REFUND),
        Template("payment_receipt", "诉讼费收据", _RECEIPT),
        Template("response_notice", "应诉通知书", _CASE),
        Template("admin_response_notice", "行政案件应诉通知书", _CASE),
        Template("application_notice", "受理通知书", _APPLICATION | {"matter"}),
        Template("appeal_notice", "上诉案件应诉通知书", _CASE),
        Template("refusal_ruling", "不予受理裁定书", _RULING),
        Template(
            "correction_notice", "一次性补正告知书", frozenset({"case_number", "cause", "items", "days"})
        ),
        Template("evidence_notice", "举证通知书", _SUIT | {"days"}),
        Template("panel_notice", "合议庭组成通知书", _SUIT | {"members"}),
        Template("service_address_form", "送达地址确认书", frozenset({"case_number", "cause"})),
        Template("integrity_card", "廉政监督卡", frozenset({"case_number", "people"})),
        Template("summons", "传票", _CALL | {"purpose"}),
        Template("appearance_notice", "出庭通知书", _CALL | _SUIT | {"role"}),
        Template("mediation_paper", "民事调解书", _DECIDED | {"claims", "facts", "agreement"}),
        Template("withdrawal_ruling", "撤诉裁定书", _DECIDED | _SUIT | {"applied_on"}),
        Template(
            "preservation_ruling",
            "保全裁定书",
            _DECIDED | {"applicants", "respondents", "request", "measures"},
        ),
        Template("enforcement_notice", "执行通知书", _ENFORCED),
        Template("official_letter", "函", frozenset({"case_number", "matter", "body"})),
        Template("property_report_order", "报告财产令", frozenset({"case_number", "days"})),
    )
}


def check(name: str, data: dict[str, Any]) -> None:
    """Refuse what the template cannot print, when the paper is asked for and not when it is made.

    LookupError for an unknown template, ValueError for a missing key.
    """
    if name not in TEMPLATES:
        raise LookupError(f"no paper template {name}")
    missing = [key for key in sorted(TEMPLATES[name].required) if data.get(key) in (None, "", [])]
    if missing:
        raise ValueError(f"{name}: missing {missing}")
