"""New records of a model written at once, as `bulk_create` does it, at a third of its cost.

Django asks every field of every record whether its value is an expression, a placeholder, a
default of the database. Where thousands of records are written none is, so whole columns are
prepared here: numbers and texts go as they are, everything else by the field's own preparation.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import cache, partial
from operator import attrgetter
from typing import Any, TypeVar

from django.db import connection, models

from dunwell.actions.bulk import is_postgresql, quoted

M = TypeVar("M", bound=models.Model)
_NUMBERS = (
    *(models.BigIntegerField, models.IntegerField, models.SmallIntegerField),
    *(models.PositiveBigIntegerField, models.PositiveIntegerField),
    models.PositiveSmallIntegerField,
)
_TEXTS = (models.CharField, models.TextField)
_TIMES = (models.DateField, models.DateTimeField)
_LINKS = (models.ForeignKey, models.OneToOneField)
MOST = 1_000
"""Records of one statement on PostgreSQL; SQLite bounds its parameters."""


def add_records(model: type[M], records: Sequence[M], *, most: int = MOST) -> list[M]:
    """Write new records, give them their keys, and return them in their order.

    They have no key yet, and what they point to has one. Raises what the database raises when a
    constraint says no; nothing is written then but inside a transaction of the caller.
    """
    rows, key = list(records), model._meta.pk
    if not rows:
        return rows
    fields = [one for one in model._meta.concrete_fields if one is not key]
    columns = [_column(one, rows) for one in fields]
    at_once = most if is_postgresql() else connection.ops.bulk_batch_size(fields, rows)
    keys: list[int] = []
    with connection.cursor() as cursor:
        for start in range(0, len(rows), at_once):
            part = [column[start : start + at_once] for column in columns]
            cursor.execute(*_statement(model, key, fields, part))
            keys += [found for (found,) in cursor.fetchall()]
    for row, found in zip(rows, keys, strict=True):
        row.pk, state = found, row._state  # noqa: SLF001  as bulk_create leaves them
        state.adding, state.db = False, connection.alias
    return rows


def _statement(
    model: type[models.Model],
    key: "models.Field[Any, Any]",
    fields: Sequence["models.Field[Any, Any]"],
    columns: Sequence[list[Any]],
) -> tuple[str, list[Any]]:
    """Return the insertion of some records, given by column, and its parameters."""
    names = ", ".join(quoted(str(one.column)) for one in fields)
    if is_postgresql():
        # one parameter a column, or the server plans thousands of values
        kinds = (str(one.db_type(connection)).split("(")[0] for one in fields)
        arrays = ", ".join(f"%s::{kind}[]" for kind in kinds)
        values = f"SELECT * FROM UNNEST({arrays})"  # noqa: S608  our own types
        parameters = list(map(_array, fields, columns))
    else:
        one_row = f"({', '.join(['%s'] * len(fields))})"
        values = f"VALUES {', '.join([one_row] * len(columns[0]))}"
        parameters = [value for row in zip(*columns, strict=True) for value in row]
    # names come from our own models and are quoted; values are parameters
    statement = (
        f"INSERT INTO {quoted(model._meta.db_table)} ({names}) {values} "
        f"RETURNING {quoted(str(key.column))}"
    )
    return statement, parameters


def _array(field: "models.Field[Any, Any]", values: list[Any]) -> list[Any] | str:
    """Return a column as PostgreSQL reads an array, or as it is for the driver to write.

    The driver asks of each value how it is written and what of it is quoted: a tenth of the
    work of matching.
    """
    kinds = {*map(type, values)} - {type(None)}
    if kinds <= {int, bool}:
        return f"{{{','.join(['NULL' if one is None else str(one) for one in values])}}}"
    if isinstance(field, models.JSONField):
        texts = [None if one is None else one.dumps(one.obj) for one in values]
    elif kinds == {str}:
        texts = values
    elif kinds in ({date}, {datetime}):
        texts = [None if one is None else str(one) for one in values]
    else:
        return values
    told = [
        "NULL" if one is None else '"' + one.replace("\\", "\\\\").replace('"', '\\"') + '"'
        for one in texts
    ]
    return f"{{{','.join(told)}}}"


def _column(field: "models.Field[Any, Any]", rows: Sequence[models.Model]) -> list[Any]:
    """Return what goes into a column, as the database takes it."""
    kind = type(field)
    if kind.pre_save is models.Field.pre_save:
        values = list(map(attrgetter(field.attname), rows))
    else:
        values = [field.pre_save(row, add=True) for row in rows]
    kinds, plain = {*map(type, values)}, _plain(field)
    if any(hasattr(one, "resolve_expression") for one in kinds):
        raise TypeError(f"{field}: the database has a say in it; use bulk_create")
    if plain is str:
        # of members of an enumeration their text
        values = [str.__str__(one) if isinstance(one, str) else one for one in values]
        kinds = {*map(type, values)}
    if plain is not None and kinds <= {plain, type(None)}:
        return values
    prepared: Callable[[Any], Any] = partial(field.get_db_prep_save, connection=connection)
    # a run has one moment and one day
    return list(map(cache(prepared) if kind in _TIMES else prepared, values))


def _plain(field: "models.Field[Any, Any]") -> type | None:
    """Return the type of value both databases take for the field as it is, if there is one."""
    kind = type(field)
    if isinstance(field, models.ForeignKey) and kind in _LINKS:
        return _plain(field.target_field)
    if kind in _NUMBERS or kind is models.BigAutoField:
        return int
    return str if kind in _TEXTS else None
