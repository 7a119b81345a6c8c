"""Files in remote folders: looked at, dealt with once, and where they were moved.

A file is taken when it lay there unchanged in a look before, or a marker says that it is whole.
What became of it is kept before it is moved, so that a sync that was killed finishes it.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.db import transaction

from dunwell.actions.connection_syncs import count_file, held_sync
from dunwell.actions.gate import Actor
from dunwell.formats.remote_files import RemoteFile
from dunwell.models import ConnectionFile, ConnectionSync, ImportBatch

SETTLE = timedelta(seconds=30)
"""So long a file lies there unchanged before it is taken, where no marker says it is whole."""
TOGETHER = 500


@transaction.atomic
def look_at_files(
    *,
    actor: Actor,
    sync: ConnectionSync,
    files: Sequence[RemoteFile],
    whole: Collection[str],
    is_marked: bool,
    at: datetime,
) -> list[ConnectionFile]:
    """Note what lies there and return what is to be done, in the order of `files`.

    These are the files that are whole and were not dealt with, and those that were and still lie
    there (`outcome` says so). With `is_marked` a file is whole when it is one of `whole`, else
    when it was seen unchanged before. What was only seen and is gone is forgotten.
    """
    actor.require("connection.sync")
    held = held_sync(actor, sync)
    of = ConnectionFile.objects.filter(connection=held.connection_id)
    there = {one.identity for one in files}
    known = {_identity(one): one for one in of.filter(moved_to="")}
    gone = [one.pk for key, one in known.items() if key not in there and not one.outcome]
    if gone:
        of.filter(pk__in=gone).delete()
    fresh = [one for one in files if one.identity not in known]
    if fresh:
        _lay_again(held, {one.identity for one in fresh}, at)
        ConnectionFile.objects.bulk_create(
            [
                ConnectionFile(
                    connection_id=held.connection_id, place=one.place, size=one.size,
                    written=one.written, seen_at=at,
                )
                for one in fresh
            ],
            batch_size=TOGETHER, ignore_conflicts=True,
        )  # fmt: skip
        known = {_identity(one): one for one in of.filter(moved_to="")}
    rows = [known[one.identity] for one in files if one.identity in known]
    return [
        one
        for one in rows
        if one.outcome or (one.place in whole if is_marked else one.seen_at <= at - SETTLE)
    ]


@transaction.atomic
def mark_file(
    *,
    actor: Actor,
    sync: ConnectionSync,
    file: ConnectionFile,
    outcome: str,
    told: str,
    sha256: str,
    batch: ImportBatch | None,
    at: datetime,
) -> ConnectionSync:
    """Keep what became of a file, before it is moved; raise Refused for a sync taken over.

    `batch` is the import it became, if it did.
    """
    actor.require("connection.sync")
    held = held_sync(actor, sync)
    ConnectionFile.objects.filter(pk=file.pk, connection=held.connection_id).update(
        outcome=outcome, told=told[:500], sha256=sha256, dealt_at=at
    )
    return count_file(held, place=file.place, code=outcome, told=told, batch=batch, at=at)


@transaction.atomic
def note_file(
    *, actor: Actor, sync: ConnectionSync, place: str, code: str, told: str, at: datetime
) -> ConnectionSync:
    """Tell of a file that stays as it is for this sync: it failed, or is none to take."""
    actor.require("connection.sync")
    return count_file(held_sync(actor, sync), place=place, code=code, told=told, at=at)


@transaction.atomic
def mark_moved(*, actor: Actor, sync: ConnectionSync, file: ConnectionFile, moved_to: str) -> None:
    """Keep where a file that was dealt with lies now."""
    actor.require("connection.sync")
    held = held_sync(actor, sync)
    ConnectionFile.objects.filter(pk=file.pk, connection=held.connection_id).update(
        moved_to=moved_to[:500]
    )


def _lay_again(
    held: ConnectionSync, fresh: Collection[tuple[str, int, int]], at: datetime
) -> None:
    """Let what was moved away and lies there again, as it was, be a new file."""
    moved = ConnectionFile.objects.filter(connection=held.connection_id).exclude(moved_to="")
    again = [
        pk
        for pk, *identity in moved.values_list("pk", "place", "size", "written")
        if tuple(identity) in fresh
    ]
    moved.filter(pk__in=again).update(
        seen_at=at, outcome="", told="", sha256="", dealt_at=None, moved_to=""
    )


def _identity(row: ConnectionFile) -> tuple[str, int, int]:
    return (row.place, row.size, row.written)
