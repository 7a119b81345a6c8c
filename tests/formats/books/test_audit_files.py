"""Audit files of five countries: what is owed, what is paid, and what their own proofs say."""

import random
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dunwell.formats.books.exact import exact_amount, exact_amounts, exact_text, exact_texts
from dunwell.formats.books.lettering import matched
from dunwell.formats.books.xml_records import records
from dunwell.formats.findings import LedgerError, TableError
from dunwell.formats.ledger import read_ledger
from dunwell.formats.profile import read_profile
from tests.formats.books import samples
from tests.formats.books.samples import codes, items, open_minor, payments, read, settled


@pytest.mark.parametrize("version", ["1.10", "1.30"])
def test_a_norwegian_ledger_gives_invoices_payments_and_what_the_reference_settles(
    version: str,
) -> None:
    ledger = read(samples.norway(version=version))
    assert items(ledger) == [
        ("F-1", "10", "invoice", "NOK", 100_000),
        ("F-2", "10", "invoice", "NOK", 75_000),
        ("opening/10/2025-01-01", "10", "opening", "NOK", 20_000),
    ]
    assert payments(ledger) == [("T3/10", "10", 100_000)]
    assert settled(ledger) == [("payment", "T3/10", "F-1", 100_000)]
    assert codes(ledger) == {"opening_balances"}
    detected = ledger.tables[0].detected
    assert (detected["dialect"], detected["customers whose balance agrees"]) == (
        f"NO {version}",
        1,
    )
    assert detected["control totals of general ledger"] == "as stated"
    assert open_minor(ledger) == 95_000
    assert (
        ledger.items.filter(pl.col("number") == "F-2")["due_day"]
        .cast(pl.Date)
        .to_list()[0]
        .isoformat()
        == "2025-04-15"
    )


def test_what_a_norwegian_file_states_of_itself_is_proved() -> None:
    ledger = read(samples.norway(closing="951.00", total="3000.01"))
    found = ledger.findings.filter(pl.col("severity") == "error")
    assert found.select("code", "column", "value").rows() == [
        ("closing_balance_differs", "", "10"),
        ("control_total_differs", "general ledger", "total debit 3000.01 stated, 3000.00 read"),
        ("control_total_differs", "general ledger", "total credit 3000.01 stated, 3000.00 read"),
    ]


def test_a_table_of_opening_balances_can_be_left_out_by_itself() -> None:
    ledger = read(samples.norway())
    (opening,) = [table for table in ledger.tables if table.part == "opening balances"]
    columns = {match.column: "" for match in opening.columns}
    profile = read_profile({"roles": {"other": {"columns": columns}}})
    again = read_ledger([("audit.xml", samples.norway().encode())], profile)
    assert [row[0] for row in items(again)] == ["F-1", "F-2"]
    assert [table.role for table in again.tables] == [
        "customers", "items", "other", "payments", "allocations",
    ]  # fmt: skip


def test_a_portuguese_receipt_uses_the_credit_note_before_its_money() -> None:
    ledger = read(samples.portugal())
    assert items(ledger) == [
        ("FR 1/1", "C2", "invoice", "EUR", 6_150),
        ("FT 1/1", "C1", "invoice", "EUR", 12_300),
        ("FT 1/3", "C2", "invoice", "EUR", 3_690),
        ("NC 1/1", "C1", "credit_note", "EUR", -2_460),
    ]
    assert payments(ledger) == [("RC 1/1", "C1", 9_840), ("paid/FR 1/1", "C2", 6_150)]
    assert settled(ledger) == [
        ("payment", "paid/FR 1/1", "FR 1/1", 6_150),
        ("credit", "NC 1/1", "FT 1/1", 2_460),
        ("payment", "RC 1/1", "FT 1/1", 9_840),
    ]
    # the annulled invoice is refused by name, the annulled receipt counts in no total
    assert ledger.findings.filter(pl.col("code") == "cancelled")["row"].to_list() == [4]
    assert ledger.tables[0].detected["control totals of payments"] == "as stated"
    assert ledger.customers["name"].to_list() == ["Padaria São João", "Loja Lda"]
    assert open_minor(ledger) == 3_690


def test_an_oecd_file_without_receipts_takes_its_money_from_the_ledger() -> None:
    ledger = read(samples.oecd())
    assert items(ledger) == [("R-9", "K1", "invoice", "EUR", 11_700)]
    assert settled(ledger) == [("payment", "B7/K1", "R-9", 4_000)]
    assert (codes(ledger), open_minor(ledger)) == ({"settled_in_part"}, 7_700)


