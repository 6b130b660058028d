"""`manage.py print_flows > docs/flows.md`: the flow tables of all apps as diagrams."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from accounts.models import (
    ACCOUNT_PHONE_CHANGE_FLOW,
    REAL_NAME_CHECK_FLOW,
    PhoneChangeState,
    RealNameState,
)
from assistance.models import ACTING_CONSENT_FLOW, HELP_REQUEST_FLOW, ConsentState, HelpState
from casefiles.models import READING_REQUEST_FLOW, RequestState
from cases.models import CASE_FLOW, PAPER_DRAFT_FLOW, WITHDRAWAL_FLOW, DraftState, Stage, WithdrawalState
from common.flow import Flow
from common.two_people import PROPOSAL_FLOW, ProposalState
from complaints.models import STANDING_FLOW
from complaints.models import State as ComplaintState
from documents.models import (
    COPY_FLOW,
    DELIVERY_FLOW,
    WORDING_FLOW,
    DeliveryState,
    PaperState,
    WordingState,
)
from feedback.models import (
    REWORK_FLOW,
    SUGGESTION_FLOW,
    THREAD_FLOW,
    ReworkState,
    SuggestionState,
    ThreadState,
)
from filing.models import BATCH_FLOW, FILING_FLOW, VISIT_FLOW, BatchState, FilingStatus, VisitState
from notifications.models import NOTICE_ADDRESS_FLOW, WEBHOOK_ENDPOINT_FLOW, AddressState, EndpointState
from payments.models import (
    BILL_FLOW,
    DIFFERENCE_FLOW,
    ORDER_FLOW,
    OVERDUE_FLOW,
    REFUND_FLOW,
    REFUND_PART_FLOW,
    RELIEF_FLOW,
    SUSPENSE_FLOW,
    BillStatus,
    DifferenceState,
    OrderState,
    OverdueState,
    PartState,
    RefundState,
    ReliefState,
    SuspenseState,
)
from portal.models import ACCOUNT_CLOSING_FLOW, ClosingState

FLOWS: list[tuple[str, Flow, Any]] = [
    ("What one proposes and another decides 要由两个人办的事", PROPOSAL_FLOW, ProposalState),
    ("Application 立案申请", FILING_FLOW, FilingStatus),
    ("Appointment 预约", VISIT_FLOW, VisitState),
    ("Table of claims 批量立案", BATCH_FLOW, BatchState),
    ("Case 案件", CASE_FLOW, Stage),
    ("Withdrawal 撤诉申请", WITHDRAWAL_FLOW, WithdrawalState),
    ("Draft 文书稿", PAPER_DRAFT_FLOW, DraftState),
    ("Copy 文书份", COPY_FLOW, PaperState),
    ("Delivery 送达", DELIVERY_FLOW, DeliveryState),
    ("Wording 文书用语", WORDING_FLOW, WordingState),
    ("Bill 账单", BILL_FLOW, BillStatus),
    ("Relief 缓减免申请", RELIEF_FLOW, ReliefState),
    ("Late bill 逾期未交费", OVERDUE_FLOW, OverdueState),
    ("Order 支付订单", ORDER_FLOW, OrderState),
    ("Money in suspense 待处理款", SUSPENSE_FLOW, SuspenseState),
    ("Refund 退费", REFUND_FLOW, RefundState),
    ("Part of a refund 退款单", REFUND_PART_FLOW, PartState),
    ("Difference 对账差异", DIFFERENCE_FLOW, DifferenceState),
    ("Thread 留言", THREAD_FLOW, ThreadState),
    ("Suggestion 建议", SUGGESTION_FLOW, SuggestionState),
    ("Rework 整改", REWORK_FLOW, ReworkState),
    ("Complaint 投诉举报", STANDING_FLOW, ComplaintState),
    ("Help 求助", HELP_REQUEST_FLOW, HelpState),
    ("Acting for a person 代办", ACTING_CONSENT_FLOW, ConsentState),
    ("Address of own software 接收地址", WEBHOOK_ENDPOINT_FLOW, EndpointState),
    ("Mail address 通知地址", NOTICE_ADDRESS_FLOW, AddressState),
    ("Request to read a file 阅卷申请", READING_REQUEST_FLOW, RequestState),
    ("Closing an account 注销账号", ACCOUNT_CLOSING_FLOW, ClosingState),
    ("Another phone 换登录手机号", ACCOUNT_PHONE_CHANGE_FLOW, PhoneChangeState),
    ("Real-name check 实名核验", REAL_NAME_CHECK_FLOW, RealNameState),
]


def diagram(title: str, flow: Flow, states: Any) -> str:
    """One flow as a Mermaid state diagram; labels as people read them."""
    lines = [f"## {title}", "", "```mermaid", "stateDiagram-v2"]
    lines += [f"    {state.value}: {state.label}" for state in states]
    for name, (sources, target) in flow.moves.items():
        lines += [f"    {source} --> {target}: {name}" for source in sorted(sources)]
    return "\n".join([*lines, "```", ""])


def document() -> str:
    """The whole page."""
    head = "# Flows\n\nMade by `manage.py print_flows`; nothing but these moves changes a state.\n"
    return "\n".join([head, *(diagram(*flow) for flow in FLOWS)])


class Command(BaseCommand):
    """Print every flow table."""

    help = "Print the flow tables as diagrams (docs/flows.md)."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(document(), ending="")
