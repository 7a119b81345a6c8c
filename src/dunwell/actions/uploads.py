"""Uploaded files: kept byte for byte under names of our own, safe before anybody is told so."""

import hashlib
import os
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused
from dunwell.actions.upload_quotas import take_room
from dunwell.models import ImportBatch

MOST_FILES = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class Upload:
    """One uploaded file: the name it came with and its bytes."""

    name: str
    data: bytes


@transaction.atomic
def receive_upload(*, actor: Actor, files: Sequence[Upload], at: datetime) -> ImportBatch:
    """Keep the files byte for byte under names of our own and add a batch for them.

    Raises Refused for no file, an empty one, too many, or more bytes than allowed.
    """
    actor.require("items.import")
    if not files:
        raise Refused("No file was sent. Choose at least one ledger export.")
    if len(files) > MOST_FILES:
        raise Refused(f"{len(files)} files are too many at once; send at most {MOST_FILES}.")
    size = sum(len(file.data) for file in files)
    if size > settings.IMPORT_LIMIT_BYTES:
        most = settings.IMPORT_LIMIT_BYTES // 1024 // 1024
        raise Refused(f"The files have {size // 1024 // 1024} MB together; {most} MB are allowed.")
    for file in files:
        if not file.data:
            raise Refused(f"{file.name} is empty. Export it again.")
    kept = [
        {
            "name": Path(file.name).name[:200],
            "sha256": keep_upload(file.data, by=actor, at=at),
            "size": len(file.data),
        }
        for file in files
    ]
    batch = ImportBatch.objects.create(
        company=actor.company,
        user_id=actor.user_id,
        name=", ".join(str(file["name"]) for file in kept)[:200],
        sha256=hash_of_files(str(file["sha256"]) for file in kept),
        size_bytes=size,
        files=kept,
        started_at=at,
    )
    record_event(actor, "import.uploaded", batch, at=at, files=kept)
    return batch


def hash_of_files(hashes: Iterable[str]) -> str:
    """Return the hash by which a batch of files is known, from those of its files."""
    return hashlib.sha256("".join(sorted(hashes)).encode()).hexdigest()


def upload_path(sha256: str) -> Path:
    """Return where the bytes of an uploaded file are kept."""
    return Path(settings.DATA_DIR) / "uploads" / sha256


def keep_upload(data: bytes, *, by: Actor, at: datetime) -> str:
    """Keep bytes that somebody brought, as `keep_bytes` does; what lies here takes no room again.

    Raises UploadQuotaReached where a day's room of theirs is used up; nothing is kept then.
    """
    sha256 = hashlib.sha256(data).hexdigest()
    if not upload_path(sha256).exists():
        take_room(by, len(data), at=at)
        _write(data, sha256)
    return sha256


def keep_bytes(data: bytes) -> str:
    """Write bytes that we made under their hash, safe from a crash; return the hash."""
    sha256 = hashlib.sha256(data).hexdigest()
    if not upload_path(sha256).exists():
        _write(data, sha256)
    return sha256


def _write(data: bytes, sha256: str) -> None:
    path = upload_path(sha256)
    path.parent.mkdir(parents=True, exist_ok=True)
    # a name of each writer's own: the same bytes may come twice at once
    partial = path.with_name(f"{sha256}.{os.getpid()}.{threading.get_ident()}.part")
    with partial.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
