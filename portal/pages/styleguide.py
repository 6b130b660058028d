"""The style guide: every component with sample data, long names, errors and empty states. Not in production."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from common.clock import BEIJING
from common.rows import PLACEHOLDER, RowForm, RowsField

NOW = datetime(2025, 3, 14, 9, 30, tzinfo=BEIJING)
TODAY = date(2025, 3, 14)
COLOURS = (
    "ink ink-2 line divider bg paper brand brand-strong brand-tint ok ok-tint warn warn-tint err err-tint visited focus "
    "chart-1 chart-2 chart-3 chart-4 chart-5 chart-6"
)
ICONS = (
    "scan file folder pen talk pay phone people help info ok warn err clock eye camera back next search lock print turn "
    "court"
)
LONG_NAME = _("某某（集团）股份有限公司第一建筑安装工程分公司驻某地项目经理部")


class SampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label=_("对方的姓名"), help_text=_("跟身份证上一样"), max_length=100)
    phone = forms.CharField(label=_("手机号"), required=False)
    amount = forms.DecimalField(label=_("还欠多少钱"))
    lent_on = forms.DateField(label=_("哪天借的"), widget=forms.DateInput)
    way = forms.ChoiceField(
        label=_("钱是怎么给的"),
        choices=[
            ("bank", _("银行转账")),
            ("phone", _("微信、支付宝")),
            ("cash", _("现金")),
            ("unknown", _("不知道")),
        ],
        widget=forms.RadioSelect,
    )
    papers = forms.MultipleChoiceField(
        label=_("手里有什么"),
        choices=[("iou", _("借条")), ("bill", _("转账记录")), ("chat", _("聊天记录"))],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    court = forms.ChoiceField(label=_("法院"), choices=[("", _("请选择")), ("1", _("某市某区人民法院"))])
    story = forms.CharField(label=_("事情经过"), widget=forms.Textarea, max_length=2000)
    agree = forms.BooleanField(label=_("我同意用电子方式收文书"), required=False, help_text=_("随时可以取消"))
    photo = forms.FileField(label=_("借条的照片"), required=False)
    units = {"amount": _("元")}
    who_can_see = {"story": _("谁能看到：承办法官、书记员。对方当事人看不到")}
    option_hints = {"way": {"cash": _("说明在哪里给的、谁在场")}}
    boxed = ("way",)


class SampleRow(RowForm):
    """One row of a question answered with rows."""

    what = forms.CharField(label=_("什么钱"))
    amount = forms.DecimalField(label=_("金额"))
    units = {"amount": _("元")}


class RowsSample(forms.Form):
    """A question answered with rows."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        rows = [SampleRow(f"{_('费用')} {number + 1}", prefix=f"costs-{number}") for number in range(2)]
        blank = SampleRow(f"{_('费用')} {PLACEHOLDER}", prefix=f"costs-{PLACEHOLDER}")
        self.fields["costs"] = RowsField(rows=rows, blank=blank, most=20, label=_("费用明细"))


class StepForm(forms.Form):
    """The one question of a step page; its label is the heading."""

    name = forms.CharField(label=_("对方叫什么名字"), help_text=_("跟身份证或者营业执照上一样"))


class SampleFilter(forms.Form):
    """A filter bar."""

    q = forms.CharField(
        label=_("编号或姓名"), required=False, widget=forms.TextInput(attrs={"data-search": ""})
    )
    due = forms.ChoiceField(
        label=_("期限"), choices=[("", _("不限")), ("today", _("今天到期"))], required=False
    )


def _bad_form() -> SampleForm:
    form = SampleForm(
        {"name": "", "amount": "1,250元", "lent_on": "去年三月", "story": "借给他六万元，说好年底还。"},
        auto_id="bad_%s",
    )
    form.is_valid()
    form.errors.clear()
    form.add_error("name", str(_("请填写对方的姓名")))
    form.add_error("lent_on", str(_("请填写年、月、日，例如 2025-03-14")))
    form.add_error("way", str(_("请选择钱是怎么给的")))
    return form


def _lists() -> dict[str, Any]:
    return {
        "groups": [
            {
                "title": _("准备"),
                "tasks": [
                    {"label": _("填写我的信息"), "href": "#tasks", "state": "done"},
                    {"label": _("填写对方信息"), "href": "#tasks", "state": "part", "hint": LONG_NAME},
                ],
            },
            {
                "title": _("事情"),
                "tasks": [
                    {"label": _("说明要什么"), "href": "#tasks", "state": "problem"},
                    {"label": _("说明事情经过"), "href": "#tasks", "state": "todo"},
                    {"label": _("签名并提交"), "state": "later"},
                ],
            },
        ],
        "rows": [
            {"label": _("姓名"), "value": _("张某"), "href": "#summary"},
            {"label": _("对方"), "value": LONG_NAME, "href": "#summary"},
            {"label": _("送达地址"), "value": "", "href": "#summary"},
        ],
        "stages": [
            {"label": label, "state": state, "note": note}
            for label, state, note in (
                (_("提交"), "done", "3月3日"),
                (_("审查"), "done", "3月7日"),
                (_("立案"), "done", "3月10日"),
                (_("缴费"), "now", _("最晚3月21日")),
                (_("送达"), "todo", ""),
                (_("开庭"), "todo", ""),
                (_("结案"), "todo", ""),
                (_("执行"), "todo", ""),
            )
        ],
        "files": [
            {
                "name": _("借条.jpg"),
                "href": "#files",
                "size": 1_843_200,
                "state": "ok",
                "state_label": _("已收到"),
            },
            {
                "name": _("转账记录.heic"),
                "size": 402_000,
                "state": "err",
                "state_label": _("看不清，请在亮处重拍"),
            },
        ],
    }