def test_polish_invoices_carry_corrections_and_prove_their_sum() -> None:
    ledger = read(samples.poland_invoices())
    assert items(ledger) == [
        ("FV/1", "7251801126", "invoice", "PLN", 24_600),
        ("KOR/1", "7251801126", "credit_note", "PLN", -4_920),
    ]
    assert ledger.customers.select("name", "vat_number").rows() == [
        ("Łódzka Huta SA", "PL7251801126")
    ]
    assert codes(ledger) == set()
    wrong = read(samples.poland_invoices(total="196.81"))
    assert codes(wrong) == {"control_total_differs"}


def test_polish_books_are_read_by_the_receivable_accounts_of_team_20() -> None:
    ledger = read(samples.poland_books())
    assert items(ledger) == [
        ("FV/9", "201-7", "invoice", "PLN", 12_300),
        ("opening/201-7/2025-05-01", "201-7", "opening", "PLN", 1_000),
    ]
    assert settled(ledger) == [("payment", "2/201-7", "FV/9", 10_000)]
    assert ledger.customers["name"].to_list() == ["Huta SA"]
    assert ledger.tables[0].detected["control totals of postings"] == "as stated"


def test_another_polish_form_is_refused_by_name() -> None:
    other = samples.poland_books().replace("JPK_KR", "JPK_V7M")
    with pytest.raises(TableError, match="is the Polish audit file JPK_V7M; JPK_FA and JPK_KR"):
        read(other)


@pytest.mark.parametrize(
    "encoded",
    [
        samples.fec().encode("iso-8859-15"),
        samples.fec().encode("utf-8-sig"),
        samples.fec().replace("\t", "|").encode("utf-8"),
        samples.fec().replace(",", ".").encode("cp1252"),
    ],
    ids=["latin-9", "utf-8", "pipes", "points"],
)
def test_a_french_file_settles_what_its_lettering_says(encoded: bytes) -> None:
    ledger = read(encoded, "123456789FEC20251231.txt")
    assert items(ledger) == [
        ("AV-1", "C1", "credit_note", "EUR", -12_000),
        ("FA-1", "C1", "invoice", "EUR", 120_000),
        ("FA-2", "C2", "invoice", "EUR", 24_000),
        ("opening/C1/FA-0", "C1", "opening", "EUR", 30_000),
    ]
    assert payments(ledger) == [("BQ-5/C1", "C1", 138_000), ("BQ-6/C2", "C2", 10_000)]
    assert settled(ledger) == [
        ("payment", "BQ-5/C1", "FA-1", 120_000),
        ("credit", "AV-1", "opening/C1/FA-0", 12_000),
        ("payment", "BQ-5/C1", "opening/C1/FA-0", 18_000),
    ]
    # settled from the day of the lettering on
    assert set(ledger.allocations["applied_day"].cast(pl.Date).cast(pl.String)) == {"2025-03-10"}
    assert codes(ledger) == {"opening_balances"}
    assert ledger.customers["name"].to_list() == ["Société C1", "Société C2"]
    assert open_minor(ledger) == 14_000


def test_a_french_file_of_amount_and_side_says_the_same() -> None:
    rows = [line.split("\t") for line in samples.fec().splitlines()]
    for row in rows[1:]:
        debit = row[11] != "0,00"
        row[11:13] = [row[11] if debit else row[12], "D" if debit else "C"]
    rows[0][11:13] = ["Montant", "Sens"]
    ledger = read("\n".join("\t".join(row) for row in rows), "fec.txt")
    assert items(ledger) == items(read(samples.fec(), "fec.txt"))
    assert open_minor(ledger) == 14_000


def test_a_french_file_that_does_not_balance_says_which_booking() -> None:
    ledger = read(samples.fec().replace("\t0,00\t100,00\t", "\t0,00\t90,00\t"), "fec.txt")
    found = ledger.findings.filter(pl.col("severity") == "error").sort("code")
    assert found.select("code", "row", "value").rows() == [
        ("booking_unbalanced", 12, "BQ-6"),
        ("fec_unbalanced", None, "10.00"),
    ]


ALL = {
    "norway": samples.norway().encode(),
    "portugal": samples.portugal(),
    "oecd": samples.oecd().encode(),
    "invoices": samples.poland_invoices().encode(),
    "books": samples.poland_books().encode(),
    "fec": samples.fec().encode("iso-8859-15"),
}


