"""Bank sheets of any layout: real files, what balances prove, what is asked, and refusals."""

import io
from datetime import date

import pytest
import xlsxwriter

from dunwell.formats.bank.sheet_profile import SheetProfile, read_sheet_profile
from dunwell.formats.bank.sheet_signs import chain, first_break
from dunwell.formats.bank.table import read_bank_table
from dunwell.formats.bank.undecided import UndecidedError
from dunwell.formats.findings import LedgerError
from tests.formats.bank.bank_files import bank_file, codes, read, read_text, refusal, short

OCA = "oca_camt_ofx_sheet/account_statement_import_sheet_file/tests/fixtures"
BSP = "mixed_bsp"


def told(name, **profile):
    path = bank_file(f"{OCA}/{name}")
    return read_bank_table(path.read_bytes(), path.name, profile=SheetProfile(**profile))


def questions(text):
    with pytest.raises(UndecidedError) as caught:
        read_text(text)
    return [(one.code, one.columns, one.options) for one in caught.value.decisions]


def money(file):
    return [[entry.amount_minor for entry in statement.entries] for statement in file.statements]


@pytest.mark.parametrize("name", ["balance.csv", "debit_credit.csv"])
def test_balances_of_signed_and_marked_amounts_are_those_of_oca(name):
    (statement,) = read(f"{OCA}/{name}").statements
    assert (statement.opening_minor, statement.closing_minor) == (1000, 151000)
    assert [entry.amount_minor for entry in statement.entries] == [-3350, 153350]
    assert [entry.counterparty for entry in statement.entries] == ["John Doe", "Azure Interior"]


def test_running_balances_prove_that_debit_is_money_in():
    file = read(f"{OCA}/debit_credit_amount.csv")
    (statement,) = file.statements
    assert money(file) == [[-2000, -1350, 3350, 150000]]
    assert (statement.opening_minor, statement.closing_minor) == (1000, 151000)
    assert codes(file) == ["signs_proved", "no_currency"]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_balances_and_account_around_the_table_are_read(kind):
    file = read(f"{OCA}/meta_data_separated_credit_debit.{kind}")
    (statement,) = file.statements
    assert (statement.account, statement.currency) == ("08088804068", "EUR")
    assert (statement.opening_minor, statement.closing_minor) == (3000077, 3107011)
    assert short(statement.entries) == [
        ("2020-04-01", -5000, "EUR"),
        ("2020-04-01", -10000, "EUR"),
        ("2020-04-02", -8068, "EUR"),
        ("2020-04-02", 130000, "EUR"),
    ]
    # This file of others is two cents off.
    assert codes(file) == ["date_order", "balance_gap"]


def test_rows_of_several_currencies_are_several_statements():
    file = read(f"{OCA}/multi_currency.csv")
    assert [(s.currency, short(s.entries)) for s in file.statements] == [
        ("USD", [("2018-12-15", -3350, "USD")]),
        ("EUR", [("2018-12-15", 152500, "EUR")]),
    ]


@pytest.mark.parametrize(
    "name",
    [
        "sample_statement_en.csv",
        "sample_statement_en.xlsx",
        "original_currency.csv",
        "sample_statement_credit_card_inverse_sign_en.csv",
    ],
)
def test_which_amount_a_currency_belongs_to_is_asked(name):
    with pytest.raises(UndecidedError) as caught:
        read(f"{OCA}/{name}")
    assert [one.options for one in caught.value.decisions] == [("currency", "original_currency")]


def test_a_profile_reads_them_as_oca_does():
    columns = {"Currency": "original_currency"}
    for name in ("sample_statement_en.csv", "sample_statement_en.xlsx"):
        file = told(name, columns=columns, currency="USD")
        assert money(file) == [[-3350, 152500]]
        assert file.statements[0].entries[1].original_minor == 100000
        assert file.statements[0].entries[1].original_currency == "EUR"
    card = told(
        "sample_statement_credit_card_inverse_sign_en.csv",
        columns=columns,
        currency="USD",
        signs="reversed",
    )
    assert money(card) == [[-3350, 152500]]
    names = ("booked", "text", "original_currency", "amount", "original_amount", "counterparty")
    headless = told(
        "original_currency_no_header.csv",
        columns={f"column {n}": name for n, name in enumerate(names, 1)} | {"column 8": "text"},
        currency="USD",
    )
    (entry,) = headless.statements[0].entries
    assert (entry.amount_minor, entry.original_minor, entry.original_currency) == (
        152500,
        100000,
        "EUR",
    )
    assert entry.text == "Your payment\nINV0001"


