"""The zone's process starts only where it can open what is sealed now."""

from complaints import sealing


def refuse_foreign_keys() -> None:
    """Ends the process when no private key of its file belongs to the public key with which complaints are sealed."""
    if sealing.sealing_key() not in sealing.opening_keys():
        raise SystemExit(
            "Start refused: ZONE_PRIVATE_KEY_FILE holds no key that belongs to ZONE_PUBLIC_KEY_FILE;"
            " complaints could not be opened."
        )
