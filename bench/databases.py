"""Databases of a bench: SQLite files, or databases of a throwaway PostgreSQL server."""

import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg
from psycopg import sql

from tests.postgres import durable_cluster


@dataclass(frozen=True, slots=True)
class Databases:
    """Where the databases of one size live; `address` is empty for SQLite."""

    folder: Path
    address: str = ""
    postmaster: int = 0

    @property
    def db(self) -> str:
        """The word that figures carry."""
        return "postgresql" if self.address else "sqlite"

    def environment(self, name: str) -> Mapping[str, str]:
        """Return what makes the product use the database of a name."""
        settings = {
            "DUNWELL_DATA_DIR": str(self.folder / name),
            "DUNWELL_REQUIRE_MFA": "0",
            "DUNWELL_IMPORT_LIMIT_MB": "4096",
            "DUNWELL_LOG_LEVEL": "ERROR",
        }
        if self.address:
            settings["DUNWELL_DATABASE_URL"] = f"{self.address.rpartition('/')[0]}/{name}"
            settings["BENCH_POSTMASTER"] = str(self.postmaster)
        return settings

    def create(self, name: str) -> None:
        """Make an empty database, in place of an old one."""
        shutil.rmtree(self.folder / name, ignore_errors=True)
        (self.folder / name).mkdir(parents=True)
        if self.address:
            self._run("DROP DATABASE IF EXISTS {}", name)
            self._run("CREATE DATABASE {}", name)

    def copy(self, name: str, to: str) -> None:
        """Make a database that holds what another one holds."""
        self.create(to)
        for kept in ("keyring", "secret_key"):
            # rows are sealed with the one and sessions signed with the other
            if (self.folder / name / kept).exists():
                shutil.copy(self.folder / name / kept, self.folder / to / kept)
        if self.address:
            self._run("DROP DATABASE {}", to)
            self._run("CREATE DATABASE {} TEMPLATE {}", to, name)
            return
        with sqlite3.connect(self.folder / name / "dunwell.sqlite3") as source:
            source.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        source.close()
        shutil.copy(self.folder / name / "dunwell.sqlite3", self.folder / to / "dunwell.sqlite3")

    def drop(self, *names: str) -> None:
        """Remove databases."""
        for name in names:
            shutil.rmtree(self.folder / name, ignore_errors=True)
            if self.address:
                self._run("DROP DATABASE IF EXISTS {}", name)

    def _run(self, statement: str, *names: str) -> None:
        with psycopg.connect(self.address, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


@contextmanager
def databases(folder: Path, *, is_postgresql: bool, is_kept: bool) -> Iterator[Databases]:
    """Yield where databases are made; a PostgreSQL server lives as long as the block."""
    try:
        if not is_postgresql:
            yield Databases(folder)
            return
        with durable_cluster() as address:
            place = Path(unquote(urlsplit(address).hostname or ""))
            pid = int((place / "data" / "postmaster.pid").read_text().splitlines()[0])
            yield Databases(folder, address, pid)
    finally:
        if not is_kept:
            shutil.rmtree(folder, ignore_errors=True)
