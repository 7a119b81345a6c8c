"""Damaged national files, sheets and advices are read or refused: never another exception.

What is damaged 20,000 times and searched for a minute, each kind alone, with `--release`:

| format | kinds | where |
|---|---|---|
| camt.052/053/054, MT940 and MT942, BAI2, OFX 1/2 and QFX, QIF | camt, mt940, bai2, ofx, qif | `test_damaged_bank_files` |
| CODA, AEB43, CFONB 120 and 240, Nacha with returns and CTX | coda, aeb43, cfonb120, cfonb240, nacha | here |
| lockbox and remittance EDI | edi820, edi823 | here |
| settlement reports | paypal, stripe, adyen | here |
| any CSV, and by a saved profile | table, profile | here |
| any XLSX | workbook | `test_damaged_documents` |
| advices: CSV, mail, text | advice table, advice mail, advice text | here |
| advices: XLSX, PDF | advice workbook, advice pdf | `test_damaged_documents` |

Each file takes at most two seconds of a processor; all files of a kind together raise the memory
of the process by less than 256 MB (`mutations`).
"""

import random
from functools import partial
from pathlib import Path

import pytest

import dunwell.formats.bank as package
from dunwell.formats.bank.aeb43 import read_aeb43
from dunwell.formats.bank.cfonb120 import read_cfonb120
from dunwell.formats.bank.cfonb240 import read_cfonb240
from dunwell.formats.bank.coda import read_coda
from dunwell.formats.bank.edi820 import read_edi820
from dunwell.formats.bank.edi823 import read_edi823
from dunwell.formats.bank.nacha import read_nacha
from dunwell.formats.bank.reader import read_bank_file
from dunwell.formats.bank.settlements import read_settlement
from dunwell.formats.bank.sheet_profile import SheetProfile
from dunwell.formats.bank.table import read_bank_table
from dunwell.formats.remittance.reader import read_remittance
from tests.formats.bank import (
    test_aeb43,
    test_cfonb120,
    test_cfonb240,
    test_coda,
    test_edi820,
    test_edi823,
    test_nacha,
    test_settlements,
)
from tests.formats.bank.bank_files import bank_files
from tests.formats.bank.mutations import check_damaged, check_search, damaged, judged, small
from tests.formats.test_remittances import PLAIN, mail, workbook

pytestmark = pytest.mark.dealt(one_in=10, of="long files", whole=True)

LARGEST_SEED = 3_000
FOLDER = Path(package.__file__).parents[1]
SHEETS = "oca_camt_ofx_sheet/account_statement_import_sheet_file/tests/fixtures/*.csv"

