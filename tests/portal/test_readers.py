"""谁看过我的信息: one list over all cases and applications, for its person alone."""

from __future__ import annotations

from contextlib import closing

import pytest

from cases.services import read_with_reason
from documents.models import StoredFile
from tests.support.scans import Told

PATH = "/my/readers/"


@pytest.mark.req("SEC-69", "SEC-18")
def test_every_look_at_papers_files_and_cases_and_nobody_elses(told: Told) -> None:
    cast, copy = told.cast, told.copy(told.plaintiff)
    zhang, clerk = cast.client("zhang"), cast.client("clerk")
    assert "还没有人看过" in zhang.get(PATH).content.decode()
    handed_in = StoredFile.objects.filter(uploaded_by=cast.users["zhang"]).latest("id")
    for address in (f"/papers/{copy.public_id}/", f"/files/{handed_in.public_id}/"):
        with closing(clerk.get(address, follow=True)) as answer:
            assert answer.status_code == 200
    read_with_reason(
        case_public_id=told.case.public_id, reason="核实逾期没有答复的原因和经过", actor=cast.supervisor
    )
    page = zhang.get(PATH).content.decode()
    for words in (copy.serial, handed_in.display_name, "法院院领导", "写明理由", told.case.number):
        assert words in page, words
    assert page.count("<time") == 3 and "核实逾期" not in page
    for other in ("li", "chen"):
        theirs = cast.client(other).get(PATH).content.decode()
        assert copy.serial not in theirs and handed_in.display_name not in theirs
    assert cast.client("judge").get(PATH).status_code == 302
