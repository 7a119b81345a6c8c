"""How long to wait before what failed is tried again."""

import hashlib
from collections.abc import Sequence
from datetime import timedelta

JITTER = 0.25
"""Waits are up to so much longer, so that what failed together is not tried again together."""


def wait_after(pauses: Sequence[timedelta], *, attempts: int, key: str) -> timedelta:
    """Return the wait after the nth failed attempt: of the pauses, and its jitter.

    The jitter is computed from the key and the attempt, so that it is always the same. Beyond the
    last pause that one holds.
    """
    digest = hashlib.sha256(f"{key}:{attempts}".encode()).digest()
    spread = int.from_bytes(digest[:4]) / 2**32
    return pauses[min(attempts, len(pauses)) - 1] * (1 + JITTER * spread)
