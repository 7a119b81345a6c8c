"""The manifest of a columnar mirror: which Parquet files make a frame; see docs/why/018."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

FORMAT = 1
"""Of the manifest and the layout; another one is not read."""
LEAST_BUCKETS = 8
ITEMS_PER_BUCKET = 400_000
"""Rows of a frame that habits and ageing work on at once in less than 600 MB, program included."""


class MirrorError(ValueError):
    """The mirror cannot be believed; the message says why, and what is read in its place."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MirrorFile:
    """A Parquet file: its path from the manifest, whose rows it has, and what it must be."""

    path: str
    bucket: int
    rows: int
    bytes: int
    sha256: str


@dataclass(frozen=True, kw_only=True, slots=True)
class MirrorFrame:
    """A frame: its columns with their types, the last key it has, and its files."""

    columns: Mapping[str, str]
    last_id: int
    files: tuple[MirrorFile, ...]

    @property
    def rows(self) -> int:
        """Return how many rows the files have."""
        return sum(file.rows for file in self.files)

    def paths(self, bucket: int | None = None) -> list[str]:
        """Return the paths of the files, of one bucket when asked, relative to the manifest."""
        return [file.path for file in self.files if bucket in {None, file.bucket}]


@dataclass(frozen=True, kw_only=True, slots=True)
class MirrorManifest:
    """What a mirror holds: frames by name, and the event of the chain that it was made at.

    `payers_id` is the last payer assignment seen; `made_at` a moment in UTC as text.
    """

    company: int
    buckets: int
    generation: int
    made_at: str
    event_seq: int
    event_hash: str
    payers_id: int
    frames: Mapping[str, MirrorFrame]

    @property
    def paths(self) -> set[str]:
        """Return the paths of all files."""
        return {path for frame in self.frames.values() for path in frame.paths()}

    @property
    def bytes(self) -> int:
        """Return the size of all files."""
        return sum(file.bytes for frame in self.frames.values() for file in frame.files)


def buckets_for(rows: int) -> int:
    """Return how many buckets a mirror of so many rows in its largest frame is spread over."""
    return max(LEAST_BUCKETS, -(-rows // ITEMS_PER_BUCKET))


def file_path(frame: str, bucket: int, generation: int, part: int) -> str:
    """Return the path of a file, relative to the manifest."""
    return f"{frame}/bucket={bucket:02}/{generation:06}-{part:03}.parquet"


def write_manifest(manifest: MirrorManifest) -> bytes:
    """Return the manifest as JSON, the same bytes for the same content."""
    told = asdict(manifest)
    told["format"] = FORMAT
    told["event"] = {"seq": told.pop("event_seq"), "hash": told.pop("event_hash")}
    for name, frame in manifest.frames.items():
        told["frames"][name]["rows"] = frame.rows
    return json.dumps(told, indent=1, sort_keys=True).encode() + b"\n"


def read_manifest(content: bytes) -> MirrorManifest:
    """Return the manifest a file holds; raise MirrorError for another format or a damaged one."""
    try:
        told = json.loads(content)
        if told["format"] != FORMAT:
            raise MirrorError(
                f"The mirror has format {told['format']}, this release reads {FORMAT}."
            )
        return MirrorManifest(
            company=int(told["company"]),
            buckets=int(told["buckets"]),
            generation=int(told["generation"]),
            made_at=str(told["made_at"]),
            event_seq=int(told["event"]["seq"]),
            event_hash=str(told["event"]["hash"]),
            payers_id=int(told["payers_id"]),
            frames={name: _frame(one) for name, one in told["frames"].items()},
        )
    except (
        KeyError,
        TypeError,
        AttributeError,
        json.JSONDecodeError,
        UnicodeDecodeError,
    ) as error:
        raise MirrorError("The manifest of the mirror is damaged.") from error


def _frame(told: Mapping[str, Any]) -> MirrorFrame:
    return MirrorFrame(
        columns=dict(told["columns"]),
        last_id=int(told["last_id"]),
        files=tuple(MirrorFile(**file) for file in told["files"]),
    )
