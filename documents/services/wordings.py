"""A court's own words in its papers: proposed by one, agreed to by another, in force from a day, kept with every paper."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db.models import Max
from django.utils.translation import gettext as _

from common import clock, text
from common.actor import Actor
from common.errors import Conflict, InvalidInput, NotAllowed, NotVisible
from common.two_people import settle
from courts.models import Court
from documents import events
from documents.models import WORDING_FLOW, Wording, WordingState
from documents.policies import can_keep_wordings, visible_wordings
from documents.rendering.wording import slots_of
from eventlog.services import act, emit


def current_wording(court_id: int, template: str, day: date) -> Wording | None:
    """The version that counts on a day: the newest agreed to that has begun. None while the court has no words of its own.
    One query."""
    rows = Wording.objects.filter(
        court_id=court_id, template=template, state=WordingState.APPROVED, effective_on__lte=day
    )
    return rows.order_by("-effective_on", "-number").first()


def propose_wording(
    *, template: str, texts: Mapping[str, str], note: str, effective_on: date, actor: Actor
) -> Wording:
    """A new version for the actor's court, which counts when somebody else has agreed.

    InvalidInput by field for a text that is too long or unprintable, a day before today, no reason; Conflict while another
    proposal waits.
    """
    with act():
        if not can_keep_wordings(actor):
            raise NotAllowed(_("文书用语由庭长和系统管理员维护。"))
        court = Court.objects.select_for_update(no_key=True).get(pk=actor.court_id or 0)
        rows = Wording.objects.filter(court=court, template=template)
        if rows.filter(state=WordingState.PROPOSED).exists():
            raise Conflict(_("已经有一个新版本在等另一人同意，请先处理它。"), code="wording_waits")
        kept = _read(template, texts)
        if not note:
            raise InvalidInput(_("请填写为什么改"), note=_("请填写为什么改"))
        if effective_on < clock.today():
            raise InvalidInput(_("启用日期不应早于今天"), effective_on=_("启用日期不应早于今天"))
        last = rows.aggregate(last=Max("number"))["last"] or 0
        row = Wording.objects.create(
            court=court,
            template=template,
            number=last + 1,
            texts=kept,
            note=note,
            effective_on=effective_on,
            proposed_by_id=actor.post_id or 0,
            proposed_at=clock.now(),
        )
        _record(events.WORDING_PROPOSED, row, actor)
    return row


DECIDED = {
    "agree": events.WORDING_APPROVED,
    "refuse": events.WORDING_REFUSED,
    "withdraw": events.WORDING_WITHDRAWN,
}


def decide_wording(*, template: str, number: int, move: str, actor: Actor) -> Wording:
    """Another person agrees (papers requested from its day on carry it) or refuses; who proposed it withdraws."""
    with act():
        rows = visible_wordings(actor).select_for_update(of=("self",), no_key=True)
        row = rows.select_related("court", "proposed_by").filter(template=template, number=number).first()
        if row is None:
            raise NotVisible(_("没有这个页面。"))
        settle(row, move, actor, flow=WORDING_FLOW)
        _record(DECIDED[move], row, actor)
    return row


def _read(template: str, texts: Mapping[str, str]) -> dict[str, str]:
    kept, wrong = {}, {}
    for slot in slots_of(template):
        clean = text.clean_text if slot.several_lines else text.clean_line
        try:
            kept[slot.name] = clean(texts.get(slot.name, ""), max_length=slot.longest)
        except ValueError as error:
            wrong[slot.name] = str(error)
    if wrong:
        raise InvalidInput(next(iter(wrong.values())), **wrong)
    return {name: words for name, words in kept.items() if words}


def _record(name: str, row: Wording, actor: Actor) -> None:
    emit(
        name, subject=row, actor=actor, stream=f"court:{row.court.code}", court_id=row.court_id,
        template=row.template, number=row.number, effective_on=row.effective_on.isoformat(),
    )  # fmt: skip
