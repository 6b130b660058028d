"""What somebody gets of himself: what he entered, and what is recorded of him. Never what others entered, never what the court
keeps to itself, nothing of the complaint zone.

Each section is a list of lines with the same keys, in Chinese, values as text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import (
    AccountPhoneChange,
    AccountSession,
    ApiToken,
    OrganisationMember,
    OutsideIdentity,
    User,
)
from assistance.acting_selectors import done_by, who_is
from assistance.models import ActingConsent
from casefiles.models import ReadingRequest
from cases.models import PartyAccess, ServiceChoice, Withdrawal
from common.actor import Actor, Kind
from common.tables import moment
from documents.models import StoredFile
from eventlog.models import Event
from eventlog.registry import NAMES
from feedback.models import AuthorKind, Message
from feedback.policies import visible_threads
from filing.models import Filing, Visit
from notifications.models import FeedAddress, NoticeWishes, WebhookEndpoint
from notifications.models import Message as Notice
from payments.models import Order, PayeeAccount, Refund, Relief
from portal.pages.readers import readings_of

MOST = 20_000
"""Lines of one section; the newest ones."""
Line = dict[str, Any]


@dataclass(frozen=True)
class Section:
    """One list, with its heading and a word on where it comes from."""

    title: str
    lines: list[Line]

    @property
    def heads(self) -> list[str]:
        """Names of the columns."""
        return list(self.lines[0]) if self.lines else []

    @property
    def rows(self) -> list[list[str]]:
        """Words in the order of the columns."""
        return [[_words(value) for value in line.values()] for line in self.lines]


def _words(value: Any) -> str:
    """Answers of a form, which lie in each other, in one cell."""
    if isinstance(value, dict):
        return "；".join(f"{key}：{_words(one)}" for key, one in value.items())
    if isinstance(value, list):
        return "；".join(map(_words, value))
    return "" if value is None else str(value)


def sections_of(user: User, actor: Actor) -> list[Section]:
    """Everything, section by section; a section without lines says so."""
    return [Section(str(title), list(find(user, actor))) for title, find in SECTIONS]


def _newest(rows: QuerySet[Any]) -> Iterable[Any]:
    return rows.order_by("-pk")[:MOST]


def _account(user: User, _actor: Actor) -> list[Line]:
    return [
        {
            _("姓名"): user.name,
            _("手机号"): user.phone,
            _("证件类型"): user.get_id_kind_display() if user.id_kind else "",
            _("证件号码"): user.id_number,
            _("实名程度"): user.get_real_name_level_display(),
            _("律师"): _("是") if user.is_lawyer else _("否"),
            _("字号"): user.text_mode,
            _("注册时间"): moment(user.created_at),
        }
    ]


def _sign_ins(user: User, _actor: Actor) -> list[Line]:
    rows = _newest(AccountSession.objects.filter(user=user))
    return [
        {_("设备"): row.browser, _("登录时间"): moment(row.started_at), _("退出时间"): _at(row.ended_at)}
        for row in rows
    ]


def _outside(user: User, _actor: Actor) -> list[Line]:
    rows = _newest(OutsideIdentity.objects.filter(user=user))
    return [
        {
            _("登录方式"): row.get_way_display(),
            _("绑定时间"): moment(row.bound_at),
            _("解除时间"): _at(row.ended_at),
        }
        for row in rows
    ]


def _phones(user: User, _actor: Actor) -> list[Line]:
    rows = _newest(AccountPhoneChange.objects.filter(user=user))
    return [
        {
            _("怎样换的"): row.get_way_display(),
            _("原来的手机号"): row.old_phone,
            _("新手机号"): row.new_phone,
            _("提出时间"): moment(row.asked_at),
            _("状态"): row.get_state_display(),
        }
        for row in rows
    ]


def _organisations(user: User, _actor: Actor) -> list[Line]:
    rows = _newest(OrganisationMember.objects.filter(user=user).select_related("organisation"))
    return [
        {
            _("单位"): row.organisation.name,
            _("身份"): row.get_role_display(),
            _("从"): _at(row.starts_at),
            _("到"): _at(row.ends_at),
        }
        for row in rows
    ]


def _software(user: User, _actor: Actor) -> list[Line]:
    tokens = [
        (_("接口令牌"), row.name, row.created_at, row.scope_words)
        for row in _newest(ApiToken.objects.filter(user=user))
    ]
    feeds = [
        (_("订阅地址"), row.get_kind_display(), row.created_at, "")
        for row in _newest(FeedAddress.objects.filter(user=user))
    ]
    hooks = [
        (_("通知我的软件"), row.url, row.created_at, row.topic_words)
        for row in _newest(WebhookEndpoint.objects.filter(user=user))
    ]
    return [
        {_("类别"): kind, _("名称"): name, _("建立时间"): moment(at), _("内容"): words}
        for kind, name, at, words in tokens + feeds + hooks
    ]


def _filings(user: User, _actor: Actor) -> list[Line]:
    rows = Filing.objects.filter(applicant=user).select_related("cause", "deciding_court")
    return [
        {
            _("申请编号"): row.number or "",
            _("法院"): row.deciding_court.name,
            _("案由"): row.cause.name,
            _("状态"): row.get_status_display(),
            _("标的总额"): row.amount,
            _("申请人身份"): row.get_capacity_display(),
            _("最后保存"): moment(row.saved_at),
            _("提交时间"): _at(row.submitted_at),
            _("同意电子送达"): _answer(row.e_delivery),
            _("预检回答"): row.precheck,
            _("诉状内容"): row.answers,
            _("填写的当事人"): [f"{one.get_side_display()}：{one.name}" for one in row.parties.all()],
        }
        for row in _newest(rows.prefetch_related("parties"))
    ]


def _files(user: User, _actor: Actor) -> list[Line]:
    return [
        {
            _("文件名"): row.display_name,
            _("收到时间"): moment(row.received_at),
            _("大小（字节）"): row.size_bytes,
            "SHA-256": row.sha256,
        }
        for row in _newest(StoredFile.objects.filter(uploaded_by=user))
    ]


def _cases(user: User, _actor: Actor) -> list[Line]:
    rows = PartyAccess.objects.filter(user=user).select_related("party__case__court", "party__case__cause")
    return [
        {
            _("案号"): row.party.case.number,
            _("法院"): row.party.case.court.name,
            _("案由"): row.party.case.cause.name,
            _("哪一方"): row.party.get_side_display(),
            _("怎样绑定的"): row.get_basis_display(),
            _("从"): moment(row.starts_at),
            _("到"): _at(row.ends_at),
        }
        for row in _newest(rows)
    ]


def _messages(_user: User, actor: Actor) -> list[Line]:
    rows = Message.objects.filter(thread__in=visible_threads(actor), is_internal=False)
    return [
        {
            _("案号"): row.thread.case.number,
            _("时间"): moment(row.sent_at),
            _("谁写的"): _("我方") if row.author_kind == AuthorKind.PARTY else row.get_author_kind_display(),
            _("内容"): row.text,
        }
        for row in _newest(rows.select_related("thread__case"))
    ]


def _asked(user: User, _actor: Actor) -> list[Line]:
    visits = [
        (_("预约"), row.purpose, row.booked_at, row.get_state_display())
        for row in _newest(Visit.objects.filter(user=user))
    ]
    reading = [
        (_("申请阅卷"), row.reason, row.asked_at, row.get_state_display())
        for row in _newest(ReadingRequest.objects.filter(asked_by=user))
    ]
    withdrawals = [
        (_("申请撤诉"), row.words, row.asked_at, row.get_state_display())
        for row in _newest(Withdrawal.objects.filter(asked_by=user))
    ]
    reliefs = [
        (row.get_kind_display(), row.words, row.asked_at, row.get_state_display())
        for row in _newest(Relief.objects.filter(applicant=user))
    ]
    return [
        {_("事项"): what, _("内容"): words, _("时间"): moment(at), _("状态"): state}
        for what, words, at, state in visits + reading + withdrawals + reliefs
    ]


def _payments(user: User, _actor: Actor) -> list[Line]:
    paid = [
        (_("交费"), row.bill.number, row.amount, row.created_at, row.get_state_display())
        for row in _newest(Order.objects.filter(payer=user).select_related("bill"))
    ]
    back = [
        (_("退费"), row.number, row.amount, row.proposed_at, row.get_state_display())
        for row in _newest(Refund.objects.filter(asked_by=user))
    ]
    return [
        {_("类别"): kind, _("编号"): number, _("金额（元）"): amount, _("时间"): moment(at), _("状态"): state}
        for kind, number, amount, at, state in paid + back
    ]


def _accounts(user: User, _actor: Actor) -> list[Line]:
    return [
        {
            _("开户银行"): row.bank,
            _("账号后四位"): row.tail,
            _("填写时间"): moment(row.added_at),
            _("停用时间"): _at(row.ended_at),
        }
        for row in _newest(PayeeAccount.objects.filter(added_by=user))
    ]


def _consents(user: User, _actor: Actor) -> list[Line]:
    lines = [
        {
            _("同意的事"): _("送达方式：在网上收") if row.electronic else _("送达方式：收纸质文书"),
            _("时间"): moment(row.chosen_at),
            _("当时的文字"): row.wording,
        }
        for row in _newest(ServiceChoice.objects.filter(chosen_by=user))
    ]
    wishes = NoticeWishes.objects.filter(user=user).first()
    if wishes is not None:
        told = {
            _("同意的事"): _("通知设置"),
            _("时间"): moment(wishes.changed_at),
            _("当时的文字"): wishes.get_quiet_display(),
        }
        lines.append(told)
    return lines


def _notices(user: User, _actor: Actor) -> list[Line]:
    return [
        {
            _("时间"): moment(row.created_at),
            _("方式"): row.get_channel_display(),
            _("标题"): row.title,
            _("内容"): row.body,
            _("状态"): row.get_state_display(),
        }
        for row in _newest(Notice.objects.filter(user=user))
    ]


def _readers(_user: User, actor: Actor) -> list[Line]:
    return [
        {
            _("时间"): moment(one.at),
            _("谁"): one.who,
            _("看了什么"): one.what,
            _("案号"): one.case.number if one.case else "",
        }
        for one in readings_of(actor)
    ]


def _acts(user: User, _actor: Actor) -> list[Line]:
    rows = Event.objects.filter(actor_kind=Kind.PUBLIC, actor_id=user.pk)
    return [
        {
            _("时间"): moment(row.happened_at),
            _("做了什么"): str(NAMES[row.name].label) if row.name in NAMES else row.name,
            _("渠道"): row.channel,
            _("记录的哈希"): row.hash,
        }
        for row in _newest(rows)
    ]


def _at(value: Any) -> str:
    return moment(value) if value else ""


def _answer(value: bool | None) -> str:
    return {None: _("没有选"), True: _("同意"), False: _("不同意")}[value]


Find = Callable[[User, Actor], Iterable[Line]]


def _acting(user: User, actor: Actor) -> list[Line]:
    rows = _newest(ActingConsent.objects.filter(person=user).select_related("helper", "court"))
    return [
        {
            _("谁"): who_is(row),
            _("代办什么"): row.scope_words,
            _("怎样同意的"): row.get_way_display(),
            _("从"): moment(row.started_at),
            _("到"): moment(row.ended_at or row.ends_at),
            _("办了哪些事"): [f"{moment(when)} {what}" for when, what in done_by(row)],
        }
        for row in rows
    ]


SECTIONS: tuple[tuple[str | Promise, Find], ...] = (
    (gettext_lazy("账号"), _account),
    (gettext_lazy("登录过的设备"), _sign_ins),
    (gettext_lazy("微信、钉钉登录"), _outside),
    (gettext_lazy("换过的登录手机号"), _phones),
    (gettext_lazy("我的单位"), _organisations),
    (gettext_lazy("我的软件和订阅"), _software),
    (gettext_lazy("立案申请（含草稿）"), _filings),
    (gettext_lazy("我上传的文件"), _files),
    (gettext_lazy("我的案件"), _cases),
    (gettext_lazy("留言和答复"), _messages),
    (gettext_lazy("我提出的其他申请"), _asked),
    (gettext_lazy("交费和退费"), _payments),
    (gettext_lazy("收款账户"), _accounts),
    (gettext_lazy("我同意的事"), _consents),
    (gettext_lazy("谁代我办理过"), _acting),
    (gettext_lazy("收到的通知"), _notices),
    (gettext_lazy("谁看过我的信息"), _readers),
    (gettext_lazy("我做过的操作"), _acts),
)
