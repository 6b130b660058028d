"""What the pre-check asks and answers: procedure, court with the rule, papers, time, other ways. Decides nothing; the fee
comes from above.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import clock
from common.case_numbers import ParsedNumber
from common.money import format_yuan
from courts.calendar import deadline, rule
from courts.models import Cause, Court, CourtLevel
from courts.selectors import cause_path, cause_version_on
from courts.services import setting
from filing.elements import schema
from filing.forms.precheck import MORE, OTHER, QUESTIONS, Question
from filing.models import Filing
from filing.procedures import Procedure, Venue, by_choice, fee_item, procedure
from filing.slots import person_codes, slots_for
from guides.materials import Material, identity_materials

GENERAL = "general"
CAUSE_OF_WORK = {"wages": "追索劳动报酬纠纷", "injury": "工伤保险待遇纠纷", "compensation": "经济补偿金纠纷"}
"""Cause of a labour dispute by what it is mainly about; the form's own cause otherwise."""
AMOUNTS = ("amount", "amount_to_divide", "amount_in_dispute")
WAYS_OUT = {("who", "unknown"): "unknown", ("arbitrated", "no"): "arbitration"}
"""Answers with which nothing can be drafted here now, and why."""

NOTICES: dict[tuple[str, str], tuple[str, str | Promise, str | Promise]] = {
    ("due", "old"): (
        "warn",
        gettext_lazy("已经过了3年，请先看这一点"),
        gettext_lazy(
            "要钱的诉讼时效一般是3年。对方提出时效已过的，法院可能不支持您的要求。这3年里要过钱、对方还过钱或答应过还的，"
            "时效会重新算，请把这些证据准备好。您仍然可以起诉，法院不会主动提时效。"
            "（民法典第一百八十八条、第一百九十三条、第一百九十五条）"
        ),
    ),
    ("due", "none"): (
        "info",
        "",
        gettext_lazy(
            "没有约定日子的，可以随时要对方履行，但要给对方合理的时间准备。最好先书面或用短信催一次，留下记录。"
            "（民法典第五百一十一条、第六百七十五条）"
        ),
    ),
    ("arbitrated", "iou"): (
        "info",
        "",
        gettext_lazy(
            "凭工资欠条只要求付欠薪、不涉及别的争议的，可以直接起诉，不用先仲裁。（劳动争议司法解释（一）第十五条）"
        ),
    ),
    ("arbitrated", "yes"): (
        "info",
        "",
        gettext_lazy(
            "不服仲裁裁决的，要在收到裁决书起15日内起诉，过了这个时间裁决书就生效了。（劳动争议调解仲裁法第五十条）"
        ),
    ),
    ("reachable", "no"): (
        "warn",
        gettext_lazy("支付令可能不合适"),
        gettext_lazy(
            "支付令送不到对方，或者对方书面提出异议，就会失效。找不到对方，或者他不承认的，直接起诉更稳妥。"
            "（民事诉讼法第二百二十五条、第二百二十八条）"
        ),
    ),
    ("guarantee", "none"): (
        "warn",
        gettext_lazy("诉前保全一定要有担保"),
        gettext_lazy(
            "起诉前申请冻结，不提供担保的，法院会驳回。可以向保险公司买保全责任险，或者起诉以后再申请，那时担保不超过三成。"
            "（民事诉讼法第一百零四条；财产保全规定第五条）"
        ),
    ),
    ("in_danger", "yes"): (
        "warn",
        gettext_lazy("现在有危险，请马上打110"),
        gettext_lazy(
            "警察会到场制止，出警记录、告诫书都是申请保护令的证据。也可以打妇联热线12338，或到村（居）委会求助。"
            "情况紧急的，法院24小时内作出决定。"
        ),
    ),
    ("effective", "old"): (
        "warn",
        gettext_lazy("已经过了2年，请先看这一点"),
        gettext_lazy(
            "申请执行的时间一般是2年。过了2年法院仍然受理；对方提出异议、又没有中断的情况，法院会不予执行。"
            "这2年里要过钱、对方还过钱的，请准备好证据。（民事诉讼法第二百五十条；民事诉讼法解释第四百八十一条）"
        ),
    ),
    ("effective", "not_yet"): (
        "warn",
        gettext_lazy("还没到履行的日子"),
        gettext_lazy(
            "文书写的履行日子过了、对方还不履行，才能申请执行。现在对方要转移财产的，可以先申请执行前保全。"
        ),
    ),
    ("effective_6m", "old"): (
        "warn",
        gettext_lazy("已经过了6个月，请先看这一点"),
        gettext_lazy(
            "申请再审要在判决、裁定生效后6个月内提出；发现新证据、证据是伪造的等四种情形，从知道那天起算6个月。"
            "过了时间的，法院会驳回，可以到检察院申请监督。（民事诉讼法第二百一十六条、第二百二十条）"
        ),
    ),
    ("served", "fifteen"): (
        "info",
        "",
        gettext_lazy(
            "判决书收到起15日内、裁定书收到起10日内上诉。您手里是裁定书的，可能已经过期。（民事诉讼法第一百七十一条）"
        ),
    ),
    ("served", "late"): (
        "warn",
        gettext_lazy("可能已经过了上诉期"),
        gettext_lazy(
            "过了上诉期，判决就生效了。因为不可抗力等正当理由耽误的，障碍消除后10日内可以申请顺延。"
            "判决已经生效、认为判错了的，可以申请再审。（民事诉讼法第八十六条、第一百七十一条）"
        ),
    ),
}
"""What an answer should make one think of: kind of notice, head, words."""


