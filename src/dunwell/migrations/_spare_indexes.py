"""Indexes that another one begins with, for the migrations that drop them; no migration itself.

By statements of our own: the framework would make SQLite's tables anew, which takes their triggers
and copies each of their rows.
"""

from collections.abc import Callable, Mapping, Sequence

from django.apps.registry import Apps
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

Columns = Mapping[str, Sequence[str]]
"""By table: the columns that have an index of their own."""


def without_indexes(tables: Columns) -> Callable[[Apps, BaseDatabaseSchemaEditor], None]:
    """Return a step that drops the plain index of each column."""

    def change(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
        for table, columns in tables.items():
            for column in columns:
                for name in _plain_indexes(schema_editor, table, column):
                    schema_editor.execute(f'DROP INDEX "{name}"')

    return change


def with_indexes(tables: Columns) -> Callable[[Apps, BaseDatabaseSchemaEditor], None]:
    """Return the step back."""

    def change(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
        for table, columns in tables.items():
            for column in columns:
                schema_editor.execute(
                    f"CREATE INDEX dunwell_{table}_{column}_plain ON dunwell_{table} ({column})"
                )

    return change


def _plain_indexes(schema_editor: BaseDatabaseSchemaEditor, table: str, column: str) -> list[str]:
    connection = schema_editor.connection
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, f"dunwell_{table}")
    return [
        name
        for name, one in found.items()
        if one["index"] and not one["unique"] and one["columns"] == [column]
    ]
