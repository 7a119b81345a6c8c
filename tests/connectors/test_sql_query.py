"""Statements over a real PostgreSQL and a SQLite file: the conformance test, and the walls."""

import json
import sqlite3
from functools import partial
from pathlib import Path

import pytest

from dunwell.connectors.sql_query import PostgresDatabase, SqliteDatabase, SqlLedger
from dunwell.formats.connection_rows import ChangeKind, OutsideChange, OutsideError
from tests.connectors.conformance import Conformance, released
from tests.connectors.sql_world import (
    READER,
    SECRET,
    STATEMENTS,
    only_reading,
    postgres_world,
    sqlite_world,
)
from tests.postgres import binaries, cluster

pytestmark = pytest.mark.dealt(one_in=6, of="systems of others", whole=True)


@pytest.fixture(scope="module")
def server():
    try:
        binaries()
    except RuntimeError as error:
        pytest.skip(str(error))
    with cluster() as url:
        only_reading(url)
        yield url


@released(
    "test_the_same_again_adds_nothing",
    "test_unapplied_money_counts_on_both_sides",
    "test_later_syncs_bring_what_is_new",
    "test_a_void_document_is_owed_no_longer",
    "test_a_credit_note_settles_what_it_is_put_on",
    "test_currencies_stand_apart",
    "test_a_deleted_document_is_told_and_not_guessed",
    "test_over_a_thousand_rows_come_in_pages",
    "test_a_worker_that_died_is_taken_over",
    "test_what_only_we_took_in_is_a_difference",
)
class TestPostgres(Conformance):
    kind, secret = "postgresql", SECRET
    test_a_note_is_written_once_whoever_died = None

    @pytest.fixture
    def there(self, server):
        with postgres_world(server) as world:
            yield world

    def settings_of(self, world):
        return world.settings


@released(
    "test_the_same_again_adds_nothing",
    "test_another_amount_is_a_document_of_its_own",
    "test_currencies_stand_apart",
    "test_later_syncs_bring_what_is_new",
    "test_a_void_document_is_owed_no_longer",
    "test_a_credit_note_settles_what_it_is_put_on",
    "test_a_deleted_document_is_told_and_not_guessed",
    "test_over_a_thousand_rows_come_in_pages",
    "test_a_worker_that_died_is_taken_over",
    "test_what_only_we_took_in_is_a_difference",
)
class TestSqlite(Conformance):
    kind = "sqlite"
    test_a_note_is_written_once_whoever_died = None
    test_wrong_credentials_are_told_as_such = None
    test_an_outage_in_the_middle_is_gone_on_from = None

    @pytest.fixture
    def there(self, tmp_path, settings):
        settings.CONNECTION_FOLDERS = [tmp_path]
        with sqlite_world(tmp_path) as world:
            yield world

    def settings_of(self, world):
        return world.settings


def sqlite_ledger(folder, **statements):
    return SqlLedger(
        database=SqliteDatabase(file=str(folder / "erp.db"), folders=[folder]),
        statements=statements,
    )


def postgres_ledger(world, *, hosts=None, **statements):
    database = PostgresDatabase(
        address=world.host, name=world.settings["database"], user=READER, secret=SECRET,
        hosts=[world.host] if hosts is None else hosts,
    )  # fmt: skip
    return SqlLedger(database=database, statements=statements)


def failed(act):
    with pytest.raises(OutsideError) as told:
        act()
    return told.value.fault, str(told.value)


CUSTOMERS = STATEMENTS["customers"]


@pytest.mark.parametrize(
    ("statement", "fault", "says"),
    [
        ("SELECT 1 AS a; DELETE FROM parties", "refused", "holds several"),
        ("DELETE FROM parties", "refused", "begin with SELECT"),
        ("SELECT number AS customer_number FROM parties", "schema", "lacks customer_name"),
        ("SELECT number AS customer_number, title AS customer_name, 1 AS hat FROM parties",
         "schema", "unknown hat"),
        ("SELECT nothing FROM parties", "schema", "does not run"),
        ("SELECT * FROM strange", "schema", "does not run"),
    ],
)  # fmt: skip
def test_a_statement_that_is_wrong_is_told_before_anything_is_read(
    statement, fault, says, tmp_path
):
    with sqlite_world(tmp_path):
        told = failed(sqlite_ledger(tmp_path, customers=statement).system)
    assert told[0] == fault
    assert says in told[1]
    assert "customers" in told[1]


