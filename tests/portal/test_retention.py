"""The retention table: whole, carried out in batches, nothing of a live case or under a hold, on record (SEC-68)."""

from __future__ import annotations

import uuid
from datetime import timedelta
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from accounts.models import (
    AccountPhoneChange,
    AccountSession,
    IdempotencyKey,
    OneTimeCode,
    PhoneChangeState,
    RateCounter,
)
from cases.models import Case, Stage
from common import clock
from common.errors import Conflict, InvalidInput
from documents.models import StoredFile
from documents.storage import kept_files
from eventlog.models import Event
from feedback.models import Suggestion, SuggestionState
from filing import services
from filing.models import Filing, FilingParty
from notifications.models import HookState, HookTopic, WebhookDelivery, WebhookEndpoint
from portal.models import HeldKind, LegalHold
from portal.retention.carry import carry_out, dry_run
from portal.retention.holds import is_held_person, lift_hold, place_hold
from portal.retention.table import ELSEWHERE, KEPT, RULES, Deed
from tests.support.court import Cast, draft

pytestmark = pytest.mark.req("SEC-68")
BY_KEY = {rule.key: rule for rule in RULES}


def test_every_model_is_in_the_table_or_named_with_its_reason() -> None:
    """A new table without a decision how long it is kept fails here."""
    ruled = {rule.rows(clock.process_now()).model._meta.label_lower for rule in RULES}
    # an application that was sent is kept with its case; only drafts have a time
    lists = [ruled, set(KEPT), set(ELSEWHERE)]
    known = {model._meta.label_lower for model in apps.get_models() if model._meta.app_label != "standins"}
    assert set().union(*lists) == known
    assert sum(map(len, lists)) == len(known), "a model stands in two lists"
    assert len(BY_KEY) == len(RULES) and all((KEPT | ELSEWHERE).values())


def test_no_rule_touches_rows_that_never_change_and_all_say_law_and_start() -> None:
    for rule in RULES:
        assert not getattr(rule.rows(clock.process_now()).model, "append_only", False), rule.key
        assert all(map(str, (rule.what, rule.since, rule.law))) and rule.days > 0
        assert (rule.deed == Deed.BLANK) == bool(rule.blanks)
    assert (BY_KEY["codes"].days, BY_KEY["drafts"].days) == (7, 90)
    assert min(BY_KEY[key].days for key in ("sign_ins", "scans", "effects", "tokens")) >= 180
    assert BY_KEY["repeats"].days >= 30, "REL-04"


def a_code(phone: str = "p") -> OneTimeCode:
    now = clock.now()
    return OneTimeCode.objects.create(phone_index=phone, browser="b", created_at=now, expires_at=now)


def rows_of(run: list[object]) -> dict[str, int]:
    return {count.rule.key: count.rows for count in run if count.rows}  # type: ignore[attr-defined]


