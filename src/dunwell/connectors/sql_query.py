"""Any program whose tables can be read: SELECT statements over PostgreSQL or a SQLite file.

All statements of a sync see one state of the database (REPEATABLE READ, READ ONLY); nothing is
written there. A sync that is cut off begins again where it began, which changes nothing.
"""

import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, Protocol

import psycopg
from psycopg.rows import dict_row

from dunwell.formats.connection_rows import (
    OutsideChange,
    OutsideError,
    OutsideFault,
    OutsideOpen,
    OutsideSystem,
    OutsideWrite,
    Pulled,
    WriteVerdict,
)
from dunwell.formats.database_tls import FULL, tls_mode, trusted_bundle
from dunwell.formats.outside_answers import words
from dunwell.formats.sql_rows import (
    BEGINNING,
    OPEN,
    PHASES,
    check_columns,
    looked_back,
    newest,
    one_statement,
    open_rows,
    pulled_rows,
    read_since,
    since_text,
    with_mark,
)

BATCH = 1_000
CONNECT_SECONDS = 10
STATEMENT_SECONDS = 120
IDLE_SECONDS = 600
STEPS, MOST_STEPS = 1_000_000, 5_000
"""SQLite is asked after so many steps of its machine whether to go on, so many times."""
_MAY = frozenset(
    {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE}
)
_AUTHENTICATION = ("password", "authentication", "pg_hba", "role ", "database ")
_TLS = ("certificate", "SSL", "tls")
_TRANSACTION, _STATEMENT = "25", frozenset({"0A", "22", "42"})
_NO_RIGHT, _CANCELED = "42501", "57014"


class Session(Protocol):
    """One transaction that only reads."""

    @property
    def version(self) -> str:
        """Return the version of what answers."""

    def columns(self, name: str, statement: str, since: str) -> list[str]:
        """Return the columns a statement would give."""

    def batches(self, name: str, statement: str, since: str) -> Iterator[list[dict[str, Any]]]:
        """Run a statement and yield its rows in batches."""


@dataclass(kw_only=True, slots=True)
class SqlLedger:
    """Statements over a database; keeps to `connectors.outside_ledgers.OutsideLedger`.

    `statements` has one each for customers, items, payments and allocations, and for what is open
    where the tie-out shall be made; empty ones are left out. A statement that gives more than
    `most_rows`, or more than `most_bytes` of text, is refused.
    """

    database: "PostgresDatabase | SqliteDatabase"
    statements: Mapping[str, str]
    start: str = ""
    most_rows: int = 1_000_000
    most_bytes: int = 256 * 1024 * 1024
    _pages: Iterator[Pulled] | None = field(default=None, init=False)
    _asked: str = field(default="", init=False)

    def system(self) -> OutsideSystem:
        """Sign in and check the columns of every statement; see `OutsideLedger`."""
        told = self._statements()
        with self.database.session() as session:
            for name, statement in told.items():
                check_columns(name, session.columns(name, statement, self.start or BEGINNING))
            return OutsideSystem(
                product=self.database.product, version=session.version, company=self.database.name
            )

    def pull(self, cursor: str) -> Pulled:
        """Return the next page; see `OutsideLedger`.

        The place moves with the last page alone: whoever goes on elsewhere begins there again.
        """
        if self._pages is None or cursor != self._asked:
            self._pages, self._asked = self._read(cursor), cursor
        try:
            page = next(self._pages)
        except OutsideError:
            self._pages = None
            raise
        if page.is_last:
            self._pages = None
        return page

    def open_now(self) -> Sequence[OutsideOpen] | None:
        """Return what the statement for it says is open; None without one."""
        statement = self._statements().get(OPEN)
        if statement is None:
            return None
        with self.database.session() as session:
            rows = [row for batch in self._bounded(session, OPEN, statement, "") for row in batch]
        return open_rows(rows)

    def push(self, changes: Sequence[OutsideChange], *, dry_run: bool) -> list[OutsideWrite]:  # noqa: ARG002 -- nothing is written either way
        """Answer that nothing is written there."""
        text = "databases are only read"
        return [
            OutsideWrite(key=one.key, verdict=WriteVerdict.UNSUPPORTED, text=text)
            for one in changes
        ]

    def _statements(self) -> dict[str, str]:
        told = {
            name: one_statement(name, self.statements[name])
            for name in (*PHASES, OPEN)
            if self.statements.get(name, "").strip()
        }
        if not told:
            raise OutsideError(OutsideFault.REFUSED, "Give at least one statement.")
        return told

    def _read(self, cursor: str) -> Iterator[Pulled]:
        since, statements = read_since(cursor), self._statements()
        marks = dict(since)
        with self.database.session() as session:
            for name in (one for one in PHASES if one in statements):
                begin, changed, first = since.get(name, self.start or BEGINNING), None, 1
                for rows in self._bounded(session, name, statements[name], begin):
                    changed = newest(name, rows, changed)
                    yield replace(pulled_rows(name, rows, first=first), cursor=cursor)
                    first += len(rows)
                if changed is not None:
                    marks[name] = looked_back(changed)
        yield Pulled(cursor=since_text(marks), is_last=True)

    def _bounded(
        self, session: Session, name: str, statement: str, since: str
    ) -> Iterator[list[dict[str, Any]]]:
        rows = size = 0
        with closing(session.batches(name, statement, since)) as batches:  # type: ignore[type-var]
            for batch in batches:
                if not rows:
                    check_columns(name, list(batch[0]))
                rows += len(batch)
                size += sum(len(str(value)) for row in batch for value in row.values())
                if rows > self.most_rows or size > self.most_bytes:
                    raise OutsideError(
                        OutsideFault.REFUSED,
                        f"The statement for {name} gives more than {self.most_rows:,} rows or "
                        f"{self.most_bytes:,} characters; narrow it, for example by :since.",
                    )
                yield batch


