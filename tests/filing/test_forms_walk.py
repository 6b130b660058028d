"""Every form from the first page to the signed receipt, through its addresses, with everything answered."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from courts.models import Cause, CauseVersion
from eventlog.receipts import is_genuine
from eventlog.selectors import receipt_of
from filing import events, services
from filing.elements import schema
from filing.models import Filing, FilingStatus
from filing.selectors import draft_of
from tests.filing.answers import posted
from tests.filing.pages import PLAINTIFF, home, text_of
from tests.filing.test_pages_draft import photo
from tests.support.court import Cast


def cause_of(form: schema.ElementForm) -> Cause:
    """The cause of this form; any for a form of any cause."""
    rows = Cause.objects.filter(version=CauseVersion.CIVIL_2025)
    return rows.filter(name=form.cause or "财产损害赔偿纠纷").order_by("-level")[0]


def begun(cast: Cast, key: str) -> Filing:
    """张某's empty draft on this form."""
    form = schema.load(key)
    return services.start_filing(
        actor=cast.zhang, court=cast.court, cause=cause_of(form), form=key, precheck={"who": "natural"}
    )


def fill_in(client: Client, filing: Filing, **options: Any) -> None:
    """Every page of the form that is asked, in order."""
    form = schema.load(filing.form)
    for task in form.tasks:
        for page in task.pages:
            kept = Filing.objects.get(pk=filing.pk).answers
            address = home(filing, f"{task.key}/{page.key}/")
            if not page.asked(kept):
                assert client.get(address).status_code == 302, address
                continue
            assert client.get(address).status_code == 200, address
            answer = client.post(address, posted(page, kept, **options))
            assert answer.status_code == 302, (address, text_of(answer))


def add_the_rest(client: Client, filing: Filing) -> None:
    """People, papers and delivery."""
    assert client.post(home(filing, "me/new/"), PLAINTIFF).status_code == 302
    assert client.post(home(filing, "other/new/"), {"kind": "natural", "name": "李某"}).status_code == 302
    for slot, _files in draft_of(Filing.objects.get(pk=filing.pk)).slots():
        sent = {"slot": slot.key, "files": photo()}
        assert client.post(home(filing, "evidence/"), sent).status_code == 302, slot.key
    assert client.post(home(filing, "delivery/"), {"e_delivery": "yes"}).status_code == 302


@pytest.mark.parametrize("key", schema.form_keys())
def test_a_form_goes_from_the_first_page_to_the_receipt(cast: Cast, key: str) -> None:
    filing, client = begun(cast, key), cast.client("zhang")
    fill_in(client, filing)
    add_the_rest(client, filing)
    check = text_of(client.get(home(filing, "check/")))
    form = schema.load(key)
    for sentence in form.notices(Filing.objects.get(pk=filing.pk).answers):
        assert sentence in check
    sent = {"agree": "on", "signed_name": "张某", "form_key": str(uuid.uuid4())}
    answer = client.post(home(filing, "check/"), sent)
    assert answer.status_code == 302, text_of(answer)
    filing.refresh_from_db()
    assert filing.status == FilingStatus.SUBMITTED and filing.number in text_of(
        client.get(answer["Location"])
    )
    receipt = receipt_of(filing, events.SUBMITTED)
    assert receipt is not None and is_genuine(receipt.text, receipt.signature)
    if form.amount_field:
        assert filing.amount == Decimal(filing.answers[form.amount_field])
    review = text_of(cast.client("clerk").get(f"/desk/filings/{filing.public_id}/"))
    assert "必填内容和材料都有" in review
