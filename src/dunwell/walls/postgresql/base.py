"""The connection: before a cursor is handed out, `dunwell.companies` is what this thread told.

The setting is the session's, since pages read outside transactions too. It is told anew on every
new connection and after every rollback, which would bring an older one back. A pooler in between
must therefore keep a session to one client (PgBouncer: `pool_mode = session`).
"""

from typing import Any

from django.conf import settings
from django.db.backends.postgresql import base, operations
from psycopg import Cursor
from psycopg.pq import TransactionStatus

from dunwell import walls


class PreparingCursor(Cursor[Any]):
    """A cursor that sends values apart from the statement, which the server plans and keeps."""

    def execute(self, query: Any, params: Any = None, **_options: Any) -> "PreparingCursor":
        """Run a statement, and keep it ready from its first time on."""
        # the framework keeps none, since its own cursors write the values into the statement
        before, self.connection.prepare_threshold = self.connection.prepare_threshold, 0
        try:
            return super().execute(query, params, prepare=True)
        finally:
            self.connection.prepare_threshold = before


class DatabaseOperations(operations.DatabaseOperations):
    """What is known of statements, of those too that are kept ready."""

    def last_executed_query(self, cursor: Any, sql: str, params: Any) -> str:
        """Return the statement as the server got it; one that is kept ready as it was written."""
        told: str | None = super().last_executed_query(cursor, sql, params)
        return sql if told is None else told


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that knows what it has told the server; None where that is unknown."""

    ops_class = DatabaseOperations
    companies_told: str | None = None

    def init_connection_state(self) -> None:
        """Begin a connection: it has been told nothing."""
        self.companies_told = None
        super().init_connection_state()

    def _cursor(self, name: str | None = None) -> Any:
        self.ensure_connection()
        self._tell()
        return super()._cursor(name)  # type: ignore[misc]

    def preparing_cursor(self) -> Any:
        """Return a cursor for statements that are asked again and again with other values."""
        self.ensure_connection()
        self._tell()
        with self.wrap_database_errors:
            return self._prepare_cursor(PreparingCursor(self.connection))  # type: ignore[attr-defined]

    def _tell(self) -> None:
        wanted = walls.told()
        if not settings.WALLS or wanted == self.companies_told:
            return
        # a transaction that failed takes nothing but its rollback, and shows nothing
        if self.connection.info.transaction_status == TransactionStatus.INERROR:
            return
        with self.wrap_database_errors:
            self.connection.execute("SELECT set_config('dunwell.companies', %s, false)", [wanted])
        self.companies_told = wanted

    def _rollback(self) -> Any:
        self.companies_told = None
        return super()._rollback()  # type: ignore[misc]

    def _savepoint_rollback(self, sid: str) -> None:
        super()._savepoint_rollback(sid)  # type: ignore[misc]
        self.companies_told = None
