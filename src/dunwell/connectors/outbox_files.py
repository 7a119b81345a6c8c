"""The file outbox: messages as .eml files in a folder, for companies that are still testing."""

import os
import re
from pathlib import Path

_SAFE = re.compile(r"[^A-Za-z0-9._-]+")


def write_eml(folder: Path, mail: bytes, *, message_id: str, suffix: str = ".eml") -> Path:
    """Return the file that holds the message, written whole or not at all.

    The id names the file, so that a message handed over twice stays one file, with
    the first bytes. Raises OSError when the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{_SAFE.sub('_', message_id.strip('<>'))}{suffix}"
    if path.exists():
        return path
    # two processes may write at once after a lease ran out: each has its own file first
    draft = folder / f".{path.stem}.{os.getpid()}.tmp"
    with draft.open("wb") as file:
        file.write(mail)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    return path
