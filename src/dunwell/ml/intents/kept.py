"""Readers learned when the product was built, so that no process has to learn them.

`python -m dunwell.ml.learn` (which `dev.py` calls) writes them into `ml/learned`, which wheels
carry and the repository does not. A reader is kept under the digest of all it is made of, code
included: one that is stale or missing is never read, and the process learns its own.
"""

import hashlib
from collections.abc import Callable
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from dunwell.ml.artifact import ArtifactError
from dunwell.ml.intents.artifact import dump, load
from dunwell.ml.intents.reader import Reader

FOLDER = "learned"
MADE_OF = ("assistant", "intents")
"""Folders of `dunwell.ml` whose every text, card and module counts."""


@lru_cache(maxsize=1)
def digest() -> str:
    """Return the digest of what the shipped readers are made of; some milliseconds."""
    found = hashlib.sha256()
    for folder in MADE_OF:
        parts = files("dunwell.ml").joinpath(folder).iterdir()
        for part in sorted(parts, key=lambda one: one.name):
            if part.name.endswith((".py", ".txt", ".json")):
                found.update(f"{folder}/{part.name}\n".encode() + part.read_bytes())
    return found.hexdigest()[:16]


def kept(name: str, learn: Callable[[], Reader]) -> Reader:
    """Return the reader kept under a name, or what `learn` makes where none of today is kept."""
    place = _folder().joinpath(file_name(name))
    try:
        return load(place.read_bytes())
    except (OSError, ArtifactError):
        return learn()


def keep(name: str, reader: Reader, folder: Path) -> Path:
    """Write a reader into a folder under its name and today's digest; return the file."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob(f"{name}-*.reader"):
        old.unlink()
    path = folder / file_name(name)
    aside = path.with_suffix(".new")
    aside.write_bytes(dump(reader))
    aside.replace(path)
    return path


def file_name(name: str) -> str:
    """Return the file a reader of today lies in."""
    return f"{name}-{digest()}.reader"


def _folder() -> Traversable:
    return files("dunwell.ml").joinpath(FOLDER)
