"""Builds the demo court: two courts, their people, and cases in every state of the story, ending today."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta

from accounts.models import User
from cases.models import Case, Party, Side
from common import clock
from courts.models import Court, StaffPost
from documents.models import Delivery, DeliveryMethod
from documents.services import record_outcome, record_sent, take_seal_into_use
from eventlog.relay import run_due
from feedback.models import ReplyTemplate, Satisfaction, Thread, Topic
from feedback.services import answer, ask, rate
from filing import services as filing_services
from filing.defects import library_for
from filing.models import Filing, VisitKind, VisitSlot
from filing.selectors import draft_of
from filing.services.visits import Hours, Wish, book_visit, open_slots
from portal.demo import cast
from portal.demo.cast import (
    ABOVE_STAFF,
    LI,
    NEIGHBOUR_STAFF,
    OTHERS,
    STAFF,
    WANG,
    ZHANG,
    as_litigant,
    as_staff,
    enrol,
    hire,
)
from portal.demo.complained import ANSWERED, OPEN, complain_in_demo
from portal.demo.ended import judged, withdrawn
from portal.demo.loan import draft_loan
from portal.demo.money import desk_of_finance, name_account, pay
from portal.demo.several import company_sale, enforcement, wage_group

COURT, NEIGHBOUR, ABOVE = "某1234", "某1235", "某12"

TEMPLATES = [
    ("收到，正在办理", "您反映的情况已收到。本案正在按程序办理，有新进展会通知您。"),
    ("开庭时间", "本案开庭时间确定后，法院会提前三日送达传票，请留意收件箱和短信。"),
    ("补充证据", "您可以在举证期限届满前补充证据，网上提交或到诉讼服务中心提交都可以。"),
]


class Story:
    """Walks the clock from the past to ``today`` while things happen."""

    def __init__(self, today: date) -> None:
        self.today = today
        self.now = clock.now()

    @contextmanager
    def day(self, days_ago: int, hour: int = 9, minute: int = 0) -> Iterator[None]:
        """Things done inside happen at this Beijing time; effects are worked off before the clock moves on."""
        moment = datetime.combine(
            self.today - timedelta(days=days_ago), time(hour, minute), tzinfo=clock.BEIJING
        )
        with clock.at(min(moment, self.now)):
            yield
            while run_due():
                pass


def build(today: date) -> None:
    """Everything; needs an empty court 某1234 (the command checks)."""
    story = Story(today)
    court = Court.objects.get(code=COURT)
    with story.day(30):
        posts = _open(court, STAFF)
        _open(Court.objects.get(code=NEIGHBOUR), NEIGHBOUR_STAFF)
        _open(Court.objects.get(code=ABOVE), ABOVE_STAFF)
        _seals(court)
        people = {person.phone: enrol(person, lawyer=person is WANG) for person in (ZHANG, LI, WANG, *OTHERS)}
        ReplyTemplate.objects.bulk_create(
            ReplyTemplate(court=court, title=title, text=text) for title, text in TEMPLATES
        )
        name_account(court)
    _told_case(story, court, posts, people)
    _finished_case(story, court, posts, people)
    _waiting(story, court, posts, people)
    _several(story, court, posts, people)
    _visits(story, posts, people)
    _ended(story, court, posts, people)
    with story.day(1, 16):
        desk_of_finance(as_staff(posts["finance1"]))
    with story.day(9, 20):
        complain_in_demo(court, ANSWERED, user_id=people[OTHERS[0].phone].pk)
    with story.day(1, 21):
        complain_in_demo(court, OPEN, user_id=None)


def _seals(court: Court) -> None:
    """Each court has its own seal; on what the registry sends out stands the registry's."""
    for code, name in ((COURT, "court"), (NEIGHBOUR, "neighbour"), (ABOVE, "above")):
        take_seal_into_use(court=Court.objects.get(code=code), name=name, actor=cast.SETUP)
    take_seal_into_use(
        court=court,
        name="filing",
        division=court.divisions.get(name="立案庭"),
        templates=("correction_notice", "acceptance_notice", "application_notice"),
        actor=cast.SETUP,
    )


def _ended(story: Story, court: Court, posts: dict[str, StaffPost], people: dict[str, User]) -> None:
    """Two cases that have ended, with the money that follows."""
    for tell in (withdrawn, judged):
        tell(
            day=story.day,
            court=court,
            today=story.today,
            accept=lambda filing: _accept(filing, posts["clerk2"]),
            people=people,
        )


def _visits(story: Story, posts: dict[str, StaffPost], people: dict[str, User]) -> None:
    """The next ten days have times at the counter and for home visits; one of them is taken."""
    actor = as_staff(posts["clerk"])
    with story.day(1, 16):
        for ahead in range(1, 11):
            day = story.today + timedelta(days=ahead)
            if day.weekday() < 5:
                counter = Hours(day, time(9), time(11, 30), minutes=30, capacity=3)
                open_slots(kind=VisitKind.COUNTER, hours=counter, actor=actor)
                home = Hours(day, time(14), time(17), minutes=90, capacity=1)
                open_slots(kind=VisitKind.HOME, hours=home, actor=actor)
        person = OTHERS[1]
        slot = VisitSlot.objects.filter(kind=VisitKind.HOME, starts_at__gt=clock.now()).earliest("starts_at")
        wish = Wish(
            person.name, person.phone, "要起诉邻居还钱，不会写诉状", person.address, "行动不便，坐轮椅"
        )
        book_visit(slot_id=slot.pk, wish=wish, actor=as_litigant(people[person.phone]))


