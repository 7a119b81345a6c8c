"""Settlement reports of PayPal, Stripe and Adyen: net, fee, gross, status by balance, refusals."""

from datetime import date

import pytest

from dunwell.formats.bank.settlements import read_settlement
from dunwell.formats.bank.sheet_profile import SheetProfile
from dunwell.formats.bank.undecided import UndecidedError
from tests.formats.bank.bank_files import codes, read, read_text, refusal, short

PAYPAL = "Date,Time,TimeZone,Name,Type,Status,Currency,Gross,Fee,Net,Transaction ID,Balance\n"
STRIPE = (
    "balance_transaction_id,created_utc,available_on_utc,currency,gross,fee,net,"
    "reporting_category,source_id,description,automatic_payout_id\n"
)
ADYEN = (
    "Company Account,Merchant Account,Psp Reference,Merchant Reference,Payment Method,"
    "Creation Date,TimeZone,Type,Modification Reference,Gross Currency,Gross Debit (GC),"
    "Gross Credit (GC),Exchange Rate,Net Currency,Net Debit (NC),Net Credit (NC),"
    "Commission (NC),Markup (NC),Scheme Fees (NC),Interchange (NC),Payment Method Variant,"
    "Modification Merchant Reference,Batch Number\n"
)


def row(*cells):
    return ",".join(str(cell) for cell in cells) + "\n"


def paypal(day, gross, fee, net, balance, *, status="Completed", identity="T1"):
    return row(
        day, "10:00:00", "CET", "Ann", "Payment", status, "EUR", gross, fee, net, identity, balance
    )


def test_the_activity_of_a_paypal_account_adds_up_in_every_currency():
    file = read("paypal_oca11/activity_en.csv")
    assert [
        (s.account, s.currency, s.opening_minor, s.closing_minor, len(s.entries))
        for s in file.statements
    ] == [
        ("paypal@my-company.com", "USD", 0, 190, 45),
        ("paypal@my-company.com", "EUR", 0, 4334, 29),
        ("paypal@my-company.com", "AUD", 0, 0, 2),
    ]
    assert codes(file) == []
    first = file.statements[0].entries[0]
    assert (first.value_on, first.amount_minor, first.charges_minor) == (
        date(2015, 12, 29),
        7975,
        425,
    )
    assert (first.original_minor, first.counterparty, first.bank_reference) == (
        8400,
        "PARTNER1",
        "TID1",
    )
    third = file.statements[0].entries[2]
    assert (third.reference, third.text) == ("31", "Payment to My Company for invoice 31")
    # Withdrawals are called pending but have left the balance: the money has moved.
    assert {entry.status for entry in file.statements[1].entries} == {"booked"}


def test_the_statements_of_paypal_in_two_languages_add_up():
    english = read("paypal_oca11/statement_en.csv")
    assert [(s.currency, s.opening_minor, s.closing_minor) for s in english.statements] == [
        ("EUR", 75, 75),
        ("USD", 89, 28119),
    ]
    assert english.statements[1].entries[0].value_on == date(2018, 9, 4)
    spanish = read("paypal_oca11/statement_es.csv")
    assert short(spanish.statements[0].entries) == [
        ("2020-01-02", 4759, "EUR"),
        ("2020-01-02", 2763, "EUR"),
        ("2020-01-02", 3439, "EUR"),
        ("2020-01-03", 2147, "EUR"),
    ]
    assert codes(english) == codes(spanish) == []


def test_a_report_without_entries_is_refused():
    with pytest.raises(Exception, match="the report holds no entries"):
        read("paypal_oca11/empty_activity.csv")


def test_pending_rows_that_left_the_balance_alone_stay_pending():
    text = PAYPAL + paypal("13/01/2026", "10.00", "-1.00", "9.00", "9.00")
    text += paypal("14/01/2026", "5.00", "0.00", "5.00", "9.00", status="Pending", identity="T2")
    text += paypal("15/01/2026", "7.00", "0.00", "7.00", "9.00", status="Denied", identity="T3")
    (statement,) = read_text(text).statements
    assert [entry.status for entry in statement.entries] == ["booked", "pending", "information"]
    assert (statement.opening_minor, statement.closing_minor) == (0, 900)


def test_rows_newest_first_are_turned_round():
    text = PAYPAL + paypal("15/01/2026", "5.00", "0.00", "5.00", "14.00", identity="T2")
    text += paypal("13/01/2026", "10.00", "-1.00", "9.00", "9.00")
    (statement,) = read_text(text).statements
    assert [entry.bank_reference for entry in statement.entries] == ["T1", "T2"]
    assert (statement.opening_minor, statement.closing_minor) == (0, 1400)


def test_a_balance_that_does_not_follow_is_named_with_both_figures():
    text = PAYPAL + paypal("13/01/2026", "10.00", "-1.00", "9.00", "9.00")
    text += paypal("14/01/2026", "5.00", "0.00", "5.00", "15.00")
    (statement,) = read_text(text).statements
    assert [(f.place, f.reason) for f in statement.findings if f.code == "running_balance"] == [
        ("row 3", "the balance is 15.00 EUR, the rows before and its net make 14.00 EUR")
    ]


