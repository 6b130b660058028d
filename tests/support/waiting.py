"""Waiting for what nobody tells."""

import threading
from collections.abc import Callable


def soon(condition: Callable[[], bool], seconds: float = 20) -> bool:
    """Wait for something in other processes, which tell nobody."""
    pause = threading.Event()
    for _attempt in range(int(seconds * 20)):
        if condition():
            return True
        pause.wait(0.05)
    return False
