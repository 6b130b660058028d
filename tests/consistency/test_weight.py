"""First-visit weight of the real pages (UX §13), compressed: every page of the access table with its own files."""

from __future__ import annotations

import re

import pytest
from django.http import HttpResponse

from filing.models import Filing
from tests.consistency.access_table import Row, rows
from tests.consistency.addresses import path_of
from tests.consistency.test_axe import HALF_WAY, NOT_PAGES
from tests.consistency.world import EVERYBODY, World
from tests.look.test_weight import KB, compressed, own_files
from tests.support.court import twins

MACHINES = ("standins:", "public:styleguide")
"""Pages of demo mode for the people who build and show the portal."""
PAGES = [
    row
    for row in rows()
    if row.method == "GET"
    and row.address not in NOT_PAGES | HALF_WAY
    and not row.address.startswith(MACHINES)
]
STAFF = set(list(EVERYBODY)[6:])
PUBLIC_KB, STAFF_KB, HTML_KB, PREVIEW_KB, REQUESTS = 60, 120, 20, 80, 6
_files: dict[str, int] = {}


def weight_of(world: World, name: str) -> int:
    """Compressed bytes of a static file, as the portal serves it."""
    if name not in _files:
        answer = world.browser("AN").get(name)
        assert answer.status_code == 200, name
        _files[name] = compressed(answer.getvalue())
    return _files[name]


def previews(answer: HttpResponse) -> list[str]:
    """Pictures of materials and papers on a page; what stands in the page itself is no request of its own."""
    tags = re.findall(r"<img\b[^>]*>", answer.content.decode())
    fetched = [tag for tag in tags if "/static/" not in tag and 'src="data:' not in tag]
    assert all('loading="lazy"' in tag for tag in fetched), "previews come when they are scrolled to"
    return [found[1] for tag in tags if (found := re.search(r'src="(/(?:files|papers)/[^"]+)"', tag))]


@pytest.mark.parametrize("row", PAGES, ids=lambda row: f"{row.address} {row.about}")
def test_first_visit_is_light(world: World, row: Row) -> None:
    role = row.viewer
    answer = world.browser(role).get(path_of(world, row))
    assert answer.status_code == 200
    html, files = compressed(answer.content), own_files(answer.content.decode())
    total = html + sum(weight_of(world, name) for name in files)
    assert len(files) + 1 <= REQUESTS
    assert total <= (STAFF_KB if role in STAFF else PUBLIC_KB) * KB, f"{total} bytes"
    assert role in STAFF or html <= HTML_KB * KB, f"{html} bytes of HTML"
    for preview in previews(answer):
        picture = world.browser(role).get(preview)
        assert len(picture.getvalue()) <= PREVIEW_KB * KB, preview


def test_queue_of_fifty_rows(world: World) -> None:
    """The longest list of the desk: 50 applications taken by one clerk in one page."""
    twins(Filing.objects.get(public_id=world.things["sent"]["public_id"]), 50)
    answer = world.browser("CK").get("/desk/filings/?size=50&view=mine")
    html = answer.content.decode()
    assert html.count("data-open") >= 50
    total = compressed(answer.content) + sum(weight_of(world, name) for name in own_files(html))
    assert total <= STAFF_KB * KB, f"{total} bytes"
