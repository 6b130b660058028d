"""Files on a page of the zone before it is sent: kept one by one, named with what is wrong, carried along as tickets."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from complaints.services import files
from documents.keeping import keep_each, tray_context


@dataclass
class Tray:
    """Files of one page as it came back. ``only_keep``: the person wants them kept and goes on writing."""

    tickets: list[files.Ticket] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    only_keep: bool = False

    @property
    def boxes(self) -> tuple[str, ...]:
        """What the zone gets of them."""
        return tuple(ticket.box for ticket in self.tickets)

    def status_with(self, form: Any) -> int:
        """422 when a file or a field of the form that came with it is wrong."""
        return 422 if self.errors or (form.is_bound and form.errors) else 200

    def context(self) -> dict[str, Any]:
        """What ``complaints/_files.html`` shows."""
        rows = [
            {"id": ticket.mark, "name": ticket.name, "size": ticket.size_bytes, "ticket": ticket.token}
            for ticket in self.tickets
        ]
        return tray_context(rows, self.errors) | {"only_keep": self.only_keep}


def open_tray(request: HttpRequest, *, counted_as: str) -> Tray:
    """The files of this form: those it carries without the ones taken out, and the new ones that are good."""
    tickets, errors = files.read_tokens(request.POST.getlist("ticket"))
    taken_out = request.POST.getlist("remove")
    tray = Tray(
        [ticket for ticket in tickets if ticket.mark not in taken_out],
        errors,
        only_keep=request.POST.get("action") == "upload",
    )
    uploads = request.FILES.getlist("files")
    tray.errors += keep_each(
        uploads,
        lambda upload: tray.tickets.append(files.keep(upload, others=tray.tickets, counted_as=counted_as)),
    )
    if tray.only_keep and not uploads and not taken_out:
        tray.errors.append(_("请先选照片或文件，再点上传"))
    return tray
