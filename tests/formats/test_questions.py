"""Where a file does not say: the question, its options and examples, and the answer in a profile."""

from dunwell.formats.ledger import read_ledger
from dunwell.formats.profile import Profile, RoleProfile
from tests.formats.ledgers import items, ledger


def test_ambiguous_dates_ask_and_read_nothing_until_told() -> None:
    text = "A1,C1,05/06/2026,07/08/2026,5,EUR"
    read = ledger(text)
    assert (read.status, read.items.height, read.totals.height) == ("needs_decision", 0, 0)
    assert [(one.code, one.columns, one.options, one.examples) for one in read.decisions] == [
        (
            "date_order", ("Invoice Date", "Due Date"), ("dmy", "mdy"),
            ("dmy: 05/06/2026 is 2026-06-05", "mdy: 05/06/2026 is 2026-05-06"),
        )
    ]  # fmt: skip
    told = ledger(text, profile=Profile(date_order="mdy"))
    assert items(told, "issued_day", "due_day") == [("2026-05-06", "2026-07-08")]
    role = Profile(
        roles={"items": RoleProfile(columns={"Invoice No": "item_number"}, date_order="dmy")}
    )
    assert items(ledger(text, profile=role), "issued_day") == [("2026-06-05",)]


def test_another_date_column_of_the_file_decides_the_order() -> None:
    read = ledger("A1,C1,05/06/2026,31/08/2026,5,EUR")
    assert items(read, "issued_day") == [("2026-06-05",)]
    assert read.tables[0].detected["dates of Invoice Date"] == "day-month-year"


def test_ambiguous_amounts_ask_and_read_nothing_until_told() -> None:
    text = 'A1,C1,2026-01-31,2026-03-02,"1,500",EUR'
    read = ledger(text)
    assert [(one.code, one.columns, one.options, one.examples) for one in read.decisions] == [
        ("decimal", ("Amount",), (".", ","), ("point: 1,500 is 1500", "comma: 1,500 is 1.500"))
    ]
    assert items(ledger(text, profile=Profile(decimal=".")), "amount_minor") == [(150000,)]
    assert items(ledger(text, profile=Profile(decimal=",")), "amount_minor") == [(150,)]


def test_a_table_whose_columns_are_unknown_asks_for_a_mapping() -> None:
    read = read_ledger([("f.csv", b"foo,bar\nx,y\n")])
    assert [(one.code, one.columns) for one in read.decisions] == [("mapping", ("foo", "bar"))]
    columns = {"a": "item_number", "b": "customer_number", "c": "issued", "d": "amount"}
    told = Profile(roles={"items": RoleProfile(columns=columns)})
    read = read_ledger([("f.csv", b"a,b,c,d\nA1,C1,2026-01-31,5\n")], told)
    assert items(read, "number", "customer_number", "amount_minor") == [("A1", "C1", 500)]
