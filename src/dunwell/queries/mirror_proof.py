"""Whether a company's columnar mirror holds the rows of the ledger: compared one by one."""

from collections.abc import Iterator

import polars as pl

from dunwell.formats.mirror import MirrorError
from dunwell.models import Company
from dunwell.queries import frames
from dunwell.queries.adbc import apart, is_within_reach
from dunwell.queries.mirror import NO_LIMIT, Mirror, read_files, standing_mirror
from dunwell.queries.mirror_rows import SOURCES, reassigned, without

Break = tuple[str, str, str]
"""Frame, key of the row (or the file), and what is wrong."""


def mirror_breaks(company: Company) -> Iterator[Break]:
    """Yield where a mirror is not the ledger; nothing without one, or one nobody believes.

    A mirror of another database is never read, so it breaks nothing: `dunwell mirror status`
    tells of it. Files that are not what was written are told, and their rows compared too.
    """
    try:
        mirror = standing_mirror(company)
    except MirrorError:
        return
    if mirror is None:
        return
    damaged = mirror.damaged()
    yield from (("file", "", wrong) for wrong in damaged)
    for name in SOURCES:
        try:
            held = _held(mirror, name)
        except (OSError, pl.exceptions.PolarsError) as error:
            if not damaged:
                yield (name, "", f"cannot be read: {error}")
            continue
        yield from _differences(mirror, name, held)


def _held(mirror: Mirror, name: str) -> pl.DataFrame:
    """Return what the files say, whatever their hashes."""
    places = [mirror.folder / path for path in mirror.manifest.frames[name].paths()]
    return read_files(name, [place for place in places if place.exists()])


def _differences(mirror: Mirror, name: str, held: pl.DataFrame) -> Iterator[Break]:
    source, manifest = SOURCES[name], mirror.manifest
    last = manifest.frames[name].last_id
    found = _ledger(source.span(mirror.company, after=0, upto=last), name)
    if name == "payments":
        moved = _ledger(
            reassigned(mirror.company, after=manifest.payers_id, upto=NO_LIMIT, last_id=last), name
        )
        told_anew = moved[source.key].to_list()
        held, found = (without(rows, source.key, told_anew) for rows in (held, found))
    columns = list(source.types)
    for row in held.filter(pl.col(source.key).is_duplicated()).iter_rows(named=True):
        yield (name, str(row[source.key]), "is in the mirror more than once")
    odd = held.join(found, on=columns, how="anti", nulls_equal=True)
    missing = found.join(held, on=columns, how="anti", nulls_equal=True)
    both = odd.join(missing, on=source.key, suffix="_in_ledger").sort(source.key)
    for row in both.iter_rows(named=True):
        told = [
            f"{column} is {row[column]}, in the ledger {row[f'{column}_in_ledger']}"
            for column in columns
            if column != source.key and row[column] != row[f"{column}_in_ledger"]
        ]
        yield (name, str(row[source.key]), "; ".join(told))
    for rows, wrong in ((odd, "is not in the ledger"), (missing, "is not in the mirror")):
        keys = rows.join(both, on=source.key, how="anti")[source.key].sort()
        yield from ((name, str(key), wrong) for key in keys)


def _ledger(query: str, name: str) -> pl.DataFrame:
    types = SOURCES[name].types
    if not is_within_reach():
        return frames.read_rows(query, [], types)
    with apart() as read:
        return read(query, types)