@pytest.mark.parametrize("name", ALL)
def test_a_path_and_its_bytes_say_the_same(name: str, tmp_path: Path) -> None:
    path = tmp_path / "audit"
    path.write_bytes(ALL[name])
    assert read_ledger([path]).as_dict() == read_ledger([("audit", ALL[name])]).as_dict()


@pytest.mark.parametrize("name", ALL)
def test_a_damaged_audit_file_gives_a_result_or_a_typed_error(name: str) -> None:
    chance = random.Random(f"audit {name}")
    for _ in range(40):
        data = bytearray(ALL[name])
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(data))
            data[at : at + chance.choice([0, 1, 9, 200])] = chance.choice(
                [b"", b"<", b"</", b"&", b"\0", b"\xff", b"9" * 25, b"-", b"\t", b"\n", b'"']
            )
        try:
            ledger = read_ledger([("audit", bytes(data))])
        except (TableError, LedgerError):
            continue
        totals = ledger.totals
        assert (totals["rows_in"] == totals["rows_imported"] + totals["rows_refused"]).all()
        assert (totals["in_minor"] == totals["imported_minor"] + totals["refused_minor"]).all()


ENTITY = '<!DOCTYPE AuditFile [<!ENTITY a "b"><!ENTITY c "&a;&a;">]>'


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (ENTITY + samples.oecd().replace("Kunde", "&c;"), "document type"),
        ('<!DOCTYPE JPK SYSTEM "http://127.0.0.1:1/x.dtd">' + samples.poland_books(), "document"),
        (samples.oecd().replace("</AuditFile>", ""), "damaged or cut off"),
        ("<AuditFile>" + "<a>" * 400, "damaged"),
        ('<AuditFile xmlns="urn:x"/>', "holds no customer and no line"),
        ("<other><AuditFile/></other>", "no audit file"),
    ],
)
def test_an_xml_file_that_is_an_attack_or_none_is_refused_in_words(data: str, why: str) -> None:
    with pytest.raises(TableError, match=why):
        read(data)


@given(st.integers(-(10**14), 10**14))
def test_an_exact_amount_survives_its_text(amount: int) -> None:
    assert exact_amount(exact_text(amount)) == amount
    frame = pl.DataFrame({"a": [amount]})
    texts = frame.select(exact_texts(pl.col("a")).alias("t"))
    assert texts.item() == exact_text(amount)
    assert texts.select(exact_amounts(pl.col("t"))).item() == amount


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1.5E3", 15_000_000), ("1E-4", 1), ("1E-5", None), ("-.5", -5_000), ("1.23450", 12_345),
        ("1.23456", None), ("", None), (".", None), ("1,5", None), ("+7", 70_000),
    ],
)  # fmt: skip
def test_an_amount_is_read_exactly_or_not_at_all(text: str, amount: int | None) -> None:
    assert exact_amount(text) == amount


LINES = st.lists(
    st.tuples(st.sampled_from("ab"), st.integers(-50, 50).filter(bool), st.integers(1, 5)),
    max_size=14,
)


@given(LINES)
@settings(max_examples=80)
def test_lettering_lays_all_that_both_sides_hold_and_never_more(
    lines: list[tuple[str, int, int]],
) -> None:
    frame = pl.DataFrame(
        [(group, key, str(day), amount) for key, (group, amount, day) in enumerate(lines)],
        schema={"group": pl.String, "key": pl.Int64, "day": pl.String, "amount": pl.Int64},
        orient="row",
    )
    found = matched(frame)
    size = {key: abs(amount) for key, (_, amount, _) in enumerate(lines)}
    for side in ("source", "target"):
        for key, laid in found.group_by(side).agg(pl.col("amount").sum()).iter_rows():
            assert laid <= size[key]
    for group in "ab":
        amounts = [amount for name, amount, _ in lines if name == group]
        owed, paid = sum(a for a in amounts if a > 0), -sum(a for a in amounts if a < 0)
        laid = found.filter(pl.col("group") == group)["amount"].sum()
        assert laid == min(owed, paid)


def test_what_was_read_of_a_large_file_is_given_back() -> None:
    booking = samples.norway().partition("</n:JournalID>")[2].partition("</n:Journal>")[0]
    head, _, _ = samples.norway().partition("<n:Journal>")
    text = f"{head}<n:Journal>{booking * 200}</n:Journal></n:GeneralLedgerEntries></n:AuditFile>"
    widths = [
        len(record.getparent())
        for record in records(text.encode(), ("Transaction", "Line"), name="audit.xml")
    ]
    # the parser is ahead by one block of 32 KB; what was read before that is gone
    assert (len(widths), max(widths) < 100) == (800 + 1600, True)