def _several(story: Story, court: Court, posts: dict[str, StaffPost], people: dict[str, User]) -> None:
    """王律师 for a company: accepted and paid. Three workers with one case each and an enforcement: both wait."""
    lawyer = people[WANG.phone]
    with story.day(12):
        filing = company_sale(court=court, user=lawyer, lawyer=WANG, today=story.today)
        filing_services.submit_filing(filing_id=filing.pk, actor=as_litigant(lawyer))
    with story.day(10, 15):
        case = _accept(Filing.objects.get(pk=filing.pk), posts["clerk"])
    with story.day(9, 10):
        pay(case, as_litigant(lawyer))
    with story.day(2, 9, 10):
        workers = [OTHERS[4], OTHERS[2], OTHERS[3]]
        user = people[workers[0].phone]
        filing = wage_group(court=court, user=user, people=workers, today=story.today)
        filing_services.submit_filing(filing_id=filing.pk, actor=as_litigant(user))
    with story.day(1, 14, 30):
        user = people[OTHERS[0].phone]
        told = Case.objects.filter(parties__access__user=user).order_by("id")[0]
        filing = enforcement(
            court=court, user=user, person=OTHERS[0], against=OTHERS[3].name, case=told, today=story.today
        )
        filing_services.submit_filing(filing_id=filing.pk, actor=as_litigant(user))


def _open(court: Court, rows: list[tuple[str, str, str, cast.Role, str]]) -> dict[str, StaffPost]:
    court.is_open = True
    court.address, court.phone = "某省某市示例区人民路100号", "12368"
    court.save(update_fields=["is_open", "address", "phone"])
    return hire(court, rows)


def _accept(filing: Filing, post: StaffPost) -> Case:
    actor = as_staff(post)
    held = filing_services.claim_filing(filing_id=filing.pk, actor=actor)
    return filing_services.accept_filing(filing_id=filing.pk, fence=held.fence, actor=actor)


def _told_case(story: Story, court: Court, posts: dict[str, StaffPost], people: dict[str, User]) -> None:
    """陈某 against 周某: corrected once, accepted, paper posted, a question answered, rated, reopened and answered."""
    chen, zhou = OTHERS[0], OTHERS[3]
    user = people[chen.phone]
    with story.day(25):
        filing = draft_loan(
            court=court,
            user=user,
            me=chen,
            other=zhou,
            principal=48000,
            interest=2880,
            lent_on=story.today - timedelta(days=500),
        )
        filing_services.submit_filing(filing_id=filing.pk, actor=as_litigant(user))
    with story.day(24, 10):
        actor = as_staff(posts["clerk"])
        held = filing_services.claim_filing(filing_id=filing.pk, actor=actor)
        defects = [defect for defect in library_for(draft_of(filing)) if defect.code == "unreadable_IOU"]
        filing_services.return_filing_for_correction(
            filing_id=filing.pk,
            fence=held.fence,
            defects=defects,
            words="",
            reason_for_repeat="",
            actor=actor,
        )
    with story.day(23, 20):
        filing_services.submit_filing(filing_id=filing.pk, actor=as_litigant(user))
    with story.day(21, 11):
        case = _accept(Filing.objects.get(pk=filing.pk), posts["clerk"])
    with story.day(19, 12):
        pay(case, as_litigant(user))
    _post_response(story, case, posts["clerk"], sent=20, delivered=17)
    party = Party.objects.get(case=case, side=Side.PLAINTIFF)
    _ask_and_answer(story, case, party, user, posts)


def _post_response(story: Story, case: Case, post: StaffPost, *, sent: int, delivered: int | None) -> None:
    """The response notice goes out by post ``sent`` days ago and arrives ``delivered`` days ago, or is on its way."""
    delivery = Delivery.objects.get(
        copy__paper__subject_public_id=case.public_id, copy__paper__template="response_notice"
    )
    actor = as_staff(post)
    with story.day(sent, 15):
        record_sent(
            delivery_public_id=delivery.public_id,
            version=delivery.version,
            method=DeliveryMethod.POST,
            sent_on=clock.today(),
            tracking_no=f"XA0000000{case.sequence:04d}",
            actor=actor,
        )
    if delivered is None:
        return
    with story.day(delivered, 16):
        delivery.refresh_from_db()
        record_outcome(
            delivery_public_id=delivery.public_id,
            version=delivery.version,
            outcome="self",
            happened_on=clock.today() - timedelta(days=1),
            actor=actor,
        )


