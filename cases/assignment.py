"""随机分案: who takes a new case. A weighted draw that anybody can repeat from its record (``JudgeDraw``)."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from typing import TypedDict

from django.db.models import Count, Max, Q
from django.utils.translation import gettext as _

from accounts.access import allows
from cases import events
from cases.models import Case, CaseRole, CaseStaff, JudgeDraw, LinkKind
from common import clock, keyed
from common.actor import Actor, Role
from common.errors import Conflict, InvalidInput, NotAllowed
from courts.models import Cause, StaffPost
from courts.posts import live_posts
from courts.services import setting
from eventlog.services import act, emit

FILING_DIVISION = "filing"
"""Judges of this kind of division decide about 立案 and try no cases."""
SCALE = 1_000_000
BARRED_BY = (LinkKind.APPEAL, LinkKind.RETRIAL)
"""Who decided the earlier case does not decide the case against that decision (民诉法47; 解释45)."""


class Candidate(TypedDict):
    """One judge as considered: ``weight`` 0 or a word in ``excluded`` means not drawn."""

    post: int
    name: str
    load: int
    weight: int
    excluded: str


def choose(seed: str, candidates: Sequence[Candidate]) -> int:
    """The post drawn from ``candidates`` by ``seed``: its share of the weights of all who are not excluded.

    Pure and the same on every machine: the SHA-256 of the seed, modulo the sum of the weights, points at one of them in
    the order of the record. LookupError when nobody can be drawn.
    """
    weights = [0 if row["excluded"] else row["weight"] for row in candidates]
    total = sum(weights)
    if total <= 0:
        raise LookupError("nobody to draw from")
    point = int.from_bytes(hashlib.sha256(seed.encode()).digest(), "big") % total
    for row, weight in zip(candidates, weights, strict=True):
        point -= weight
        if point < 0:
            return row["post"]
    raise AssertionError("a point below the sum of the weights lies within them")


def assign_case(
    case: Case, actor: Actor, *, reason: str = "", without: frozenset[int] = frozenset()
) -> StaffPost:
    """Draw the judge by the court's rule, keep the draw on record and give the case to him and his clerk. Inside an act.

    ``without`` are posts that may not be drawn, ``reason`` why it is drawn anew. Raises Conflict when nobody is left.
    """
    judges = _judges(case)
    candidates = [_candidate(post) for post in judges]
    _exclude(case, judges, candidates, without)
    rule = _apply_rule(case, judges, candidates)
    seed = secrets.token_hex(32)
    try:
        chosen_id = choose(seed, candidates)
    except LookupError:
        message = _("本院还没有可以承办这件案子的法官，暂时不能立案。请联系系统管理员。")
        raise Conflict(message, code="no_judge") from None
    judge = next(post for post in judges if post.pk == chosen_id)
    JudgeDraw.objects.create(
        case=case,
        rule=rule,
        seed=seed,
        candidates=candidates,
        chosen=judge,
        reason=reason,
        drawn_at=clock.now(),
    )
    _give(case, judge, actor)
    return judge


def _judges(case: Case) -> list[StaffPost]:
    """Live judges of the court outside the filing division with their open cases, longest in post first. One query."""
    rows = (
        live_posts()
        .filter(court_id=case.court_id, role=Role.JUDGE)
        .exclude(division__kind=FILING_DIVISION)
        .select_related("user")
        .annotate(
            load=Count("case_roles", filter=Q(case_roles__ends_at=None, case_roles__case__closed_at=None)),
            newest=Max("case_roles__starts_at"),
        )
    )
    return list(rows.order_by("starts_at", "id"))


def _candidate(post: StaffPost) -> Candidate:
    """Weight: the share of a full load of new cases, divided by one more than the open cases."""
    load: int = post.load  # type: ignore[attr-defined]  # annotated
    weight = post.case_share * SCALE // 100 // (1 + load)
    return {"post": post.pk, "name": post.user.name, "load": load, "weight": weight, "excluded": ""}


def _exclude(
    case: Case, judges: list[StaffPost], candidates: list[Candidate], without: frozenset[int]
) -> None:
    """Write down who may not take the case and why (民诉法47), then leave specialists alone if there are any."""
    parties = list(case.parties.values_list("id_number_index", "name"))
    numbers = {form for number, _name in parties if number for form in keyed.forms(keyed.INDEX, number)}
    names = {name for _number, name in parties}
    earlier = _judges_before(case)
    for post, row in zip(judges, candidates, strict=True):
        if post.pk in without:
            row["excluded"] = _("已退出本案")
        elif numbers.intersection(filter(None, keyed.forms(keyed.INDEX, post.user.id_number_index))):
            row["excluded"] = _("本人是当事人")
        elif post.user.name in names:
            row["excluded"] = _("与当事人同名，可能是本人")
        elif post.user_id in earlier:
            row["excluded"] = _("办过原来的案件")
        elif not row["weight"]:
            row["excluded"] = _("不分案")
    wanted = _codes(case.cause)
    special = {post.pk for post in judges if wanted & set(post.specialties)}
    free = {row["post"] for row in candidates if not row["excluded"]}
    if special & free:
        for row in candidates:
            if row["post"] in free - special:
                row["excluded"] = _("有专长这类案件的法官优先")


def _judges_before(case: Case) -> set[int]:
    """User ids of everybody who ever was judge of the case that this one attacks. One query."""
    links = case.earlier_links.filter(kind__in=BARRED_BY).values("earlier_id")
    before = CaseStaff.objects.filter(case_id__in=links, role=CaseRole.JUDGE)
    return set(before.values_list("post__user_id", flat=True))


def _codes(cause: Cause) -> set[str]:
    """Codes of a cause and its ancestors."""
    codes: set[str] = set()
    node: Cause | None = cause
    while node is not None:
        codes.add(node.code)
        node = node.parent
    return codes


def _apply_rule(case: Case, judges: list[StaffPost], candidates: list[Candidate]) -> str:
    """The rule's name; rules without chance leave weight to the one who is next, so that every draw is replayed alike.

    Cases of one application stay with one judge ("series"). Court setting: "random", "least_loaded" or "in_turn".
    """
    free = [(post, row) for post, row in zip(judges, candidates, strict=True) if not row["excluded"]]
    same = CaseStaff.objects.filter(
        case__filing_public_id=case.filing_public_id, role=CaseRole.JUDGE, ends_at=None
    ).exclude(case=case)
    series = set(same.values_list("post_id", flat=True))
    rule: str = setting(case.court_id, "judge_rule")
    if any(row["post"] in series for _post, row in free):
        rule, first = "series", next(row["post"] for _post, row in free if row["post"] in series)
    elif rule == "random" or not free:
        return rule
    elif rule == "in_turn":
        first = min(free, key=lambda pair: _waited(pair[0]))[0].pk
    else:
        first = min(free, key=lambda pair: pair[1]["load"])[0].pk
    for row in candidates:
        row["weight"] = 1 if row["post"] == first else 0
    return rule


def _waited(post: StaffPost) -> tuple[bool, float]:
    newest = post.newest  # type: ignore[attr-defined]  # annotated
    return (newest is not None, newest.timestamp() if newest else 0.0)


def _give(case: Case, judge: StaffPost, actor: Actor) -> None:
    """The case goes to the judge and the clerk of his division; whoever held it before holds it no more."""
    now = clock.now()
    case.division_id = judge.division_id
    case.save(update_fields=["division"])
    case.staff.filter(ends_at=None).update(ends_at=now)
    rows = [CaseStaff(case=case, post=judge, role=CaseRole.JUDGE, starts_at=now)]
    clerk = (
        live_posts()
        .filter(court_id=case.court_id, role=Role.CASE_CLERK, division_id=judge.division_id or 0)
        .order_by("id")
        .first()
    )
    if clerk is not None:
        rows.append(CaseStaff(case=case, post=clerk, role=CaseRole.CLERK, starts_at=now))
    CaseStaff.objects.bulk_create(rows)
    emit(
        events.ASSIGNED,
        subject=case,
        actor=actor,
        stream=f"case:{case.public_id}",
        court_id=case.court_id,
        posts=[row.post_id for row in rows],
    )


def reassign_judge(*, case_id: int, seen_draw_id: int, reason: str, actor: Actor) -> StaffPost:
    """回避: the judge withdraws and the case is drawn anew without him and everybody who withdrew before.

    By the head of the case's division. ``seen_draw_id`` is the draw the page showed: pressed twice, the second one
    raises Conflict instead of drawing again. InvalidInput without a reason.
    """
    with act():
        case = Case.objects.select_for_update(of=("self",), no_key=True).get(pk=case_id)
        if not can_reassign(actor, case):
            raise NotAllowed(_("只有本庭的庭长可以重新分案。"))
        if not reason:
            raise InvalidInput(_("请写明原因"), reason=_("请写明原因"))
        last = case.draws.order_by("-id").first()
        if (last.pk if last else 0) != seen_draw_id:
            raise Conflict(_("这件案子刚刚已经重新分案，请看最新的记录。"), code="drawn_already")
        if case.closed_at is not None:
            raise Conflict(_("案件已经结案，不能重新分案。"), code="closed")
        gone = set(case.staff.filter(role=CaseRole.JUDGE).values_list("post_id", flat=True))
        return assign_case(case, actor, reason=reason, without=frozenset(gone))


def can_reassign(actor: Actor, case: Case) -> bool:
    """The head of the division that has the case."""
    same = actor.court_id == case.court_id and actor.division_id == case.division_id
    return allows(actor, "case.reassign") and same


def replay(draw: JudgeDraw) -> bool:
    """True when the recorded seed and candidates give the recorded judge."""
    return choose(draw.seed, draw.candidates) == draw.chosen_id