@pytest.mark.parametrize(
    ("column", "value", "says"),
    [
        ("total", "12,50", "row 2, column amount: '12,50' is no amount"),
        ("total", "nan", "column amount: 'nan' is no amount"),
        ("issued", "02.01.2026", "column issued: '02.01.2026' is no date; give YYYY-MM-DD"),
        ("party", "", "column customer_number: '' is empty"),
        ("is_void", "maybe", "column is_void: 'maybe' is neither true nor false"),
    ],
)
def test_a_cell_that_is_wrong_is_told_by_row_and_column(column, value, says, tmp_path):
    with sqlite_world(tmp_path) as world:
        for number in ("INV-1", "INV-2"):
            world.add_invoice("C7", number, 10.0)
        world.execute(f"UPDATE bills SET {column} = ? WHERE number = 'INV-2'", value)
        fault, text = failed(lambda: sqlite_ledger(tmp_path, items=STATEMENTS["items"]).pull(""))
    assert fault == "schema"
    assert says in text


def test_sqlite_statements_only_read_their_file(tmp_path):
    with sqlite_world(tmp_path), sqlite3.connect(tmp_path / "other.db") as other:
        other.execute("CREATE TABLE secrets (word text)")
        for statement in (
            "WITH one AS (SELECT 1) INSERT INTO parties SELECT 'x', 'x', 'x'",
            f"ATTACH DATABASE '{tmp_path / 'other.db'}' AS other",
            "PRAGMA query_only=OFF",
        ):
            ledger = sqlite_ledger(tmp_path, customers=statement)
            with ledger.database.session() as session:
                fault, _ = failed(partial(next, session.batches("customers", statement, "")))
            assert fault == "refused"
    other.close()


def test_a_sqlite_file_elsewhere_is_not_opened(tmp_path):
    inside, outside = tmp_path / "in", tmp_path / "out"
    inside.mkdir()
    outside.mkdir()
    with sqlite_world(outside):
        (inside / "link.db").symlink_to(outside / "erp.db")
        for file in (
            outside / "erp.db",
            inside / "link.db",
            inside / ".." / "out" / "erp.db",
            inside,
        ):
            ledger = SqlLedger(
                database=SqliteDatabase(file=str(file), folders=[inside]),
                statements={"customers": CUSTOMERS},
            )
            fault, text = failed(ledger.system)
            assert (fault, "DUNWELL_CONNECTION_FOLDERS" in text) == ("refused", True)
    (inside / "text.db").write_text("no database, however long it may be" * 40)
    ledger = SqlLedger(
        database=SqliteDatabase(file=str(inside / "text.db"), folders=[inside]),
        statements={"customers": CUSTOMERS},
    )
    assert failed(ledger.system)[0] == "unreachable"
    ledger = SqlLedger(
        database=SqliteDatabase(file="/nowhere", folders=[Path("/")]), statements={}
    )
    assert failed(ledger.system) == ("refused", "Give at least one statement.")


def test_more_rows_or_text_than_allowed_is_refused_and_not_held(tmp_path):
    with sqlite_world(tmp_path) as world:
        for number in range(4):
            world.add_customer(f"C{number}", "x" * 100)
        ledger = sqlite_ledger(tmp_path, customers=CUSTOMERS)
        ledger.most_rows = 3
        assert failed(lambda: ledger.pull(""))[0] == "refused"
        ledger.most_rows, ledger.most_bytes = 4, 400
        assert failed(lambda: ledger.pull(""))[0] == "refused"
        ledger.most_bytes = 1_000
        assert ledger.pull("").rows == 4


