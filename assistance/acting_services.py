"""代办: a person agrees, somebody acts for him, it ends by either of them or by time (docs/adr/0038)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import CodePurpose, IdKind, OneTimeCode, RealNameLevel, User, UserKind
from accounts.services import limit, start_code
from accounts.services.people import person_actor
from accounts.services.phones import person_at_counter
from assistance import events
from assistance.acting_selectors import may_begin
from assistance.models import (
    ACTING_CONSENT_FLOW,
    ActingConsent,
    ActingScope,
    ConsentState,
    ConsentWay,
    EndedBy,
)
from cases.policies import visible_parties
from common import clock, crypto
from common.actor import Actor, Helper, Role, system
from common.errors import Conflict, InvalidInput, NotAllowed, NotVisible
from documents.services import receive_file
from eventlog.services import act, emit, one_by_one

HOURS = (1, 2, 4, 8)
PAPER_OWNER = "assistance.actingconsent"
CODES_A_DAY, DAY = 10, 86400


@dataclass(frozen=True)
class Wish:
    """What somebody wants to do for a person, and for how many hours."""

    scopes: tuple[ActingScope, ...]
    hours: int


@dataclass(frozen=True)
class Facts:
    """Whom: as the identity paper says, and with which phone he signs in."""

    name: str
    id_kind: IdKind
    id_number: str
    phone: str = ""


def _require(actor: Actor) -> None:
    if not may_begin(actor):
        raise NotAllowed(_("代办人要先实名；工作人员代办由立案窗口办理。"))


def person_for(facts: Facts, actor: Actor) -> User | None:
    """The real-named account of this person. For a clerk, who has the paper in his hand, InvalidInput when there is none; somebody of
    the public is never told (SEC-06): None."""
    _require(actor)
    if actor.is_staff:
        return person_at_counter(
            name=facts.name,
            id_kind=facts.id_kind,
            id_number=facts.id_number,
            login_phone=facts.phone,
            actor=actor,
        )
    return User.objects.filter(
        kind=UserKind.PUBLIC,
        is_active=True,
        real_name_level=RealNameLevel.REAL_NAME,
        name=facts.name,
        id_number_index=crypto.blind_index("id_number", facts.id_number),
        phone_index=crypto.blind_index("phone", facts.phone),
    ).first()


def ask_by_code(
    *, person: User | None, typed_phone: str, wish: Wish, browser: str, actor: Actor
) -> OneTimeCode:
    """Text the person what he would agree to, with the code that says yes. Nothing is sent to nobody (``person`` None), and the page
    does not differ. TooManyRequests, GatewayUnavailable; InvalidInput for a person without a phone (at the counter only)."""
    _require(actor)
    limit(
        f"acting:{actor.user_id}", DAY, CODES_A_DAY, _("今天请人同意的次数太多了，请明天再试，或到窗口办理。")
    )
    if person is not None and not person.phone:
        raise InvalidInput(_("他的账号没有手机号。请用本人签字的授权书。"))
    phone = person.phone if person is not None and person.pk != actor.user_id else ""
    what = "、".join(_short(scope) for scope in wish.scopes)
    about = _(
        "同意%(who)s在%(hours)s小时内代您办理：%(what)s。告诉他验证码就是同意，不同意请不要告诉任何人"
    ) % {
        "who": _who_in_texts(actor),
        "hours": wish.hours,
        "what": what,
    }
    return start_code(
        purpose=CodePurpose.ACTING,
        phone=phone,
        browser=browser,
        # what was typed tells nothing of an account; at the counter it is known, and its phone counts
        limit_key=typed_phone or phone or f"acting:{actor.user_id}",
        about=about,
    )


def _short(scope: ActingScope) -> str:
    return str(scope.label).partition("：")[0]


def _who_in_texts(actor: Actor) -> str:
    """A text names nobody (SEC-02): a member of staff by his number, anybody else by the end of his phone."""
    if actor.is_staff:
        return _("法院工作人员（工号%(no)s）") % {"no": actor.staff_no}
    return _("手机尾号%(end)s的人") % {"end": User.objects.get(pk=actor.user_id or 0).phone[-4:]}


def begin_by_code(*, person_id: int, wish: Wish, actor: Actor) -> ActingConsent:
    """The person's code was right. Conflict while somebody else acts for him, NotAllowed for the other side of one of his cases."""
    return _begin(person_id=person_id, wish=wish, actor=actor, way=ConsentWay.CODE, court_id=actor.court_id)


def begin_by_paper(
    *, person: User, wish: Wish, upload: UploadedFile[Any] | None, actor: Actor
) -> ActingConsent:
    """The person has signed before the clerk, who photographed it. InvalidInput without the picture. Call it outside an act."""
    _require(actor)
    if not actor.is_staff or actor.court_id is None:
        raise NotAllowed(_("签字的授权书由立案窗口收。"))
    if upload is None:
        message = _("请上传本人签字的授权书")
        raise InvalidInput(message, file=message)
    public_id = uuid.uuid4()
    paper = receive_file(
        upload=upload,
        court_id=actor.court_id,
        owner_kind=PAPER_OWNER,
        owner_public_id=public_id,
        actor=actor,
    )
    return _begin(
        person_id=person.pk,
        wish=wish,
        actor=actor,
        way=ConsentWay.PAPER,
        court_id=actor.court_id,
        paper=paper,
        public_id=public_id,
    )


