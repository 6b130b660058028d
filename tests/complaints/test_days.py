"""The tree of a day: every way leads to its root (SEC-45)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from complaints.services.days import grow
from eventlog import offline
from eventlog.offline import DAY_FIRST


@pytest.mark.req("SEC-45")
@settings(max_examples=25)
@given(st.sets(st.integers(0, DAY_FIRST - 1), max_size=12), st.binary(min_size=32, max_size=32))
def test_every_way_leads_to_the_root_and_to_no_other(places: set[int], fill: bytes) -> None:
    leaves = {DAY_FIRST + place: offline.leaf_of("box", place, "x") for place in places}
    root, ways = grow({place: offline.leaf_hash(leaf) for place, leaf in leaves.items()}, fill)
    beside = offline.leaf_hash(b"trail")
    published = offline.node_hash(beside, root).hex()
    for place, leaf in leaves.items():
        path = [*ways[place], beside.hex()]
        assert offline.root_by_path(leaf, place, 2 * DAY_FIRST, path) == published
        assert offline.root_by_path(leaf, place ^ 1, 2 * DAY_FIRST, path) != published
    assert grow({}, fill)[0] != grow({}, fill[::-1] + b"x")[0]