def test_a_rising_number_is_gone_on_from_and_a_moment_looked_back_from(tmp_path):
    with sqlite_world(tmp_path) as world:
        world.execute("INSERT INTO parties VALUES ('C1', 'A', '2026-01-05 10:00:00.000')")
        moments = sqlite_ledger(tmp_path, customers=CUSTOMERS)
        while not (page := moments.pull("")).is_last:
            pass
        assert json.loads(page.cursor) == {"since": {"customers": "2026-01-05 09:50:00"}}
        # a place of another connector is no place of ours
        assert failed(lambda: moments.pull("{}"))[0] == "schema"
        numbered = sqlite_ledger(
            tmp_path,
            customers="SELECT number AS customer_number, title AS customer_name,"
            " rowid AS changed FROM parties WHERE rowid > :since",
        )
        numbered.start = "0"
        assert numbered.pull("").rows == 1
        page = numbered.pull("")
        assert json.loads(page.cursor) == {"since": {"customers": "1"}}
        assert numbered.pull(page.cursor).rows == 0
        world.add_customer("C2", "B")
        numbered.pull(page.cursor)
        again = sqlite_ledger(tmp_path, customers=numbered.statements["customers"])
        assert [one.number for one in again.pull(page.cursor).customers] == ["C2"]


def test_nothing_is_written_to_a_database(tmp_path):
    with sqlite_world(tmp_path):
        change = OutsideChange(key="1", kind=ChangeKind.NOTE, customer="C7", value="x")
        told = sqlite_ledger(tmp_path, customers=CUSTOMERS).push([change], dry_run=False)
    assert [one.verdict for one in told] == ["unsupported"]


def test_postgresql_reads_in_one_transaction_that_cannot_write(server):
    with postgres_world(server) as world:
        world.add_customer("C1", "100 % Ltd")
        # what a user with too many rights could do
        world.connection.execute(f"GRANT INSERT ON parties TO {READER}")
        world.connection.execute(
            "CREATE FUNCTION erp.sneak() RETURNS text LANGUAGE sql AS"
            " $$INSERT INTO erp.parties VALUES ('C9', 'x', now()) RETURNING number$$"
        )
        names = "SELECT number AS customer_number, title AS customer_name FROM parties"
        for statement, fault in (
            ("SELECT erp.sneak() AS customer_number, 'x' AS customer_name", "refused"),
            (("SELECT set_config('transaction_read_only', 'off', true) AS customer_number,"
             " erp.sneak() AS customer_name"), "refused"),
            (("WITH x AS (INSERT INTO parties VALUES ('C8', 'x', now()) RETURNING *)"
             " SELECT number AS customer_number, title AS customer_name FROM x"), "schema"),
            ("SELECT rolname AS customer_number, rolpassword AS customer_name FROM pg_authid",
             "credentials"),
            ("SELECT 1/0 AS customer_number, 'x' AS customer_name", "schema"),
            (f"{names} WHERE title LIKE '100 \\% %' AND '2' > :since", ""),
        ):  # fmt: skip
            ledger = postgres_ledger(world, customers=statement)
            if fault:
                assert (failed(lambda ledger=ledger: ledger.pull(""))[0], statement) == (
                    fault, statement,
                )  # fmt: skip
            else:
                assert [one.name for one in ledger.pull("").customers] == ["100 % Ltd"]
                assert ledger.pull("").is_last
        assert world.connection.execute("SELECT count(*) FROM parties").fetchone() == (1,)


def test_a_postgresql_that_is_not_listed_or_lets_nobody_in(server):
    with postgres_world(server) as world:
        ledger = postgres_ledger(world, hosts=[], customers=CUSTOMERS)
        fault, text = failed(ledger.system)
        assert (fault, "DUNWELL_CONNECTION_HOSTS" in text) == ("refused", True)
        system = postgres_ledger(world, customers=CUSTOMERS).system()
        assert (system.product, system.writes) == ("PostgreSQL", frozenset())
        assert system.version.split(".")[0].isdigit()
        world.down_after = 0
        assert failed(postgres_ledger(world, customers=CUSTOMERS).system)[0] == "unreachable"
