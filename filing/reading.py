"""What an uploaded pleading says, as suggestions that the applicant confirms one by one. Nothing is taken unseen.

A pleading follows 民诉法124: the people with name, sex, birth, ethnicity, address and number; the claims; the facts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cases.models import PartyKind, Side
from common.text import fold_width, strip_invisible

_HEADS = (
    (Side.PLAINTIFF.value, "原告人?|(?:再审)?申请人|上诉人|申请执行人|债权人"),
    (Side.DEFENDANT.value, "被告人?|被(?:申请|上诉|执行)人|债务人"),
    (Side.THIRD.value, "第三人"),
    ("claims", "(?:诉讼|上诉|再审|申请执行|仲裁)?请求(?:事项)?|申请事项"),
    ("facts", "事实[与和及、]?理由|(?:上诉|申请)?理由"),
    ("rest", "证据.{0,8}|此致|具状人|约定管辖.*|对纠纷解决方式.*|落款"),
)
_NUMBERING = r"(?:[一二三四五六七八九十]{1,2}|[0-9]{1,2})?[、.．]?\s*"
_HEAD = re.compile(
    f"^{_NUMBERING}(?:"
    + "|".join(f"(?P<{name}>{words})" for name, words in _HEADS)
    + r")(?:[一二三四五六七八九十0-9]{0,3})(?:[（(][^）)]{0,20}[）)])?\s*(?:[：:\t]|$)"
)
_ID_CARD = re.compile(r"(?<!\d)\d{17}[\dXx](?![\dXx])")
_USCC = re.compile(r"(?<![0-9A-Z])9[0-9A-HJ-NPQRTUWXY]{17}(?![0-9A-Z])")
_PHONE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)|(?<!\d)0\d{2,3}-\d{7,8}(?!\d)")
_BORN = re.compile(r"((?:19|20)\d{2})[年.\-/](\d{1,2})[月.\-/](\d{1,2})")
_MONEY = re.compile(r"([0-9][0-9,，]*(?:\.[0-9]{1,2})?)(万)?元")
_LABELLED = {
    "name": "姓名|名称",
    "ethnicity": "民族",
    "address": "住所地?|住址|户籍地|地址",
    "usual_address": "经常居住地",
    "legal_representative": "法定代表人|主要负责人|负责人",
    "employer": "工作单位",
}
_PLAIN_ADDRESS = re.compile(r"(?:现住|住)(?!所|址)([^，,。；;\n]{4,80})")
_ORGANISATION = re.compile(r"(?:公司|银行|中心|合作社|委员会|事务所|医院|学校|厂|店|支行|分行)$")
LONGEST = 3000


@dataclass(frozen=True)
class Person:
    """What the text says about one person; only what was found, by column of ``FilingParty``."""

    side: Side
    values: dict[str, str]


@dataclass(frozen=True)
class Read:
    """What was found. ``amount`` is the largest sum among the claims, in yuan."""

    people: tuple[Person, ...]
    claims: str
    facts: str
    amount: Decimal | None


def read_pleading(text: str) -> Read:
    """Sort a pleading's text into people, claims and facts; empty where nothing was found."""
    people: list[Person] = []
    words = {"claims": "", "facts": ""}
    for name, part in _parts(text):
        if name in words:
            words[name] = words[name] or part[:LONGEST]
        elif name != "rest":
            values = _person(fold_width(part))
            if values.get("name"):
                people.append(Person(Side(name), values))
    return Read(tuple(people), words["claims"], words["facts"], _largest(words["claims"]))


def _parts(text: str) -> Iterator[tuple[str, str]]:
    """The text cut at its headings."""
    name, lines = "rest", list[str]()
    for raw in strip_invisible(text).splitlines():
        line = raw.strip()
        head = _HEAD.match(fold_width(line))  # character for character, so that the places fit
        if head:
            yield name, "\n".join(lines).strip()
            name, lines = head.lastgroup or "rest", [line[head.end() :].strip()]
        else:
            lines.append(line)
    yield name, "\n".join(lines).strip()


def _person(part: str) -> dict[str, str]:
    found = {key: value for key in _LABELLED if (value := _labelled(part, key))}
    first = re.split(r"[，,。；;\s（(：:]", part, maxsplit=1)[0]
    if "name" not in found and 2 <= len(first) <= 60 and not re.search(r"\d", first):
        found["name"] = first
    plain = _PLAIN_ADDRESS.search(part)
    if "address" not in found and plain:
        found["address"] = plain[1].strip()
    card, credit, phone = _ID_CARD.search(part), _USCC.search(part), _PHONE.search(part)
    if phone:
        found["phone"] = phone[0]
    if _ORGANISATION.search(found.get("name", "")) or (credit and not card):
        found["kind"] = PartyKind.LEGAL.value
        return found | ({"id_kind": "uscc", "id_number": credit[0]} if credit else {})
    found["kind"] = PartyKind.NATURAL.value
    if card:
        found |= {"id_kind": "id_card", "id_number": card[0].upper()}
    return found | _natural(part)


def _natural(part: str) -> dict[str, str]:
    found = {}
    gender = re.search(r"(?:^|[，,\s：:])(男|女)(?=[，,。；;\s]|$)", part)
    if gender:
        found["gender"] = gender[1]
    born = _BORN.search(part)
    if born:
        try:
            found["born_on"] = date(int(born[1]), int(born[2]), int(born[3])).isoformat()
        except ValueError:
            pass
    ethnicity = re.search(r"[，,\s]([\u4e00-\u9fff]{1,6}族)(?=[，,。；;\s]|$)", part)
    if ethnicity:
        found["ethnicity"] = ethnicity[1]
    return found


def _labelled(part: str, key: str) -> str:
    """The value behind a label: up to the end of the sentence or line."""
    found = re.search(
        rf"(?:{_LABELLED[key]})(?:[（(][^）)]*[）)])?[：:\t ]\s*([^，,。；;\n\t]{{1,80}})", part
    )
    return found[1].strip() if found else ""


def _largest(claims: str) -> Decimal | None:
    sums = [
        Decimal(re.sub("[,，]", "", number)) * (10_000 if ten_thousand else 1)
        for number, ten_thousand in _MONEY.findall(re.sub(r"[ \t]", "", fold_width(claims)))
    ]
    return max(sums, default=None)


def numbered(words: str) -> list[str]:
    """The points of a numbered text, without their numbers; the whole text as one point when it has none."""
    points = re.split(r"(?:^|\n)\s*(?:[0-9０-９]{1,2}|[一二三四五六七八九十]{1,3})[、.．,，)）]\s*", words)
    return [point.strip() for point in points if point.strip()]
