"""The applicant takes his whole application home as an open package."""

from __future__ import annotations

from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from common.pages import actor_of
from filing.services.package import export_package
from filing.views.own import my_filing


@require_safe
def download(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """``case.json``, files and hashes as the court holds them."""
    filing = my_filing(request, public_id)
    content = export_package(filing=filing, actor=actor_of(request))
    name = f"case-package-{filing.number or filing.public_id}.zip"
    response = FileResponse(content, as_attachment=True, filename=name, content_type="application/zip")
    response["Cache-Control"] = "private, no-store"
    return response