def test_sheets_of_four_languages_give_the_same_money():
    expected = [[-123456, 350000, -450]]
    for name in ("european_decimals", "french_headers", "spanish_headers"):
        file = read(f"{BSP}/golden/csv_{name}.csv")
        assert money(file) == expected
        assert file.statements[0].currency == "EUR"
    assert file.statements[0].account == "ES9121000418450200051332"
    assert [entry.reference for entry in file.statements[0].entries] == [
        "ES-001",
        "ES-002",
        "ES-003",
    ]


def test_running_balances_give_opening_and_closing():
    for name, opening, closing in (
        ("sample_statement.csv", 250000, 380000),
        ("sample_split_amounts.csv", 100000, 205025),
    ):
        (statement,) = read(f"{BSP}/{name}").statements
        assert (statement.opening_minor, statement.closing_minor) == (opening, closing)
        assert statement.findings == ()


@pytest.mark.parametrize(
    ("name", "place", "reason"),
    [
        (
            f"{BSP}/golden/csv_garbled_amount.csv",
            "row 3, column Amount",
            "'12..34' is not an amount",
        ),
        (f"{BSP}/camt_file.csv", "whole file", "No column of this table is known as the day"),
        (f"{OCA}/empty_statement_en.csv", "whole file", "the table holds no entries"),
        (f"{OCA}/empty_statement_en.xlsx", "whole file", "no sheet holds a table"),
        ("cfonb_silarhi/specs/error_codes.csv", "whole file", "No column of this table is known"),
    ],
)
def test_files_that_hold_no_statement_are_refused(name, place, reason):
    found = refusal(bank_file(name).read_bytes())
    assert found[1] == place
    assert found[2].startswith(reason)


def test_the_documented_plain_layout_of_payments_is_read():
    text = "payment_id,value_on,amount,currency,payer,reference,text\n"
    text += (
        "P1,2026-01-05,1200.50,EUR,Ann AG,RF18539007547034,for R 7\nP2,2026-01-06,-7,EUR,Bob,,\n"
    )
    (statement,) = read_text(text).statements
    first, second = statement.entries
    assert (first.bank_reference, first.value_on, first.amount_minor) == (
        "P1",
        date(2026, 1, 5),
        120050,
    )
    assert (first.counterparty, first.reference, first.text) == (
        "Ann AG",
        "RF18539007547034",
        "for R 7",
    )
    assert (second.amount_minor, second.reference) == (-700, "")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Date,Amount\n01/02/2026,5.00\n", [("date_order", ("Date",), ("dmy", "mdy"))]),
        ("Date;Amount\n2026-01-05;1.234\n", [("decimal", ("Amount",), (".", ","))]),
        (
            'Date,Amount\n01/02/2026,"1,234"\n',
            [
                ("decimal", ("Amount",), (".", ",")),
                ("date_order", ("Date",), ("dmy", "mdy")),
            ],
        ),
        (
            "Date;Debit;Credit\n2026-01-05;5.00;\n2026-01-06;-5.00;\n",
            [("sign", ("Debit", "Credit"), ("side", "signed", "reversed"))],
        ),
        (
            "Date;Amount;D/C\n2026-01-05;5.00;D\n2026-01-06;-5.00;C\n",
            [("sign", ("Amount", "D/C"), ("side", "signed", "reversed"))],
        ),
    ],
)
def test_what_no_row_decides_is_asked(text, expected):
    assert questions(text) == expected


