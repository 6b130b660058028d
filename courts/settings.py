"""Every clock, limit and switch a court may set, with type and national default (DESIGN §5)."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from common.money import to_yuan
from common.working_time import parse_shifts

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Setting:
    """``parse`` turns the stored JSON value into the typed one and raises ValueError for a wrong one."""

    label: str | Promise
    default: Any
    parse: Callable[[Any], Any]


def _whole(low: int, high: int) -> Callable[[Any], int]:
    def parse(value: Any) -> int:
        if type(value) is not int or not low <= value <= high:
            raise ValueError(f"not a whole number between {low} and {high}")
        return value

    return parse


def _one_of(*values: str) -> Callable[[Any], str]:
    def parse(value: Any) -> str:
        if value not in values:
            raise ValueError(f"none of {values}")
        return str(value)

    return parse


def _fee(value: Any) -> Decimal | None:
    if value is None:
        return None
    if type(value) not in (str, int) or (amount := to_yuan(value)) != Decimal(value) or amount < 0:
        raise ValueError("not an amount of money")
    return amount


def _limit(value: Any) -> Decimal:
    amount = _fee(value)
    if not amount:
        raise ValueError("not an amount above zero")
    return amount


def _words(longest: int) -> Callable[[Any], str]:
    def parse(value: Any) -> str:
        if type(value) is not str or len(value) > longest or "\n" in value:
            raise ValueError(f"not one line of at most {longest} characters")
        return value

    return parse


def _shifts(value: Any) -> str:
    if type(value) is not str or len(value) > 60:
        raise ValueError("not the shifts of a day")
    parse_shifts(value)
    return value


SETTINGS: dict[str, Setting] = {
    "working_hours": Setting(_("工作时间（如 08:30-12:00,14:30-18:00）"), "08:30-12:00,14:30-18:00", _shifts),
    "first_answer_hours": Setting(_("首次答复期限（工作小时）"), 7, _whole(1, 70)),
    "correction_days": Setting(_("补正期限（自然日）"), 7, _whole(1, 30)),
    "reply_workdays": Setting(_("法官答复期限（工作日）"), 2, _whole(1, 15)),
    "reopen_workdays": Setting(_("重新处理期限（工作日）"), 5, _whole(1, 15)),
    "help_workdays": Setting(_("求助联系期限（工作日）"), 1, _whole(1, 10)),
    # whoever has a paper in the inbox may ask for it on paper (民诉法90)
    "paper_copy_workdays": Setting(_("纸质文书寄出期限（工作日）"), 3, _whole(1, 15)),
    "late_workdays": Setting(_("逾期后督办期限（工作日）"), 1, _whole(1, 5)),
    # a division whose 满意率 of a month lies below this, with its whole interval, writes down what it mends: few ratings
    # are no finding
    "rework_below_percent": Setting(_("整改的满意率下限（%）"), 80, _whole(1, 100)),
    "rework_workdays": Setting(_("整改期限（工作日）"), 10, _whole(1, 30)),
    "scan_pass_minutes": Setting(_("扫码登录有效分钟数"), 30, _whole(5, 120)),
    # a printed code answers this long unless it is switched off: a case with its enforcement takes years
    "copy_valid_days": Setting(_("文书二维码有效天数"), 1825, _whole(30, 3650)),
    # after the end of a case its papers are still read and its answers rated; 0: scans end with the case
    "code_days_after_closing": Setting(_("结案后二维码保留天数"), 365, _whole(0, 3650)),
    # photos kept for a message that was never sent
    "unsent_file_days": Setting(_("没有发出的附件保留天数"), 7, _whole(1, 90)),
    # everything people send in about one case, the application included (SEC-50); one filing alone may be 200 MB
    "case_files_mb": Setting(_("一个案件网上材料的总量上限（MB）"), 2000, _whole(200, 100_000)),
    # how long a person identified at the counter has to type the code
    "counter_pass_minutes": Setting(_("窗口通行码有效分钟数"), 30, _whole(5, 240)),
    # how long somebody reads a file that was not open to him by itself
    "reading_days": Setting(_("阅卷获准后可以看的天数"), 15, _whole(1, 90)),
    "judge_rule": Setting(_("分案规则"), "random", _one_of("random", "least_loaded", "in_turn")),
    # half of the yearly average wage of the province (民诉法165): each court sets its own every year
    "small_claim_limit": Setting(_("小额诉讼标的额上限"), Decimal("50000.00"), _limit),
    "summary_limit": Setting(_("简易程序标的额上限"), Decimal("1000000.00"), _limit),
    # from this sum on a suit belongs to the intermediate court (民诉法19; 法发〔2021〕27号)
    "basic_court_limit": Setting(_("基层法院管辖标的额上限"), Decimal("500000000.00"), _limit),
    # above this sum a third person of finance has to agree to a refund (REL-14)
    "refund_third_above": Setting(_("三人审批的退费金额"), Decimal("100000.00"), _limit),
    # the regulation does not say whether 按撤诉处理 halves the fee; courts differ
    "deemed_withdrawn_fee": Setting(_("按撤诉处理的收费"), "full", _one_of("full", "half")),
    # how the bill names it to who transfers: holder, bank, number; empty: no transfer is offered
    "fee_account": Setting(_("诉讼费专户（户名、开户行、账号）"), "", _words(120)),
    "fee_base.divorce": Setting(_("离婚案件每件收费"), None, _fee),
    "fee_base.personality": Setting(_("人格权案件每件收费"), None, _fee),
    "fee_base.other_nonproperty": Setting(_("其他非财产案件每件收费"), None, _fee),
    "fee_base.ip": Setting(_("知识产权案件（无金额）每件收费"), None, _fee),
    "fee_base.jurisdiction_objection": Setting(_("管辖权异议不成立每件收费"), None, _fee),
    "fee_base.enforcement": Setting(_("执行（无金额）每件收费"), None, _fee),
}


def read(key: str, stored: Any) -> Any:
    """The typed value of a stored one. A wrong one counts as not set: the national default, and the operator is told."""
    known = SETTINGS[key]
    try:
        return known.parse(stored)
    except ValueError:
        log.error("a court's setting holds a wrong value", extra={"setting": key})
        return known.default