def test_what_is_over_goes_what_is_not_stays_and_the_run_is_on_record(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.retention.carry.BATCH", 2)
    monkeypatch.setattr("portal.retention.carry.WINDOW", 3)
    now, zhang = clock.now(), cast.users["zhang"]
    with clock.at(now - timedelta(days=8)):
        old = [a_code() for _number in range(5)]
    young = a_code()
    RateCounter.objects.create(key="old", window_start=now - timedelta(days=92), count=1)
    RateCounter.objects.create(key="young", window_start=now - timedelta(days=90), count=1)
    for days in (61, 59):
        IdempotencyKey.objects.create(
            actor_key="a", route="r", key=str(days), request_hash="h", created_at=now - timedelta(days=days)
        )
    for days, ended in ((185, 185), (185, 100), (100, 100), (185, None)):
        AccountSession.objects.create(
            user=zhang,
            session_key=f"{days}-{ended}",
            started_at=now - timedelta(days=days),
            ended_at=now - timedelta(days=ended) if ended else None,
        )
    expected = {"codes": 5, "counters": 1, "repeats": 1, "sign_ins": 2}
    assert rows_of(dry_run()) == expected
    assert OneTimeCode.objects.filter(pk__in=[code.pk for code in old]).count() == 5, (
        "a dry run changes nothing"
    )
    assert carry_out() == sum(expected.values())
    assert list(OneTimeCode.objects.all()) == [young]
    assert list(RateCounter.objects.filter(key__in=["old", "young"]).values_list("key", flat=True)) == [
        "young"
    ]
    assert AccountSession.objects.count() == 2
    entries = Event.objects.filter(name="portal.retention_cleared")
    told: dict[str, int] = {}
    for entry in entries:
        told[entry.payload["rule"]] = told.get(entry.payload["rule"], 0) + entry.payload["rows"]
    assert told == expected and entries.count() > len(expected), "several batches"
    assert carry_out() == 0 and entries.count() == len(entries.all())


def test_a_draft_goes_with_people_files_and_bytes_and_a_sent_one_stays(cast: Cast) -> None:
    now = clock.now()
    with clock.at(now - timedelta(days=100)):
        sent = services.submit_filing(filing_id=draft(cast, principal=70000).pk, actor=cast.zhang)
        left = draft(cast)
    files = list(StoredFile.objects.filter(owner_public_id=left.public_id))
    keys = [file.storage_key for file in files]
    assert files and all(kept_files().size_of(key) for key in keys)
    assert rows_of(dry_run()) == {"drafts": 1}
    carry_out()
    assert list(Filing.objects.all()) == [sent]
    assert not FilingParty.objects.filter(filing_id=left.pk).exists()
    assert not StoredFile.objects.filter(pk__in=[file.pk for file in files]).exists()
    there = set(kept_files().keys_under("files"))
    assert not {key for key, _at in there} & set(keys), "the bytes are gone too"
    assert StoredFile.objects.filter(owner_public_id=sent.public_id).exists()
    last = Event.objects.filter(stream=f"filing:{left.public_id}").latest("seq")
    assert last.name == "filing.draft_cleared"
    call_command("audit", "verify", stdout=StringIO())


@pytest.mark.parametrize("kind", [HeldKind.PERSON, HeldKind.FILING])
def test_a_legal_hold_wins(cast: Cast, kind: HeldKind) -> None:
    with clock.at(clock.now() - timedelta(days=100)):
        left = draft(cast)
    zhang = cast.users["zhang"]
    thing = zhang.public_id if kind == HeldKind.PERSON else left.public_id
    hold = place_hold(kind=kind, thing=thing, reason="诉讼中的争议", actor=cast.supervisor)
    assert is_held_person(zhang) and not is_held_person(cast.users["li"])
    with pytest.raises(Conflict):
        place_hold(kind=kind, thing=thing, reason="诉讼中的争议", actor=cast.supervisor)
    assert rows_of(dry_run()) == {} and carry_out() == 0
    with pytest.raises(InvalidInput):
        lift_hold(public_id=hold.public_id, reason="", actor=cast.supervisor)
    lift_hold(public_id=hold.public_id, reason="争议已经解决", actor=cast.supervisor)
    assert carry_out() == 1 and not Filing.objects.filter(pk=left.pk).exists()
    names = Event.objects.filter(name__startswith="portal.legal_hold").order_by("id")
    assert [event.name for event in names] == ["portal.legal_hold_placed", "portal.legal_hold_lifted"]


def test_nothing_of_a_live_or_held_case_goes(cast: Cast, case: Case) -> None:
    now, zhang = clock.now(), cast.users["zhang"]
    endpoint = WebhookEndpoint.objects.create(
        user=zhang, url="https://a.example/", secret="s", topics=[HookTopic.CASES], created_at=now
    )
    for number, state in enumerate((HookState.DONE, HookState.QUEUED)):
        WebhookDelivery.objects.create(
            endpoint=endpoint,
            event_id=number,
            kind="cases.opened",
            case_public_id=case.public_id,
            happened_at=now,
            state=state,
            next_at=now,
            created_at=now - timedelta(days=91),
        )
    assert rows_of(dry_run()) == {}
    Case.objects.filter(pk=case.pk).update(closed_at=now, stage=Stage.CLOSED)
    assert rows_of(dry_run()) == {"hooks": 1}, "what still waits is never cleared"
    hold = place_hold(
        kind=HeldKind.CASE, thing=case.public_id, reason="当事人申请再审", actor=cast.supervisor
    )
    assert rows_of(dry_run()) == {} and is_held_person(zhang)
    lift_hold(public_id=hold.public_id, reason="再审已经结束", actor=cast.supervisor)
    assert carry_out() == 1 and WebhookDelivery.objects.get().state == HookState.QUEUED


def test_a_row_that_stays_loses_what_names_somebody(cast: Cast) -> None:
    now = clock.now()
    long_ago = now - timedelta(days=3 * 366 + 1)
    change = AccountPhoneChange.objects.create(
        user=cast.users["zhang"],
        way="self",
        old_phone="13800000001",
        old_phone_index="o",
        new_phone="13800000009",
        new_phone_index="n",
        state=PhoneChangeState.DONE,
        asked_at=long_ago,
        takes_effect_at=long_ago,
        ended_at=long_ago,
    )
    suggestion = Suggestion.objects.create(
        court=cast.court,
        text="多开一个窗口",
        phone="13800000008",
        state=SuggestionState.HANDLED,
        received_at=now - timedelta(days=95),
        handled_at=now - timedelta(days=91),
        handled_by=cast.posts["supervisor"],
    )
    assert rows_of(dry_run()) == {"phones": 1, "suggestions": 1}
    carry_out()
    change.refresh_from_db()
    suggestion.refresh_from_db()
    assert (change.old_phone, change.new_phone, change.new_phone_index, change.state) == ("", "", "", "done")
    assert (suggestion.phone, suggestion.text) == ("", "多开一个窗口")
    assert rows_of(dry_run()) == {}


def test_commands_count_print_place_and_lift(cast: Cast) -> None:
    out = StringIO()
    call_command("retention", "--dry-run", stdout=out)
    call_command("retention", "--table", stdout=out)
    call_command("retention", stdout=out)
    told = out.getvalue()
    assert "codes: 0 to clear" in told and "短信验证码" in told and "retention: 0 rows" in told
    assert all(label in told for label in KEPT)
    zhang, by = cast.users["zhang"], f"--as={cast.posts['supervisor'].user.username}"
    for wrong in (["place", by], ["lift", by], ["place", f"--thing={uuid.uuid4()}"]):
        with pytest.raises(CommandError):
            call_command("legal_hold", *wrong, stdout=StringIO())
    with pytest.raises(CommandError):
        call_command(
            "legal_hold", "place", by, f"--thing={uuid.uuid4()}", "--reason=有争议的账号", stdout=StringIO()
        )
    out = StringIO()
    call_command(
        "legal_hold",
        "place",
        by,
        "--kind=person",
        f"--thing={zhang.public_id}",
        "--reason=有争议的账号",
        stdout=out,
    )
    hold = LegalHold.objects.get()
    assert str(hold.public_id) in out.getvalue()
    call_command(
        "legal_hold", "lift", by, f"--hold={hold.public_id}", "--reason=已经说清楚了", stdout=StringIO()
    )
    hold.refresh_from_db()
    assert hold.lifted_by_id == cast.posts["supervisor"].user_id
