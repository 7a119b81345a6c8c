"""Notes of how far a piece of work is, beside its files: read while it goes on."""

import json
import os
import threading
from dataclasses import asdict
from pathlib import Path
from typing import Any


def write_note(path: Path, note: Any) -> None:
    """Write a dataclass as JSON, whole or not at all: a reader sees the one before or this one.

    Days and moments become their text, which `fromisoformat` reads. The folder has to be there.
    """
    partial = path.with_name(f"{path.stem}.{os.getpid()}.{threading.get_ident()}.part")
    partial.write_text(json.dumps(asdict(note), default=str), encoding="utf-8")
    partial.replace(path)
