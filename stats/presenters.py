"""Rows of the supervisor's table: value, and how it is counted."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from common.shares import Share
from stats.funnel import OF_THREADS, STEPS, Funnel
from stats.selectors import Figures

Row = dict[str, str | int | Promise]


def _share(rate: Share) -> str:
    if rate.percent is None:
        return _("无数据")
    return f"{rate.percent}%（{rate.numerator}/{rate.denominator}）"


def figure_rows(figures: Figures) -> list[Row]:
    """In the order of the story: filing, money, scans, questions, ratings."""
    rows: list[tuple[str, str | int, str]] = [
        (_("收到立案申请"), figures.filed, _("这段时间第一次提交的申请")),
        (_("立案"), figures.accepted, _("这段时间立案的案件")),
        (_("诉讼费到账"), figures.payments, _("这段时间到账的笔数")),
        (_("扫码核验通过"), figures.visits, _("通过身份核验的扫码次数")),
        (_("留言"), figures.asked, _("这段时间提出的留言")),
        (_("已答复"), figures.answered, _("其中已经答复的")),
        (_("按期答复率"), _share(figures.answered_on_time), _("按期答复的 / 已答复和已到期的")),
        (_("满意率"), _share(figures.satisfied_or_basic), _("满意和基本满意 / 这段时间给出的评价")),
        (_("其中：满意"), _share(figures.satisfied), _("满意 / 这段时间给出的评价")),
        (_("请庭长重新处理"), figures.reopened, _("这段时间提出的留言中")),
    ]
    return [{"label": label, "value": value, "note": note} for label, value, note in rows]


def funnel_bars(found: Funnel) -> list[Row]:
    """Each step with a bar as long as its share of the largest one, 0 to 100."""
    largest = max((step.count for step in found.steps), default=0) or 1
    return [
        {
            "label": step.label,
            "count": step.count,
            "width": round(step.count * 100 / largest),
            "share": _share(step.of_before) if step.of_before else "—",
        }
        for step in found.steps
    ]


def funnel_table(found: Funnel) -> list[list[str]]:
    """Rows of the file: steps first, then topics and divisions; what is too small to be shown says so."""
    rows = [[_("步骤"), _("数量"), _("占上一步")]]
    rows += [[str(bar["label"]), str(bar["count"]), str(bar["share"])] for bar in funnel_bars(found)]
    for title, parts in ((_("想办什么"), found.topics), (_("庭室"), found.divisions)):
        rows.append([title, *(str(STEPS[name]) for name in OF_THREADS)])
        for part in parts:
            counts = (
                [_("不到5件，不显示")]
                if part.counts is None
                else [str(part.counts[name]) for name in OF_THREADS]
            )
            rows.append([part.label, *counts])
    return rows
