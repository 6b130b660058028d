"""Ratings that are low, suggestions, surveys with a sample, the public page: through services and pages."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from cases.models import Case, Party, Side
from common import clock
from common.actor import system
from common.errors import Conflict, InvalidInput, InvalidTransition, NotAllowed
from courts.models import Court, Division
from feedback import services
from feedback.figures import Period, contentment, service_times, survey_results
from feedback.models import (
    QUESTIONS,
    Clock,
    ClockKind,
    Invitation,
    Rework,
    ReworkState,
    Satisfaction,
    Suggestion,
    SuggestionState,
    Survey,
    SurveyForm,
    Thread,
)
from feedback.services.reworks import open_reworks
from feedback.services.surveys import draw
from tests.feedback.settled import answer, ask, at, settled
from tests.support.court import Cast, accepted
from tests.support.database import Kept

JOB = system("满意度")


@pytest.fixture
def cast(transactional_db: None, made_once: Kept) -> Cast:
    """Everybody, in office since February."""
    return settled(made_once)


@pytest.fixture
def case(cast: Cast) -> Case:
    with clock.at(at("2026-03-02 09:00")):
        return accepted(cast)


def rated(cast: Cast, case: Case, level: str, count: int) -> None:
    """Questions of March, answered and rated."""
    for _number in range(count):
        thread = ask(cast, case, "2026-03-10 10:00")
        answer(cast, thread, "2026-03-10 11:00")
        with clock.at(at("2026-03-10 12:00")):
            services.rate(thread_id=thread.pk, level=level, words="", wants_reopening=False, actor=cast.zhang)


def reworks(when: str) -> int:
    with clock.at(at(when)):
        return open_reworks(JOB)


def test_low_ratings_of_a_month_open_one_rework_for_the_head(cast: Cast, case: Case) -> None:
    rated(cast, case, "unsatisfied", 7)
    rated(cast, case, "satisfied", 3)
    assert reworks("2026-04-01 08:00") == 1 and reworks("2026-04-02 08:00") == 0
    row = Rework.objects.get()
    assert (row.content, row.ratings, row.answered) == (3, 10, 10)
    assert row.division == cast.posts["head"].division and row.due_at == at("2026-04-16 23:59:59")
    with pytest.raises(NotAllowed):
        services.finish_rework(rework_id=row.pk, words="好", actor=cast.judge)
    with pytest.raises(InvalidInput):
        services.finish_rework(rework_id=row.pk, words=" ", actor=cast.head)
    done = services.finish_rework(rework_id=row.pk, words="先打电话再答复", actor=cast.head)
    assert done.state == ReworkState.DONE
    with pytest.raises(InvalidTransition):
        services.finish_rework(rework_id=row.pk, words="再一次", actor=cast.head)


def test_a_few_bad_ratings_by_chance_are_no_finding(cast: Cast, case: Case) -> None:
    rated(cast, case, "unsatisfied", 2)
    rated(cast, case, "satisfied", 3)
    assert reworks("2026-04-01 08:00") == 0


def test_an_answer_asked_further_counts_once(cast: Cast, case: Case) -> None:
    thread = ask(cast, case, "2026-03-10 10:00")
    answer(cast, thread, "2026-03-10 11:00")
    with clock.at(at("2026-03-11 09:00")):
        services.write_more(thread_id=thread.pk, text="哪一天？", actor=cast.zhang)
    answer(cast, thread, "2026-03-11 10:00")
    found = contentment(cast.court.pk, Period(at("2026-03-01").date(), at("2026-03-31").date()))
    assert (found.asked, found.answered, found.rated.numerator) == (1, 1, 0)
    assert Clock.objects.filter(kind=ClockKind.RESOLUTION).count() == 2


# -- suggestions -------------------------------------------------------------------------------------------------------


def test_suggestion_from_nobody_in_particular(cast: Cast) -> None:
    page, client = "/suggestions/", Client()
    empty = client.post(page, {"court": "", "text": ""})
    said = empty.content.decode()
    assert empty.status_code == 422 and "请填写您的建议" in said and "请选择给哪个法院" in said
    assert client.post(page, {"court": cast.court.pk, "text": "多放几把椅子"}).status_code == 302
    row = Suggestion.objects.get()
    assert row.phone == "" and row.court == cast.court
    for _number in range(4):
        client.post(page, {"court": cast.court.pk, "text": "再说一次"})
    sixth = client.post(page, {"court": cast.court.pk, "text": "第六次"})
    assert sixth.status_code == 422 and "建议太多了" in sixth.content.decode()
    with pytest.raises(NotAllowed):
        services.handle_suggestion(suggestion_id=row.pk, outcome="已加", actor=cast.head)
    done = services.handle_suggestion(suggestion_id=row.pk, outcome="已加二十把", actor=cast.supervisor)
    assert done.state == SuggestionState.HANDLED
    with pytest.raises(InvalidTransition):
        services.handle_suggestion(suggestion_id=row.pk, outcome="再加", actor=cast.supervisor)


# -- surveys -----------------------------------------------------------------------------------------------------------


def opened(cast: Cast, size: int = 10) -> Survey:
    with clock.at(at("2026-04-01 09:00")):
        return services.open_survey(
            title="三月答复",
            since=at("2026-03-01").date(),
            until=at("2026-03-31").date(),
            seed="2026041",
            size=size,
            actor=cast.supervisor,
        )


def test_the_draw_can_be_repeated_by_anybody() -> None:
    people = [f"id-{number}" for number in range(200)]
    found = draw("2026041", people, 50)
    ordered = sorted((hashlib.sha256(f"2026041{one}".encode()).hexdigest(), one) for one in people)
    assert found == [one for _digest, one in ordered[:50]]
    assert draw("2026042", people, 50) != found and draw("2026041", people[::-1], 50) == found


LEVELS = dict.fromkeys(QUESTIONS, Satisfaction.BASIC)


def test_who_was_drawn_returns_one_form_that_knows_nobody(cast: Cast, case: Case) -> None:
    answer(cast, ask(cast, case, "2026-03-10 10:00"), "2026-03-10 11:00")
    answer(cast, ask(cast, case, "2026-03-11 10:00"), "2026-03-11 11:00")
    with pytest.raises(NotAllowed):
        services.open_survey(
            title="x", since=clock.today(), until=clock.today(), seed="1", size=1, actor=cast.head
        )
    survey = opened(cast)
    assert (survey.population, survey.size) == (1, 1), "one form for each party"
    row = Invitation.objects.get()
    with clock.at(at("2026-04-02 09:00")):
        with pytest.raises(NotAllowed):
            services.return_form(invitation_id=row.pk, levels=LEVELS, words="", actor=cast.li)
        services.return_form(invitation_id=row.pk, levels=LEVELS, words="还行", actor=cast.zhang)
        with pytest.raises(Conflict):
            services.return_form(invitation_id=row.pk, levels=LEVELS, words="", actor=cast.zhang)
    form = SurveyForm.objects.get()
    assert {field.name for field in SurveyForm._meta.fields} == {
        *("id", "public_id", "survey", "division", "words"),
        *QUESTIONS,
    }
    assert form.words == "还行"


def test_after_the_close_no_form_is_taken(cast: Cast, case: Case) -> None:
    answer(cast, ask(cast, case, "2026-03-10 10:00"), "2026-03-10 11:00")
    survey = opened(cast)
    with clock.at(survey.closes_at + timedelta(seconds=1)), pytest.raises(Conflict):
        services.return_form(
            invitation_id=Invitation.objects.get().pk, levels=LEVELS, words="", actor=cast.zhang
        )


def test_nobody_answered_is_no_survey(cast: Cast, case: Case) -> None:
    with pytest.raises(InvalidInput):
        opened(cast)


def filled(cast: Cast, case: Case, counts: dict[str, int], invited: int) -> Survey:
    """A survey with forms as they might come back: 满意率 of nine in ten in the first question."""
    survey = Survey.objects.create(
        court=cast.court,
        title="三月答复",
        since=at("2026-03-01").date(),
        until=at("2026-03-31").date(),
        seed="2026041",
        population=900,
        size=invited,
        opened_at=at("2026-04-01"),
        closes_at=at("2026-04-15"),
    )
    divisions = {name: Division.objects.get_or_create(court=cast.court, name=name)[0] for name in counts}
    party, day = Party.objects.get(case=case, side=Side.PLAINTIFF), at("2026-03-10")
    threads = Thread.objects.bulk_create(
        Thread(court=cast.court, case=case, party=party, topic="other", opened_at=day, reply_due_at=day)
        for _number in range(invited)
    )
    names = [name for name, count in counts.items() for _number in range(count)]
    names += [next(iter(counts))] * (invited - len(names))
    Invitation.objects.bulk_create(
        Invitation(survey=survey, thread=thread, division=divisions[name])
        for thread, name in zip(threads, names, strict=True)
    )
    levels = [Satisfaction.SATISFIED] * 8 + [Satisfaction.BASIC, Satisfaction.UNSATISFIED]
    number = 0
    for name, count in counts.items():
        for _form in range(count):
            row = dict.fromkeys(QUESTIONS, Satisfaction.SATISFIED) | {"clear": levels[number % 10]}
            SurveyForm.objects.create(survey=survey, division=divisions[name], **row)
            number += 1
    return survey


def test_78_forms_with_their_uncertainty_and_a_hidden_group(cast: Cast, case: Case) -> None:
    survey = filled(cast, case, {"民一庭": 60, "民二庭": 14, "民三庭": 4}, 120)
    everybody, *divisions = survey_results(survey)
    clear = everybody.results[0].content
    # 71 of 78: 7 full tens with 9 each, then 8 of 8
    assert (everybody.returned, clear.numerator, clear.denominator) == (78, 71, 78)
    assert clear.interval is not None and [str(end) for end in clear.interval] == ["82.62", "95.58"]
    shown = {group.name: group.is_hidden for group in divisions}
    assert shown == {"民一庭": False, "民二庭": True, "民三庭": True}, (
        "民三庭 could be reckoned from the others"
    )
    client = cast.client("supervisor")
    page = client.get(f"/oversight/surveys/{survey.public_id}/").content.decode()
    assert (
        "65.00%（78 / 120）" in page and "71 / 78" in page and "82.62%–95.58%" in page and "2026041" in page
    )
    assert "收回太少，不显示" in page and "4 / 4" not in page


def test_fewer_than_five_forms_show_nothing(cast: Cast, case: Case) -> None:
    survey = filled(cast, case, {"民一庭": 4}, 10)
    assert all(group.is_hidden and not group.results for group in survey_results(survey))


# -- for everybody -----------------------------------------------------------------------------------------------------


def test_service_times_are_public_and_hide_what_is_too_few(cast: Cast, case: Case) -> None:
    for day in range(9, 13):
        answer(cast, ask(cast, case, f"2026-03-{day:02} 10:00"), f"2026-03-{day:02} 11:30")
    with clock.at(at("2026-03-20 09:00")):
        page = Client().get("/service-times/").content.decode()
    assert "答复太少，不算" in page
    answer(cast, ask(cast, case, "2026-03-13 10:00"), "2026-03-13 16:00")
    with clock.at(at("2026-03-20 09:00")):
        page = Client().get("/service-times/").content.decode()
    assert ">1.5<" in page and ">3.5<" in page and ">5<" in page and "法院不排名" in page


def test_service_times_of_all_courts_cost_two_queries(
    cast: Cast, case: Case, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    answer(cast, ask(cast, case, "2026-03-10 10:00"), "2026-03-10 11:30")
    courts = [cast.other_court, cast.court]
    with django_assert_num_queries(2):
        found = service_times(courts, Period(at("2026-03-01").date(), at("2026-03-31").date()))
    assert [times.count for times in found[cast.court.pk]] == [1, 1]
    assert [times.count for times in found[cast.other_court.pk]] == [0, 0]


def test_no_court_is_left_out_of_the_service_times(cast: Cast) -> None:
    names = {f"第{number:02}法院" for number in range(12)}
    for number, name in enumerate(sorted(names)):
        Court.objects.create(name=name, code=f"试{number:02}", level="basic", is_open=True)
    client = Client()
    shown = [client.get(f"/service-times/?page={number}").content.decode() for number in (1, 2)]
    assert all(sum(name in page for page in shown) == 1 for name in names)