def _begin(*, person_id: int, wish: Wish, actor: Actor, **more: Any) -> ActingConsent:
    _require(actor)
    if not wish.scopes or wish.hours not in HOURS:
        raise InvalidInput(_("请选择代办什么、几个小时。"))
    with act():
        person = User.objects.select_for_update(no_key=True).get(
            pk=person_id, kind=UserKind.PUBLIC, is_active=True
        )
        if person.pk == actor.user_id:
            raise NotAllowed(_("不能代自己办理。"))
        _refuse_opponent(person, actor)
        now = clock.now()
        for old in ActingConsent.objects.select_for_update(no_key=True).filter(
            person=person, state=ConsentState.LIVE
        ):
            if old.ends_at > now and old.helper_id != actor.user_id:
                raise Conflict(_("现在已经有人在代他办理。请等那一次结束，或请他在“谁在代我办理”里停止。"))
            _end(old, EndedBy.TIME if old.ends_at <= now else EndedBy.HELPER, actor)
        consent = ActingConsent.objects.create(
            person=person,
            helper_id=actor.user_id or 0,
            post_id=actor.post_id,
            scopes=[scope.value for scope in wish.scopes],
            started_at=now,
            ends_at=now + timedelta(hours=wish.hours),
            **more,
        )
        _record(
            events.ACTING_BEGUN,
            consent,
            actor,
            way=consent.way,
            scopes=consent.scopes,
            ends_at=consent.ends_at,
            paper=consent.paper.sha256 if consent.paper else None,
        )
    return consent


def _refuse_opponent(person: User, actor: Actor) -> None:
    """Who stands on another side of a case than the person acts for him in nothing (民诉解释 代理冲突; docs/adr/0038)."""
    if not actor.is_public:
        return
    his = set(visible_parties(person_actor(person, Role.LITIGANT)).values_list("case_id", "side"))
    mine = set(visible_parties(actor).values_list("case_id", "side"))
    if {case for case, _side in his} & {case for case, _side in mine - his}:
        raise NotAllowed(_("您和他在同一个案件里是不同的两方，不能代他办理。"))


def holds(helper: Helper) -> bool:
    """Whether the person still agrees, with the consent locked until the act is over."""
    locked = ActingConsent.objects.select_for_update(no_key=True).filter(pk=helper.consent_id)
    consent = locked.filter(state=ConsentState.LIVE).first()
    return consent is not None and consent.helper_id == helper.user_id and consent.ends_at > clock.now()


def end_as_helper(actor: Actor) -> None:
    """结束代办: by the one who acts. Safe to repeat."""
    helper = actor.helper
    if helper is None:
        return
    himself = replace(
        actor,
        kind=helper.kind,
        role=helper.role,
        user_id=helper.user_id,
        name=helper.name,
        court_id=helper.court_id,
        post_id=helper.post_id,
        channel="web",
        acting_for=None,
        helper=None,
    )
    with act():
        consent = _locked(ActingConsent.objects.filter(pk=helper.consent_id))
        if consent is not None:
            _end(consent, EndedBy.HELPER, himself)


def end_as_person(*, public_id: uuid.UUID, actor: Actor) -> None:
    """The person says no: whatever the helper does from now on is not done. NotVisible when nobody acts for him by it."""
    if not actor.is_public or actor.helper is not None:
        raise NotAllowed(_("停止代办由本人办理。"))
    with act():
        consent = _locked(ActingConsent.objects.filter(public_id=public_id, person_id=actor.user_id))
        if consent is None:
            raise NotVisible(_("没有正在代办的人。"))
        _end(consent, EndedBy.PERSON, actor)


def end_over() -> int:
    """Consents whose time is over; they counted for nothing since. How many. Safe to run twice and in parallel."""
    over = ActingConsent.objects.filter(state=ConsentState.LIVE, ends_at__lte=clock.sql_now())
    job = system(str(_("结束到期的代办")))
    return one_by_one(over.order_by("id"), lambda row: _end(row, EndedBy.TIME, job))


def _locked(rows: QuerySet[ActingConsent]) -> ActingConsent | None:
    return rows.select_for_update(of=("self",), no_key=True).filter(state=ConsentState.LIVE).first()


def _end(consent: ActingConsent, by: EndedBy, actor: Actor) -> None:
    ACTING_CONSENT_FLOW.move(consent, "end")
    now = clock.now()
    consent.ended_at, consent.ended_by = min(now, consent.ends_at) if by == EndedBy.TIME else now, by
    consent.save(update_fields=["state", "ended_at", "ended_by"])
    _record(events.ACTING_ENDED, consent, actor, by=by)


def _record(name: str, consent: ActingConsent, actor: Actor, **data: Any) -> None:
    emit(
        name,
        subject=consent,
        actor=actor,
        stream=f"person:{consent.person.public_id}",
        court_id=consent.court_id,
        helper=consent.helper_id,
        **data,
    )
