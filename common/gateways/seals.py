"""What portal and a vendor's sealing service agree on: addresses and fields; how each proves who it is says ``proofs``."""

from __future__ import annotations

SEALS = "/v1/seals/"
SIGNATURES = "/signatures"
ORIGINAL = "application/pdf;ByteRange"
"""``original`` of a signature: what the digest is of."""
MAX_BODY_BYTES = 4096
