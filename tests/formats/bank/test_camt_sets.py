"""camt files of others: what their authors say they hold is what we read."""

import ast
import csv
import json
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from dunwell.formats.bank.reader import read_bank_file
from dunwell.formats.bank.references import given
from dunwell.formats.bank.statement import StatementError
from tests.formats.bank.bank_files import bank_file, bank_files, read, refusal, short

OCA = "oca_camt_ofx_sheet/account_statement_import_camt/test_files"
GENKGO = [path.stem for path in bank_files("camt_genkgo/*.json")]
SIGNED_BALANCES = {"opening": "opening_minor", "closing": "closing_minor"}


def objects(value, kind):
    """Every object of a class in the expected result, in order."""
    if isinstance(value, dict):
        if value.get("__CLASS__", "").endswith(kind):
            yield value
        for part in value.values():
            yield from objects(part, kind)
    elif isinstance(value, list):
        for part in value:
            yield from objects(part, kind)


def money(value):
    return (int(value["getAmount"]), value["getCurrency"]["getCode"]) if value else None


def day(value, fallback):
    return value["0"][:10] if value else fallback


def party(detail, own):
    """Name and account of the other side: creditor of a debit, debtor of a credit, never us."""
    sides = {}
    for related in objects(detail["getRelatedParties"], "RelatedParty"):
        kind = related["getRelatedPartyType"]
        account = related["getAccount"] or {}
        role = kind["__CLASS__"].rpartition("\\")[2]
        if account.get("getIdentification") == own:
            continue
        sides[role] = (kind["getName"] or "", account.get("getIdentification") or "")
    is_debit = detail["getCreditDebitIndicator"] == "DBIT"
    wanted, other = ("Creditor", "Debtor") if is_debit else ("Debtor", "Creditor")
    return sides.get(wanted, sides.get(other))


def told(detail):
    """What one expected transaction says: reference, end to end, first line of the text."""
    references = detail["getReference"] or {}
    remittance = detail["getRemittanceInformation"] or {}
    structured = list(objects(remittance, "\\CreditorReferenceInformation"))
    free = [
        block["getMessage"] for block in objects(remittance, "\\UnstructuredRemittanceInformation")
    ]
    end_to_end = given(references.get("getEndToEndId") or "")
    reference = structured[0]["getRef"] if structured else end_to_end
    return reference, end_to_end, " ".join(" ".join(free).split())


@pytest.mark.parametrize("name", GENKGO)
def test_entries_dates_amounts_and_references_are_those_the_camt_library_expects(name):
    file = read(f"camt_genkgo/{name}.xml")
    expected = json.loads(bank_file(f"camt_genkgo/{name}.json").read_text(encoding="utf-8"))
    entries = [entry for statement in file.statements for entry in statement.entries]
    wanted = list(objects(expected, "\\Entry"))
    # the expected file shows the entries of the last statement only
    assert len(wanted) == len(file.statements[-1].entries)
    for entry, want in zip(entries[-len(wanted) :], wanted, strict=False):
        assert (entry.amount_minor, entry.currency) == money(want["getAmount"])
        created = (
            want["getRecord"]["getCreatedOn"] if isinstance(want["getRecord"], dict) else None
        )
        booked = day(want["getBookingDate"], day(want["getValueDate"], day(created, None)))
        if booked:
            assert entry.booked_on.isoformat() == booked
            assert entry.value_on.isoformat() == day(want["getValueDate"], booked)
        assert entry.is_reversal == want["getReversalIndicator"]
        assert entry.status == {"BOOK": "booked", "PDNG": "pending"}[want["getStatus"]]
        # the first one is written out where it is met first
        places = [want["getTransactionDetail"], want["getTransactionDetails"]]
        details = list(objects(places, "\\EntryTransactionDetail"))
        got = entry.parts or (entry,)
        if not details:
            continue
        assert len(got) == len(details)
        for part, detail in zip(got, details, strict=True):
            reference, end_to_end, text = told(detail)
            assert part.end_to_end == end_to_end
            if reference:
                assert part.reference == reference
            assert part.text.startswith(text)
            if (side := party(detail, file.account)) is not None:
                assert (part.counterparty, part.counterparty_account) == side
            if entry.parts:
                assert (part.amount_minor, part.currency) == (
                    money(detail["getAmount"]) or (None, entry.currency)
                )


@pytest.mark.parametrize("name", GENKGO)
def test_statements_accounts_and_balances_are_those_the_camt_library_expects(name):
    file = read(f"camt_genkgo/{name}.xml")
    expected = json.loads(bank_file(f"camt_genkgo/{name}.json").read_text(encoding="utf-8"))
    records = [
        record
        for kind in ("\\Statement", "\\Report", "\\Notification")
        for record in objects(expected, kind)
    ]
    if len(records) != len(file.statements):
        assert {record["getId"] for record in records} <= {s.id for s in file.statements}
        records = []
    for statement, want in zip(file.statements, records, strict=False):
        assert statement.id == want["getId"]
        account = want["getAccount"]
        if isinstance(account, dict):
            assert statement.account == account["getIdentification"]
        for balance in objects(want.get("getBalances", []), "\\Balance"):
            field = SIGNED_BALANCES.get(balance["getType"])
            amount, currency = money(balance["getAmount"])
            if field and currency == statement.currency and name != "camt053.v2.all-balance-types":
                assert getattr(statement, field) == amount


