"""Keys that PostgreSQL checks once a statement, for the migrations that ask it; no migration itself.

A foreign key is looked up row by row at the end of the transaction: of ninety thousand lines of a
day's reminders that is half of the server's work. Where the rows pointed to are never deleted
and keep their keys (their tables refuse it, see `_triggers`), a key that is there when it is
written is there for good, so all of a statement's are looked up at once. SQLite keeps its own.
"""

from collections.abc import Callable, Mapping

from django.apps.registry import Apps
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

Keys = Mapping[str, Mapping[str, str]]
"""By table: the columns that are foreign keys, and the table each points to."""
EVENTS = ("insert", "update")


def checked_by_set(tables: Keys) -> Callable[[Apps, BaseDatabaseSchemaEditor], None]:
    """Return a step that puts a check of all of a statement's rows in place of foreign keys."""

    def change(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
        if schema_editor.connection.vendor != "postgresql":
            return
        for table, keys in tables.items():
            for column in keys:
                for name in _foreign_keys(schema_editor, table, column):
                    schema_editor.execute(f'ALTER TABLE dunwell_{table} DROP CONSTRAINT "{name}"')
            schema_editor.execute(_function(table, keys), params=None)
            for event in EVENTS:
                schema_editor.execute(
                    f"CREATE TRIGGER dunwell_{table}_keys_{event} AFTER {event.upper()} "
                    f"ON dunwell_{table} REFERENCING NEW TABLE AS written "
                    f"FOR EACH STATEMENT EXECUTE FUNCTION dunwell_{table}_keys()"
                )

    return change


def checked_by_row(tables: Keys) -> Callable[[Apps, BaseDatabaseSchemaEditor], None]:
    """Return the step back: foreign keys as the framework makes them."""

    def change(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
        if schema_editor.connection.vendor != "postgresql":
            return
        for table, keys in tables.items():
            for event in EVENTS:
                schema_editor.execute(f"DROP TRIGGER dunwell_{table}_keys_{event} ON dunwell_{table}")
            schema_editor.execute(f"DROP FUNCTION dunwell_{table}_keys()")
            for column, parent in keys.items():
                schema_editor.execute(
                    f"ALTER TABLE dunwell_{table} ADD CONSTRAINT "
                    f"dunwell_{table}_{column}_fk_{parent} FOREIGN KEY ({column}) "
                    f"REFERENCES dunwell_{parent} (id) DEFERRABLE INITIALLY DEFERRED"
                )

    return change


def _function(table: str, keys: Mapping[str, str]) -> str:
    """Return the check; planned for each statement, since one may write a row or a million."""
    checks = "".join(
        f"EXECUTE 'SELECT w.{column} FROM written w LEFT JOIN dunwell_{parent} p "
        f"ON p.id = w.{column} WHERE p.id IS NULL AND w.{column} IS NOT NULL LIMIT 1' INTO missing; "
        f"IF missing IS NOT NULL THEN RAISE foreign_key_violation USING MESSAGE = "
        f"'dunwell_{table}: {column} ' || missing || ' is no key of dunwell_{parent}'; END IF; "
        for column, parent in keys.items()
    )
    return (
        f"CREATE OR REPLACE FUNCTION dunwell_{table}_keys() RETURNS trigger AS $$ "
        f"DECLARE missing bigint; BEGIN {checks}RETURN NULL; END; $$ LANGUAGE plpgsql"
    )


def _foreign_keys(schema_editor: BaseDatabaseSchemaEditor, table: str, column: str) -> list[str]:
    connection = schema_editor.connection
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, f"dunwell_{table}")
    return [
        name
        for name, one in found.items()
        if one["foreign_key"] is not None and one["columns"] == [column]
    ]
