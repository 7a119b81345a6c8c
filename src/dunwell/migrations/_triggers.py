"""Triggers that refuse changes of rows, for the migrations that add them; no migration itself."""

from collections.abc import Callable, Mapping

from django.apps.registry import Apps
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

Kept = Mapping[str, tuple[str, str, str]]
"""By table: the columns that stay (all where empty), what is said, PostgreSQL's function."""


def refusing(
    tables: Kept, *, once: Mapping[str, str] | None = None
) -> Callable[[Apps, BaseDatabaseSchemaEditor], None]:
    """Return a step that refuses UPDATE and DELETE of the tables on both engines.

    `once` names by table the condition of the old row under which it may not be updated any more.
    Triggers of the same name are replaced: SQLite loses those of a table it makes anew.
    """

    def add_triggers(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
        is_postgresql = schema_editor.connection.vendor == "postgresql"
        for table, (columns, refusal, function) in tables.items():
            for verb, fires in (
                ("update", f"UPDATE OF {columns}" if columns else "UPDATE"),
                ("delete", "DELETE"),
            ):
                name = f"dunwell_{table}_no_{verb}"
                suffix = f" ON dunwell_{table}" if is_postgresql else ""
                schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}{suffix}")
                condition = (once or {}).get(table, "") if verb == "update" else ""
                when = f"WHEN ({condition}) " if condition else ""
                body = (
                    f"FOR EACH ROW {when}EXECUTE FUNCTION {function}('{table}')"
                    if is_postgresql
                    else f"{when}BEGIN SELECT RAISE(ABORT, 'dunwell_{table}: {refusal}'); END"
                )
                schema_editor.execute(
                    f"CREATE TRIGGER {name} BEFORE {fires} ON dunwell_{table} {body}"
                )

    return add_triggers
