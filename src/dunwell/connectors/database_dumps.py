"""Whole databases out and in: SQLite by its online backup, PostgreSQL by its own programs."""

import os
import shutil
import sqlite3
import subprocess  # nosec B404 -- PostgreSQL's own programs, named by us
from collections.abc import Mapping
from pathlib import Path


class DumpError(RuntimeError):
    """A database could not be copied; the message says which program said what."""


def _opened(path: Path) -> sqlite3.Connection:
    """Return a database file opened for reading, whatever signs its path has."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)


def copy_sqlite(source: Path, target: Path) -> None:
    """Copy a database as of one moment while others write; the target is one file, no journal."""
    with _opened(source) as reading:
        writing = sqlite3.connect(target)
        try:
            # in one step: readers of a WAL hold nobody up, and a copy in steps begins anew
            # with every write of another
            reading.backup(writing)
            # as it came from a WAL database it would need files beside it to be opened
            writing.execute("PRAGMA journal_mode=DELETE")
        finally:
            writing.close()
    reading.close()


def sqlite_faults(path: Path) -> list[str]:
    """Return what SQLite finds wrong with a database file; nothing when it is whole."""
    try:
        connection = _opened(path)
        try:
            found = [str(row[0]) for row in connection.execute("PRAGMA integrity_check")]
            found += [
                f"{row[0]} points to a missing {row[2]}"
                for row in connection.execute("PRAGMA foreign_key_check")
            ]
        finally:
            connection.close()
    except sqlite3.DatabaseError as error:
        return [str(error)]
    return [] if found == ["ok"] else found


def sqlite_tables(path: Path) -> dict[str, int]:
    """Return the number of rows of each table of a database file."""
    names = sqlite_rows(
        path,
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
    )
    # names of tables, from the database itself
    return {
        str(name): int(str(sqlite_rows(path, f'SELECT COUNT(*) FROM "{name}"')[0][0]))  # noqa: S608  # nosec B608
        for (name,) in names
    }


def sqlite_rows(path: Path, query: str) -> list[tuple[object, ...]]:
    """Return the rows of a query on a database file that nobody writes to."""
    connection = _opened(path)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def dump_postgresql(access: Mapping[str, str], target: Path, *, snapshot: str) -> None:
    """Write what a snapshot sees as pg_dump's custom form; `access` are PG... variables.

    Raises DumpError with the program's own words.
    """
    _run(
        ("pg_dump", "--format=custom", "--compress=0", "--no-owner", "--no-privileges",
         "--enable-row-security", f"--snapshot={snapshot}", f"--file={target}"),
        access,
    )  # fmt: skip


def restore_postgresql(access: Mapping[str, str], source: Path) -> None:
    """Bring a dump into an empty database, all of it or nothing. Raises DumpError."""
    _run(
        ("pg_restore", "--exit-on-error", "--single-transaction", "--no-owner",
         "--no-privileges", f"--dbname={access['PGDATABASE']}", str(source)),
        access,
    )  # fmt: skip


def _run(command: tuple[str, ...], access: Mapping[str, str]) -> None:
    program, *arguments = command
    done = subprocess.run(  # noqa: S603  # nosec B603 -- no word of a user's, no shell
        [str(_program(program)), *arguments],
        env={**os.environ, **access},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        check=False,
    )
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise DumpError(f"{program}: {said[-1] if said else f'exit code {done.returncode}'}")


def _program(name: str) -> Path:
    """Return the newest of a program of PostgreSQL; an older one refuses a newer server."""
    versions = sorted(
        Path("/usr/lib/postgresql").glob(f"*/bin/{name}"),
        key=lambda path: int(path.parts[4]) if path.parts[4].isdigit() else 0,
    )
    if versions:
        return versions[-1]
    if found := shutil.which(name):
        return Path(found)
    raise DumpError(f"{name} is not installed; it comes with PostgreSQL's client programs.")