@dataclass(frozen=True, kw_only=True, slots=True)
class PostgresDatabase:
    """A PostgreSQL that the operator lists as host:port in `hosts`.

    `tls` is a word of `formats.database_tls`; `root_certificate` the PEM text of who signed the
    server's certificate, where that is none this machine trusts.
    """

    address: str
    name: str
    user: str
    secret: str
    hosts: Collection[str]
    tls: str = ""
    root_certificate: str = ""
    product: str = "PostgreSQL"

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Sign in, and read in one transaction that is rolled back."""
        if self.address not in self.hosts:
            raise OutsideError(
                OutsideFault.REFUSED,
                f"{self.address} is not listed. Give host:port, and let your operator list it in "
                "DUNWELL_CONNECTION_HOSTS.",
            )
        try:
            connection = self._connected()
        except psycopg.OperationalError as error:
            raise _postgres_refusal(error) from error
        with closing(connection):
            connection.read_only = True
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            try:
                connection.execute(
                    "SELECT set_config('statement_timeout', %s, true),"
                    " set_config('idle_in_transaction_session_timeout', %s, true),"
                    " set_config('TimeZone', 'UTC', true)",
                    (f"{STATEMENT_SECONDS}s", f"{IDLE_SECONDS}s"),
                )
                version = str(connection.info.parameter_status("server_version") or "")
            except psycopg.Error as error:
                raise _postgres_fault("the session", error) from error
            yield _PostgresSession(connection=connection, version=version)

    def _connected(self) -> psycopg.Connection[Any]:
        host, _, port = self.address.rpartition(":")
        mode = tls_mode(host, self.tls)
        with NamedTemporaryFile("w", encoding="utf-8", suffix=".pem") as file:
            # read while connecting, and only from a file
            file.write(self.root_certificate + "\n")
            file.flush()
            root = file.name if self.root_certificate else None
            if mode == FULL and root is None:
                root = trusted_bundle()
            return psycopg.connect(
                host=host.strip("[]"), port=port, dbname=self.name, user=self.user,
                password=self.secret, connect_timeout=CONNECT_SECONDS, application_name="dunwell",
                autocommit=False, sslmode=mode, gssencmode="disable", sslrootcert=root,
            )  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class _PostgresSession:
    connection: psycopg.Connection[Any]
    version: str

    def columns(self, name: str, statement: str, since: str) -> list[str]:
        # the statement is the setting itself, and it may only read
        asked = f"SELECT * FROM (\n{statement}\n) AS told LIMIT 0"  # noqa: S608  # nosec B608
        told = with_mark(asked, "%(since)s")
        try:
            found = self.connection.execute(told.encode(), {"since": since}).description or ()
        except psycopg.Error as error:
            raise _postgres_fault(name, error) from error
        return [one.name for one in found]

    def batches(self, name: str, statement: str, since: str) -> Iterator[list[dict[str, Any]]]:
        told = with_mark(f"DECLARE told NO SCROLL CURSOR FOR {statement}", "%(since)s")
        try:
            self.connection.execute(told.encode(), {"since": since})
            with self.connection.cursor(row_factory=dict_row) as cursor:
                while rows := cursor.execute(f"FETCH {BATCH} FROM told").fetchall():
                    yield rows
            self.connection.execute("CLOSE told")
        except psycopg.Error as error:
            raise _postgres_fault(name, error) from error


def _postgres_refusal(error: psycopg.OperationalError) -> OutsideError:
    text = words(error)
    if any(word in text for word in _AUTHENTICATION):
        return OutsideError(OutsideFault.CREDENTIALS, f"PostgreSQL did not let us in: {text}")
    if any(word in text for word in _TLS):
        return OutsideError(
            OutsideFault.REFUSED,
            f"PostgreSQL was not reached as safely as is asked: {text}. Give the root certificate "
            "of who signed its certificate and the host name that stands in it, or choose another "
            "encryption.",
        )
    return OutsideError(OutsideFault.UNREACHABLE, f"PostgreSQL did not let us in: {text}")


def _postgres_fault(name: str, error: psycopg.Error) -> OutsideError:
    state, text = error.sqlstate or "", words(error)
    if state == _NO_RIGHT:
        return OutsideError(
            OutsideFault.CREDENTIALS, f"The user may not run the statement for {name}: {text}"
        )
    if state[:2] == _TRANSACTION:
        return OutsideError(
            OutsideFault.REFUSED, f"The statement for {name} writes; it may only read: {text}"
        )
    if state == _CANCELED:
        return OutsideError(
            OutsideFault.REFUSED,
            f"The statement for {name} ran longer than {STATEMENT_SECONDS} seconds or was ended "
            "there; narrow it, for example by :since, or add an index.",
        )
    if state[:2] in _STATEMENT:
        return OutsideError(OutsideFault.SCHEMA, f"The statement for {name} does not run: {text}")
    return OutsideError(OutsideFault.UNREACHABLE, f"PostgreSQL stopped at {name}: {text}")


@dataclass(frozen=True, kw_only=True, slots=True)
class SqliteDatabase:
    """A SQLite file below one of the `folders` that the operator lists."""

    file: str
    folders: Collection[Path]
    product: str = "SQLite"

    @property
    def name(self) -> str:
        """Return the name of the file."""
        return Path(self.file).name

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Open the file for reading alone, in one transaction."""
        path = self._path()
        try:
            # whoever lets go of a read that was given up may be another thread
            connection = sqlite3.connect(
                f"{path.as_uri()}?mode=ro", uri=True, timeout=CONNECT_SECONDS,
                isolation_level=None, check_same_thread=False,
            )  # fmt: skip
        except sqlite3.Error as error:
            raise _sqlite_fault("the file", error) from error
        with closing(connection):
            try:
                connection.execute("PRAGMA query_only=ON")
                connection.execute("BEGIN")
                # a file that is no database is known as such when it is first read
                connection.execute("SELECT count(*) FROM sqlite_schema")
            except sqlite3.Error as error:
                raise _sqlite_fault("the file", error) from error
            connection.row_factory = sqlite3.Row
            connection.set_authorizer(_allowed)
            yield _SqliteSession(connection=connection, version=sqlite3.sqlite_version)

    def _path(self) -> Path:
        try:
            path = Path(self.file).resolve(strict=True)
        except (OSError, ValueError, RuntimeError) as error:
            raise OutsideError(
                OutsideFault.UNREACHABLE, f"There is no file {self.file}; give its whole path."
            ) from error
        if not path.is_file() or not any(
            path.is_relative_to(one.resolve()) for one in self.folders
        ):
            raise OutsideError(
                OutsideFault.REFUSED,
                f"{self.file} is no file in a listed folder. Let your operator list its folder in "
                "DUNWELL_CONNECTION_FOLDERS.",
            )
        return path


