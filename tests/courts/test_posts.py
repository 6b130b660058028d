"""Posts: rights end when a post ends, once; a session works only in a post of its own."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from common import clock
from common.actor import system
from common.errors import Conflict
from courts.posts import post_of_session
from courts.services import end_post
from tests.support.court import Cast
from tests.support.sign_in import sign_in_staff

ADMIN = system("test")


def test_an_ended_post_is_not_ended_again(cast: Cast) -> None:
    """A second end would move the first one to a later day: rights that were over would have lasted longer."""
    post = cast.posts["clerk"]
    ended = end_post(post_id=post.pk, actor=ADMIN).ends_at
    with clock.at(clock.now() + timedelta(days=3)), pytest.raises(Conflict):
        end_post(post_id=post.pk, actor=ADMIN)
    post.refresh_from_db()
    assert post.ends_at == ended


@pytest.mark.req("SEC-07")
def test_rights_end_with_the_post_on_the_next_click(cast: Cast) -> None:
    client = Client()
    sign_in_staff(client, "clerk")
    assert client.get("/desk/filings/").status_code == 200
    end_post(post_id=cast.posts["clerk"].pk, actor=ADMIN)
    assert client.get("/desk/filings/")["Location"].startswith("/staff/login/"), (
        "the sign-in has ended too (SEC-07)"
    )
    sign_in_staff(client, "clerk")
    assert client.get("/desk/filings/").status_code == 403


def test_nobody_works_in_the_post_of_another(cast: Cast) -> None:
    """Neither by asking for it nor with a planted session value."""
    client, foreign = Client(), cast.posts["judge"]
    sign_in_staff(client, "clerk")
    client.post("/role/", {"post": str(foreign.pk)})
    assert client.get("/bench/").status_code == 403
    assert post_of_session(cast.posts["clerk"].user_id, foreign.pk) == cast.posts["clerk"]
