"""What a person fills in for each paper: label, kind, hint, whether it may stay empty. The keys of ``content`` that are
not listed here come from the case.

Everything typed is kept as text and read by ``documents.rendering.reading``; what a key means for the page stands in the
head of the typst file.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class FieldKind(StrEnum):
    """How a text becomes a value of ``content``."""

    LINE = "line"
    PARAGRAPHS = "paragraphs"
    DAY = "day"
    MOMENT = "moment"
    DAYS = "days"
    MONEY = "money"
    LIST = "list"
    PEOPLE = "people"
    PARTIES = "parties"
    SWITCH = "switch"


@dataclass(frozen=True)
class Field:
    """One entry of the form; ``longest`` in characters of the whole text."""

    name: str
    label: str | Promise
    kind: FieldKind = FieldKind.LINE
    hint: str | Promise = ""
    required: bool = True
    longest: int = 200


K = FieldKind
_LONG = 20_000
_DAY_HINT = _("例如 2026-12-15")
_MOMENT_HINT = _("日期和时间，例如 2026-12-15 9:30")
_LIST_HINT = _("一行一项，不用编号")
_PEOPLE_HINT = _("一行一人，先写职务再写姓名，例如：审判长：赵某")

_PLACE = Field("place", _("应到处所"), hint=_("例如：本院第三法庭"))
_ONLINE = Field("online", _("在线参加的说明"), K.PARAGRAPHS, required=False, longest=500)
_BENCH = Field("bench", _("署名的审判人员和书记员"), K.PEOPLE, _PEOPLE_HINT, longest=1000)
_PARTIES = Field(
    "parties",
    _("当事人"),
    K.PARTIES,
    _("一行一人，例如：原告：张某，男，1985年3月12日出生，住某市某区；代理人另起一行，写在他代理的人下面"),
    longest=_LONG,
)
_REASONS = Field("reasons", _("本院认为"), K.PARAGRAPHS, _("不写“本院认为”四个字"), False, _LONG)
_ENCLOSURES = Field("enclosures", _("附件"), K.LIST, _LIST_HINT, False, 1000)
_PLAINTIFFS = Field("plaintiffs", _("原告、申请人"), K.LIST, _("一行一人"), longest=4000)
_DEFENDANTS = Field("defendants", _("被告、被申请人"), K.LIST, _("一行一人"), longest=4000)
_APPLICANTS = Field("applicants", _("申请人"), K.LIST, _("一行一人"), longest=4000)
_RESPONDENTS = Field("respondents", _("被申请人"), K.LIST, _("一行一人"), longest=4000)
_CAUSE = Field("cause", _("案由"))
_FIRST = (_CAUSE, _PLAINTIFFS, _DEFENDANTS, _ENCLOSURES)

FIELDS: dict[str, tuple[Field, ...]] = {
    "acceptance_notice": _FIRST,
    "response_notice": _FIRST,
    "admin_response_notice": _FIRST,
    "appeal_notice": _FIRST,
    "application_notice": (_CAUSE, _PLAINTIFFS, _ENCLOSURES),
    "evidence_notice": (
        Field("days", _("举证期限"), K.DAYS, _("收到通知的第二天起几日")),
        Field("until", _("截止日"), K.DAY, _DAY_HINT, required=False),
        Field("burden", _("需要证明的事实"), K.LIST, _LIST_HINT, False, 4000),
        Field("exchange_at", _("证据交换时间"), K.MOMENT, _MOMENT_HINT, required=False),
        Field("exchange_place", _("证据交换地点"), required=False),
        _ENCLOSURES,
    ),
    "official_letter": (
        Field("matter", _("关于什么"), hint=_("例如：协助查询不动产登记。印成“关于……的函”"), longest=100),
        Field("body", _("正文"), K.PARAGRAPHS, _("写明依据、要对方做什么"), longest=_LONG),
        Field("reply_on", _("请在哪天以前回复"), K.DAY, _DAY_HINT, required=False),
        _ENCLOSURES,
    ),
    "panel_notice": (
        Field("members", _("合议庭成员"), K.PEOPLE, _PEOPLE_HINT, longest=1000),
        Field("change", _("为什么换人"), K.PARAGRAPHS, _("没有换人不填"), False, 500),
    ),
    "service_address_form": (_CAUSE,),
    "integrity_card": (
        Field("people", _("办案人员"), K.PEOPLE, _PEOPLE_HINT, longest=1000),
        Field("office", _("受理反映的部门"), hint=_("不填就是本院督察部门"), required=False),
        Field("phone", _("电话"), required=False, longest=40),
        Field("post", _("来信来访地址"), required=False),
    ),
    "summons": (
        Field("purpose", _("传唤事由"), hint=_("例如：开庭审理"), longest=100),
        Field("appear_at", _("应到时间"), K.MOMENT, _MOMENT_HINT),
        _PLACE,
        _ONLINE,
    ),
    "appearance_notice": (
        Field("purpose", _("通知事由"), hint=_("不填就是开庭审理"), required=False, longest=100),
        Field("appear_at", _("应到时间"), K.MOMENT, _MOMENT_HINT),
        _PLACE,
        Field(
            "topic",
            _("要作证、说明或者翻译的内容"),
            hint=_("例如：2024年5月1日交付借款的经过"),
            required=False,
            longest=500,
        ),
        _ONLINE,
        _ENCLOSURES,
    ),
    "mediation_paper": (
        _PARTIES,
        Field("claims", _("诉讼请求"), K.PARAGRAPHS, longest=_LONG),
        Field("facts", _("经审理查明"), K.PARAGRAPHS, longest=_LONG),
        Field("agreement", _("达成的协议"), K.LIST, _LIST_HINT, longest=_LONG),
        Field("fee", _("诉讼费的负担"), K.PARAGRAPHS, required=False, longest=500),
        Field("mediated_by", _("主持调解的组织或者个人"), hint=_("本院主持的不填"), required=False),
        _BENCH,
    ),
    "withdrawal_ruling": (
        _PARTIES,
        Field("applied_on", _("申请撤诉的日期"), K.DAY, _DAY_HINT),
        Field("why", _("撤诉的理由"), required=False, longest=500),
        Field("refused", _("不准许撤诉，案件继续审理"), K.SWITCH, required=False),
        _REASONS,
        Field("fee", _("减半以后的受理费"), K.MONEY, required=False),
        Field("fee_by", _("受理费由谁负担"), required=False),
        _BENCH,
    ),
    "preservation_ruling": (
        _PARTIES,
        _APPLICANTS,
        _RESPONDENTS,
        Field("request", _("申请保全什么"), K.PARAGRAPHS, longest=2000),
        Field("asked_on", _("申请日期"), K.DAY, _DAY_HINT, required=False),
        Field("guarantee", _("提供的担保"), required=False, longest=500),
        _REASONS,
        Field("measures", _("裁定的保全措施"), K.LIST, _LIST_HINT, longest=4000),
        Field("fee", _("保全申请费的负担"), K.PARAGRAPHS, required=False, longest=500),
        _BENCH,
    ),
    "enforcement_notice": (
        _APPLICANTS,
        _RESPONDENTS,
        Field("basis", _("执行依据"), hint=_("例如：本院（2026）某1234民初56号民事判决书")),
        Field("duties", _("要履行的义务"), K.LIST, _LIST_HINT, longest=4000),
        Field("days", _("履行的期限"), K.DAYS, _("几日；不填就是立即"), required=False),
        Field("fee", _("执行费的负担"), K.PARAGRAPHS, required=False, longest=500),
        _ENCLOSURES,
    ),
    "property_report_order": (
        Field("days", _("报告的期限"), K.DAYS, _("收到本令后几日")),
        _APPLICANTS,
        _RESPONDENTS,
        Field("basis", _("执行依据"), required=False),
        Field("notice_on", _("收到执行通知的日期"), K.DAY, _DAY_HINT, required=False),
        _ENCLOSURES,
    ),
}
"""By template; one without a row here is made by its process alone."""
