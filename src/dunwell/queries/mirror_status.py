"""How a company's columnar mirror stands: whether history is read from it, and how old it is."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import polars as pl
from django.conf import settings

from dunwell.formats.mirror import MirrorError, read_manifest
from dunwell.models import Company
from dunwell.queries import frames
from dunwell.queries.mirror import MANIFEST, standing_mirror
from dunwell.queries.mirror_rows import SOURCES

OFF, NONE, UNBELIEVED, STANDS = "off", "none", "unbelieved", "stands"


@dataclass(frozen=True, kw_only=True, slots=True)
class MirrorStatus:
    """The state (`off`, `none`, `unbelieved`, `stands`), why, and what there is.

    `behind` are rows of the ledger that came after the mirror and are read beside it.
    """

    state: str
    reason: str = ""
    made_at: str = ""
    rows: int = 0
    behind: int = 0
    bytes: int = 0
    buckets: int = 0
    files: int = 0


def mirror_moments() -> Iterator[tuple[int, datetime]]:
    """Yield the key of every company with a mirror in the data folder, and when it was made.

    Only manifests are read, no database; one that cannot be read is left out.
    """
    for path in sorted((Path(settings.DATA_DIR) / "mirror").glob(f"company-*/{MANIFEST}")):
        with suppress(OSError, ValueError):
            manifest = read_manifest(path.read_bytes())
            yield manifest.company, datetime.fromisoformat(manifest.made_at)


def mirror_status(company: Company) -> MirrorStatus:
    """Return how a company's mirror stands; the files themselves are hashed too."""
    if not settings.MIRROR:
        return MirrorStatus(state=OFF, reason="DUNWELL_MIRROR is 0: all is read from the ledger.")
    try:
        mirror = standing_mirror(company)
    except MirrorError as error:
        return MirrorStatus(state=UNBELIEVED, reason=str(error))
    if mirror is None:
        return MirrorStatus(state=NONE, reason="There is none: all is read from the ledger.")
    told = mirror.manifest
    behind = sum(
        int(
            frames.read_rows(
                f"SELECT COUNT(*) FROM dunwell_{source.table} "  # noqa: S608  names are our own
                "WHERE company_id = %s AND id > %s",
                [company.pk, told.frames[name].last_id],
                {"n": pl.Int64},
            ).item()
        )
        for name, source in SOURCES.items()
    )
    damaged = mirror.damaged()
    return MirrorStatus(
        state=UNBELIEVED if damaged else STANDS,
        reason=" ".join(damaged),
        made_at=told.made_at,
        rows=sum(frame.rows for frame in told.frames.values()),
        behind=behind,
        bytes=told.bytes,
        buckets=told.buckets,
        files=len(told.paths),
    )
