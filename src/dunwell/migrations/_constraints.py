"""What migrations that speak SQL of their own share; no migration itself."""

from collections.abc import Callable, Mapping
from typing import Any

from django.apps.registry import Apps
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

Step = Callable[[Apps, BaseDatabaseSchemaEditor], None]
"""What `RunPython` runs."""


def on_postgresql(work: Callable[[BaseDatabaseSchemaEditor], None]) -> Step:
    """Return a step that does its work on PostgreSQL and nothing on SQLite."""

    def change(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
        if schema_editor.connection.vendor == "postgresql":
            work(schema_editor)

    return change


def names_on(
    schema_editor: BaseDatabaseSchemaEditor,
    table: str,
    column: str,
    is_wanted: Callable[[Mapping[str, Any]], bool],
) -> list[str]:
    """Return the names of a table's constraints and indexes on one column alone."""
    connection = schema_editor.connection
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, f"dunwell_{table}")
    return [name for name, one in found.items() if one["columns"] == [column] and is_wanted(one)]