@pytest.mark.parametrize(
    ("profile", "amounts"),
    [
        ({"signs": "side"}, [-500, -500]),
        ({"signs": "signed"}, [-500, 500]),
        ({"signs": "reversed"}, [500, 500]),
    ],
)
def test_a_profile_tells_what_a_minus_in_a_debit_column_means(profile, amounts):
    text = b"Date;Debit;Credit\n2026-01-05;5.00;\n2026-01-06;-5.00;\n"
    assert money(read_bank_table(text, "f", profile=SheetProfile(**profile))) == [amounts]


def test_a_decimal_comma_proves_that_the_day_comes_first():
    file = read_text("Date;Amount\n01/02/2026;5,00\n")
    assert file.statements[0].entries[0].value_on == date(2026, 2, 1)
    assert codes(file) == ["date_order", "no_currency", "no_balances"]


def test_running_balances_prove_the_order_of_day_and_month():
    rows = "01/02/2026,5.00,5.00\n02/02/2026,5.00,10.00\n01/03/2026,5.00,15.00\n"
    file = read_text("Date,Amount,Balance\n" + rows)
    assert [entry.value_on for entry in file.statements[0].entries] == [
        date(2026, 2, 1),
        date(2026, 2, 2),
        date(2026, 3, 1),
    ]


def test_rows_newest_first_are_turned_round():
    file = read_text("Date,Amount,Balance\n2026-01-06,5.00,15.00\n2026-01-05,10.00,10.00\n")
    (statement,) = file.statements
    assert short(statement.entries) == [("2026-01-05", 1000, "XXX"), ("2026-01-06", 500, "XXX")]
    assert (statement.opening_minor, statement.closing_minor) == (0, 1500)


def test_a_balance_that_does_not_follow_is_named_with_both_figures():
    file = read_text(
        "Date,Amount,Balance,Currency\n2026-01-05,10.00,10.00,EUR\n2026-01-06,5.00,16.00,EUR\n"
    )
    found = next(f for f in file.statements[0].findings if f.code == "running_balance")
    assert (found.place, found.reason) == (
        "row 3",
        "the balance is 16.00 EUR, the rows before and its amount make 15.00 EUR",
    )
    assert codes(file) == ["running_balance", "balance_gap"]


def test_totals_are_left_out_and_labelled_balances_are_used():
    text = (
        "Date;Text;Amount;Currency\n;Opening balance;100,00;\n05.01.2026;Pay;5,00;EUR\n"
        ";Total;5,00;\n;Closing balance;105,00;\n"
    )
    (statement,) = read_text(text).statements
    assert (statement.opening_minor, statement.closing_minor) == (10000, 10500)
    assert short(statement.entries) == [("2026-01-05", 500, "EUR")]


def test_currency_comes_from_cell_mark_header_or_profile():
    assert read_text("Date,Amount (CHF)\n2026-01-05,5.00\n").statements[0].currency == "CHF"
    assert read_text("Date;Amount\n2026-01-05;5,00 €\n").statements[0].currency == "EUR"
    dollar = read_text("Date,Amount\n2026-01-05,$5.00\n")
    assert (dollar.statements[0].currency, codes(dollar)[:1]) == ("USD", ["dollar_sign"])
    canadian = read_bank_table(
        b"Date,Amount\n2026-01-05,$5.00\n", "f", profile=SheetProfile(currency="CAD")
    )
    assert canadian.statements[0].currency == "CAD"


def test_typed_cells_of_a_workbook_are_read_exactly():
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"default_date_format": "dd.mm.yyyy"}) as book:
        page = book.add_worksheet("June")
        page.write_row(0, 0, ["Date", "Amount", "Currency", "Text"])
        page.write_datetime(1, 0, date(2026, 2, 1))
        page.write_row(1, 1, [0.1 + 0.2 + 1233.7, "JOD", "'=1+1"])
    (statement,) = read_bank_table(target.getvalue(), "f").statements
    (entry,) = statement.entries
    assert (entry.value_on, entry.amount_minor, entry.currency) == (
        date(2026, 2, 1),
        1234000,
        "JOD",
    )
    assert entry.place == "June, row 2"


