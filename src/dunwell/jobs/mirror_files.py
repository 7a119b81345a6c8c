"""Writing the Parquet files of a mirror: new ones beside the old, never over them."""

import hashlib
import io
import os
from collections.abc import Collection, Iterable
from pathlib import Path

import polars as pl

from dunwell.formats.mirror import MirrorFile, MirrorFrame, MirrorManifest, file_path
from dunwell.queries.mirror import BEFORE, MANIFEST, read_files
from dunwell.queries.mirror_rows import SOURCES, without

MOST_FILES = 12
"""A bucket of a frame with more files than this is written into one."""


class FrameFiles:
    """The files of one frame while a new generation of it is written."""

    def __init__(
        self, folder: Path, name: str, *, generation: int, buckets: int, kept: Iterable[MirrorFile]
    ) -> None:
        self._folder, self._name = folder, name
        self._generation, self._buckets = generation, buckets
        self._files, self._part = list(kept), 0

    def add(self, rows: pl.DataFrame) -> None:
        """Write rows into files of their buckets, each in the order of keys."""
        if not rows.height:
            return
        # payments of nobody yet lie in the first bucket
        bucket = (pl.col("customer_id").fill_null(0) % self._buckets).alias("bucket")
        parts = rows.with_columns(bucket).partition_by("bucket", as_dict=True, include_key=False)
        for (number,), part in sorted(parts.items()):
            self._files.append(self._written(int(number), part))
        self._part += 1

    def take_out(self, keys: Collection[int]) -> None:
        """Write the files that hold some keys anew without them."""
        if not keys:
            return
        key = SOURCES[self._name].key
        for file in list(self._files):
            held = pl.read_parquet(self._folder / file.path, columns=[key])[key]
            if held.is_in(list(keys)).any():
                self._files.remove(file)
                left = without(self._read([file]), key, keys)
                if left.height:
                    self._files.append(self._written(file.bucket, left))
                self._part += 1

    def merge(self) -> None:
        """Write buckets of too many files into one file each."""
        for bucket in sorted({file.bucket for file in self._files}):
            files = [file for file in self._files if file.bucket == bucket]
            if len(files) > MOST_FILES:
                rest = [file for file in self._files if file.bucket != bucket]
                self._files = [*rest, self._written(bucket, self._read(files))]
                self._part += 1

    def frame(self, *, last_id: int) -> MirrorFrame:
        """Return what the manifest says of the frame."""
        return MirrorFrame(
            columns=SOURCES[self._name].columns, last_id=last_id, files=tuple(self._files)
        )

    def _read(self, files: list[MirrorFile]) -> pl.DataFrame:
        return read_files(self._name, [self._folder / file.path for file in files])

    def _written(self, bucket: int, rows: pl.DataFrame) -> MirrorFile:
        content = io.BytesIO()
        rows.sort(SOURCES[self._name].key).write_parquet(content, compression="zstd")
        path = file_path(self._name, bucket, self._generation, self._part)
        place = self._folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        _write(place, content.getbuffer())
        digest = hashlib.sha256(content.getbuffer()).hexdigest()
        return MirrorFile(
            path=path,
            bucket=bucket,
            rows=rows.height,
            bytes=content.getbuffer().nbytes,
            sha256=digest,
        )


def put_manifest(folder: Path, content: bytes) -> None:
    """Make a manifest the one that counts; the one before stays beside it."""
    # a company without rows has no file that made it
    folder.mkdir(parents=True, exist_ok=True)
    if (folder / MANIFEST).exists():
        _put(folder / BEFORE, (folder / MANIFEST).read_bytes())
    _put(folder / MANIFEST, content)
    _settle(folder)


def next_generation(folder: Path) -> int:
    """Return a number above that of every file there is, also of those that belong to nothing."""
    numbers = [
        int(path.name[:6]) for name in SOURCES for path in (folder / name).rglob("*.parquet")
    ]
    return max(numbers, default=0) + 1


def remove_unnamed(folder: Path, manifests: Iterable[MirrorManifest]) -> int:
    """Remove Parquet files that no manifest names; return how many."""
    named = {path for manifest in manifests for path in manifest.paths}
    found = [
        path
        for name in SOURCES
        for path in (folder / name).rglob("*.parquet")
        if path.relative_to(folder).as_posix() not in named
    ]
    for path in found:
        path.unlink()
    return len(found)


def _put(place: Path, content: bytes) -> None:
    draft = place.with_name(f"{place.name}.draft")
    _write(draft, content)
    draft.replace(place)


def _write(path: Path, content: bytes | memoryview) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _settle(folder: Path) -> None:
    """Have the names in a folder on the disk too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
