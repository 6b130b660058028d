"""The world in which every address is asked, made once."""

from tests.consistency.conftest import world

__all__ = ["world"]
