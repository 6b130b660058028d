"""Reply templates of a court, kept by the heads of its divisions."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from accounts.access import allows
from common import clock
from common.actor import Actor
from common.errors import InvalidInput, NotAllowed, NotVisible
from common.versions import must_be_seen
from courts.models import Court
from eventlog.services import act, emit
from feedback import events
from feedback.models import ReplyTemplate
from feedback.placeholders import unknown_in


def shown_of(row: ReplyTemplate) -> dict[str, str]:
    """What a page shows of a template, by label."""
    return {str(_("标题")): row.title, str(_("内容")): row.text}


def keep_template(
    *, public_id: UUID | None, title: str, text: str, actor: Actor, seen: str | None = None
) -> ReplyTemplate:
    """Write a new template of the own court, or change one. InvalidInput for a placeholder that nothing fills, StaleVersion for a
    form that showed something else."""
    with act():
        court_id = _court_of(actor)
        wrong = unknown_in(text)
        if wrong:
            sentence = _("没有“%(names)s”这样的填空，请从列出的里面选") % {"names": "、".join(wrong)}
            raise InvalidInput(sentence, text=sentence)
        if public_id is None:
            row = ReplyTemplate.objects.create(court_id=court_id, title=title, text=text)
        else:
            row = _own(public_id, court_id)
            must_be_seen(seen, shown_of(row))
            row.title, row.text = title, text
            row.save(update_fields=["title", "text"])
        _record(row, actor, retired=False)
    return row


def retire_template(*, public_id: UUID, actor: Actor) -> None:
    """Offer a template no longer; answers that began with it are not touched."""
    with act():
        row = _own(public_id, _court_of(actor))
        row.retired_at = clock.now()
        row.save(update_fields=["retired_at"])
        _record(row, actor, retired=True)


def _court_of(actor: Actor) -> int:
    if not allows(actor, "template.keep") or actor.court_id is None:
        raise NotAllowed(_("答复模板由庭长维护。"))
    return actor.court_id


def _own(public_id: UUID, court_id: int) -> ReplyTemplate:
    rows = ReplyTemplate.objects.select_for_update(of=("self",), no_key=True)
    row = rows.filter(public_id=public_id, court_id=court_id, retired_at=None).first()
    if row is None:
        raise NotVisible(_("没有这个页面。"))
    return row


def _record(row: ReplyTemplate, actor: Actor, *, retired: bool) -> None:
    code = Court.objects.values_list("code", flat=True).get(pk=row.court_id)
    emit(
        events.TEMPLATE_KEPT,
        subject=row,
        actor=actor,
        stream=f"court:{code}",
        court_id=row.court_id,
        retired=retired,
    )
