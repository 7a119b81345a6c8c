"""Several files of one export: linked, settled, capped; nothing lost between them."""

from dunwell.formats.ledger import read_ledger
from tests.formats.ledgers import found, paid, ties


def test_a_set_of_files_is_linked_by_number_or_key() -> None:
    read = read_ledger(
        [
            ("customers.csv", b"customer_id,code,name,country,currency,parent_id\n1,C0001,Joe GmbH,DE,EUR,0\n2,C0002,Ann KK,JP,JPY,1\n"),
            ("invoices.csv", (b"invoice_id,invoice_no,kind,customer_id,invoice_date,due_date,currency,amount,open_amount\n"
             b"7,INV-7,invoice,1,2026-01-01,2026-01-31,EUR,10.00,4.00\n8,INV-8,invoice,2,2026-01-01,2026-01-31,JPY,500,500\n9,CN-9,credit_note,1,2026-01-05,2026-01-05,EUR,-2.00,-2.00\n")),
            ("payments.csv", b"payment_id,customer_id,currency,date,amount,unapplied_amount\n1,1,EUR,2026-01-20,6.50,0.50\n2,2,JPY,2026-01-20,100,100\n"),
            ("allocations.csv", b"payment_id,invoice_id,amount,date\n1,7,6.00,2026-01-21\n2,99,5,2026-01-21\n77,7,5,2026-01-21\n"),
            ("disputes.csv", b"dispute_id,invoice_id,customer_id,reason,amount,opened,status\n1,8,2,PRICE,50,2026-01-25,open\n2,99,2,PRICE,50,2026-01-25,open\n"),
        ]
    )  # fmt: skip
    assert [table.role for table in read.tables] == [
        "customers",
        "items",
        "payments",
        "allocations",
        "disputes",
    ]
    assert paid(read) == [("payment", "1", "INV-7", 600, "2026-01-21", "2026-01-20")]
    assert read.payments.select("payment_number", "currency", "amount_minor").rows() == [
        ("1", "EUR", 650),
        ("2", "JPY", 100),
    ]
    assert read.disputes.select("item_number", "currency", "amount_minor", "is_open").rows() == [
        ("INV-8", "JPY", 50, True)
    ]
    assert read.customers.select("customer_number", "name", "country", "parent_number").rows() == [
        ("1", "Joe GmbH", "DE", None), ("2", "Ann KK", "JP", "1"),
    ]  # fmt: skip
    assert found(read, "file", "row", "code", "action") == [
        ("allocations.csv", 3, "unknown_item", "refused"), ("allocations.csv", 4, "unknown_payment", "refused"),
        ("disputes.csv", 3, "unknown_item", "refused"),
    ]  # fmt: skip
    assert ties(read)


def test_payments_of_unknown_items_stay_unapplied_and_overpayments_are_capped() -> None:
    read = read_ledger(
        [
            ("items.csv", b"Invoice No,Customer No,Invoice Date,Amount,Currency\nA1,C1,2026-01-01,10,EUR\nA2,C1,2026-01-01,10,USD\n"),
            ("payments.csv", (b"Payment ID,Invoice No,Payment Date,Amount Paid,Currency\nP1,A1,2026-01-10,8,EUR\nP2,A1,2026-01-11,8,EUR\n"
             b"P3,A9,2026-01-11,5,EUR\nP4,A2,2026-01-11,5,EUR\n")),
        ]
    )  # fmt: skip
    assert paid(read) == [
        ("payment", "P1", "A1", 800, "2026-01-10", "2026-01-10"), ("payment", "P2", "A1", 200, "2026-01-11", "2026-01-11"),
    ]  # fmt: skip
    assert [row for row in found(read, "file", "row", "code", "action") if row[0] == "payments.csv"] == [
        ("payments.csv", 3, "overpaid", "changed"), ("payments.csv", 4, "unknown_item", "kept"),
        ("payments.csv", 5, "other_currency", "kept"),
    ]  # fmt: skip
    assert read.payments["amount_minor"].sum() - read.allocations["amount_minor"].sum() == 1600


def test_payment_numbers_may_cover_items_repeat_clash_or_be_absent() -> None:
    read = read_ledger(
        [
            ("items.csv", b"Invoice No,Customer No,Invoice Date,Amount\nA1,C1,2026-01-01,10\nA2,C1,2026-01-01,10\nA3,C2,2026-01-01,10\n"),
            ("payments.csv", (b"Payment ID,Customer No,Invoice No,Payment Date,Payment Amount\nP1,C1,A1,2026-01-10,8\nP1,C1,A2,2026-01-10,2\n"
             b"P1,C1,A2,2026-01-10,2\nP1,C1,A2,2026-01-10,3\nP5,C1,,2026-01-10,1\nP5,C2,A3,2026-01-10,4\n,C1,,2026-01-10,1\n,C1,,2026-01-10,1\n")),
        ],
        default_currency="EUR",
    )  # fmt: skip
    assert read.payments.select("payment_number", "amount_minor").rows() == [
        ("P1", 1000), ("P5/C1", 100), ("P5/C2", 400), ("payment/C1/2026-01-10/100", 100), ("payment/C1/2026-01-10/100/2", 100),
    ]  # fmt: skip
    assert [row for row in found(read, "file", "row", "code") if row[0] == "payments.csv"] == [
        ("payments.csv", None, "missing_payment_number"), ("payments.csv", 4, "duplicate"), ("payments.csv", 5, "conflicting"),
        ("payments.csv", 6, "shared_payment_number"), ("payments.csv", 7, "shared_payment_number"),
    ]  # fmt: skip
    assert ties(read)


def test_a_credit_note_named_as_source_settles_both_items() -> None:
    read = read_ledger(
        [
            (
                "items.csv",
                b"Invoice No,Customer No,Invoice Date,Amount\nA1,C1,2026-01-01,10\nCN1,C1,2026-01-02,-4\n",
            ),
            (
                "payments.csv",
                b"Payment ID,Customer No,Payment Date,Payment Amount\nP1,C1,2026-01-10,1\n",
            ),
            (
                "allocations.csv",
                b"Payment ID,Invoice No,Amount,Date\nP1,A1,1,2026-01-10\nCN1,A1,4,2026-01-11\n",
            ),
        ],
        default_currency="EUR",
    )
    assert sorted(read.allocations.select("source", "source_number", "item_number", "amount_minor").rows()) == [
        ("credit", "A1", "CN1", -400), ("credit", "CN1", "A1", 400), ("payment", "P1", "A1", 100),
    ]  # fmt: skip


def test_customers_merge_and_differences_are_said() -> None:
    read = read_ledger(
        [
            (
                "a.csv",
                b"Customer No,Name,Credit Limit,Country\nC1,Joe,100,Deutschland\nC1,Joe,100,Deutschland\nC2,Ann,200,Elbonia\nC2,Eve,200,France\n,Max,1,DE\n",
            ),
            ("b.csv", b"Customer No,Credit Limit,E-mail\nC1,150,joe@x.example\n"),
        ],
        default_currency="EUR",
    )
    assert read.customers.select("customer_number", "name", "credit_limit_minor", "country", "email").rows() == [
        ("C1", "Joe", 10000, "DE", "joe@x.example"), ("C2", "Ann", 20000, "", None),
    ]  # fmt: skip
    assert found(read, "file", "row", "code") == [
        ("a.csv", 2, "several_credit_limits"), ("a.csv", 3, "duplicate"), ("a.csv", 4, "unknown_country"),
        ("a.csv", 5, "conflicting"), ("a.csv", 6, "missing_customer"),
    ]  # fmt: skip
