"""Taking over what an uploaded pleading says, as ticked by its applicant."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from common.actor import Actor
from common.errors import StaleVersion
from common.versions import seen_of
from eventlog.services import act
from filing.draft import Draft
from filing.models import Filing
from filing.prefill import Suggestion, answers_to_save, people_to_save, suggestions
from filing.reading import Read
from filing.selectors import draft_of
from filing.services.drafts import save_page
from filing.services.people import save_party


def offered_kept(offered: list[Suggestion]) -> Mapping[str, str]:
    """What the page shows of the draft: beside each suggestion what stands there now."""
    return {one.key: one.now for one in offered}


def take_over(*, filing_id: int, read: Read, taken: set[str], actor: Actor, seen: str | None = None) -> None:
    """Write what was ticked into a draft as it stands now, all or nothing. Raises what the single steps raise; StaleVersion when
    something ticked would replace what its page did not show (``seen``, REL-34)."""
    with act():
        locked = Filing.objects.select_for_update(of=("self",), no_key=True).select_related(
            "applicant", "court"
        )
        draft = draft_of(locked.get(pk=filing_id))
        _refuse_unseen(draft, read, taken, seen)
        for person in people_to_save(draft, read, taken):
            save_party(
                filing_id=filing_id,
                side=person.side,
                values=person.values,
                actor=actor,
                party_public_id=person.party.public_id if person.party else None,
            )
        for page, values in answers_to_save(draft, read, taken).items():
            save_page(filing_id=filing_id, page=page, values=values, actor=actor)


def _refuse_unseen(draft: Draft, read: Read, taken: set[str], seen: str | None) -> None:
    kept = offered_kept(suggestions(draft, read))
    fresh = seen_of(*kept.values())
    if seen is not None and seen != fresh and any(kept.get(key) for key in taken):
        message = _(
            "这份申请刚才在别的窗口改过，打勾的还没有填进去。现在写的是什么，在每一项下面，请看过再定。"
        )
        raise StaleVersion(message, seen=fresh)
