"""A full export is noted in the chain of each company it holds; one is written into an empty desk.

Rows come as they were stored, with their keys, so that hashes, links and heads of chains stay
what they were; nothing is recorded about that, for the chain goes on from its exported end.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.core.management.color import no_style
from django.db import DatabaseError, connection, models, transaction

from dunwell import walls
from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused
from dunwell.models.sealed import (
    BlindIndexField,
    SealedTextField,
    blind_indexes,
    marks_of,
    sealed_texts,
)
from dunwell.queries.desk_exports import Table, export_tables, kind_of


@transaction.atomic
def note_export(*, actor: Actor, form: str, is_opened: bool, scope: str, at: datetime) -> None:
    """Record that all of a company leaves in a file of a form; its rows then hold the event.

    `scope` is "desk" or "company". Needs desk.export, and desk.export_opened where sealed fields
    are opened.
    """
    actor.require("desk.export")
    if is_opened:
        actor.require("desk.export_opened")
    record_event(
        actor, "desk.exported", actor.company, at=at, form=form, opened=is_opened, scope=scope
    )


@transaction.atomic
def note_export_fetched(*, actor: Actor, sha256: str, is_opened: bool, at: datetime) -> None:
    """Record that somebody takes the archive of an export, by the SHA-256 of its bytes.

    Needs desk.export, and desk.export_opened where sealed fields are opened in it.
    """
    actor.require("desk.export")
    if is_opened:
        actor.require("desk.export_opened")
    record_event(
        actor, "desk.export_fetched", actor.company, at=at, sha256=sha256, opened=is_opened
    )


@transaction.atomic
def note_export_removed(*, actor: Actor, sha256: str, at: datetime) -> None:
    """Record that somebody has the archive of an export deleted before its time is over.

    Needs desk.export.
    """
    actor.require("desk.export")
    record_event(actor, "desk.export_removed", actor.company, at=at, sha256=sha256)


@walls.everything()
@transaction.atomic
def put_rows(*, table: Table, rows: Iterable[Sequence[Any]], is_opened: bool) -> None:
    """Write rows of an export into an empty table, with their keys.

    Sealed fields of an opened export are sealed with the keyring that lies here. Raises Refused
    with the database's words where it does not take a row.
    """
    told = [list(row) for row in rows]
    fields = list(table.fields)
    if is_opened:
        fields += _seal(table, told)
    quote = connection.ops.quote_name
    names = ", ".join(quote(str(one.column)) for one in fields)
    holes = ", ".join(_hole(one) for one in fields)
    values = [[_value(one, value) for one, value in zip(fields, row, strict=True)] for row in told]
    try:
        with connection.cursor() as cursor:
            # names are those of our own models
            cursor.executemany(
                f"INSERT INTO {quote(table.name)} ({names}) VALUES ({holes})",  # noqa: S608
                values,
            )
    except (DatabaseError, ValueError, OverflowError) as error:
        raise Refused(f"A row of {table.name} cannot be written here: {error}") from error


def _seal(table: Table, rows: list[list[Any]]) -> list[BlindIndexField]:
    """Seal the plain texts of rows in place, add the marks, and return the fields of the marks."""
    marks = blind_indexes(table.model)
    added = []
    for place, one in enumerate(table.fields):
        if not isinstance(one, SealedTextField):
            continue
        texts = [row[place] or "" for row in rows]
        told = marks_of(table.model, one.name, texts) if one.name in marks else None
        for row, text in zip(rows, sealed_texts(table.model, one.name, texts), strict=True):
            row[place] = text
        if told is not None:
            added.append(marks[one.name])
            for row, text, mark in zip(rows, texts, told, strict=True):
                row.append(mark if text else "")
    return added


def _hole(field: "models.Field[Any, Any]") -> str:
    is_document = kind_of(field) == "document"
    return "%s::jsonb" if is_document and connection.vendor == "postgresql" else "%s"


def _value(field: "models.Field[Any, Any]", value: Any) -> Any:
    if value is None or isinstance(field, SealedTextField) or kind_of(field) == "document":
        return value
    return field.get_db_prep_save(value, connection)


@walls.everything()
@transaction.atomic
def end_import() -> None:
    """Prove that every row points to one that is there, and let keys go on behind the last.

    Raises Refused with the database's words.
    """
    try:
        connection.check_constraints()
    except DatabaseError as error:
        raise Refused(f"The export does not hold together: {error}") from error
    models_of = [table.model for table in export_tables(is_opened=False)]
    with connection.cursor() as cursor:
        for sql in connection.ops.sequence_reset_sql(no_style(), models_of):
            cursor.execute(sql)
