"""Which desks a member of staff has: the navigation of the staff layout."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject, cached_property
from django.utils.translation import gettext_lazy as _

from accounts.access import allows
from accounts.roles import ROLE_WORDS
from casefiles.damages import damaged_cases
from cases.selectors import waiting_drafts, waiting_withdrawals
from common.actor import ANONYMOUS, Actor, Role
from complaints import paths
from courts.models import StaffPost
from courts.posts import live_posts
from documents.selectors import held_copies
from payments.selectors import waiting_overdues, waiting_reliefs

DESKS = [
    ("bench", "bench.day", "/bench/", _("今天"), "b"),
    ("division", "division.lead", "/bench/division/", _("本庭答复"), "k"),
    ("filings", "filing.review", "/desk/filings/", _("立案审查"), "f"),
    ("rulings", "filing.rule", "/desk/rulings/", _("不予受理建议"), "r"),
    ("visits", "visit.keep", "/desk/visits/", _("预约和代录"), "v"),
    ("help", "help.keep", "/desk/help/", _("求助"), "h"),
    ("assist", "acting.begin", "/desk/assist/", _("代办"), "a"),
    ("kiosk", "kiosk.mark", "/desk/kiosk/", _("自助机"), "j"),
    ("phones", "phone.restore", "/desk/phones/", _("丢了手机"), "l"),
    ("unreachable", "notice.chase", "/desk/unreachable/", _("联系不上"), "u"),
    ("identities", "identity.confirm", "/desk/identities/", _("核对证件"), "y"),
    ("print", "service.send", "/desk/print/", _("文书寄送"), "p"),
    ("cases", "desk.cases", "/desk/cases/", _("案件"), "c"),
    ("reading", "file.decide", "/desk/reading/", _("阅卷申请"), "g"),
    ("codes", "qr.reprint", "/desk/codes/", _("文书的码"), "e"),
    ("assignments", "case.reassign", "/desk/assignments/", _("分案"), "d"),
    ("finance", "ledger.read", "/desk/finance/", _("财务"), "w"),
    ("bills", "bill.chase", "/desk/bills/", _("诉讼费"), "m"),
    ("refunds", "refund.check", "/desk/refunds/", _("退费"), "t"),
    ("oversight", "figures.read", "/oversight/", _("监督"), "s"),
    ("threads", "feedback.oversee", "/oversight/threads/", _("答复督办"), "h"),
    ("surveys", "feedback.oversee", "/oversight/surveys/", _("满意度调查"), "y"),
    ("suggestions", "feedback.oversee", "/oversight/suggestions/", _("建议"), "j"),
    ("overrides", "filing.oversee", "/oversight/overrides/", _("再次补正"), "a"),
    ("complaints", "filing.oversee", "/oversight/filing-complaints/", _("立案投诉"), "l"),
    ("zone", "complaint.handle", paths.DESK, _("投诉举报"), "u"),
    ("reads", "reads.list", "/oversight/reads/", _("凭理由查阅"), "x"),
    ("contacts", "contacts.read", "/bench/contacts/", _("接触记录"), "k"),
    ("templates", "template.keep", "/bench/templates/", _("答复模板"), "q"),
    ("outbox", "outbox.read", "/manage/outbox/", _("系统待办"), "o"),
    ("people", "people.read", "/manage/people/", _("人员和岗位"), "p"),
    ("jobs", "outbox.read", "/manage/jobs/", _("定时任务"), "w"),
    ("resets", "factor.reset", "/manage/resets/", _("重设验证"), "v"),
    ("trail", "trail.release", "/manage/trail/", _("留痕见证"), "b"),
    ("corrections", "correction.decide", "/manage/corrections/", _("数据更正"), "f"),
    ("outages", "outage.enter", "/manage/outages/", _("系统故障"), "k"),
    ("closings", "account.close", "/manage/closings/", _("注销账号"), "m"),
    ("damaged", "files.damaged", "/desk/damaged/", _("损坏的文件"), "z"),
    ("code_reports", "qr.reports", "/desk/codes/reports/", _("二维码报告"), "n"),
    ("wordings", "wording.keep", "/desk/wordings/", _("文书用语"), "g"),
    ("seals", "seal.keep", "/desk/seals/", _("电子签章"), "r"),
    ("interference", "interference.record", paths.INTERFERENCE, _("过问记录"), "i"),
]


def first_desk(actor: Actor) -> str:
    """Where this member of staff starts; empty without a post."""
    return next((href for _key, action, href, _label, _letter in DESKS if allows(actor, action)), "")


def desk(request: HttpRequest) -> dict[str, Any]:
    """Context processor for signed-in staff, nothing for others: ``desk_name``, ``staff_here`` and the ``staff_nav``
    that hangs on these two, ``staff_posts``, and ``judge_waits``, ``papers_held`` (papers of the court that wait for their
    seal) and ``damaged_cases``, read only by the pages that show them."""
    actor: Actor = getattr(request, "actor", ANONYMOUS)
    if not actor.is_staff:
        return {}
    here = max((row[2] for row in DESKS if request.path.startswith(row[2])), key=len, default="")
    name = ROLE_WORDS.get(Role(actor.role), "") if actor.role else _("没有岗位")
    return {
        "desk_name": name,
        "staff_here": here,
        "staff_nav": SimpleLazyObject(lambda: _nav(actor, here)),
        "staff_posts": _Posts(actor),
        "judge_waits": SimpleLazyObject(lambda: _judge_waits(actor)),
        "papers_held": SimpleLazyObject(lambda: held_copies(court_id=actor.court_id)),
        "damaged_cases": SimpleLazyObject(lambda: damaged_cases(actor)),
    }


def _nav(actor: Actor, here: str) -> list[dict[str, Any]]:
    return [
        {"label": label, "href": href, "key": letter, "current": href == here}
        for _key, action, href, label, letter in DESKS
        if allows(actor, action)
    ]


def _judge_waits(actor: Actor) -> list[dict[str, Any]]:
    """What besides messages waits for the decision of this judge or head, oldest first of each kind. Four queries."""
    if not (allows(actor, "case.close") or allows(actor, "paper.approve")):
        return []
    found: list[tuple[Any, ...]] = [
        (row.asked_at, _("撤诉申请"), row.case, row.party, reverse("pages:withdrawal", args=[row.public_id]))
        for row in waiting_withdrawals(actor)
    ]
    found += [
        (
            row.asked_at,
            _("缓交、减交、免交的申请"),
            row.bill.case,
            row.bill.party,
            reverse("payments:relief_decide", args=[row.public_id]),
        )
        for row in waiting_reliefs(actor)
    ]
    found += [
        (
            row.submitted_at,
            _("%(title)s待签发（%(name)s起草）") % {"title": row.title, "name": row.drafted_by.user.name},
            row.case,
            {"name": "—"},
            reverse("pages:draft", args=[row.public_id]),
        )
        for row in waiting_drafts(actor)
    ]
    found += [
        (
            row.proposed_at,
            _("逾期未交费"),
            row.bill.case,
            row.bill.party,
            reverse("payments:overdue", args=[row.public_id]),
        )
        for row in waiting_overdues(actor)
    ]
    keys = ("at", "label", "case", "party", "href")
    return [dict(zip(keys, row, strict=True)) for row in sorted(found, key=lambda row: row[0])]


class _Posts:
    """The actor's posts, read once and only when a template asks; one post needs no switch."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor

    @cached_property
    def rows(self) -> list[StaffPost]:
        posts = live_posts().filter(user_id=self.actor.user_id or 0)
        return list(posts.select_related("court", "division").order_by("id"))

    @property
    def court_name(self) -> str:
        """The court in which the actor sits now; empty without a post."""
        return next((post.court.name for post in self.rows if post.pk == self.actor.post_id), "")

    def __iter__(self) -> Any:
        for post in self.rows if len(self.rows) > 1 else []:
            place = post.division or post.court
            label = f"{place} {ROLE_WORDS.get(Role(post.role), '')}"
            yield {"value": post.pk, "label": label, "current": post.pk == self.actor.post_id}
