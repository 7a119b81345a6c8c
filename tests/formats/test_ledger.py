"""Ledger exports to ledgers: every rule on a small file, findings by row, totals that tie."""

import json
from datetime import date

import pytest

from dunwell.engine.calendars import day_number
from dunwell.formats.findings import LedgerError
from dunwell.formats.ledger import read_ledger
from dunwell.formats.profile import Profile, RoleProfile
from tests.formats.ledgers import HEADER, found, items, ledger, paid, ties


def test_a_clean_row_becomes_an_item_and_a_customer() -> None:
    read = ledger("A1,C1,2026-01-31,2026-03-02,12.50,EUR")
    assert items(
        read,
        "number",
        "customer_number",
        "kind",
        "currency",
        "amount_minor",
        "issued_day",
        "due_day",
        "file",
        "row",
    ) == [("A1", "C1", "invoice", "EUR", 1250, "2026-01-31", "2026-03-02", "f.csv", 2)]
    assert read.customers.select("customer_number", "name", "currency").rows() == [
        ("C1", "C1", "EUR")
    ]
    assert (found(read), read.status, ties(read)) == ([], "ready", True)
    assert read.totals.to_dicts() == [
        {
            "role": "items", "currency": "EUR", "rows_in": 1, "rows_imported": 1, "rows_refused": 0,
            "rows_without_amount": 0, "in_minor": 1250, "imported_minor": 1250, "refused_minor": 0,
        }
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "code", "column", "value"),
    [
        ("A1,C1,2026-02-30,2026-03-02,5,EUR", "impossible_date", "Invoice Date", "2026-02-30"),
        ("A1,C1,2026-01-31,2026-02-30,5,EUR", "impossible_date", "Due Date", "2026-02-30"),
        ("A1,C1,soon,2026-03-02,5,EUR", "unreadable_date", "Invoice Date", "soon"),
        ("A1,C1,2026-01-31,9999-12-31,5,EUR", "implausible_date", "Due Date", "9999-12-31"),
        ("A1,C1,2026-01-31,2026-03-02,,EUR", "missing_amount", "Amount", ""),
        ("A1,C1,2026-01-31,2026-03-02,five,EUR", "unreadable_amount", "Amount", "five"),
        ("A1,C1,2026-01-31,2026-03-02,5.005,EUR", "too_many_decimals", "Amount", "5.005"),
        ("A1,C1,2026-01-31,2026-03-02,5.50,JPY", "too_many_decimals", "Amount", "5.50"),
        ("A1,C1,2026-01-31,2026-03-02,0.00,EUR", "zero_amount", "Amount", "0.00"),
        ("A1,,2026-01-31,2026-03-02,5,EUR", "missing_customer", "Customer No", ""),
        ("A1,C1,,,5,EUR", "missing_date", "Invoice Date", ""),
    ],
)
def test_an_unusable_row_is_refused_by_row_column_and_reason(
    row: str, code: str, column: str, value: str
) -> None:
    read = ledger(
        f"{row}\nB1,C2,2026-01-31,2026-03-02,7.25,EUR\nB2,C2,2026-01-15,2026-03-15,1.10,EUR\nB3,C2,2026-01-15,2026-03-15,2.10,EUR"
    )
    assert found(read, "row", "code", "column", "value", "action") == [
        (2, code, column, value, "refused")
    ]
    assert read.items["number"].to_list() == ["B1", "B2", "B3"]
    assert (read.rows_read, read.rows_refused, ties(read)) == (4, 1, True)


def test_a_missing_due_date_comes_from_terms_else_from_the_issue_date() -> None:
    read = ledger(
        "A1,C1,2026-01-31,,5,EUR,Net 30\nA2,C1,2026-01-31,,5,EUR,as agreed\nA3,C1,2026-01-31,,5,EUR,",
        header=f"{HEADER},Terms",
    )
    assert items(read, "number", "due_day") == [
        ("A1", "2026-03-02"),
        ("A2", "2026-01-31"),
        ("A3", "2026-01-31"),
    ]
    assert found(read, "row", "code", "value", "action") == [
        (2, "due_from_terms", "Net 30", "changed"),
        (3, "due_missing", "as agreed", "changed"),
        (4, "due_missing", "", "changed"),
    ]


def test_terms_of_the_customer_table_stand_in() -> None:
    read = read_ledger(
        [
            ("customers.csv", b"Customer No,Name,Terms\nC1,Joe,EOM\n"),
            ("items.csv", b"Invoice No,Customer No,Invoice Date,Amount\nA1,C1,2026-01-20,5\n"),
        ]
    )
    assert items(read, "due_day") == [("2026-01-31",)]