OWN = {
    "coda": [
        test_coda.coda(
            test_coda.old(),
            test_coda.move(3000, code="10150000"),
            test_coda.move(3000, detail="0001", code="50150000"),
            test_coda.new(3000),
            test_coda.end(4, 0, 3000),
        )
    ],
    "aeb43": [
        test_aeb43.aeb43(
            test_aeb43.head(100),
            *test_aeb43.move(-50, "A"),
            test_aeb43.tail(1, 50, 0, 0, 50),
            test_aeb43.end(4),
        )
    ],
    "cfonb120": [
        test_cfonb120.cfonb(
            test_cfonb120.balance("01", 0),
            test_cfonb120.move(700, "VIR"),
            test_cfonb120.note("MMO", "USD200000000000999"),
            test_cfonb120.balance("07", 700),
        )
    ],
    "cfonb240": [
        test_cfonb240.cfonb(
            test_cfonb240.record("31", 1),
            test_cfonb240.record("34", 2, minor=500),
            test_cfonb240.record("39", 3, minor=500),
        )
    ],
    "nacha": [
        test_nacha.whole(
            test_nacha.entry(100, addenda=1), test_nacha.addendum("RMR*IV*1**1\\"), credit=100
        ),
        test_nacha.whole(test_nacha.entry(5, code="26"), test_nacha.returned(), debit=5),
    ],
    "edi820": [test_edi820.edi(*test_edi820.BODY)],
    "edi823": [test_edi823.edi(*test_edi823.BODY)],
    "paypal": [
        test_settlements.PAYPAL
        + test_settlements.paypal("13/01/2026", "10.00", "-1.00", "9.00", "9.00"),
    ],
    "stripe": [
        test_settlements.STRIPE
        + "txn_1,2026-09-14 10:02:11,2026-09-16 00:00:00,eur,600.00,8.70,591.30,charge,ch_1,A,po_1\n"
        + "txn_2,2026-10-02 11:00:00,2026-10-02 11:00:00,jpy,-500,0,-500,payout,po_9,,\n",
    ],
    "adyen": [
        test_settlements.ADYEN
        + "Co,CoShop,8816,INV-77,visa,2026-09-01 10:11:12,CET,Settled,8817,USD,,120.00,0.92,EUR,,"
        + "108.10,,0.30,0.50,1.50,visadebit,,134\n",
    ],
    "table": [
        "Date;Debit;Credit;Balance;Currency\n05.01.2026;5,00;;-5,00;EUR\n06.01.2026;;7,00;2,00;EUR\n",
        "IBAN: DE89370400440532013000\n\nDate,Amount,Text\n2026-01-05,$5.00,a\n",
    ],
    "profile": [
        (
            "Am;Wert;Soll/Haben;Betrag;Wer;Wozu;Stand\n"
            "05.01.2026;06.01.2026;H;1.234,50;Ann;INV-1;1.234,50\n"
            "07.01.2026;07.01.2026;S;34,50;Bob;fee;1.200,00\n"
        )
    ],
    "advice table": [PLAIN + "R,P,INV-1,5.00,x\n" + "R,P,CN-2,-1.00,\n"],
    "advice mail": [
        mail("Payer: A\nInvoice 4711: 12,00 EUR\nless 2,00 EUR\nTotal 10,00").decode()
    ],
    "advice text": [
        "Invoices 150, 151 and 152 for a total of 1,200.50 USD\nCN-5 (1.50)\nRF18539007547034\n",
    ],
}
REAL = {
    "coda": ["coda_oca/*", "tryton/coda/*"],
    "aeb43": ["n43_oca/*", "tryton/aeb43/*"],
    "cfonb120": ["cfonb_silarhi/tests/fixtures/[cnst]*-test.txt"],
    "cfonb240": ["cfonb_silarhi/tests/fixtures/*240*"],
    "nacha": ["ach_moov/**/*.ach"],
    "paypal": ["paypal_oca11/statement_es.csv"],
    "table": [SHEETS, "mixed_bsp/*.csv", "mixed_bsp/golden/*.csv"],
}
PROFILE = SheetProfile(
    name="Haus",
    date_order="dmy",
    decimal=",",
    delimiter=";",
    currency="EUR",
    columns={
        "Am": "booked",
        "Wert": "valued",
        "Soll/Haben": "side",
        "Betrag": "amount",
        "Wer": "counterparty",
        "Wozu": "text",
        "Stand": "balance",
    },
)
READERS = {
    "coda": read_coda,
    "aeb43": read_aeb43,
    "cfonb120": read_cfonb120,
    "cfonb240": read_cfonb240,
    "nacha": read_nacha,
    "edi820": read_edi820,
    "edi823": read_edi823,
    "paypal": read_settlement,
    "stripe": read_settlement,
    "adyen": read_settlement,
    "table": read_bank_table,
    "profile": partial(read_bank_table, profile=PROFILE),
    "advice table": read_remittance,
    "advice mail": read_remittance,
    "advice text": read_remittance,
}
KINDS = list(READERS)


def seeds(kind):
    real = [path.read_bytes() for pattern in REAL.get(kind, []) for path in bank_files(pattern)]
    return small(OWN[kind], real, most=LARGEST_SEED)


def mutate(kind, rounds):
    check_damaged(
        READERS[kind], seeds(kind), rounds=rounds, chance=random.Random(f"national {kind}")
    )


@pytest.mark.parametrize("kind", KINDS)
def test_damaged_files_are_read_or_refused(kind):
    mutate(kind, 500)


@pytest.mark.release
@pytest.mark.parametrize("kind", KINDS)
def test_twenty_thousand_damaged_files_are_read_or_refused(kind):
    mutate(kind, 20_000)


@pytest.mark.release
@pytest.mark.parametrize("kind", KINDS)
def test_a_minute_of_search_for_new_lines_finds_no_other_exception(kind):
    check_search(READERS[kind], seeds(kind), folder=FOLDER, chance=random.Random(f"search {kind}"))


def test_every_bank_file_of_others_is_read_or_refused():
    for path in bank_files("**/*"):
        judged(read_bank_file, path.read_bytes())


def test_damaged_workbooks_are_read_or_refused():
    rows = [["Date", "Amount", "Currency"], ["2026-01-05", 5.5, "EUR"], ["2026-01-06", -2, "EUR"]]
    known, chance = [workbook(rows)], random.Random("workbook")
    for _ in range(60):
        judged(read_bank_file, damaged(known, chance))


@pytest.mark.parametrize(
    "content",
    [
        "0000003012672505" + " " * 112 + "\n" + "2" * 300_000,
        "ISA*" + "*" * 300_000,
        "ST*820*1~" + "RMR*IV*1**1~" * 30_000,
        "101 " + "1" * 30 + "094" + "6" * 300_000,
        "Date,Amount\n" + "2026-01-05,1\n" * 3_000,
        "Date" + "," * 5_000 + "Amount\n",
        '"' * 200_000,
        "Invoices " + "1, " * 100_000,
        "INV-" + "1-" * 100_000,
        "Invoice 1 " + " " * 100_000 + "$",
        "1,111" * 50_000,
        "Payer:" + " " * 100_000,
    ],
    ids=lambda content: content[:20],
)
def test_hostile_files_take_little_time(content):
    judged(read_bank_file, content.encode())
    judged(read_remittance, content.encode())
