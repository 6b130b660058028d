"""How far a run goes with what is long by nature (RELIABILITY 0.5): `make test` has a short form, the gates the full length."""

from __future__ import annotations

import os

FULL_LENGTH = os.environ.get("PORTAL_FULL_LENGTH") == "1"
"""Set by the gates (``launcher.gates``); `PORTAL_FULL_LENGTH=1 make test` runs everything so."""
TEXT_SIZES = ["standard", "large"] if FULL_LENGTH else ["large"]
"""For walks through whole forms and for axe; that nothing is too wide is looked at in both sizes, of every page, always."""
FUZZ_EXAMPLES = 150 if FULL_LENGTH else 40
"""Generated bodies for an address of the API."""
