"""The gates of RELIABILITY §7: each runs what proves its requirements, with the long runs at full length."""


def _range(kind: str, first: int, last: int) -> list[str]:
    return [f"{kind}-{number:02}" for number in range(first, last + 1)]


GATES: dict[str, list[str]] = {
    "test-authz": [*_range("SEC", 10, 18), "SEC-32"],
    "test-race": [*_range("REL", 30, 35), "F-03", "F-14", "F-21", "F-29", "F-30"],
    "test-faults": [*_range("F", 1, 35), "REL-50", "SEC-42"],
    "fuzz": [*_range("B", 1, 90), "SEC-14"],
}
FULL_LENGTH = "PORTAL_FULL_LENGTH"
"""Set to 1: tests that are long by nature run at full length. `make test` runs their short form."""
