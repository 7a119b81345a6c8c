"""Indexes that another one begins with, for the migrations that drop them; no migration itself.

By statements of our own: the framework would make SQLite's tables anew, which takes their triggers
and copies each of their rows.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.apps.registry import Apps
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from dunwell.migrations._constraints import Step, names_on

Columns = Mapping[str, Sequence[str]]
"""By table: the columns that have an index of their own."""


def without_indexes(tables: Columns) -> Step:
    """Return a step that drops the plain index of each column."""

    def change(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
        for table, columns in tables.items():
            for column in columns:
                for name in names_on(schema_editor, table, column, _is_plain):
                    schema_editor.execute(f'DROP INDEX "{name}"')

    return change


def with_indexes(tables: Columns) -> Step:
    """Return the step back."""

    def change(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
        for table, columns in tables.items():
            for column in columns:
                schema_editor.execute(
                    f"CREATE INDEX dunwell_{table}_{column}_plain ON dunwell_{table} ({column})"
                )

    return change


def _is_plain(one: Mapping[str, Any]) -> bool:
    return bool(one["index"] and not one["unique"])
