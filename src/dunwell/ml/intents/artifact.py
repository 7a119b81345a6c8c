"""A reader as bytes and back: JSON and arrays, nothing that runs code when read."""

import io
import json
import zipfile
from typing import Any

import numpy as np

from dunwell.ml.artifact import DAMAGED, EPOCH, ArtifactError
from dunwell.ml.intents.reader import Reader
from dunwell.ml.intents.vocabulary import Vocabulary

VERSION = 1
"""Raised when a reader of older bytes would misread newer ones."""

KIND = "intents"


def dump(reader: Reader) -> bytes:
    """Return a reader as bytes; the same reader gives the same bytes."""
    head = {
        "kind": KIND,
        "version": VERSION,
        "labels": list(reader.labels),
        "words": list(reader.vocabulary.words),
        "pieces": list(reader.vocabulary.pieces),
        "temperature": reader.temperature,
        "sure_ppm": reader.sure_ppm,
        "also_ppm": reader.also_ppm,
    }
    parts = {
        "model.json": json.dumps(head, sort_keys=True, ensure_ascii=False).encode(),
        "rarity.npy": _array(reader.vocabulary.rarity),
        "start.npy": _array(reader.start),
        "weights.npy": _array(reader.weights.astype(np.float16)),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name in sorted(parts):
            file.writestr(zipfile.ZipInfo(name, EPOCH), parts[name], zipfile.ZIP_DEFLATED)
    return out.getvalue()


def load(content: bytes) -> Reader:
    """Return the reader that `dump` wrote. Raises ArtifactError when the bytes are none."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            head = json.loads(file.read("model.json"))
            version = (head["kind"], head["version"])
            found = _reader(head, file) if version == (KIND, VERSION) else None
    except (*DAMAGED, OSError) as error:
        raise ArtifactError(f"the bytes are no reader of messages: {error!r}") from error
    if found is None:
        raise ArtifactError(f"the bytes are {version[0]} of version {version[1]}, not {VERSION}")
    return found


def _reader(head: dict[str, Any], file: zipfile.ZipFile) -> Reader:
    words, pieces = head["words"], head["pieces"]
    size, labels = len(words) + len(pieces), len(head["labels"])
    return Reader(
        labels=tuple(head["labels"]),
        vocabulary=Vocabulary(
            words={one: place for place, one in enumerate(words)},
            pieces={one: place for place, one in enumerate(pieces, start=len(words))},
            rarity=_read(file, "rarity.npy", (size,)),
        ),
        weights=_read(file, "weights.npy", (size, labels)),
        start=_read(file, "start.npy", (labels,)),
        temperature=float(head["temperature"]),
        sure_ppm=int(head["sure_ppm"]),
        also_ppm=int(head["also_ppm"]),
    )


def _array(values: np.ndarray) -> bytes:
    out = io.BytesIO()
    np.save(out, values, allow_pickle=False)
    return out.getvalue()


def _read(file: zipfile.ZipFile, name: str, shape: tuple[int, ...]) -> np.ndarray:
    values = np.asarray(np.load(io.BytesIO(file.read(name)), allow_pickle=False))
    if values.shape != shape:
        raise ValueError(f"{name} has the shape {values.shape}, not {shape}")
    return values.astype(np.float32)