def test_due_before_issue_is_kept_as_stated_with_a_finding() -> None:
    read = ledger("A1,C1,2026-01-31,2026-01-01,5,EUR")
    assert items(read, "issued_day", "due_day") == [("2026-01-31", "2026-01-01")]
    assert found(read, "row", "code", "value", "action") == [
        (2, "due_before_issue", "2026-01-01", "kept")
    ]


def test_a_repeated_row_is_a_duplicate_and_other_content_a_conflict() -> None:
    row = "A1,C1,2026-01-31,2026-03-02,5.00,EUR"
    read = ledger(
        f"{row}\n{row}\nA1,C1,2026-01-31,2026-03-02,6.00,EUR\nA2,C1,2026-01-31,2026-03-02,6.00,EUR"
    )
    assert found(read) == [(3, "duplicate", "refused"), (4, "conflicting", "refused")]
    assert [("row 2 of f.csv" in reason) for reason in read.findings["reason"]] == [True, True]
    assert read.items["number"].to_list() == ["A1", "A2"]
    assert read.totals.select("in_minor", "imported_minor", "refused_minor").row(0) == (
        2200,
        1100,
        1100,
    )


def test_instalments_of_one_number_are_items_of_their_own() -> None:
    read = ledger(
        "A1,C1,2026-01-31,2026-03-02,5,EUR,1\nA1,C1,2026-01-31,2026-04-02,5,EUR,2\nA2,C1,2026-01-31,2026-04-02,5,EUR,1",
        header=f"{HEADER},Instalment",
    )
    assert read.items["number"].to_list() == ["A1/1", "A1/2", "A2"]


def test_a_row_without_a_number_gets_one_made_of_its_content() -> None:
    read = ledger(",C1,2026-01-31,2026-03-02,5,EUR\nA2,C1,2026-01-31,2026-03-02,5,EUR")
    assert read.items["number"].to_list() == ["no-number/C1/2026-01-31/500", "A2"]
    assert found(read) == [(2, "missing_number", "changed")]


def test_an_unknown_currency_is_kept_under_xxx() -> None:
    read = ledger(
        "A1,C1,2026-01-31,2026-03-02,5,Taler\nA2,C1,2026-01-31,2026-03-02,5,\nA3,C1,2026-01-31,2026-03-02,5,eur"
    )
    assert items(read, "number", "currency") == [("A1", "XXX"), ("A2", "XXX"), ("A3", "EUR")]
    assert found(read, "row", "code", "value") == [
        (2, "unknown_currency", "Taler"),
        (3, "missing_currency", ""),
    ]


@pytest.mark.parametrize(
    ("default", "currency", "code"),
    [("", "XXX", "no_currency_column"), ("USD", "USD", "default_currency")],
)
def test_without_a_currency_column_the_default_or_xxx_is_said(
    default: str, currency: str, code: str
) -> None:
    read = ledger(
        "A1,C1,2026-01-31,2026-03-02,5",
        header=HEADER.removesuffix(",Currency"),
        default_currency=default,
    )
    assert items(read, "currency") == [(currency,)]
    assert read.findings.select("row", "code").rows() == [(None, code)]


def test_a_currency_beside_the_amount_or_in_the_header_counts() -> None:
    read = ledger(
        "A1,C1,2026-01-31,2026-03-02,5 USD\nA2,C1,2026-01-31,2026-03-02,€ 6",
        header=HEADER.removesuffix(",Currency"),
    )
    assert items(read, "currency", "amount_minor") == [("USD", 500), ("EUR", 600)]
    read = ledger(
        "A1,C1,2026-01-31,2026-03-02,5",
        header="Invoice No,Customer No,Invoice Date,Due Date,Amount (CHF)",
    )
    assert items(read, "currency") == [("CHF",)]


def test_negative_amounts_are_credit_notes_and_credit_notes_are_negative() -> None:
    read = ledger(
        "A1,C1,2026-01-31,2026-03-02,-5,EUR,Invoice\nA2,C1,2026-01-31,2026-03-02,6,EUR,Credit Note\n"
        "A3,C1,2026-01-31,2026-03-02,-7,EUR,Gutschrift\nA4,C1,2026-01-31,2026-03-02,8,EUR,Mahngebühr\n"
        "A5,C1,2026-01-31,2026-03-02,9,EUR,Voodoo",
        header=f"{HEADER},Type",
    )
    assert items(read, "number", "kind", "amount_minor") == [
        ("A1", "credit_note", -500), ("A2", "credit_note", -600), ("A3", "credit_note", -700),
        ("A4", "fee", 800), ("A5", "invoice", 900),
    ]  # fmt: skip
    assert found(read) == [
        (None, "credit_sign", "changed"), (2, "negative_invoice", "changed"), (6, "unknown_kind", "kept"),
    ]  # fmt: skip