@dataclass
class Progress:
    """How far the answers in an address go. ``form`` is the first question without a good answer, None at the end.

    ``steps`` are the questions as far as they are known; ``name`` is the one to ask.
    """

    given: dict[str, str] = field(default_factory=dict)
    steps: list[str] = field(default_factory=lambda: ["what"])
    form: Question | None = None
    name: str = "what"
    origin: ParsedNumber | None = None

    @property
    def index(self) -> int:
        return self.steps.index(self.name)


def progress_of(data: Mapping[str, Any], *, step: str = "", change: str = "") -> Progress:
    """Check the answers in order. ``step`` was just answered (even with nothing), ``change`` is asked again.

    An answer that closes this way (an unknown opponent, no arbitration yet) ends the questions.
    """
    progress = Progress()
    while True:
        waiting = [name for name in progress.steps if name not in progress.given]
        if not waiting or way_out(progress.given):
            return progress
        name = waiting[0]
        form = QUESTIONS[name](data if name in data or step == name else None, one=_known(progress.given))
        if change == name or not form.is_valid():
            progress.name, progress.form = name, form
            return progress
        progress.given[name] = str(form.cleaned_data[name])
        progress.origin = getattr(form, "parsed", None) or progress.origin
        progress.steps = _steps(progress)


def _steps(progress: Progress) -> list[str]:
    """The questions to ask after these answers."""
    given = progress.given
    steps = ["what"]
    if given["what"] == MORE:
        steps.append("act")
    if given["what"] == OTHER:
        steps.append("cause")
    one = _known(given)
    for name in one.asks if one else ():
        origin_pointless = name == "origin" and given.get("basis") not in (None, "court")
        court_known = name == "court" and "origin" in steps and _court_of(progress.origin) != ""
        if name not in steps and not origin_pointless and not court_known:
            steps.append(name)
    if one and "origin" in given and one.level != "basic" and not _court_of(progress.origin):
        steps = [*(name for name in steps if name != "court"), "court"]
    return steps


def _court_of(origin: ParsedNumber | None) -> str:
    """Code of the court that decided the earlier case first; "" when the number does not tell it."""
    if origin is None or origin.court is None or origin.type is None or origin.type.code.endswith("终"):
        return ""
    return origin.court.code


def _known(given: Mapping[str, str]) -> Procedure | None:
    """The procedure as far as the answers tell it."""
    what = given.get("what", "")
    found = by_choice(given.get("act", "")) or by_choice(what)
    if found or what in ("", MORE):
        return found
    return procedure(schema.load(GENERAL if what == OTHER else what).procedure)


def way_out(given: Mapping[str, str]) -> str:
    """Why the dispute cannot be drafted here now: ``unknown``, ``arbitration``, or empty."""
    return next((reason for answer, reason in WAYS_OUT.items() if given.get(answer[0]) == answer[1]), "")


@dataclass(frozen=True)
class Note:
    """Something to think of; ``kind`` is that of the notice component."""

    kind: str
    title: str
    text: str


@dataclass(frozen=True)
class Advice:
    """The answer to a finished pre-check.

    ``court`` decides, ``through`` takes the application in when that is another one; ``review_due`` is the latest answer
    to an application sent today. ``fee_item`` is empty when nothing is paid beforehand.
    """

    form: schema.ElementForm
    procedure: Procedure
    cause: Cause
    court: Court
    through: Court
    amount: Decimal | None
    slots: list[schema.Slot]
    venues: tuple[Venue, ...]
    review_due: date
    notes: list[Note]
    fee_item: str
    small_claim: bool
    given: dict[str, str]
    origin_number: str = ""

    @property
    def others(self) -> tuple[str, ...]:
        """Other ways that fit: mediation, payment_order, small_claim."""
        left_out = set() if self.small_claim else {"small_claim"}
        if self.amount is None:
            left_out.add("payment_order")
        return tuple(way for way in self.procedure.others if way not in left_out)

    @property
    def identity(self) -> list[tuple[str, tuple[Material, ...]]]:
        """Papers about people, by who comes."""
        papers = identity_materials()
        kinds = {"natural": _("个人来办"), "legal": _("单位来办")}
        rows = [(words, papers[kind]) for kind, words in kinds.items() if kind in self.procedure.applicants]
        return [
            *rows,
            (_("请律师代理的，再加"), papers["agent_lawyer"]),
            (_("请亲属代理的，再加"), papers["agent_relative"]),
        ]