def test_columns_nobody_asked_for_stay_with_the_entry():
    (entry,) = read_text("Date,Amount,Branch\n2026-01-05,5.00,Ulm\n").statements[0].entries
    assert entry.details == (("Branch", "Ulm"),)


@pytest.mark.parametrize(
    ("text", "place", "reason"),
    [
        ("Date,Amount\n2026-01-05,5.00\n,7.00\n", "row 3", "the row has an amount but no day"),
        ("Date,Amount\n2026-02-30,5.00\n", "row 2, column Date", "'2026-02-30' is no day of"),
        ("Date,Amount\n2026-01-05,5.0011\n", "row 2, column Amount", "'5.0011' has more decimals"),
        (
            "Date,Amount,Currency\n2026-01-05,5.00,EUR\n2026-01-06,5.00,Taler\n",
            "row 3, column Currency",
            "'Taler' is no currency code of ISO 4217",
        ),
        ('Date,Amount\n2026-01-05,5.00,"x\n', "whole file", "a quote opened in the last line"),
    ],
)
def test_damage_is_refused_with_row_and_column(text, place, reason):
    found = refusal(text)
    assert found[1] == place
    assert found[2].startswith(reason)


def test_overlapping_downloads_meet_in_the_same_entries():
    header = "Date,Amount,Currency,Text\n"
    rows = ["2026-01-05,5.00,EUR,a\n", "2026-01-05,5.00,EUR,a\n", "2026-01-06,7.00,EUR,b\n"]
    first = read_text(header + "".join(rows[:2])).statements[0].entries
    second = read_text(header + "".join(rows)).statements[0].entries
    assert [entry.entry_id for entry in first] == [entry.entry_id for entry in second[:2]]
    assert len({entry.entry_id for entry in second}) == 3


def test_chains_are_found_in_both_orders_and_with_holes():
    found = chain([5, 7, -2], [105, None, 110])
    assert found is not None
    assert (found.opening_minor, found.closing_minor, found.is_descending, found.is_proof) == (
        100,
        110,
        False,
        True,
    )
    found = chain([-2, 7, 5], [110, 112, 105])
    assert found is not None
    assert (found.opening_minor, found.closing_minor, found.is_descending) == (100, 110, True)
    assert chain([5, 7], [105, 111]) is None
    assert chain([5], [None]) is None
    assert first_break([5, 7], [105, 111]) == (1, 111, 112)


def test_a_profile_is_checked_key_by_key():
    document = {"date_order": "dmy", "columns": {"A": "booked", "B": ""}, "signs": "side"}
    profile = read_sheet_profile(document)
    assert (profile.date_order, profile.columns, profile.signs) == (
        "dmy",
        {"A": "booked", "B": ""},
        "side",
    )
    for wrong, text in (
        ({"x": 1}, "unknown key 'x'"),
        ({"decimal": ";"}, "decimal ';' must be one of ., ,"),
        ({"columns": {"A": "day"}}, "'day' for column 'A' is not a field"),
        ({"columns": []}, "columns must map"),
        ({"currency": "XYZ"}, "'XYZ' is not an ISO 4217 currency"),
        ({"name": 1}, "name must be a text"),
    ):
        with pytest.raises(LedgerError, match=text):
            read_sheet_profile(wrong)


def test_a_day_that_says_nothing_is_refused_with_its_row():
    found = refusal("Date;Amount\n05.01.2026;5,00\n0;7,00\n")
    assert found[1:] == (
        "row 3",
        "the row has an amount but no day. Fill in the day, or remove the row",
    )


@pytest.mark.parametrize("name", ["*", "^a$"])
def test_a_column_named_like_a_pattern_is_a_column(name):
    file = read_text(f"Date,Amount,{name},Text\n2026-01-05,5.00,x,hello\n")
    ((entry,),) = [one.entries for one in file.statements]
    assert (entry.value_on, entry.amount_minor, entry.text) == (date(2026, 1, 5), 500, "hello")
