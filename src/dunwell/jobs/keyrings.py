"""The file of keys: one more key, everything sealed anew with it, the old one dropped.

The file changes whole or not at all, and one command at a time changes it. Servers notice the new
file at their next value; what they wrote before is read with the old key, which stays.
"""

import fcntl
import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from dunwell.actions.sealing import BATCH, reseal_column, reseal_sign_ins
from dunwell.formats.sealing import (
    Keyring,
    KeyringError,
    with_new_key,
    without_key,
    write_keyring,
)
from dunwell.models.sealed import keyring, sealed_columns
from dunwell.queries.sealed import values_by_key

REST = timedelta(hours=1)
"""So long after a key was retired a transaction may still write with it."""
PASSES = 3
"""A value written during a pass, by a server that had read the old file, waits for the next."""


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyRow:
    """A key: how many values need it, and since when (ISO, UTC) it seals no more."""

    number: int
    values: int
    retired: str
    is_current: bool
    is_here: bool


def key_rows() -> tuple[KeyRow, ...]:
    """Return the keys of the file and those that values need, by number; 0 is not sealed."""
    ring, used = keyring(), values_by_key()
    return tuple(
        KeyRow(
            number=number,
            values=used[number],
            retired=ring.retired.get(number, ""),
            is_current=number == ring.current,
            is_here=number in ring.keys,
        )
        for number in sorted({*ring.keys, *used})
    )


def rotate(*, at: datetime) -> int:
    """Add a key that seals from now on and return its number; nothing is sealed anew yet."""
    with _alone():
        ring = with_new_key(keyring(), at=at.isoformat())
        _put(ring)
    return ring.current


def reseal(*, batch: int = BATCH) -> Counter[int]:
    """Seal everything anew with the current key and return how many values need which key.

    Each batch is a transaction of its own, so that writers wait for one at most; killed, it goes
    on where values of older keys are left.
    """
    for _ in range(PASSES):
        for one in sealed_columns():
            after = reseal_column(of=one, after=0, batch=batch)
            while after:
                after = reseal_column(of=one, after=after, batch=batch)
        reseal_sign_ins()
        used = values_by_key()
        if set(used) <= {keyring().current}:
            break
    return used


def drop(number: int, *, at: datetime) -> None:
    """Take a key out of the file for good.

    Raises KeyringError for the current key, one that values need, and one that was retired less
    than an hour ago. Backups from before need it: they open with a copy of the file alone.
    """
    with _alone():
        ring = keyring()
        rest = without_key(ring, number)
        if needed := values_by_key()[number]:
            raise KeyringError(f"{needed:,} values need key {number}: run `dunwell keys reseal`.")
        since = datetime.fromisoformat(ring.retired[number])
        if at < since + REST:
            raise KeyringError(
                f"Key {number} was retired at {since:%Y-%m-%d %H:%M} UTC; what began before may"
                f" still write with it. Drop it after {since + REST:%H:%M}."
            )
        _put(rest)


def _put(ring: Keyring) -> None:
    path = Path(settings.KEYRING_FILE)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    with draft.open("w", encoding="utf-8") as file:
        file.write(write_keyring(ring))
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


@contextmanager
def _alone() -> Iterator[None]:
    """Wait until no other command changes the file."""
    path = Path(settings.KEYRING_FILE)
    with path.with_name(f"{path.name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
