"""The 答辩状 of a form, by rule: every claim and every fact of the other side is answered one by one.

Structure of the official answer (法〔2025〕82号): 对各项诉讼请求、事实与理由有无异议, 其他免责减责事由, 答辩依据, 其他说明, 证据清单,
调解意愿.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from filing.elements.model import SIDES, TABLE, Condition, ElementField, ElementForm, Page, Slot, Task

SUFFIX = ".defence"
CLAIMS, FACTS, OWN = "对诉讼请求的意见", "对事实与理由的意见", "答辩理由"
ANSWERED = {CLAIMS: "诉讼请求", FACTS: "事实与理由"}
"""Parts of a defence and the parts of the complaint that they answer."""
NOT_ANSWERED = frozenset({"evidence_list", "legal_basis", "other_facts", "claims_in_words"})
PER_PAGE = 4
NUMERALS = "一二三四五六七八九十"
OFFICIAL = Path(__file__).resolve().parent.parent / "data" / "elements.json"
WHO_SLOTS = ("ID_CARD", "LICENSE", "REP_CERT", "POA")


def defence_of(form: ElementForm) -> ElementForm:
    """The answer to this form, key ``<key>.defence``. ValueError for a form that has none."""
    if not form.defence:
        raise ValueError(f"{form.key} has no defence")
    tasks = [
        Task(
            "claims",
            "对方的要求",
            "对方要的，您同意不同意",
            tuple(_pages(form, CLAIMS, "claim", "对方的要求")),
        ),
        Task(
            "facts",
            "对方说的事情",
            "对方写的经过，是不是那样",
            tuple(_pages(form, FACTS, "fact", "对方说的事情")),
        ),
        Task("reasons", "我的理由", "您的理由、依据和证据", (_reasons(), _evidence())),
    ]
    mediation = form.pages.get("mediation")
    if mediation:
        tasks.append(Task("agreements", "调解", "愿不愿意调解", (mediation,)))
    who = [slot for slot in form.slots if slot.key in WHO_SLOTS]
    return ElementForm(
        key=form.key + SUFFIX,
        title="民事答辩状",
        cause=form.cause,
        procedure=form.procedure,
        type_code=form.type_code,
        fee_item="",
        amount_field="",
        element_template="",
        legal_source=form.legal_source,
        roles={"plaintiff": "答辩人", "defendant": "被答辩人", "third": "第三人"},
        sides=SIDES[:2],
        tasks=tuple(tasks),
        slots=(*who, Slot("EVIDENCE", "您的证据", required=False, hint="能证明您的话的材料，没有可以不交")),
        answers_form=form.key,
    )


def answered_element(element: str) -> str:
    """The item of the complaint that an item of the defence answers; empty for the defendant's own reasons."""
    part, _slash, number = element.partition("/")
    return f"{ANSWERED[part]}/{number}" if part in ANSWERED else ""


def _items(form: ElementForm, part: str) -> Iterator[tuple[str, str, bool]]:
    """Items of a part of the complaint: number, words, whether every plaintiff must say something about it."""
    official = _official_words(form.element_template)
    found: dict[str, list[ElementField]] = {}
    for item in form.fields():
        if item.element.partition("/")[0] == part and item.key not in {*NOT_ANSWERED, form.amount_field}:
            found.setdefault(item.element, []).append(item)
    for element, items in found.items():
        needed = any(item.required and item.when is None for item in items)
        yield element.partition("/")[2], official.get(element, items[0].label), needed


def _pages(form: ElementForm, part: str, kind: str, title: str) -> Iterator[Page]:
    items = list(_items(form, ANSWERED[part]))
    groups = [items[first : first + PER_PAGE] for first in range(0, len(items), PER_PAGE)]
    for place, group in enumerate(groups):
        fields = [
            field for number, words, needed in group for field in _answer(part, kind, number, words, needed)
        ]
        name = f"{title}（{NUMERALS[place]}）" if len(groups) > 1 else title
        yield Page(f"{kind}s_{place + 1}", name, tuple(fields), "一项一项地答。没有异议的，选“无”。")


def _answer(part: str, kind: str, number: str, words: str, needed: bool) -> Iterator[ElementField]:
    key, element = f"{kind}_{number}", f"{part}/{number}"
    yield ElementField(key, f"对“{words}”有没有异议", "radio", element, required=needed, options=("无", "有"))
    yield ElementField(
        f"{key}_why",
        f"对“{words}”的异议：事实和理由",
        "textarea",
        element,
        required=True,
        when=Condition(key, ("有",)),
    )


def _reasons() -> Page:
    fields = (
        ElementField(
            "exempt",
            "有没有其他可以免除或减轻责任的理由",
            "radio",
            f"{OWN}/其他免责、减责事由",
            required=True,
            options=("无", "有"),
        ),
        ElementField(
            "exempt_why",
            "是什么理由",
            "textarea",
            f"{OWN}/其他免责、减责事由",
            hint="例如：已经还清、过了诉讼时效、对方也有过错",
            required=True,
            when=Condition("exempt", ("有",)),
        ),
        ElementField(
            "basis",
            "答辩的依据",
            "textarea",
            f"{OWN}/答辩依据",
            hint="合同的约定、法律的规定。不清楚可以不填",
        ),
        ElementField("other", "其他需要说明的", "textarea", f"{OWN}/其他需要说明的内容"),
    )
    return Page("reasons", "您还有什么理由", fields)


def _evidence() -> Page:
    columns = (
        ElementField("name", "证据名称", "text", required=True),
        ElementField("source", "从哪里来的", "text"),
        ElementField("proves", "证明什么", "text"),
    )
    table = ElementField(
        "evidence_list", "证据清单", TABLE, f"{OWN}/证据清单", columns=columns, max_rows=50, row="证据"
    )
    return Page(
        "evidence_list",
        "列一份证据清单",
        (table,),
        "照片在证据那一步上传，这里写每样证据证明什么。可以不填。",
    )


@cache
def _official_words(template: str) -> dict[str, str]:
    """The official label of each numbered item, without its number and the details in brackets."""
    if not template:
        return {}
    found = {}
    for group in json.loads(OFFICIAL.read_text(encoding="utf-8"))["templates"][template]:
        for line in group["fields"]:
            numbered = re.fullmatch(r"(\d+)\.([^（]+)(（.*）)?", line["label"])
            if numbered:
                found[f"{group['group']}/{numbered[1]}"] = numbered[2]
    return found