def test_gross_fee_and_net_that_do_not_add_up_are_named():
    text = PAYPAL + paypal("13/01/2026", "10.00", "-1.00", "8.50", "8.50")
    assert [f.reason for f in read_text(text).statements[0].findings if f.code == "fee_sum"] == [
        "gross 10.00 less fee 1.00 is not net 8.50 EUR"
    ]


def test_days_that_fit_both_orders_are_asked_unless_the_profile_tells():
    text = PAYPAL + paypal("02/01/2026", "10.00", "0.00", "10.00", "")
    with pytest.raises(UndecidedError) as caught:
        read_text(text)
    (decision,) = caught.value.decisions
    assert (decision.code, decision.options, decision.examples) == (
        "date_order",
        ("dmy", "mdy"),
        ("dmy: 02/01/2026 is 2026-01-02", "mdy: 02/01/2026 is 2026-02-01"),
    )
    file = read_settlement(text.encode(), "f", profile=SheetProfile(date_order="mdy"))
    assert short(file.statements[0].entries) == [("2026-02-01", 1000, "EUR")]


def test_stripe_gives_a_statement_per_currency_with_payouts_as_groups():
    text = STRIPE + row(
        "txn_1",
        "2026-09-14 10:02:11",
        "2026-09-16 00:00:00",
        "eur",
        "600.00",
        "8.70",
        "591.30",
        "charge",
        "ch_1",
        "Order 1041",
        "po_1",
    )
    text += row(
        "txn_2",
        "2026-09-15 11:00:00",
        "2026-09-17 00:00:00",
        "eur",
        "-50.00",
        "15.00",
        "-65.00",
        "dispute",
        "dp_1",
        "Dispute order 1039",
        "po_1",
    )
    text += row(
        "txn_3",
        "2026-10-02 11:00:00",
        "2026-10-02 11:00:00",
        "jpy",
        "-500.00",
        "0",
        "-500.00",
        "payout",
        "po_9",
        "",
        "",
    )
    file = read_text(text)
    assert [(s.currency, short(s.entries)) for s in file.statements] == [
        ("EUR", [("2026-09-16", 59130, "EUR"), ("2026-09-17", -6500, "EUR")]),
        ("JPY", [("2026-10-02", -500, "JPY")]),
    ]
    charge, dispute = file.statements[0].entries
    assert (charge.booked_on, charge.charges_minor, charge.original_minor) == (
        date(2026, 9, 14),
        870,
        60000,
    )
    assert (charge.group_id, charge.text, charge.bank_reference) == ("po_1", "Order 1041", "txn_1")
    assert (dispute.is_reversal, dispute.charges_minor) == (True, 1500)
    assert file.format == "stripe"


def test_adyen_gives_net_fees_and_the_gross_in_the_payers_currency():
    text = ADYEN + row(
        "Co",
        "CoShop",
        "8816",
        "INV-77",
        "visa",
        "2026-09-01 10:11:12",
        "CET",
        "Settled",
        "8817",
        "USD",
        "",
        "120.00",
        "0.92",
        "EUR",
        "",
        "108.10",
        "",
        "0.30",
        "0.50",
        "1.50",
        "visadebit",
        "",
        "134",
    )
    text += row(
        "Co",
        "CoShop",
        "8818",
        "INV-78",
        "visa",
        "2026-09-01 10:12:12",
        "CET",
        "Chargeback",
        "8819",
        "EUR",
        "20.00",
        "",
        "1",
        "EUR",
        "27.50",
        "",
        "7.50",
        "",
        "",
        "",
        "visadebit",
        "",
        "134",
    )
    (statement,) = read_text(text).statements
    settled, chargeback = statement.entries
    assert (settled.amount_minor, settled.charges_minor) == (10810, 230)
    assert (settled.original_minor, settled.original_currency) == (12000, "USD")
    assert (settled.reference, settled.group_id, statement.account) == ("INV-77", "134", "CoShop")
    assert (chargeback.amount_minor, chargeback.charges_minor) == (-2750, 750)
    assert chargeback.is_reversal


@pytest.mark.parametrize(
    ("text", "place", "reason"),
    [
        (
            PAYPAL + paypal("13/01/2026", "1x", "0", "1.00", "1.00"),
            "row 2, column Gross",
            "'1x' is not an amount",
        ),
        (
            PAYPAL + paypal("13/13/2026", "1.00", "0", "1.00", "1.00"),
            "row 2, column Date",
            "'13/13/2026' is no day of the calendar",
        ),
        (
            PAYPAL + paypal("13/01/2026", "1.005", "0.00", "1.00", "1.00"),
            "row 2, column Gross",
            "'1.005' has more decimals than its currency",
        ),
        (
            PAYPAL + paypal("13/01/2026", "1.00", "0", "1.00", "1.00").replace("EUR", "EUX"),
            "row 2, column Currency",
            "'EUX' is no currency code of ISO 4217",
        ),
    ],
)
def test_damage_is_refused_with_row_and_column(text, place, reason):
    found = refusal(text)
    assert found[1] == place
    assert found[2].startswith(reason)