def test_a_part_paid_row_becomes_an_item_a_payment_and_an_allocation() -> None:
    read = ledger(
        "A1,C1,2026-01-15,2026-03-02,5,EUR,2\nA2,C1,2026-01-31,2026-03-02,5,EUR,5\nA3,C1,2026-01-31,2026-03-02,5,EUR,0",
        header=f"{HEADER},Open Amount",
    )
    assert paid(read) == [
        ("payment", "paid/A1", "A1", 300, "2026-01-31", "2026-01-31"),
        ("payment", "paid/A3", "A3", 500, "2026-01-31", "2026-01-31"),
    ]
    assert read.payments.select("payment_number", "amount_minor", "is_derived").rows() == [
        ("paid/A1", 300, True), ("paid/A3", 500, True),
    ]  # fmt: skip
    assert found(read) == [
        (2, "part_paid_without_date", "changed"),
        (4, "part_paid_without_date", "changed"),
    ]
    told = ledger(
        "A1,C1,2026-01-15,2026-03-02,5,EUR,2",
        header=f"{HEADER},Open Amount",
        known_on=date(2026, 6, 30),
    )
    assert told.payments["value_day"].to_list() == [day_number(date(2026, 6, 30))]


def test_an_applied_column_and_a_settled_date_say_what_was_paid_when() -> None:
    read = ledger(
        "A1,C1,2026-01-15,2026-03-02,5,EUR,2,2026-02-01\nA2,C1,2026-01-15,2026-03-02,5,EUR,,2026-02-02\nA3,C1,2026-01-15,2026-03-02,5,EUR,,",
        header=f"{HEADER},Paid Amount,Settled Date",
    )
    assert paid(read) == [
        ("payment", "paid/A1", "A1", 200, "2026-02-01", "2026-02-01"),
        ("payment", "paid/A2", "A2", 500, "2026-02-02", "2026-02-02"),
    ]


def test_money_that_came_before_the_issue_counts_from_the_issue_on() -> None:
    read = ledger("A1,C1,2026-01-15,2026-03-02,5,EUR,2026-01-10", header=f"{HEADER},Settled Date")
    assert paid(read) == [("payment", "paid/A1", "A1", 500, "2026-01-15", "2026-01-10")]
    assert found(read) == [(2, "paid_before_issue", "kept")]


def test_an_overpaid_row_leaves_the_rest_unapplied() -> None:
    read = ledger("A1,C1,2026-01-15,2026-03-02,5,EUR,-2", header=f"{HEADER},Open Amount")
    assert read.payments["amount_minor"].to_list() == [700]
    assert read.allocations["amount_minor"].to_list() == [500]
    assert (2, "overpaid", "changed") in found(read)


def test_a_credit_note_that_is_partly_used_keeps_its_sign() -> None:
    read = ledger(
        "A1,C1,2026-01-15,2026-03-02,-5,EUR,-2\nA2,C1,2026-01-15,2026-03-02,5,EUR,5",
        header=f"{HEADER},Open Amount",
    )
    assert read.allocations.select("item_number", "amount_minor").rows() == [("A1", -300)]
    assert read.payments.select("amount_minor").rows() == [(-300,)]


def test_states_without_amounts_are_judged_and_said() -> None:
    read = ledger(
        "A1,C1,2026-01-15,2026-03-02,5,EUR,Paid\nA2,C1,2026-01-15,2026-03-02,5,EUR,Offen\n"
        "A3,C1,2026-01-15,2026-03-02,5,EUR,teilweise bezahlt\nA4,C1,2026-01-15,2026-03-02,5,EUR,annulée\n"
        "A5,C1,2026-01-15,2026-03-02,5,EUR,borrador\nA6,C1,2026-01-15,2026-03-02,5,EUR,Disputed",
        header=f"{HEADER},Status",
    )
    assert found(read) == [
        (2, "paid_without_date", "changed"), (4, "part_paid_unknown", "kept"),
        (5, "cancelled", "refused"), (6, "draft", "refused"),
    ]  # fmt: skip
    assert items(read, "number", "is_disputed") == [
        ("A1", False),
        ("A2", False),
        ("A3", False),
        ("A6", True),
    ]
    assert read.allocations["item_number"].to_list() == ["A1"]