def advice_for(progress: Progress) -> Advice | None:
    """Read the finished answers; None when they end in a way out, are not complete, or no open court is competent."""
    given = progress.given
    if progress.form is not None or way_out(given):
        return None
    one = _known(given)
    cause = _cause(given, one) if one else None
    if one is None or cause is None:
        return None
    form = _form(given, one, cause)
    one = procedure(form.procedure) if one.is_suit else one
    amount = _amount(given)
    first = Court.objects.select_related("parent").filter(code=_court_code(progress)).first()
    court = _deciding(first, one, given, amount)
    if first is None or court is None or not court.is_open:
        return None
    starts: date | datetime = clock.now() if rule(one.review).unit == "hour" else clock.today()
    return Advice(
        form=form,
        procedure=one,
        cause=cause,
        court=court,
        through=first if one.level == "above" and first.is_open else court,
        amount=amount,
        slots=_slots(form, one),
        venues=one.venues,
        review_due=deadline(one.review, starts, court=court).day,
        notes=_notes(given, first, court, amount),
        fee_item=fee_item(one, form, cause_path(cause), amount),
        small_claim=one.is_suit and amount is not None and amount <= setting(court, "small_claim_limit"),
        given=dict(given),
        origin_number=given.get("origin", ""),
    )


def court_missing(progress: Progress) -> Court | None:
    """The competent court of finished answers when it takes nothing in here yet; None when that is not the matter."""
    one = _known(progress.given)
    if progress.form is not None or one is None or way_out(progress.given):
        return None
    first = Court.objects.select_related("parent").filter(code=_court_code(progress)).first()
    court = _deciding(first, one, progress.given, _amount(progress.given))
    return court if court and not court.is_open else None


def _cause(given: Mapping[str, str], one: Procedure) -> Cause | None:
    if given.get("cause"):
        return Cause.objects.filter(code=given["cause"]).first()
    own = "" if one.choice else schema.load(given["what"]).cause
    name = one.cause or CAUSE_OF_WORK.get(given.get("work_claim", ""), "") or own
    return cause_named(name) or cause_named(own)


def cause_named(name: str) -> Cause | None:
    """The finest civil cause of this name in the edition in force."""
    rows = Cause.objects.filter(name=name, version=cause_version_on(clock.today()))
    return rows.order_by("-level").first() if name else None


def _form(given: Mapping[str, str], one: Procedure, cause: Cause) -> schema.ElementForm:
    """The form of the procedure or dispute; a cause that lies below one with a form of its own uses that form."""
    if one.form:
        return schema.load(one.form)
    if given.get("arbitrated") == "iou":
        return schema.load(GENERAL)  # an ordinary dispute then (劳动争议司法解释（一）15)
    if given["what"] != OTHER:
        return schema.load(given["what"])
    forms = (schema.form_for_cause(name) for name in reversed(cause_path(cause)))
    return next((form for form in forms if form), schema.load(GENERAL))


def _amount(given: Mapping[str, str]) -> Decimal | None:
    """Yuan; None when no money is at stake."""
    written = next((given[name] for name in AMOUNTS if name in given), "")
    return (Decimal(written) or None) if written else None


def _court_code(progress: Progress) -> str:
    return progress.given.get("court") or _court_of(progress.origin)


def _deciding(
    first: Court | None, one: Procedure, given: Mapping[str, str], amount: Decimal | None
) -> Court | None:
    """The competent court, from the one that was chosen or that decided first."""
    if first is None:
        return None
    arbitral = given.get("basis") == "award"
    if one.level == "above" or arbitral or _too_big(first, one, amount):
        return first.parent
    return first


def _too_big(court: Court, one: Procedure, amount: Decimal | None) -> bool:
    limit: Decimal = setting(court, "basic_court_limit")
    return one.is_suit and court.level == CourtLevel.BASIC and amount is not None and amount >= limit


def _notes(given: Mapping[str, str], first: Court, court: Court, amount: Decimal | None) -> list[Note]:
    found = [NOTICES[answer] for answer in given.items() if answer in NOTICES]
    notes = [Note(kind, str(title), str(text)) for kind, title, text in found]
    if court != first and "court" in given and given.get("basis") != "award" and amount is not None:
        text = _("标的额%(amount)s，由中级人民法院管辖。（民事诉讼法第十九条；法发〔2021〕27号）")
        notes.append(Note("info", "", text % {"amount": format_yuan(amount)}))
    return notes


def _slots(form: schema.ElementForm, one: Procedure) -> list[schema.Slot]:
    """Papers of the dispute; those of the people are shown by who comes."""
    found = slots_for(Filing(answers={}, form=form.key), form, one, [], [])
    return [slot for slot in found if slot.key not in person_codes()]