def _stories() -> dict[str, Any]:
    return {
        "entries": [
            {
                "what": _("法官答复了您的留言"),
                "at": NOW,
                "actor": _("承办法官"),
                "files": [{"label": _("受理案件通知书"), "href": "#timeline"}],
            },
            {
                "what": _("立案"),
                "at": NOW - timedelta(days=4),
                "actor": _("立案庭"),
                "text": "（2025）某1234民初56号",
            },
        ],
        "thread_messages": [
            {
                "role": _("您"),
                "text": _("请问什么时候开庭？"),
                "at": NOW - timedelta(days=2),
                "own": True,
                "read_at": NOW,
            },
            {"role": _("承办法官"), "text": _("已经排在4月9日上午9:30，传票会另行送达。"), "at": NOW},
            {"role": _("书记员"), "text": _("开庭日已告知原告。"), "at": NOW, "internal": True},
        ],
    }


def _choices() -> dict[str, Any]:
    return {
        "ratings": [
            {"id": "rate-1", "value": "satisfied", "label": _("满意")},
            {"id": "rate-2", "value": "mostly", "label": _("基本满意")},
            {"id": "rate-3", "value": "dissatisfied", "label": _("不满意")},
        ],
        "ways": [
            {"id": "way-1", "value": "wechat", "label": _("微信支付"), "hint": _("马上到账")},
            {"id": "way-2", "value": "bank", "label": _("银行转账"), "hint": _("一到两个工作日到账")},
            {"id": "way-3", "value": "counter", "label": _("到窗口交"), "hint": _("带身份证和交费通知书")},
        ],
        "lines": [
            {"label": _("案件受理费（60,000.00元）"), "amount": Decimal("1300.00")},
            {"label": _("简易程序减半"), "amount": Decimal("-650.00")},
        ],
        "total": Decimal("650.00"),
    }


def _desk() -> dict[str, Any]:
    rows = [
        {
            "number": f"2025-0314-{index:04d}",
            "who": LONG_NAME if index == 2 else _("张某"),
            "cause": _("民间借贷纠纷"),
            "status": (_("待审查"), "wait") if index % 2 else (_("待补正"), "warn"),
            "due": TODAY + timedelta(days=index - 3),
        }
        for index in range(1, 6)
    ]
    return {
        "table_rows": rows,
        "page": Paginator(range(312), 25).page(4),
        "tabs": [
            {"label": _("我的"), "href": "?view=mine#desk", "count": 12, "current": True, "key": "m"},
            {"label": _("未分派"), "href": "?view=open#desk", "count": 3, "key": "u"},
            {"label": _("全部"), "href": "?view=all#desk", "count": 312, "key": "a"},
        ],
        "filter_form": SampleFilter(auto_id="filter_%s"),
        "crumbs": [{"label": _("收案"), "href": "#desk"}, {"label": "2025-0314-0087"}],
        "numbers": [
            {
                "label": _("今天到期"),
                "value": 4,
                "unit": _("件"),
                "note": _("比昨天少 2 件"),
                "href": "#desk",
                "link": _("看这 4 件"),
            },
            {"label": _("已超期"), "value": 1, "unit": _("件"), "late": True, "note": _("最久 2 天")},
            {"label": _("按时答复"), "value": "96%", "note": _("48 件中的 46 件，本月")},
            {"label": _("重新处理"), "value": 0, "unit": _("件"), "note": _("跟上月一样")},
        ],
        "colours": COLOURS.split(),
        "icons": ICONS.split(),
    }


@login_not_required
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """All components on one page; ``?desk=1`` shows them in the desks' density, ``?layout=`` the other layouts."""
    layout = request.GET.get("layout")
    if layout == "question":
        return render(
            request, "styleguide/question.html", {"form": StepForm(), "back_href": "?", "leave_href": "?"}
        )
    if layout == "print":
        sheet = {"rows": _lists()["rows"], "number": "2025-0314-0087", "printed_at": NOW, "back_href": "?"}
        return render(request, "styleguide/print.html", sheet)
    desk = request.GET.get("desk") == "1"
    context = {
        "layout": "layouts/staff.html" if desk else "layouts/base.html",
        "desk_name": _("样式手册"),
        "staff_nav": [
            {"label": _("公众页面"), "href": "?desk=0", "key": "p"},
            {"label": _("工作台"), "href": "?desk=1", "key": "d", "current": True},
        ],
        "now": NOW,
        "today": TODAY,
        "soon": TODAY + timedelta(days=5),
        "late": TODAY - timedelta(days=2),
        "instant": NOW.replace(hour=17, minute=0) + timedelta(days=1),
        "long_name": LONG_NAME,
        "sample_form": SampleForm(auto_id="sample_%s"),
        "rows_form": RowsSample(),
        "bad_form": _bad_form(),
        **_lists(),
        **_stories(),
        **_choices(),
        **_desk(),
    }
    return render(request, "styleguide/page.html", context)