def test_debit_and_credit_columns_and_sides_give_the_sign() -> None:
    read = read_ledger(
        [
            (
                "f.csv",
                b"Belegnummer;Kunde;Belegdatum;Soll;Haben\nA1;C1;31.01.2026;5,00;\nA2;C1;31.01.2026;;2,50\n",
            )
        ]
    )
    assert items(read, "number", "kind", "amount_minor") == [
        ("A1", "invoice", 500),
        ("A2", "credit_note", -250),
    ]
    read = read_ledger(
        [
            (
                "f.csv",
                b"BELNR;KUNNR;BLDAT;WRBTR;SHKZG\nA1;C1;31.01.2026;5,00;S\nA2;C1;31.01.2026;2,50;H\n",
            )
        ]
    )
    assert items(read, "number", "amount_minor") == [("A1", 500), ("A2", -250)]


def test_a_payment_listed_among_the_items_is_kept_unapplied() -> None:
    read = ledger(
        "A1,C1,2026-01-15,2026-03-02,5,EUR,Invoice\nP1,C1,2026-01-20,,-3,EUR,Payment",
        header=f"{HEADER},Type",
    )
    assert read.items["number"].to_list() == ["A1"]
    assert read.payments.select("payment_number", "customer_number", "amount_minor").rows() == [
        ("P1", "C1", 300)
    ]
    assert (found(read), ties(read), read.rows_read) == (
        [(3, "payment_among_items", "changed")],
        True,
        2,
    )


def test_formula_text_is_kept_and_said_and_phone_numbers_are_not() -> None:
    read = ledger(
        '"=HYPERLINK(""x"")",C1,2026-01-15,2026-03-02,5,EUR,@joe,+49 30 1234\nA2,\tC2,2026-01-15,2026-03-02,5,EUR,-x,+1 2',
        header=f"{HEADER},Customer Name,Phone",
    )
    assert items(read, "number", "customer_number") == [('=HYPERLINK("x")', "C1"), ("A2", "C2")]
    assert found(read, "row", "code", "column", "action") == [
        (2, "formula_text", "Customer Name", "kept"), (2, "formula_text", "Invoice No", "kept"),
        (3, "formula_text", "Customer Name", "kept"), (3, "formula_text", "Customer No", "kept"),
    ]  # fmt: skip


def test_totals_blank_rows_and_repeated_headers_are_no_items() -> None:
    read = ledger(
        f"A1,C1,2026-01-15,2026-03-02,5,EUR\n,,,,,\n{HEADER}\nA2,C1,2026-01-15,2026-03-02,5,EUR\nTotal,,,,10,EUR"
    )
    assert read.items["number"].to_list() == ["A1", "A2"]
    assert found(read) == [(4, "repeated_header", "refused"), (6, "total_row", "refused")]
    assert (read.rows_read, read.rows_refused, read.tables[0].detected["empty_rows"]) == (4, 2, 1)


def test_the_same_files_give_the_same_ledger_and_it_fits_into_json() -> None:
    text = "A1,C1,2026-01-15,2026-03-02,5,EUR\nA1,C1,2026-01-15,2026-03-02,5,EUR\n,C2,,2026-03-02,x,EUR"
    first, second = ledger(text), ledger(text)
    for name in (
        "customers",
        "items",
        "payments",
        "allocations",
        "disputes",
        "findings",
        "totals",
    ):
        assert getattr(first, name).equals(getattr(second, name))
    document = json.loads(json.dumps(first.as_dict()))
    assert [
        document[key] for key in ("status", "rows_read", "rows_refused", "findings_count")
    ] == ["ready", 3, 2, 2]


def test_the_profile_of_a_read_reads_the_file_again_alike() -> None:
    text = "A1,C1,05/06/2026,07/08/2026,5,EUR"
    first = ledger(text, profile=Profile(date_order="dmy"))
    again = ledger(text, profile=first.profile)
    assert again.items.equals(first.items)
    assert again.tables[0].columns[0].reason == "as told"


@pytest.mark.parametrize(
    ("files", "profile", "says"),
    [
        ([], None, "No file was given"),
        (
            [("f.csv", b"a,b,c,d\n1,2,3,4\n")],
            Profile(roles={"items": RoleProfile(columns={"a": "amount", "b": "amount"})}),
            "maps two columns to amount",
        ),
    ],
)
def test_what_cannot_be_read_at_all_is_a_typed_error(
    files: list[tuple[str, bytes]], profile: Profile | None, says: str
) -> None:
    with pytest.raises(LedgerError, match=says):
        read_ledger(files, profile)
