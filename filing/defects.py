"""The library of defects a clerk ticks: each tied to a task and slot, with why and how to fix it (UX §6.3).

Titles and sentences are what the applicant reads. Sources: 民诉法122–124; 登记立案规定4, 6, 7.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from cases.models import PartyKind
from filing.selectors import EVIDENCE, ME, OTHER_SIDE, Draft
from filing.services.review import Defect


def library_for(draft: Draft) -> list[Defect]:
    """Every defect that fits this application, in the order of its task list."""
    return [*_people(draft), *_answers(draft), *_materials(draft)]


def _people(draft: Draft) -> list[Defect]:
    legal = draft.applicant_kind == PartyKind.LEGAL
    return [
        Defect(
            "me_identity",
            ME,
            _("您的身份信息不全或不一致"),
            _("起诉状要写清楚原告的身份，和证件一致。"),
            _("对照营业执照核对名称和统一社会信用代码。") if legal else _("对照身份证核对姓名、号码、住址。"),
        ),
        Defect(
            "other_unclear",
            OTHER_SIDE,
            _("对方是谁还不够清楚"),
            _("要能把对方和别人区分开，法院才能通知到对方。"),
            _("补上对方的身份证号、电话、住址或工作单位中的一项或几项，知道多少填多少。"),
        ),
    ]


def _answers(draft: Draft) -> list[Defect]:
    return [
        Defect(
            f"task_{task.key}",
            task.key,
            _("“%(task)s”写得不清楚") % {"task": task.title},
            _("法院要看明白您的要求和理由，也要通知对方。"),
            _("请按法院的说明补充，数字、日期前后要一致。"),
        )
        for task in draft.form.tasks
    ]


def _materials(draft: Draft) -> list[Defect]:
    rows = []
    for slot, _files in draft.slots():
        rows += [
            Defect(
                f"missing_{slot.key}",
                EVIDENCE,
                _("缺少：%(title)s") % {"title": slot.title},
                _("这份材料是立案要交的，或您在诉状里提到了。"),
                slot.hint or _("把材料拍照上传，四个角都拍进去。"),
                slot.key,
            ),
            Defect(
                f"unreadable_{slot.key}",
                EVIDENCE,
                _("看不清：%(title)s") % {"title": slot.title},
                _("照片模糊、反光或缺角，法官看不清内容。"),
                _("在亮处平放重拍，一张一页，不要反光。"),
                slot.key,
            ),
        ]
    return rows