@dataclass(frozen=True, kw_only=True, slots=True)
class _SqliteSession:
    connection: sqlite3.Connection
    version: str

    def columns(self, name: str, statement: str, since: str) -> list[str]:
        told = f"SELECT * FROM (\n{statement}\n) LIMIT 0"  # noqa: S608  # nosec B608
        try:
            found = self.connection.execute(told, {"since": since}).description
        except sqlite3.Error as error:
            raise _sqlite_fault(name, error) from error
        return [one[0] for one in found]

    def batches(self, name: str, statement: str, since: str) -> Iterator[list[dict[str, Any]]]:
        asked = iter(range(MOST_STEPS))
        self.connection.set_progress_handler(lambda: int(next(asked, None) is None), STEPS)
        try:
            with closing(self.connection.execute(statement, {"since": since})) as cursor:
                while rows := cursor.fetchmany(BATCH):
                    yield [dict(row) for row in rows]
        except sqlite3.Error as error:
            raise _sqlite_fault(name, error) from error


def _allowed(action: int, *_: object) -> int:
    """Let statements read and compute; attaching files, pragmas and writing are denied."""
    return sqlite3.SQLITE_OK if action in _MAY else sqlite3.SQLITE_DENY


def _sqlite_fault(name: str, error: sqlite3.Error) -> OutsideError:
    code, text = getattr(error, "sqlite_errorcode", 0), words(error)
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return OutsideError(OutsideFault.UNREACHABLE, f"SQLite is busy: {text}")
    if code in {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}:
        return OutsideError(OutsideFault.UNREACHABLE, f"SQLite cannot read {name}: {text}")
    if code == sqlite3.SQLITE_INTERRUPT:
        return OutsideError(
            OutsideFault.REFUSED, f"The statement for {name} takes too long; narrow it by :since."
        )
    if code in {sqlite3.SQLITE_AUTH, sqlite3.SQLITE_READONLY}:
        return OutsideError(
            OutsideFault.REFUSED, f"The statement for {name} may only read tables: {text}"
        )
    return OutsideError(OutsideFault.SCHEMA, f"The statement for {name} does not run: {text}")