def _ask_and_answer(story: Story, case: Case, party: Party, user: User, posts: dict[str, StaffPost]) -> None:
    with story.day(15, 8, 30):
        thread = ask(
            case_id=case.pk,
            party_id=party.pk,
            topic=Topic.APPOINTMENT,
            text="请问什么时候开庭？我在外地打工，要提前买票。",
            actor=as_litigant(user),
        )
    with story.day(14, 16):
        answer(
            thread_id=thread.pk,
            text="本案开庭时间确定后，法院会提前三日送达传票，请留意收件箱和短信。",
            actor=as_staff(posts["judge"]),
        )
    with story.day(13, 19):
        rate(
            thread_id=thread.pk,
            level=Satisfaction.UNSATISFIED,
            words="没有说大概什么时候",
            wants_reopening=True,
            actor=as_litigant(user),
        )
    with story.day(11, 10):
        answer(
            thread_id=thread.pk,
            text="承办法官已排期，预计下月上旬开庭。您在外地，可以申请在线庭审。",
            actor=as_staff(posts["head"]),
        )
    with story.day(10, 21):
        rate(
            thread_id=thread.pk,
            level=Satisfaction.SATISFIED,
            words="",
            wants_reopening=False,
            actor=as_litigant(user),
        )


def _finished_case(story: Story, court: Court, posts: dict[str, StaffPost], people: dict[str, User]) -> None:
    """欧阳某某 against 吴某: accepted, a question waits for the judge and is due today, another one is late."""
    ouyang, wu = OTHERS[1], OTHERS[4]
    user = people[ouyang.phone]
    with story.day(9):
        filing = draft_loan(
            court=court,
            user=user,
            me=ouyang,
            other=wu,
            principal=120000,
            interest=0,
            lent_on=story.today - timedelta(days=700),
        )
        filing_services.submit_filing(filing_id=filing.pk, actor=as_litigant(user))
    with story.day(7, 9, 40):
        case = _accept(Filing.objects.get(pk=filing.pk), posts["clerk2"])
    _post_response(story, case, posts["clerk2"], sent=6, delivered=None)
    party = Party.objects.get(case=case, side=Side.PLAINTIFF)
    questions = [
        (6, Topic.PAPER, "收到的受理案件通知书上我的名字少了一个字，要不要改？"),
        (2, Topic.STATEMENT, "对方上周又还了两千元，我怎么告诉法院？"),
        (0, Topic.PROGRESS, "案子现在到哪一步了？"),
    ]
    for days_ago, topic, text in questions:
        with story.day(days_ago, 8, 10):
            ask(case_id=case.pk, party_id=party.pk, topic=topic, text=text, actor=as_litigant(user))


def _waiting(story: Story, court: Court, posts: dict[str, StaffPost], people: dict[str, User]) -> None:
    """Applications in the queue: one due today, some fresh, one returned, one draft of 张某 with everything but a photo."""
    for number, (person, days_ago, principal) in enumerate(
        [(OTHERS[2], 7, 9800), (OTHERS[4], 3, 35000), (OTHERS[0], 2, 260000), (WANG, 1, 15600)]
    ):
        user = people[person.phone]
        with story.day(days_ago, 10 + number, 20):
            filing = draft_loan(
                court=court,
                user=user,
                me=person,
                other=f"{'赵钱孙李'[number]}某某",
                principal=principal,
                interest=0,
                lent_on=story.today - timedelta(days=450 + number * 30),
                e_delivery=number % 2 == 0,
            )
            filing_services.submit_filing(filing_id=filing.pk, actor=as_litigant(user))
    with story.day(4, 9, 5):
        user = people[OTHERS[3].phone]
        filing = draft_loan(
            court=court,
            user=user,
            me=OTHERS[3],
            other="冯某某",
            principal=72000,
            interest=0,
            lent_on=story.today - timedelta(days=420),
        )
        filing_services.submit_filing(filing_id=filing.pk, actor=as_litigant(user))
    with story.day(3, 14):
        actor = as_staff(posts["clerk"])
        held = filing_services.claim_filing(filing_id=filing.pk, actor=actor)
        wanted = {"other_unclear", "unreadable_TRANSFER"}
        defects = [defect for defect in library_for(draft_of(filing)) if defect.code in wanted]
        filing_services.return_filing_for_correction(
            filing_id=filing.pk,
            fence=held.fence,
            defects=defects,
            words="转账记录请拍完整一页。",
            reason_for_repeat="",
            actor=actor,
        )
    with story.day(0, 8, 0):
        draft_loan(
            court=court,
            user=people[ZHANG.phone],
            me=ZHANG,
            other=LI,
            principal=60000,
            interest=3600,
            lent_on=story.today - timedelta(days=560),
            without=("IOU", "mediation"),
        )


def is_built() -> bool:
    """True when the demo court has people already."""
    return StaffPost.objects.filter(court__code=COURT).exists()


def summary() -> str:
    """One line for the launcher."""
    return f"{Case.objects.count()} cases, {Filing.objects.count()} applications, {Thread.objects.count()} threads"
