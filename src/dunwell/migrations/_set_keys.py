"""Keys that PostgreSQL checks once a statement, for the migrations that ask it; no migration itself.

A foreign key is looked up row by row at the end of the transaction: of ninety thousand lines of a
day's reminders that is half of the server's work, of an import a third. Where the rows pointed to
are never deleted and keep their keys, a key that is there when it is written is there for good, so
all of a statement's are looked up at once. SQLite keeps its own.
"""

from collections.abc import Mapping
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from dunwell.migrations._constraints import Step, names_on, on_postgresql

Keys = Mapping[str, Mapping[str, str]]
"""By table: the columns that are foreign keys, and the table each points to."""
EVENTS = ("insert", "update")
FEW = 100
"""Up to so many rows are looked up by a plan that is kept; more are planned for as many as come."""


def checked_by_set(tables: Keys) -> Step:
    """Return a step that puts a check of all of a statement's rows in place of foreign keys.

    A row that is changed is looked at where one of its keys is another one than before.
    """

    def change(schema_editor: BaseDatabaseSchemaEditor) -> None:
        for table, keys in tables.items():
            for column in keys:
                for name in names_on(schema_editor, table, column, _is_foreign):
                    schema_editor.execute(f'ALTER TABLE dunwell_{table} DROP CONSTRAINT "{name}"')
            _drop_triggers(schema_editor, table)
            for statement in (_of_new(table, keys), _of_moved(table, keys)):
                schema_editor.execute(statement, params=None)
            moved = " OR ".join(f"NEW.{one} IS DISTINCT FROM OLD.{one}" for one in keys)
            schema_editor.execute(
                f"CREATE TRIGGER dunwell_{table}_keys_insert AFTER INSERT "
                f"ON dunwell_{table} REFERENCING NEW TABLE AS written "
                f"FOR EACH STATEMENT EXECUTE FUNCTION dunwell_{table}_keys()"
            )
            schema_editor.execute(
                f"CREATE TRIGGER dunwell_{table}_keys_update AFTER UPDATE OF {', '.join(keys)} "
                f"ON dunwell_{table} FOR EACH ROW WHEN ({moved}) "
                f"EXECUTE FUNCTION dunwell_{table}_key_moved()"
            )

    return on_postgresql(change)


def looked_up_anew(tables: Keys) -> Step:
    """Return a step that makes the checks of new rows anew, as they are written here now."""

    def change(schema_editor: BaseDatabaseSchemaEditor) -> None:
        for table, keys in tables.items():
            schema_editor.execute(_of_new(table, keys), params=None)

    return on_postgresql(change)


def checked_by_row(tables: Keys) -> Step:
    """Return the step back: foreign keys as the framework makes them."""

    def change(schema_editor: BaseDatabaseSchemaEditor) -> None:
        for table, keys in tables.items():
            _drop_triggers(schema_editor, table)
            for function in ("keys", "key_moved"):
                schema_editor.execute(f"DROP FUNCTION IF EXISTS dunwell_{table}_{function}()")
            for column, parent in keys.items():
                schema_editor.execute(
                    f"ALTER TABLE dunwell_{table} ADD CONSTRAINT "
                    f"dunwell_{table}_{column}_fk_{parent} FOREIGN KEY ({column}) "
                    f"REFERENCES dunwell_{parent} (id) DEFERRABLE INITIALLY DEFERRED"
                )

    return on_postgresql(change)


def held_by_their_rows(tables: Keys) -> Step:
    """Return a step that keeps rows which others point to by such keys from going or moving."""

    def change(schema_editor: BaseDatabaseSchemaEditor) -> None:
        for parent in _parents(tables):
            schema_editor.execute(_of_gone(parent, tables), params=None)
            schema_editor.execute(
                f"CREATE TRIGGER dunwell_{parent}_held_delete AFTER DELETE ON dunwell_{parent} "
                f"REFERENCING OLD TABLE AS gone FOR EACH STATEMENT "
                f"EXECUTE FUNCTION dunwell_{parent}_held()"
            )
            schema_editor.execute(
                f"CREATE TRIGGER dunwell_{parent}_held_update AFTER UPDATE OF id "
                f"ON dunwell_{parent} FOR EACH ROW WHEN (NEW.id IS DISTINCT FROM OLD.id) "
                f"EXECUTE FUNCTION dunwell_{parent}_held()"
            )

    return on_postgresql(change)


