"""The retention table 保存期限表: for each kind of row how long it is kept, from when, by which law, and what happens then.

``RULES`` is carried out every night (``portal.retention.carry``). ``KEPT`` names what no job ever touches, with its reason; ``ELSEWHERE``
what other jobs or acts already end. Every model of the portal stands in exactly one of the three, a test sees to it.

Nothing of a live case and nothing under a legal hold is touched, whatever a rule says: the columns named in ``person`` and ``case``
say whose and which case's a row is. Append-only tables cannot stand in ``RULES``: neither this job nor its login may change them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import (
    AccountPhoneChange,
    AccountSession,
    ApiToken,
    IdempotencyKey,
    Invitation,
    OneTimeCode,
    OutsideIdentity,
    PhoneChangeState,
    RateCounter,
    RealNameCheck,
    RealNameState,
    RecoveryCode,
    SecondFactor,
)
from eventlog.models import Outbox, OutboxState
from feedback.models import Suggestion, SuggestionState
from filing.models import Batch, BatchRow, BatchState
from filing.services.abandoned import abandoned, clear_draft
from notifications.models import FeedAddress, HookState, NoticeAddress, WebhookDelivery
from portal.models import DataExport
from portal.own_data.services import end_export
from qrlinks.models import CounterPass, Verification, VerificationState

SHORTEST = _("个人信息保护法第十九条（实现目的所必要的最短时间）")
NETWORK = _("网络安全法关于网络日志留存不少于六个月的规定；个人信息保护法第十九条")
HALF_A_YEAR = 184
"""Six months in a row have 184 days at most (网络安全法: not less than six months; SEC-68: at least 180 days)."""
DRAFT_DAYS = 90
"""Said to applicants on the pages of filing and on /privacy/."""


class Deed(StrEnum):
    """What happens to a row whose time is over."""

    CLEAR = "clear"
    BLANK = "blank"


DEEDS: dict[Deed, str | Promise] = {Deed.CLEAR: _("删除"), Deed.BLANK: _("清空个人信息，其他保留")}


@dataclass(frozen=True)
class Rule:
    """``rows(before)`` are those whose time began before that moment and which still hold something.

    ``person`` is the column with the account, ``phone`` the one with the blind index of a phone; ``case`` the column with a case, found in
    ``cases.Case`` by ``case_by`` ("party": the column names a party of it); ``filing`` the column with the id of an application. ``blanks`` are columns that become
    empty; ``clear`` is how one row is cleared where more than the row goes.
    """

    key: str
    what: str | Promise
    days: int
    since: str | Promise
    law: str | Promise
    rows: Callable[[datetime], QuerySet[Any]]
    person: str = ""
    phone: str = ""
    case: str = ""
    case_by: str = "pk"
    filing: str = ""
    blanks: tuple[str, ...] = ()
    clear: Callable[[Any], None] | None = None

    @property
    def deed(self) -> Deed:
        return Deed.BLANK if self.blanks else Deed.CLEAR


def _over(before: datetime, *columns: str) -> Q:
    """One of these moments lies before ``before``."""
    found = Q()
    for column in columns:
        found |= Q(**{f"{column}__lt": before})
    return found


def _filled(rows: QuerySet[Any], column: str) -> QuerySet[Any]:
    """Those in which a sealed column holds something; a sealed column itself can be asked nothing."""
    return rows.annotate(sealed=Cast(column, TextField())).exclude(sealed="")


def _old_rows_of_batches(before: datetime) -> QuerySet[BatchRow]:
    ended = Batch.objects.filter(
        pk=OuterRef("batch_id"), state__in=[BatchState.CANCELLED, BatchState.DONE], created_at__lt=before
    )
    return BatchRow.objects.filter(Exists(ended), filing=None)


RULES: tuple[Rule, ...] = (
    Rule(
        "codes",
        _("短信验证码"),
        7,
        _("发出"),
        SHORTEST,
        lambda before: OneTimeCode.objects.filter(created_at__lt=before),
        phone="phone_index",
    ),
    Rule(
        "drafts",
        _("没有提交过的立案申请草稿，连同上传的材料"),
        DRAFT_DAYS,
        _("最后一次保存"),
        SHORTEST,
        abandoned,
        person="applicant_id",
        case="origin_case_id",
        filing="pk",
        clear=clear_draft,
    ),
    Rule(
        "batch_rows",
        _("批量立案表格里没有变成申请的行"),
        DRAFT_DAYS,
        _("上传"),
        SHORTEST,
        _old_rows_of_batches,
    ),
    Rule(
        # the page says seven days; a day more, so that nobody's download breaks off
        "exports",
        _("整理好的“我的信息”"),
        8,
        _("做好"),
        SHORTEST,
        lambda before: DataExport.objects.filter(ready_at__lt=before),
        person="user_id",
        clear=end_export,
    ),
    Rule(
        # longer than the longest window that is counted: 90 days (accounts.services.guessing)
        "counters",
        _("限制次数的计数"),
        91,
        _("开始计数"),
        SHORTEST,
        lambda before: RateCounter.objects.filter(window_start__lt=before),
    ),
    Rule(
        # at least 30 days: a form that is sent again gets the same answer (REL-04)
        "repeats",
        _("防止重复提交的记号"),
        60,
        _("提交"),
        SHORTEST,
        lambda before: IdempotencyKey.objects.filter(created_at__lt=before),
    ),
    Rule(
        # a sign-in ends within twelve hours, whether its owner ended it or not
        "sign_ins",
        _("登录过的设备"),
        HALF_A_YEAR,
        _("登录"),
        NETWORK,
        lambda before: AccountSession.objects.filter(
            Q(ended_at=None) | Q(ended_at__lt=before), started_at__lt=before
        ),
        person="user_id",
    ),
    Rule(
        "scans",
        # one that was passed says whose the phone is that the other side named (notifications.recipients): it stays
        _("扫码时没有通过的身份核对"),
        HALF_A_YEAR,
        _("扫码"),
        NETWORK,
        lambda before: Verification.objects.filter(created_at__lt=before).exclude(
            state=VerificationState.PASSED
        ),
        case="party_id",
        case_by="party",
    ),
    Rule(
        "passes",
        _("窗口发的通行码"),
        HALF_A_YEAR,
        _("到期"),
        SHORTEST,
        lambda before: CounterPass.objects.filter(expires_at__lt=before),
        case="party_id",
        case_by="party",
    ),
    Rule(
        "hooks",
        _("发给当事人软件的通知"),
        DRAFT_DAYS,
        _("生成"),
        SHORTEST,
        lambda before: WebhookDelivery.objects.filter(created_at__lt=before).exclude(state=HookState.QUEUED),
        case="case_public_id",
        case_by="public_id",
    ),
    Rule(
        "effects",
        _("系统内部已经办完的待办"),
        HALF_A_YEAR,
        _("办完"),
        NETWORK,
        lambda before: Outbox.objects.filter(state=OutboxState.DONE, done_at__lt=before),
    ),
    Rule(
        "tokens",
        _("停用或到期的接口令牌"),
        HALF_A_YEAR,
        _("停用或到期"),
        NETWORK,
        lambda before: ApiToken.objects.filter(_over(before, "expires_at", "revoked_at")),
        person="user_id",
    ),
    Rule(
        "feeds",
        _("停用的订阅地址"),
        HALF_A_YEAR,
        _("停用"),
        NETWORK,
        lambda before: FeedAddress.objects.filter(revoked_at__lt=before),
        person="user_id",
    ),
    Rule(
        "addresses",
        _("停用的通知邮箱"),
        HALF_A_YEAR,
        _("停用"),
        NETWORK,
        # one that is live or dead stays with the account until its owner ends it
        lambda before: NoticeAddress.objects.filter(ended_at__lt=before),
        person="user_id",
    ),
    Rule(
        "outside",
        _("解除了的微信、钉钉登录"),
        HALF_A_YEAR,
        _("解除"),
        NETWORK,
        # what is bound stays with the account until its owner ends it
        lambda before: OutsideIdentity.objects.filter(ended_at__lt=before),
        person="user_id",
    ),
    Rule(
        "invitations",
        _("工作人员设置密码的邀请"),
        HALF_A_YEAR,
        _("用掉或到期"),
        NETWORK,
        # one that was never used counts as the live one until it is ended
        lambda before: Invitation.objects.filter(_over(before, "ended_at", "expires_at")),
        person="user_id",
    ),
    Rule(
        "recovery_codes",
        _("用掉或作废的备用码"),
        HALF_A_YEAR,
        _("用掉或作废"),
        NETWORK,
        lambda before: RecoveryCode.objects.filter(ended_at__lt=before),
        person="user_id",
    ),
    Rule(
        "factors",
        _("停用的第二步验证方式的密钥"),
        HALF_A_YEAR,
        _("停用"),
        NETWORK,
        lambda before: _filled(SecondFactor.objects.filter(ended_at__lt=before), "secret"),
        person="user_id",
        blanks=("secret", "credential"),
    ),
    Rule(
        "checks",
        _("办完的实名核对（填的姓名和号码在办完时已经清空）"),
        HALF_A_YEAR,
        _("办完"),
        SHORTEST,
        lambda before: RealNameCheck.objects.filter(decided_at__lt=before).exclude(
            state__in=[RealNameState.WAITING, RealNameState.COUNTER]
        ),
        person="user_id",
    ),
    Rule(
        # who took over an account by changing its phone is asked about for years
        "phones",
        _("更换登录手机号时的新旧号码"),
        3 * 366,
        _("办结"),
        _("民法典第一百八十八条（三年诉讼时效）；个人信息保护法第十九条"),
        lambda before: AccountPhoneChange.objects.filter(
            state__in=[PhoneChangeState.DONE, PhoneChangeState.STOPPED], ended_at__lt=before
        ).exclude(new_phone_index=""),
        person="user_id",
        blanks=(
            "old_phone",
            "old_phone_index",
            "new_phone",
            "new_phone_index",
            "stop_code",
            "stop_code_hash",
        ),
    ),
    Rule(
        "suggestions",
        _("建议箱里留的电话"),
        DRAFT_DAYS,
        _("处理完"),
        SHORTEST,
        lambda before: _filled(
            Suggestion.objects.filter(state=SuggestionState.HANDLED, handled_at__lt=before), "phone"
        ),
        blanks=("phone",),
    ),
)

ARCHIVE = "part of a case file or of how it came about: kept as long as the file (人民法院诉讼档案的保管期限), removed only with it"
TRAIL = "the trail, in chains: never changed, never deleted; holds ids, no names or numbers of parties"
MONEY = "books and vouchers of the court's money (会计档案管理办法: 30 years)"
COURT = "the court itself, its people and what they decided; personnel and system records"
LAW = "law and lists loaded from files; nobody's data"
ACCOUNT = "belongs to the account: stays while the account lives, goes when it is closed"
ZONE = "the walled zone: sealed, seen by its own process alone, kept as the files of discipline matters are"
STATE = "one row for each thing that is watched; overwritten, does not grow"

KEPT: dict[str, str] = {
    **dict.fromkeys(
        (
            "cases.case cases.party cases.phonechange cases.caselink cases.representative cases.partyaccess cases.casestaff"
            " cases.judgedraw cases.casedeadline cases.withdrawal cases.closing cases.trackchange cases.claimchange cases.reasonedread"
            " cases.paperbatch cases.paperdraft cases.draftversion cases.participant cases.servicechoice"
            " documents.paper documents.copy documents.delivery documents.deliveryfact documents.damage"
            " filing.submission filing.correctionnotice filing.correctionitem filing.repeatproposal filing.refusalproposal"
            " filing.refusaldecision filing.handover filing.filingcomplaint filing.visit"
            " feedback.thread feedback.message feedback.attachment feedback.meritscheck feedback.readmark feedback.clock feedback.pause"
            " feedback.escalation feedback.rating feedback.invitation feedback.surveyform"
            " assistance.helprequest assistance.callattempt assistance.actingconsent"
            " casefiles.entry casefiles.filewords casefiles.restriction casefiles.archive casefiles.readingrequest"
            " qrlinks.casecode qrlinks.codeswitch qrlinks.visit qrlinks.codereport qrlinks.reportstep"
            " notifications.message"
        ).split(),
        ARCHIVE,
    ),
    **dict.fromkeys(
        (
            "eventlog.streamhead eventlog.event eventlog.receipt eventlog.anchor eventlog.anchormark eventlog.anchorproof"
            " eventlog.trailkey"
        ).split(),
        TRAIL,
    ),
    **dict.fromkeys(
        (
            "payments.bill payments.relief payments.reliefpaper payments.overdue payments.order payments.gatewaynotice payments.payment"
            " payments.suspense payments.reviewitem payments.payeeaccount payments.refund payments.refundpart payments.banklist"
            " payments.banklistrow payments.journal payments.line payments.ledgercheck payments.statement payments.statementrow"
            " payments.difference payments.dayclose"
        ).split(),
        MONEY,
    ),
    **dict.fromkeys(
        (
            "courts.court courts.division courts.staffpost courts.staffchange courts.leave courts.courtsetting courts.counter"
            " courts.outage courts.outageentry courts.trailrelease accounts.factorreset documents.seal documents.sealproposal documents.wording"
            " documents.office feedback.replytemplate feedback.digest feedback.rework feedback.survey filing.visitslot filing.savedview"
            " portal.installation portal.hold portal.legalhold portal.correction portal.accountclosing"
        ).split(),
        COURT,
    ),
    **dict.fromkeys("courts.courtday courts.cause courts.casetype guides.faqentry".split(), LAW),
    **dict.fromkeys(
        (
            "accounts.user accounts.organisation accounts.organisationmember notifications.webhookendpoint notifications.noticewishes"
        ).split(),
        ACCOUNT,
    ),
    **dict.fromkeys(
        "courts.heartbeat payments.gatewayhealth portal.schedule portal.keymove documents.fixityround".split(),
        STATE,
    ),
    **dict.fromkeys(
        (
            "complaints.submission complaints.way complaints.matter complaints.opened complaints.standing complaints.named complaints.routing"
            " complaints.word complaints.enclosure complaints.identity complaints.unlockrequest complaints.unlock"
            " complaints.nonestatement complaints.entry complaints.head complaints.dailyroot"
        ).split(),
        ZONE,
    ),
    **dict.fromkeys(
        "contenttypes.contenttype auth.permission auth.group".split(), "lists of the framework; nobody's data"
    ),
}

WITH_DRAFT = "goes with the draft it belongs to; after sending, part of the case file"
ELSEWHERE: dict[str, str] = {
    "sessions.session": "job sessions: when it has expired",
    "documents.storedfile": "files of drafts go with the draft, of unsent messages by job trays, after unsent_file_days; others with the case",
    "filing.filingparty": WITH_DRAFT,
    "filing.filingagent": WITH_DRAFT,
    "filing.filingmaterial": WITH_DRAFT,
    "filing.batch": "its rows that became nothing are cleared; the table of those that were sent is part of their file",
    "filing.batchmaterial": "lies in the applications of its batch (docs/adr/0008)",
    "complaints.piece": "the zone's own job: what nobody sent, after a day",
}
