"""What a full export says of itself: tables, rows, hashes, the ends of the chains."""

import hashlib
import json
from dataclasses import asdict, dataclass, fields
from pathlib import PurePosixPath
from typing import Any, get_args

from dunwell.formats.record_files import Form

VERSION = 1
"""Of the layout of the folder; a higher one is of a newer Dunwell."""
MANIFEST, SCHEMA, TABLES, FILES = "manifest.json", "schema.json", "tables", "files"
"""Names inside the folder."""


class ExportError(ValueError):
    """A folder is no export, is damaged, or does not fit here; the message says what to do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ExportedTable:
    """A table: its rows, the SHA-256 of its file, and the digest of its rows in any form."""

    rows: int
    sha256: str
    digest: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ExportedCompany:
    """A company: the end of its chain of events, and the ids of checks of the books that fail."""

    id: int
    name: str
    seq: int
    head: str
    broken: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ExportManifest:
    """The manifest. `scope` is "desk" or "company"; `keys` are the keys that open sealed values.

    `files` holds the SHA-256 of every kept file by its name in the data folder.
    """

    version: int
    dunwell: str
    form: Form
    scope: str
    is_opened: bool
    made_at: str
    migrations: tuple[str, ...]
    keys: tuple[int, ...]
    companies: tuple[ExportedCompany, ...]
    tables: dict[str, ExportedTable]
    files: dict[str, str]
    left_out: dict[str, str]
    schema_sha256: str

    def to_json(self) -> bytes:
        """Return the manifest as JSON that holds its own hash."""
        told = asdict(self)
        return json.dumps({**told, "sha256": _hash(told)}, indent=1, ensure_ascii=False).encode()


def read_export_manifest(data: bytes) -> ExportManifest:
    """Return the manifest; raise ExportError when it is damaged or of a newer version."""
    try:
        told: dict[str, Any] = json.loads(data)
        version = told["version"]
        if isinstance(version, int) and version > VERSION:
            raise ExportError(
                f"This export is of a newer Dunwell ({told.get('dunwell')}): its layout is"
                f" {version} and this one reads {VERSION}. Upgrade first."
            )
        if told.pop("sha256") != _hash(told):
            raise ExportError("The manifest was changed or damaged. Take another copy.")
        unknown = set(told) ^ {one.name for one in fields(ExportManifest)}
        if unknown or told["form"] not in get_args(Form):
            raise ExportError("The manifest is not one of an export. Take another copy.")
        told["tables"] = {name: ExportedTable(**one) for name, one in told["tables"].items()}
        told["companies"] = tuple(
            ExportedCompany(**{**one, "broken": tuple(one["broken"])}) for one in told["companies"]
        )
        told["migrations"], told["keys"] = tuple(told["migrations"]), tuple(told["keys"])
        for name in told["files"]:
            _require_inside(name)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        if isinstance(error, ExportError):
            raise
        raise ExportError(f"The manifest cannot be read: {error}. Take another copy.") from error
    return ExportManifest(**told)


def _hash(told: dict[str, Any]) -> str:
    # as it comes back from JSON
    text = json.dumps(told, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _require_inside(name: str) -> None:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not path.parts or "\\" in name:
        raise ExportError(f"{name} in this export would lie elsewhere.")