def let_go(tables: Keys) -> Step:
    """Return the step back of `held_by_their_rows`."""

    def change(schema_editor: BaseDatabaseSchemaEditor) -> None:
        for parent in _parents(tables):
            for event in ("delete", "update"):
                schema_editor.execute(
                    f"DROP TRIGGER dunwell_{parent}_held_{event} ON dunwell_{parent}"
                )
            schema_editor.execute(f"DROP FUNCTION dunwell_{parent}_held()")

    return on_postgresql(change)


def _parents(tables: Keys) -> list[str]:
    return sorted({parent for keys in tables.values() for parent in keys.values()})


def _drop_triggers(schema_editor: BaseDatabaseSchemaEditor, table: str) -> None:
    for event in EVENTS:
        schema_editor.execute(
            f"DROP TRIGGER IF EXISTS dunwell_{table}_keys_{event} ON dunwell_{table}"
        )


def _of_new(table: str, keys: Mapping[str, str]) -> str:
    """Return the check of new rows: of few by plans that are kept, else planned for as many.

    Of many the least is asked for, not any one: to find a first row soon the server would seek
    the key of each by itself, though there is none to find.
    """
    nobodys = {
        column: f"FROM written w LEFT JOIN dunwell_{parent} p ON p.id = w.{column} "
        f"WHERE p.id IS NULL AND w.{column} IS NOT NULL"
        for column, parent in keys.items()
    }
    few = "".join(
        f"missing := (SELECT w.{column} {rows} LIMIT 1); {_refused(table, column, keys[column])}"
        for column, rows in nobodys.items()
    )
    many = "".join(
        f"EXECUTE 'SELECT MIN(w.{column}) {rows}' INTO missing; "
        f"{_refused(table, column, keys[column])}"
        for column, rows in nobodys.items()
    )
    return _function(
        f"dunwell_{table}_keys",
        f"IF (SELECT COUNT(*) FROM (SELECT 1 FROM written LIMIT {FEW + 1}) begun) <= {FEW} "
        f"THEN {few}ELSE {many}END IF; RETURN NULL;",
    )


def _of_moved(table: str, keys: Mapping[str, str]) -> str:
    checks = "".join(
        f"IF NEW.{column} IS NOT NULL AND NOT EXISTS "
        f"(SELECT 1 FROM dunwell_{parent} p WHERE p.id = NEW.{column}) "
        f"THEN missing := NEW.{column}; END IF; {_refused(table, column, parent)}"
        for column, parent in keys.items()
    )
    return _function(f"dunwell_{table}_key_moved", f"{checks}RETURN NULL;")


def _of_gone(parent: str, tables: Keys) -> str:
    """Return what refuses that named rows go, and that any row gets another key."""
    checks = "".join(
        f"missing := (SELECT c.{column} FROM gone g JOIN dunwell_{table} c "
        f"ON c.{column} = g.id LIMIT 1); IF missing IS NOT NULL THEN "
        f"RAISE foreign_key_violation USING MESSAGE = 'dunwell_{parent}: ' || missing || "
        f"' is named by {column} of dunwell_{table}'; END IF; "
        for table, keys in tables.items()
        for column, pointed in keys.items()
        if pointed == parent
    )
    return _function(
        f"dunwell_{parent}_held",
        "IF TG_OP = 'UPDATE' THEN RAISE foreign_key_violation USING MESSAGE = "
        f"'dunwell_{parent}: a row keeps its key'; END IF; {checks}RETURN NULL;",
    )


def _refused(table: str, column: str, parent: str) -> str:
    return (
        f"IF missing IS NOT NULL THEN RAISE foreign_key_violation USING MESSAGE = "
        f"'dunwell_{table}: {column} ' || missing || ' is no key of dunwell_{parent}'; END IF; "
    )


def _function(name: str, body: str) -> str:
    return (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger AS $$ "
        f"DECLARE missing bigint; BEGIN {body} END; $$ LANGUAGE plpgsql"
    )


def _is_foreign(one: Mapping[str, Any]) -> bool:
    return one["foreign_key"] is not None
