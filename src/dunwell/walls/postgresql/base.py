"""The connection: before a cursor is handed out, `dunwell.companies` is what this thread told.

The setting is the session's, since pages read outside transactions too. It is told anew on every
new connection and after every rollback, which would bring an older one back. A pooler in between
must therefore keep a session to one client (PgBouncer: `pool_mode = session`).
"""

from types import TracebackType
from typing import Any

from django.conf import settings
from django.db.backends.postgresql import base, operations, schema
from psycopg import ClientCursor, Cursor
from psycopg._queries import PostgresClientQuery, PostgresQuery
from psycopg.client_cursor import ClientCursorMixin
from psycopg.pq import TransactionStatus

from dunwell import walls
from dunwell.walls.postgresql.statements import can_be_kept

ASKED_AGAIN = 2
"""After so many times a statement is kept ready on its connection."""
MOST_KEPT = 200
"""So many statements of a connection are kept, each some ten kB of the server's memory."""


class PreparingCursor(Cursor[Any]):
    """A cursor that sends values apart from the statement, which the server plans and keeps."""

    def execute(self, query: Any, params: Any = None, **_options: Any) -> "PreparingCursor":
        """Run a statement, and keep it ready from its first time on."""
        return super().execute(query, params, prepare=True)


class KeepingCursor(ClientCursor[Any]):
    """A cursor by which the server keeps plain statements ready once they were asked again.

    Planning a page's questions anew was half of the server's work. Others are sent as the
    framework sends all: with their values written into them.
    """

    _is_kept = False

    def execute(self, query: Any, params: Any = None, **options: Any) -> "KeepingCursor":
        """Run a statement, apart from its values where it may be kept ready."""
        self._is_kept = bool(params) and isinstance(query, str) and can_be_kept(query)
        kind: Any = PostgresQuery if self._is_kept else PostgresClientQuery
        self._query_cls = kind
        super().execute(query, params, **options)
        return self

    def executemany(self, query: Any, params_seq: Any, **options: Any) -> None:
        """Run a statement for each set of values; none is kept ready."""
        self._is_kept, self._query_cls = False, PostgresClientQuery
        super().executemany(query, params_seq, **options)

    def mogrify(self, query: Any, params: Any = None) -> str:
        """Return a statement with its values written into it."""
        before, self._query_cls = self._query_cls, PostgresClientQuery
        try:
            return str(super().mogrify(query, params))
        finally:
            self._query_cls = before

    def _get_prepared(self, pgq: Any, prepare: Any = None) -> Any:
        if self._is_kept:
            # past what keeps the framework's cursors from it
            return super(ClientCursorMixin, self)._get_prepared(pgq, prepare)
        return super()._get_prepared(pgq, prepare)

    def _execute_send(self, query: Any, **options: Any) -> None:
        if self._is_kept:
            super(ClientCursorMixin, self)._execute_send(query, **options)
        else:
            super()._execute_send(query, **options)


class DatabaseOperations(operations.DatabaseOperations):
    """What is known of statements, of those too that are kept ready."""

    def last_executed_query(self, cursor: Any, sql: str, params: Any) -> str:
        """Return the statement as the server got it; one that is kept ready as it was written."""
        told: str | None = super().last_executed_query(cursor, sql, params)
        return sql if told is None else told


class SchemaEditor(schema.DatabaseSchemaEditor):
    """Changes tables, while and after which no statement of before is kept ready."""

    def __enter__(self) -> Any:
        self.connection.ensure_connection()
        self._threshold = self.connection.connection.prepare_threshold
        self.connection.connection.prepare_threshold = None
        return super().__enter__()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            super().__exit__(kind, error, trace)
        finally:
            self.connection.connection.prepare_threshold = self._threshold
            # the server is told after the next statement
            self.connection.connection._prepared.clear()  # noqa: SLF001  no other way


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that knows what it has told the server; None where that is unknown."""

    ops_class = DatabaseOperations
    SchemaEditorClass = SchemaEditor
    companies_told: str | None = None

    def init_connection_state(self) -> None:
        """Begin a connection: it has been told nothing."""
        self.companies_told = None
        super().init_connection_state()

    def _configure_connection(self, connection: Any) -> bool:
        """Have statements planned as they are: to compile one took longer than to run most.

        The server compiles what it believes to be dear, which was 180 of 250 ms where names of
        ten thousand customers were read.
        """
        super()._configure_connection(connection)  # type: ignore[misc]
        connection.execute("SET jit = off")
        return True

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Open a connection that keeps plain statements ready."""
        connection = super().get_new_connection(conn_params)
        connection.cursor_factory = KeepingCursor
        connection.prepare_threshold, connection.prepared_max = ASKED_AGAIN, MOST_KEPT
        return connection

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
