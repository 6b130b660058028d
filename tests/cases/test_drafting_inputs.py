"""What people type into a draft (RELIABILITY §6, 9–23): kept or refused beside its field, printed as it stands."""

from __future__ import annotations

import re
from typing import Any

import pypdfium2
import pytest
from django.urls import reverse

from cases.drafting.changes import changes_between
from cases.models import Case, PaperDraft
from documents.rendering.fields import Field, FieldKind
from documents.rendering.reading import value_of
from tests.cases.test_drafting import SUMMONS, written
from tests.support.court import Cast

LITERAL = [
    "开庭<script>alert(1)</script><svg onload=x>",
    "{{7*7}}{% now 'Y' %}",
    "' OR 1=1; DROP TABLE cases_case; --",
    "100%_开庭",
    "(a+)+$" + "a" * 60,
    "=cmd|'/c calc'!A1+@",
    '#panic("x") #read("/etc/passwd") $x^2$ *粗* _斜_ @ref <tag> \\u{41} // 注',
    '开庭#[#import "base.typ": *]',
]
REFUSED = [
    "开庭\ud800",
    "开" + "\u0301" * 10_000,
    "长" * 1_000_000,
    "长" * 101,
    "   ",
    "\u200b\u202e",
    "\x00",
]
TIDIED = {
    "开\u200b庭\u202e审理": "开庭审理",
    "开\x00庭审理": "开庭审理",
    "cafe\u0301": "café",
    "开庭\r\n审理\r\nERROR admin": "开庭 审理 ERROR admin",
}


def sent(cast: Cast, draft: PaperDraft, **texts: str) -> Any:
    """The clerk presses 保存并看样子 with these texts; what the browser sends."""
    body: dict[str, Any] = {f"text-{name}": text for name, text in (SUMMONS | texts).items()}
    body |= {"addressees": draft.addressees, "seen": draft.version, "do": "look"}
    return cast.client("caseclerk").post(reverse("pages:draft_edit", args=[draft.public_id]), body)


def printed(cast: Cast, draft: PaperDraft) -> str:
    """The text of the preview, without blanks and line breaks."""
    answer: Any = cast.client("caseclerk").get(reverse("pages:draft_file", args=[draft.public_id]))
    document = pypdfium2.PdfDocument(b"".join(answer.streaming_content))
    try:
        return "".join(re.sub(r"\s|￾", "", page.get_textpage().get_text_range()) for page in document)
    finally:
        document.close()


def test_whatever_can_be_stored_is_printed_as_it_stands(cast: Cast, case: Case) -> None:
    draft = written(case, "summons", cast.caseclerk, SUMMONS)
    for text in LITERAL:
        draft.refresh_from_db()
        assert sent(cast, draft, purpose=text).status_code == 302, text
        draft.refresh_from_db()
        assert draft.fields["purpose"] == text
        assert re.sub(r"\s", "", text) in printed(cast, draft), text
        page = cast.client("judge").get(reverse("pages:draft_edit", args=[draft.public_id]))
        assert "<script>alert" not in page.content.decode()


def test_invisible_marks_go_and_one_form_stays(cast: Cast, case: Case) -> None:
    draft = written(case, "summons", cast.caseclerk, SUMMONS)
    for text, kept in TIDIED.items():
        draft.refresh_from_db()
        assert sent(cast, draft, purpose=text).status_code == 302
        draft.refresh_from_db()
        assert draft.fields["purpose"] == kept


@pytest.mark.parametrize("text", REFUSED, ids=range(len(REFUSED)))
def test_what_cannot_be_kept_is_said_beside_its_field(text: str) -> None:
    field = Field("purpose", "传唤事由", longest=100)
    with pytest.raises(ValueError, match=r"传唤事由|字以内|字符|叠加"):
        value_of(field, text)


def test_a_wrong_text_loses_nothing_of_the_rest(cast: Cast, case: Case) -> None:
    draft = written(case, "summons", cast.caseclerk, SUMMONS)
    answer = sent(cast, draft, purpose="长" * 101, place="第五法庭", appear_at="明天上午")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "请缩短到100字以内" in page and "长" * 101 in page and "第五法庭" in page and "明天上午" in page
    draft.refresh_from_db()
    assert (draft.fields["purpose"], draft.fields["place"]) == (SUMMONS["purpose"], "第五法庭")
    assert sent(cast, draft, place="第五法庭").status_code == 302


@pytest.mark.req("B-47")
def test_a_second_tab_overwrites_nothing_silently(cast: Cast, case: Case) -> None:
    draft = written(case, "summons", cast.caseclerk, SUMMONS)
    old = PaperDraft.objects.get(pk=draft.pk)
    assert sent(cast, draft, place="第五法庭").status_code == 302
    answer = sent(cast, old, place="第六法庭")
    page = answer.content.decode()
    assert answer.status_code == 412 and "第五法庭" in page and "第六法庭" in page
    draft.refresh_from_db()
    assert draft.fields["place"] == "第五法庭"


def test_the_line_ends_of_a_browser_are_no_change() -> None:
    kept, sent_back = {"measures": "冻结存款\n查封房屋"}, {"measures": "冻结存款\r\n查封车辆\r\n"}
    (change,) = changes_between("preservation_ruling", kept, sent_back)
    assert (change.gone, change.came) == (["查封房屋"], ["查封车辆"])


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (FieldKind.MOMENT, "2026-02-30 9:00"), (FieldKind.MOMENT, "2026-12-15 24:00"), (FieldKind.MOMENT, "2026-12-15"),
        (FieldKind.DAY, "0000-01-01"), (FieldKind.DAY, "9999-1-1"), (FieldKind.DAYS, "0"), (FieldKind.DAYS, "-1"),
        (FieldKind.DAYS, "1e3"), (FieldKind.DAYS, "99999999999999999999"), (FieldKind.MONEY, "NaN"), (FieldKind.MONEY, "-1"),
        (FieldKind.PEOPLE, "赵某"), (FieldKind.PARTIES, "委托诉讼代理人：王某"), (FieldKind.LIST, "长" * 600),
    ],
)  # fmt: skip
def test_what_has_no_such_shape_is_refused(kind: FieldKind, text: str) -> None:
    with pytest.raises(ValueError):
        value_of(Field("x", "此项", kind, longest=20_000), text)


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (FieldKind.MOMENT, "２０２６年12月15日 下午2：05", "2026-12-15 14:05"),
        (FieldKind.MOMENT, "2026/12/15 9点", "2026-12-15 09:00"),
        (FieldKind.DAYS, "１５日", 15),
        (FieldKind.MONEY, "1,300元", "1300.00"),
        (FieldKind.PEOPLE, "审判长:赵某\n\n 书记员：𠅤某 ", [{"role": "审判长", "name": "赵某"}, {"role": "书记员", "name": "𠅤某"}]),
    ],
)  # fmt: skip
def test_what_people_write_is_understood(kind: FieldKind, text: str, value: object) -> None:
    assert value_of(Field("x", "此项", kind, longest=500), text) == value
