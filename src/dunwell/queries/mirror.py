"""A company's columnar mirror: whether it is to be believed, and the ledger read through it.

Reading is the files and what the ledger has beyond them (docs/why/018), so that the answer is
the ledger's whatever the mirror's age, also inside a transaction.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from django.conf import settings

from dunwell.formats.mirror import MirrorError, MirrorFile, MirrorManifest, read_manifest
from dunwell.models import Company
from dunwell.queries import frames
from dunwell.queries.mirror_rows import PAYERS, SOURCES, merged_since, reassigned, without

MANIFEST = "manifest.json"
BEFORE = "manifest.before.json"
"""The manifest before: its files stay for those who read by it."""
NO_LIMIT = 2**62


@dataclass(frozen=True, slots=True)
class Mirror:
    """A mirror whose manifest belongs to this database."""

    company: Company
    folder: Path
    manifest: MirrorManifest

    def rows(self, name: str, *, bucket: int | None = None) -> pl.DataFrame:
        """Return what the files of a frame hold, of one bucket when asked, in no order.

        Raises MirrorError when a file is missing or is not what was written.
        """
        frame = self.manifest.frames[name]
        files = [file for file in frame.files if bucket in {None, file.bucket}]
        for file in files:
            if wrong := self._wrong(file):
                raise MirrorError(wrong)
        try:
            return read_files(name, [self.folder / file.path for file in files])
        except (OSError, pl.exceptions.PolarsError) as error:
            raise MirrorError(f"The files of {name} cannot be read.") from error

    def damaged(self) -> list[str]:
        """Return what is wrong with the files, a sentence each."""
        held = self.manifest.frames.values()
        told = [self._wrong(file) for frame in held for file in frame.files]
        return [wrong for wrong in told if wrong]

    def whole(self, name: str, *, bucket: int | None = None) -> pl.DataFrame:
        """Return a frame's rows of the ledger: the files and the tail, in the order of keys.

        Of one bucket when asked, so that a very large ledger is worked on part by part. Columns as
        in the files; raises MirrorError like `rows`.
        """
        source, frame = SOURCES[name], self.manifest.frames[name]
        kept = self.rows(name, bucket=bucket)
        tail = [frames.read_rows(source.span(self.company, after=frame.last_id), [], source.types)]
        if name == "payments":
            moved = reassigned(
                self.company,
                after=self.manifest.payers_id,
                upto=NO_LIMIT,
                last_id=frame.last_id,
            )
            tail.append(frames.read_rows(moved, [], source.types))
            kept = without(kept, source.key, tail[-1][source.key].to_list())
        if bucket is not None:
            mine = pl.col("customer_id").fill_null(0) % self.manifest.buckets == bucket
            tail = [rows.filter(mine) for rows in tail]
        return pl.concat([kept, *tail]).sort(source.key)

    def _wrong(self, file: MirrorFile) -> str:
        try:
            digest = hashlib.sha256((self.folder / file.path).read_bytes()).hexdigest()
        except OSError:
            return f"{file.path} cannot be read."
        return "" if digest == file.sha256 else f"{file.path} is not what was written."


def read_files(name: str, paths: list[Path]) -> pl.DataFrame:
    """Return the rows of a frame's files, in the columns that mirrors have."""
    empty = pl.DataFrame(schema=SOURCES[name].types)
    if not paths:
        return empty
    return pl.concat([empty, pl.read_parquet(paths, hive_partitioning=False)])


def mirror_folder(company: Company) -> Path:
    """Return where a company's mirror lies, whether there is one or not."""
    return Path(settings.DATA_DIR) / "mirror" / f"company-{company.pk}"


def standing_mirror(company: Company) -> Mirror | None:
    """Return a company's mirror, None where there is none; its files are looked at when read.

    Raises MirrorError when there is one that is not to be believed.
    """
    folder = mirror_folder(company)
    try:
        content = (folder / MANIFEST).read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise MirrorError("The manifest of the mirror cannot be read.") from error
    manifest = read_manifest(content)
    if manifest.company != company.pk:
        raise MirrorError("The mirror is of another company.")
    if _told_columns(manifest) != {name: one.columns for name, one in SOURCES.items()}:
        raise MirrorError("The mirror has other columns than this release reads.")
    has_merged = merged_since(company, seq=manifest.event_seq, digest=manifest.event_hash)
    if has_merged is None:
        raise MirrorError("The mirror was made from another database, or one restored since.")
    if has_merged:
        raise MirrorError("Customers were merged or split since the mirror was made.")
    return Mirror(company, folder, manifest)


def _told_columns(manifest: MirrorManifest) -> Mapping[str, Mapping[str, str]]:
    return {name: frame.columns for name, frame in manifest.frames.items()}


def last_keys(manifest: MirrorManifest) -> Mapping[str, int]:
    """Return the last key a mirror has of each table, as `settled_heads` tells the ledger's."""
    told = {SOURCES[name].table: frame.last_id for name, frame in manifest.frames.items()}
    return {**told, PAYERS: manifest.payers_id}
