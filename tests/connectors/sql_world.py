"""A program's tables in a real PostgreSQL or SQLite file, and what people do there.

PostgreSQL listens on a socket file alone, so a proxy on the loopback leads to it, which can be cut
after so many messages.
"""

import socket
import socketserver
import sqlite3
import threading
from contextlib import contextmanager, suppress

import psycopg
from psycopg.conninfo import conninfo_to_dict

from tests.connectors.loopback import answering

READER, SECRET = "reader", "only-reading"
TABLES = """
CREATE TABLE parties (number text PRIMARY KEY, title text, moment {moment});
CREATE TABLE bills (number text PRIMARY KEY, party text, currency text, total {money},
    issued {day}, is_void integer DEFAULT 0, moment {moment});
CREATE TABLE receipts (number text PRIMARY KEY, party text, currency text, total {money},
    received {day}, moment {moment});
CREATE TABLE settled (source text, bill text, total {money}, moment {moment},
    PRIMARY KEY (source, bill));
"""
STATEMENTS = {
    "customers": (
        "SELECT number AS customer_number, title AS customer_name, moment AS changed"
        " FROM parties WHERE moment >= :since ORDER BY moment;"
    ),
    "items": (
        "SELECT number AS item_number, party AS customer_number, currency, total AS amount,"
        " issued, is_void, moment AS changed FROM bills -- all; drafts too\n"
        "WHERE moment >= :since"
    ),
    "payments": (
        "SELECT number AS payment_number, party AS customer_number, currency,"
        " total AS payment_amount, received AS payment_day, moment AS changed"
        " FROM receipts WHERE moment >= :since"
    ),
    "allocations": (
        "SELECT source AS payment_number, bill AS item_number, total AS payment_amount,"
        " '2026-01-05' AS payment_day, moment AS changed FROM settled WHERE moment >= :since"
    ),
    "open": (
        "SELECT number AS item_number, '' AS payment_number, party AS customer_number, currency,"
        " total - coalesce((SELECT sum(total) FROM settled WHERE bill = number), 0)"
        " + coalesce((SELECT sum(total) FROM settled WHERE source = number), 0) AS amount"
        " FROM bills WHERE is_void = 0 UNION ALL"
        " SELECT '', number, party, currency,"
        " total - coalesce((SELECT sum(total) FROM settled WHERE source = number), 0)"
        " FROM receipts"
    ),
}
TYPES = {
    "postgresql": {"money": "numeric(14,2)", "day": "date", "moment": "timestamptz"},
    "sqlite": {"money": "real", "day": "text", "moment": "text"},
}
NOW = {"postgresql": "clock_timestamp()", "sqlite": "strftime('%Y-%m-%d %H:%M:%f')"}


class SqlWorld:
    """Tables of a ledger; `connection` writes to them as the program does that owns them."""

    can_change_amount = True
    writes = frozenset()
    host = ""

    def __init__(self, kind, connection, settings):
        self.kind, self.connection, self.settings = kind, connection, settings
        for statement in TABLES.format(**TYPES[kind]).split(";")[:-1]:
            self.connection.execute(statement)

    def execute(self, statement, *values):
        if self.kind == "postgresql":
            statement = statement.replace("?", "%s")
        self.connection.execute(statement.replace("NOW", NOW[self.kind]), values)

    def add_customer(self, number, name):
        self.execute("INSERT INTO parties VALUES (?, ?, NOW)", number, name)
        return number

    def add_invoice(self, customer, number, amount, *, currency="EUR"):
        self.execute(
            "INSERT INTO bills VALUES (?, ?, ?, ?, '2026-01-02', 0, NOW)",
            number, customer, currency, amount,
        )  # fmt: skip
        return number

    def pay(self, customer, amount, *, on, currency="EUR"):
        number = f"P-{customer}-{len(on)}-{amount}"
        self.execute(
            "INSERT INTO receipts VALUES (?, ?, ?, ?, '2026-01-05', NOW)",
            number, customer, currency, amount,
        )  # fmt: skip
        for bill, put in on.items():
            self.apply_credit(number, bill, put)

    def apply_credit(self, source, number, amount):
        self.execute("INSERT INTO settled VALUES (?, ?, ?, NOW)", source, number, amount)

    def change_amount(self, number, amount):
        self.execute("UPDATE bills SET total = ?, moment = NOW WHERE number = ?", amount, number)

    def void(self, number):
        self.execute("UPDATE bills SET is_void = 1, moment = NOW WHERE number = ?", number)

    def delete(self, number):
        self.execute("DELETE FROM bills WHERE number = ?", number)


class _Wire(socketserver.BaseRequestHandler):
    """One connection, passed on in both directions until it is cut."""

    def handle(self):
        with socket.socket(socket.AF_UNIX) as inner:
            inner.connect(self.server.inner)
            back = threading.Thread(target=_pass_on, args=(inner, self.request))
            back.start()
            while message := self.request.recv(65536):
                if not self.server.may_pass():
                    break
                inner.sendall(message)
            for end in (inner, self.request):
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
            back.join()


def _pass_on(source, target):
    with suppress(OSError):
        while message := source.recv(65536):
            target.sendall(message)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)


class _Proxy(socketserver.ThreadingTCPServer):
    allow_reuse_address, daemon_threads, block_on_close = True, False, True
    world = None

    def __init__(self, inner):
        super().__init__(("127.0.0.1", 0), _Wire)
        self.inner, self.server_port = inner, self.server_address[1]

    def may_pass(self):
        world = self.world
        if world is None or world.down_after is None:
            return True
        world.down_after -= 1
        return world.down_after >= 0


class PostgresWorld(SqlWorld):
    down_after = None


def only_reading(url):
    """Make a user of a server who has to say a password and may only read."""
    with psycopg.connect(url, autocommit=True) as owner:
        hba = owner.execute("SHOW hba_file").fetchone()[0]
        rules = f"local all {READER} scram-sha-256\nlocal all all trust\n"
        target = psycopg.sql.Literal(hba)
        owner.execute(f"CREATE ROLE {READER} LOGIN PASSWORD '{SECRET}'")
        owner.execute(f"ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO {READER}")
        owner.execute(
            psycopg.sql.SQL("COPY (SELECT unnest(string_to_array({}, chr(10)))) TO {}").format(
                psycopg.sql.Literal(rules), target
            )
        )
        owner.execute("SELECT pg_reload_conf()")


@contextmanager
def postgres_world(url):
    """Serve a world in an empty schema of a server, over the loopback."""
    told = conninfo_to_dict(url)
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute(f"CREATE SCHEMA erp; GRANT USAGE ON SCHEMA erp TO {READER}")
        owner.execute(f"ALTER ROLE {READER} SET search_path = erp; SET search_path = erp")
        proxy = _Proxy(f"{told['host']}/.s.PGSQL.{told.get('port') or 5432}")
        try:
            with answering(proxy) as host:
                world = PostgresWorld("postgresql", owner, {
                    "address": host, "database": told["dbname"], "user": READER, **STATEMENTS,
                })  # fmt: skip
                world.host, proxy.world = host, world
                yield world
        finally:
            owner.execute("DROP SCHEMA erp CASCADE")


@contextmanager
def sqlite_world(folder):
    """Keep a world in a file of a folder."""
    file = folder / "erp.db"
    connection = sqlite3.connect(file, isolation_level=None)
    try:
        yield SqlWorld("sqlite", connection, {"address": str(file), **STATEMENTS})
    finally:
        connection.close()
