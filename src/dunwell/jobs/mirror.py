"""Making a company's columnar mirror and bringing it up to date; see docs/why/018."""

import logging
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import polars as pl
from django.conf import settings
from django.db import Error

from dunwell.actions.gate import Refused
from dunwell.formats.mirror import (
    LEAST_BUCKETS,
    MirrorError,
    MirrorManifest,
    buckets_for,
    read_manifest,
    write_manifest,
)
from dunwell.jobs.file_locks import claimed_file
from dunwell.jobs.mirror_files import FrameFiles, next_generation, put_manifest, remove_unnamed
from dunwell.models import Company
from dunwell.queries.adbc import READ_ERRORS, Read, apart, is_within_reach
from dunwell.queries.mirror import BEFORE, MANIFEST, last_keys, mirror_folder, standing_mirror
from dunwell.queries.mirror_rows import (
    PAYERS,
    SOURCES,
    Heads,
    LedgerBusyError,
    has_rows,
    reassigned,
    settled_heads,
)

KEYS_AT_ONCE = 1_000_000
"""So many keys are read at a time; bounds memory."""
WORTH_ITEMS = 50_000
"""From so many items on the day's cycle makes a mirror; less is cheap to read anyway."""
TROUBLES: tuple[type[Exception], ...] = (Refused, OSError, Error, *READ_ERRORS)
"""What a refresh may end with that is no fault of the program."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Refreshed:
    """What a refresh did: rows it read, whether it read all, and the mirror's size now."""

    read: int
    is_whole: bool
    rows: int
    bytes: int
    generation: int


def refresh_mirror(company: Company, *, at: datetime, whole: bool = False) -> Refreshed:
    """Bring a company's mirror up to what is committed, or make it anew; return what was done.

    One that is not to be believed is made anew. Raises Refused inside a transaction and like
    `refresh_by`.
    """
    if not is_within_reach():
        raise Refused(
            "A mirror is made of what is committed to a database of its own file or server; "
            "call this outside a transaction."
        )
    with apart() as read:
        return refresh_by(read, company, at=at, whole=whole)


def refresh_by(read: Read, company: Company, *, at: datetime, whole: bool = False) -> Refreshed:
    """Refresh like `refresh_mirror` with rows read by a function; they have to be committed.

    Raises Refused while somebody is writing, or another process is at it.
    """
    folder = mirror_folder(company)
    with _alone(folder):
        try:
            heads = settled_heads(company)
        except LedgerBusyError as error:
            raise Refused(
                f"Somebody is writing to the ledger of {company.name}; "
                "its mirror stays as it is. Try again in a moment."
            ) from error
        old = None if whole else _believed(company)
        if old is not None and any(last_keys(old)[one] > heads.keys[one] for one in heads.keys):
            old = None  # the ledger has lost rows: it is not the one that was mirrored
        if old is not None and last_keys(old) == heads.keys:
            return _done(old, read=0, is_whole=False)
        return _written(company, folder, old, heads, read, at=at)


def refresh_if_worth(company: Company, *, at: datetime) -> Refreshed | None:
    """Refresh the mirror of a company with much history; None where that is not worth it.

    What stands against a refresh is logged: an older mirror, or none, gives the same answers.
    """
    if not settings.MIRROR or not is_within_reach():
        return None
    has_one = (mirror_folder(company) / MANIFEST).exists()
    if not has_one and not has_rows(company, least=WORTH_ITEMS):
        return None
    try:
        return refresh_mirror(company, at=at)
    except TROUBLES as error:
        # the day's work does not wait for what only makes it cheaper
        logger.warning("company %s: the mirror was not refreshed: %s", company.pk, error)
        return None


def drop_mirror(company: Company) -> bool:
    """Remove a company's mirror; return whether there was one."""
    folder = mirror_folder(company)
    if not folder.exists():
        return False
    with _alone(folder):
        # first what makes the files a mirror: a killed drop leaves none, not half of one
        (folder / MANIFEST).unlink(missing_ok=True)
        shutil.rmtree(folder)
    return True


def _written(
    company: Company,
    folder: Path,
    old: MirrorManifest | None,
    heads: Heads,
    read: Read,
    *,
    at: datetime,
) -> Refreshed:
    """Write the rows that are new since `old`, all of them without one, and the manifest."""
    generation, rows = next_generation(folder), 0
    buckets = LEAST_BUCKETS if old is None else old.buckets
    if old is None:
        largest = "SELECT COUNT(*) AS n FROM dunwell_{} WHERE company_id = {}"
        counts = [
            int(read(largest.format(one.table, company.pk), {"n": pl.Int64}).item())
            for one in SOURCES.values()
        ]
        buckets = buckets_for(max(counts))
    frames = {}
    for name, source in SOURCES.items():
        before = old.frames[name] if old else None
        files = FrameFiles(
            folder,
            name,
            generation=generation,
            buckets=buckets,
            kept=before.files if before else (),
        )
        last, upto = before.last_id if before else 0, heads.keys[source.table]
        if name == "payments" and old is not None:
            query = reassigned(company, after=old.payers_id, upto=heads.keys[PAYERS], last_id=last)
            moved = read(query, source.types)
            files.take_out(moved[source.key].to_list())
            files.add(moved)
            rows += moved.height
        while last < upto:
            until = min(last + KEYS_AT_ONCE, upto)
            part = read(source.span(company, after=last, upto=until), source.types)
            files.add(part)
            rows, last = rows + part.height, until
        files.merge()
        frames[name] = files.frame(last_id=upto)
    manifest = MirrorManifest(
        company=company.pk,
        buckets=buckets,
        generation=generation,
        made_at=at.isoformat(),
        event_seq=heads.event_seq,
        event_hash=heads.event_hash,
        payers_id=heads.keys[PAYERS],
        frames=frames,
    )
    put_manifest(folder, write_manifest(manifest))
    remove_unnamed(folder, _named(folder))
    return _done(manifest, read=rows, is_whole=old is None)


def _believed(company: Company) -> MirrorManifest | None:
    """Return the manifest to go on from: one whose files are all there, in the right spread."""
    try:
        mirror = standing_mirror(company)
    except MirrorError as error:
        logger.warning("company %s: %s The mirror is made anew.", company.pk, error)
        return None
    if mirror is None:
        return None
    manifest = mirror.manifest
    largest = max(frame.rows for frame in manifest.frames.values())
    if buckets_for(largest) > 2 * manifest.buckets or mirror.damaged():
        return None
    return manifest


def _named(folder: Path) -> Iterator[MirrorManifest]:
    """Yield the manifest and the one before, as far as they can be read."""
    for name in (MANIFEST, BEFORE):
        with suppress(OSError, MirrorError):
            yield read_manifest((folder / name).read_bytes())


def _done(manifest: MirrorManifest, *, read: int, is_whole: bool) -> Refreshed:
    return Refreshed(
        read=read,
        is_whole=is_whole,
        rows=sum(frame.rows for frame in manifest.frames.values()),
        bytes=manifest.bytes,
        generation=manifest.generation,
    )


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold a mirror for this process; raise Refused while another is at it."""
    with claimed_file(folder.with_suffix(".lock")) as is_ours:
        if not is_ours:
            raise Refused("Another process is at this mirror; wait until it is done.")
        yield