def test_days_are_those_of_the_banks_own_zone():
    moment = datetime(2010, 10, 18, 0, 15, tzinfo=ZoneInfo("Europe/Berlin"))
    text = (
        '<Document><BkToCstmrStmt><Stmt><Id>1</Id><Ntry><Amt Ccy="EUR">1</Amt>'
        f"<CdtDbtInd>CRDT</CdtDbtInd><BookgDt><DtTm>{moment.isoformat()}</DtTm></BookgDt>"
        "</Ntry></Stmt></BkToCstmrStmt></Document>"
    )
    entries = read_bank_file(text.encode(), "f").statements[0].entries
    assert short(entries) == [("2010-10-18", 100, "EUR")]


def golden(name):
    return ast.literal_eval(bank_file(f"{OCA}/{name}.pydata").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", ["camt053", "camt053-txdtls", "camt054"])
def test_entries_are_those_the_oca_importer_expects(name):
    currency, account, statements = golden(f"golden-{name}")
    file = read(f"{OCA}/test-{name}")
    assert {(s.currency, s.account) for s in file.statements} == {(currency, account)}
    assert [s.id for s in file.statements] == [want["name"] for want in statements]
    for statement, want in zip(file.statements, statements, strict=True):
        if name != "camt054":
            assert statement.opening_minor == round(want["balance_start"] * 100)
            assert statement.closing_minor == round(want["balance_end_real"] * 100)
        assert [
            (
                entry.booked_on.isoformat(),
                entry.amount_minor,
                entry.counterparty,
                entry.counterparty_account,
                entry.reference,
                entry.code,
            )
            for entry in statement.entries
        ] == [
            (
                line["date"],
                round(line["amount"] * 100),
                line["partner_name"],
                line["account_number"],
                line["ref"],
                line["transaction_type"],
            )
            for line in want["transactions"]
        ]


def test_a_statement_without_entries_is_read_as_one():
    assert golden("golden-camt053-no-ntry") == (None, None, [])
    (statement,) = read(f"{OCA}/test-camt053-no-ntry").statements
    assert statement.entries == ()
    assert statement.opening_minor == statement.closing_minor == 152076


def test_a_zip_of_statements_is_read_like_its_files():
    path = bank_file(f"{OCA}/test-camt053.zip")
    file = read_bank_file(path.read_bytes(), path.name)
    assert file.format == "camt.053"
    assert [len(statement.entries) for statement in file.statements] == [3, 3]


def test_count_and_net_amount_are_those_of_the_other_parser():
    with bank_file("mixed_bsp/camt_file.csv").open(newline="", encoding="utf-8") as source:
        (want,) = csv.DictReader(source)
    (statement,) = read("mixed_bsp/camt.053.001.02.xml").statements
    assert statement.account == want["AccountId"]
    assert len(statement.entries) == int(want["NumTransactions"])
    assert sum(e.amount_minor for e in statement.entries) == round(float(want["NetAmount"]) * 100)
    assert statement.findings == ()


def test_files_that_are_wrong_on_purpose_are_refused_with_a_place():
    garbled = bank_file("mixed_bsp/golden/camt053_garbled_amount.xml").read_bytes()
    assert refusal(garbled) == (
        "f",
        "statement GOLDEN-GARBLED, entry 1",
        "'12..34' is not an amount. Ask the bank for the file again",
    )
    empty = bank_file("camt_genkgo/camt053.v2.wrong.xml").read_bytes()
    with pytest.raises(StatementError, match="holds no statement, report or notification"):
        read_bank_file(empty, "f")


def test_two_equal_lines_of_a_day_are_two_entries():
    (statement,) = read("mixed_bsp/golden/camt053_duplicate_same_day.xml").statements
    assert short(statement.entries) == [("2026-04-07", -450, "EUR")] * 2
    assert len({entry.entry_id for entry in statement.entries}) == 2


def test_every_currency_is_a_statement_of_its_own():
    file = read("mixed_bsp/golden/camt053_multicurrency.xml")
    assert [(s.currency, s.opening_minor, s.closing_minor) for s in file.statements] == [
        ("EUR", 1_000_000, 1_075_025),
        ("USD", 250_000, 240_001),
    ]
    assert [short(s.entries) for s in file.statements] == [
        [("2026-04-10", 125_050, "EUR"), ("2026-04-15", -50_025, "EUR")],
        [("2026-04-21", -9_999, "USD")],
    ]
