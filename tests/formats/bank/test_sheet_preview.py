"""What a bank sheet shows before it is read: columns, questions, control totals, its layout."""

from dunwell.formats.bank.reader import read_bank_file
from dunwell.formats.bank.sheet_preview import SheetTotal, preview_sheet, sheet_header
from dunwell.formats.bank.sheet_profile import SheetProfile
from tests.formats.bank.bank_files import short

ASKS = b"Date,Amount,Payer\n03/04/2026,5.00,Acme\n04/04/2026,-2.50,Grocer\n"


def preview(text, **profile):
    return preview_sheet(text, "f.csv", profile=SheetProfile(**profile))


def test_a_sheet_that_asks_shows_its_columns_and_the_question_and_no_totals():
    seen = preview(ASKS)
    assert [(one.column, one.field, one.samples) for one in seen.columns] == [
        ("Date", "booked", ("03/04/2026", "04/04/2026")),
        ("Amount", "amount", ("5.00", "-2.50")),
        ("Payer", "counterparty", ("Acme", "Grocer")),
    ]
    assert [(one.code, one.options) for one in seen.decisions] == [("date_order", ("dmy", "mdy"))]
    assert seen.first_rows == (("03/04/2026", "5.00", "Acme"), ("04/04/2026", "-2.50", "Grocer"))
    assert (seen.totals, seen.entries, seen.rows) == ((), (), 2)


def test_answers_give_control_totals_and_entries_as_they_would_be_recorded():
    seen = preview(ASKS, date_order="mdy", currency="EUR")
    assert seen.decisions == ()
    (total,) = seen.totals
    assert total == SheetTotal(
        account="", currency="EUR", entries=2, first_on=total.first_on, last_on=total.last_on,
        opening_minor=None, in_minor=5_00, out_minor=-2_50, closing_minor=None, ties=None,
    )  # fmt: skip
    assert (str(total.first_on), str(total.last_on)) == ("2026-03-04", "2026-04-04")
    assert [(str(one.booked_on), one.amount_minor) for one in seen.entries] == [
        ("2026-03-04", 5_00),
        ("2026-04-04", -2_50),
    ]
    assert (seen.has_no_account, seen.has_no_currency) == (True, False)


def test_running_balances_tie_the_totals():
    seen = preview(
        b"Date,Amount,Balance,IBAN\n2026-03-04,5.00,15.00,X1\n2026-03-05,-1.00,14.00,X1"
    )
    (total,) = seen.totals
    assert (total.account, total.opening_minor, total.closing_minor, total.ties) == (
        "X1", 10_00, 14_00, True,
    )  # fmt: skip


def test_a_cell_that_cannot_be_read_is_the_trouble_with_file_place_and_reason():
    seen = preview(b"Date,Amount\n2026-03-04,5.0.0\n2026-03-05,1.00\n2026-03-06,2.00\n")
    assert seen.trouble.startswith("f.csv: row 2, column Amount: ")
    left = preview(b"Date,Amount\n2026-03-04,none\n2026-03-05,1.00\n")
    assert [(one.place, one.code) for one in left.findings][:1] == [("row 2", "no_amount")]
    assert "no sheet" in preview(b"{1:F01}\n:20:X\n").trouble


def test_files_of_one_export_have_one_layout_and_other_columns_another():
    header = sheet_header(ASKS, "f.csv")
    assert len(header) == 64
    assert sheet_header(b"Date,Amount,Payer\n2026-05-05,7.00,Beta\n", "g.csv") == header
    assert sheet_header(b"Date,Amount,Text\n2026-05-05,7.00,Beta\n", "g.csv") != header
    assert sheet_header(b"!Type:Bank\nD1\n^\n", "x.qif") == ""


def test_the_header_of_a_long_file_is_that_of_its_beginning():
    long = ASKS + b"".join(b"05/04/2026,1.00,Acme %d\n" % n for n in range(20_000))
    assert sheet_header(long, "long.csv") == sheet_header(ASKS, "f.csv")


def test_a_payment_service_asks_only_for_what_its_report_leaves_open():
    text = (
        b"Date,Time,TimeZone,Name,Type,Status,Currency,Gross,Fee,Net,From Email Address,"
        b"To Email Address,Transaction ID\n"
        b"03/04/2026,10:00:00,UTC,Acme,Payment,Completed,EUR,5.00,-0.50,4.50,a@x.example,"
        b"us@x.example,T1\n"
    )
    seen = preview(text)
    assert seen.service == "PayPal"
    assert [one.code for one in seen.decisions] == ["date_order"]
    assert [one.in_minor for one in preview(text, date_order="dmy").totals] == [4_50]


def test_a_profile_reaches_sheets_through_the_one_door():
    file = read_bank_file(
        ASKS, "f.csv", profiles=lambda content, name: SheetProfile(date_order="dmy")
    )
    (statement,) = file.statements
    assert [day for day, _, _ in short(statement.entries)] == ["2026-04-03", "2026-04-04"]
