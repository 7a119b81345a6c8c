"""Damaged workbooks and PDF advices are read or refused: never another exception."""

import io
import random
import struct
import zipfile
from datetime import date
from pathlib import Path

import pytest

import dunwell.formats.bank as package
from dunwell.formats.bank.reader import read_bank_file
from dunwell.formats.compound_file import OLE, CompoundFileError, read_compound_file
from dunwell.formats.remittance.reader import read_remittance
from tests.formats.bank.bank_files import bank_files
from tests.formats.bank.mutations import check_damaged, check_search, damaged
from tests.formats.outlook_builders import compound
from tests.formats.test_remittance_pdf import LINES, pdf
from tests.formats.test_remittances import workbook
from tests.formats.workbook_builders import document, old_workbook

pytestmark = pytest.mark.dealt(one_in=10, of="long files", whole=True)

LARGEST_SEED = 12_000
FOLDER = Path(package.__file__).parents[1]
SHEETS = "oca_camt_ofx_sheet/account_statement_import_sheet_file/tests/fixtures/*.xlsx"

ENTRIES = [
    ["Date", "Amount", "Currency", "Text"],
    ["2026-01-05", 5.5, "EUR", "INV-1"],
    ["2026-01-06", -2, "EUR", "fee"],
]
PAID = [
    ["Invoice", "Gross", "Discount", "Net", "Currency"],
    ["INV-1", 100, 2, 98, "EUR"],
    ["CN-7", -50, 0, -50, "EUR"],
    ["Total", "", "", 48, "EUR"],
]
DAYS = [[date.fromisoformat(row[0]), *row[1:]] for row in ENTRIES[1:]]
OWN = {
    "workbook": [workbook(ENTRIES)],
    "advice workbook": [workbook(PAID)],
    "open document": [document({"A": [*ENTRIES[:1], *DAYS], "B": [["x"], [True]]})],
    "advice open document": [document({"A": PAID})],
    "old workbook": [old_workbook({"A": [*ENTRIES[:1], *DAYS], "B": [["x"], [True]]})],
    "advice old workbook": [old_workbook({"A": PAID})],
    "advice pdf": [pdf(LINES), pdf(LINES, pages=2)],
}
REAL = {"workbook": SHEETS}
LIKELY = ("sheet", "String", "content")
RECORDS = [
    *(struct.pack("<H", kind) for kind in (0, 6, 10, 0x3C, 0x85, 0xBD, 0xFC, 0xFD, 0x200, 0x207)),
    *(b"\xff\xff", b"\xff\xff\xff\xff", b"\xff\xff\0\0", b"\x09\x08", b"\x2f\0", bytes(4)),
]
"""Kinds of records of an old workbook, and its largest numbers."""
READERS = {
    "workbook": read_bank_file,
    "advice workbook": read_remittance,
    "open document": read_bank_file,
    "advice open document": read_remittance,
    "old workbook": read_bank_file,
    "advice old workbook": read_remittance,
    "advice pdf": read_remittance,
}
KINDS = list(READERS)


def seeds(kind):
    """Own and real files of a kind, small ones for speed."""
    real = [path.read_bytes() for path in bank_files(REAL[kind])] if kind in REAL else []
    return OWN[kind] + [content for content in real if len(content) < LARGEST_SEED]


def damaged_file(known, chance):
    """A file with changed bytes; of most workbooks what is changed is a part, packed again."""
    whole = chance.choice(known)
    if whole.startswith(OLE) and chance.random() > 0.1:
        return damaged_stream(whole, chance)
    if chance.random() < 0.1 or not zipfile.is_zipfile(io.BytesIO(whole)):
        return damaged(known, chance)
    target = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(whole)) as given, zipfile.ZipFile(target, "w") as made:
            parts = {one.filename: given.read(one) for one in given.infolist()}
            # the sheets and their texts are what is read of a workbook
            likely = [name for name in parts if any(one in name for one in LIKELY)]
            if not parts:
                return damaged([whole], chance)
            hurt = chance.choice(likely if likely and chance.random() < 0.8 else list(parts))
            for name, content in parts.items():
                made.writestr(name, damaged([content], chance) if name == hurt else content)
    except (zipfile.BadZipFile, EOFError, ValueError, NotImplementedError, RuntimeError):
        # what was kept by a search is damaged as an archive already
        return damaged([whole], chance)
    return target.getvalue()


def damaged_stream(whole, chance):
    """An old workbook whose stream has other bytes, most of them in place of its own."""
    try:
        stream = bytearray(read_compound_file(whole).streams["Workbook"])
    except (CompoundFileError, KeyError):
        return damaged([whole], chance)
    if chance.random() < 0.2 or not stream:
        return compound({"Workbook": damaged([bytes(stream)], chance)})
    for _ in range(chance.randint(1, 6)):
        other = chance.choice([bytes([chance.randrange(256)]), *RECORDS])
        at = chance.randrange(len(stream))
        stream[at : at + len(other)] = other
    return compound({"Workbook": bytes(stream)})


def mutate(kind, rounds):
    check_damaged(
        READERS[kind],
        seeds(kind),
        rounds=rounds,
        chance=random.Random(f"documents {kind}"),
        damage=damaged_file,
    )


@pytest.mark.parametrize("kind", KINDS)
def test_damaged_files_are_read_or_refused(kind):
    mutate(kind, 100)


@pytest.mark.release
@pytest.mark.parametrize("kind", KINDS)
def test_twenty_thousand_damaged_files_are_read_or_refused(kind):
    mutate(kind, 20_000)


@pytest.mark.release
@pytest.mark.parametrize("kind", KINDS)
def test_a_minute_of_search_for_new_lines_finds_no_other_exception(kind):
    check_search(
        READERS[kind],
        seeds(kind),
        folder=FOLDER,
        chance=random.Random(f"search {kind}"),
        damage=damaged_file,
    )
