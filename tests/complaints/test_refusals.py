"""Inside the zone, what cannot be done is said and changes nothing; what is done again is done once (REL-04)."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import FieldError
from django.test import Client
from django.urls import reverse

from common.actor import ANONYMOUS
from common.errors import Conflict, TooManyRequests
from complaints import sealing
from complaints.models import Entry, Finding, Matter, Word
from complaints.policies import own_matters
from complaints.services import authors, handling, interference, routing, trail
from complaints.services.intake import identity_of
from courts.services import end_post
from portal.demo import cast as people
from tests.complaints.conftest import inside
from tests.complaints.test_access import browser
from tests.complaints.test_door import send
from tests.complaints.test_zone import CONTENT, Zone, received
from tests.support.court import Cast


def test_again_is_once_and_too_often_is_said(cast: Cast, zone: Zone) -> None:
    matter, _code = received(cast, zone)
    with zone():
        where: dict[str, Any] = {"matter_id": matter.pk, "actor": cast.discipline}
        for _twice in range(2):
            handling.note(text="记", form_key="k", **where)
            handling.name_person(staff_no="2001", **where)
        with pytest.raises(Conflict):
            handling.decide_close(agreed=True, **where)
        handling.reply(text="已查", form_key="k", **where)
        handling.pass_up(**where)
        matter.standing.refresh_from_db()
        assert matter.standing.escalate_at is None, "answered: no clock begins anew"
        names = list(Entry.objects.filter(matter_id=matter.pk).values_list("name", flat=True))
        assert names.count("complaint.noted") == 1 and names.count("complaint.named") <= 1
        for number in range(authors.AN_HOUR):
            authors.write_more(matter=matter, text="再说一句", form_key=str(number))
        with pytest.raises(TooManyRequests):
            authors.write_more(matter=matter, text="再说一句", form_key="more")
        assert identity_of(matter) == {} and not own_matters(ANONYMOUS).exists()


def test_who_keeps_it_keeps_it(cast: Cast, zone: Zone) -> None:
    """While somebody may see it, nothing moves; a day is closed once."""
    matter, _code = received(cast, zone)
    with zone():
        routing.keep_handled(matter)
        assert matter.routings.count() == 1
        day = interference.open_months()[1]
        assert [trail._close(day) for _twice in range(2)] == [1, 0]


def test_a_form_without_its_key(cast: Cast) -> None:
    assert send(cast, form_key="short").status_code >= 400


def test_forms_say_what_is_missing(cast: Cast, zone: Zone, settings: Any) -> None:
    """A wrong code, a reason too short, an act that is not possible now; the page comes back with the words."""
    matter, code = received(cast, zone, by="li")
    officer, judge, visitor = browser(cast, "discipline"), browser(cast, "judge"), Client()

    def post(name: str, **data: str) -> Any:
        return officer.post(reverse(f"zone:{name}", args=[matter.public_id]), data)

    with inside(settings):
        for wrong, words in (("1234", "26位"), ("0" * 26, "没有查到")):
            answer = visitor.post("/complaints/receipt/", {"code": wrong})
            assert answer.status_code == 422 and words in answer.content.decode()
        answer = post("unlock", **{"unlock-text": "短"})
        assert answer.status_code == 422 and "至少10个字" in answer.content.decode()
        answer = post("close", **{"close-finding": "founded"})
        assert answer.status_code == 422 and "先答复再办结" in answer.content.decode()
        assert post("unlock_agree").status_code == 409
        assert post("take").status_code == 302 and post("take").status_code == 409
        assert post("up").status_code == 302
        for _number in range(authors.AN_HOUR):
            authors.write_more(matter=matter, text="再说一句", form_key=str(_number))
        more = {"code": code, "text": "还有", "form_key": "new"}
        answer = visitor.post("/complaints/receipt/", more)
        assert answer.status_code == 422 and "补充得太多了" in answer.content.decode()
        month = f"{interference.open_months()[0]:%Y-%m}"
        for _twice in range(2):
            assert judge.post("/interference/none/", {"month": month}).status_code == 302
        assert "已经填过了" in judge.get("/interference/").content.decode()
        handling.reply(matter_id=matter.pk, text="已查", form_key="k", actor=cast.discipline)
        handling.propose_close(matter_id=matter.pk, finding=Finding.FOUNDED, actor=cast.discipline)
        handling.decide_close(matter_id=matter.pk, agreed=False, actor=cast.discipline2)
        assert post("name", **{"name-staff_no": "99999"}).status_code == 422


def test_a_record_is_read_by_the_office(cast: Cast, zone: Zone, settings: Any) -> None:
    officer = browser(cast, "discipline")
    with inside(settings):
        content = CONTENT | {"who": "校外人员", "office": "某公司经理"}
        record = interference.record(content=content, form_key="k", actor=cast.judge)
        page = officer.get(reverse("zone:matter", args=[record.public_id])).content.decode()
        assert "某公司经理" in page and "2026-03-02" in page


def test_sealed_columns_are_not_searched(cast: Cast, zone: Zone) -> None:
    received(cast, zone)
    with zone():
        with pytest.raises(FieldError):
            Word.objects.filter(text="x").exists()
        assert not Matter.objects.filter(content__isnull=True).exists()
        field: Any = Matter._meta.get_field("content")
        assert field.get_prep_value(None) is None and field.to_python({"a": 1}) == {"a": 1}
        assert field.from_db_value(None, None, None) is None


def test_what_fits_no_box_and_keys_of_another_kind(cast: Cast, settings: Any, zone: Zone) -> None:
    with pytest.raises(ValueError, match="too long"):
        sealing.close_box({"words": "长" * sealing.BOX_BYTES})
    listed: Any = [1]
    with zone(), pytest.raises(ValueError, match="not a box"):
        sealing.open_box(sealing.close_box(listed))
    settings.ZONE_PUBLIC_KEY_FILE = settings.CASHIER_PUBLIC_KEY_FILE
    with pytest.raises(TypeError):
        sealing.close_box({})


@pytest.mark.req("SEC-31")
def test_posts_that_end_take_sight_with_them(cast: Cast, zone: Zone, settings: Any) -> None:
    """A handler whose post ended is signed out in the middle of his work, and signed in again finds an unknown address."""
    matter, _code = received(cast, zone)
    officer = browser(cast, "discipline")
    end_post(post_id=cast.posts["discipline"].pk, actor=people.SETUP)
    again = browser(cast, "discipline")
    with inside(settings):
        address = reverse("zone:matter", args=[matter.public_id])
        assert officer.get(address)["Location"].startswith("/staff/login/")
        assert again.get(address).status_code == 404
