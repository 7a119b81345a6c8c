"""The one door: formats by content, packed files, bombs, and what is no bank file."""

import io
import zipfile

import pytest

from dunwell.formats.bank import reader
from dunwell.formats.bank.reader import read_bank_file
from dunwell.formats.bank.statement import StatementError
from tests.effort import effort
from tests.formats.bank.bank_files import codes, read_text, refusal

MT940 = (
    ":20:S\n:25:1\n:28C:1/1\n:60F:C260101EUR0,00\n:61:2601050105C10,00NTRFNONREF//B1\n"
    ":62F:C260105EUR10,00\n-\n"
)
CAMT = (
    "<Document><BkToCstmrStmt><Stmt><Id>1</Id><Ntry><Amt Ccy='EUR'>1</Amt><CdtDbtInd>CRDT"
    "</CdtDbtInd><ValDt><Dt>2026-01-05</Dt></ValDt></Ntry></Stmt></BkToCstmrStmt></Document>"
)
QIF = "!Type:Bank\nD13/01/2026\nT5\n^\n"
OFX = "OFXHEADER:100\n\n<OFX></OFX>"
BAI2 = "01,A,B,260106,0800,1,80,,2/\n02,B,A,1,260105,,USD,2/\n03,1,USD,015,1,,/\n49,1,2/\n"


def packed(*files, method=zipfile.ZIP_DEFLATED):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return target.getvalue()


@pytest.mark.parametrize(
    ("text", "name"),
    [(MT940, "mt940"), (CAMT, "camt.053"), (QIF, "qif"), (OFX, "ofx"), (BAI2, "bai2")],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_the_format_is_told_by_the_content_in_every_encoding(text, name, encoding):
    assert (
        read_bank_file(
            ("\n\n" + text if name != "camt.053" else text).encode(encoding), "x"
        ).format
        == name
    )


def test_a_zip_gives_the_statements_of_all_its_files_by_name():
    content = packed(("a.sta", MT940), ("__MACOSX/a.sta", "junk"), ("b/c.xml", CAMT), ("d/", ""))
    file = read_bank_file(content, "day.zip")
    assert file.format == "camt.053 and mt940"
    assert [len(statement.entries) for statement in file.statements] == [1, 1]
    broken = packed(("a.sta", MT940), ("b.xml", CAMT[:-20]))
    assert refusal(broken)[0] == "f/b.xml"


def test_bombs_are_refused_before_they_are_unpacked():
    bomb = packed(("a.xml", b"<a>" + b" " * 60_000_000))
    many = packed(*((f"{n}", "x") for n in range(reader.MOST_PACKED + 1)))
    with effort() as spent:
        assert refusal(bomb)[2].startswith("it unpacks to far more data")
        assert refusal(many)[2].startswith("the zip holds more than 200 files")
    assert spent.seconds < 2


def test_damaged_zips_are_refused():
    content = packed(("a.sta", MT940))
    assert refusal(content[:-30])[2].startswith("the zip is damaged, cut off or encrypted")
    assert refusal(packed(("d/", "")))[2] == "the zip holds no file. Fetch it from the bank again"


def test_a_zip_in_a_zip_and_a_workbook_are_no_bank_files():
    assert "no bank format known here" in refusal(packed(("in.zip", packed(("a", MT940)))))[2]
    assert "no bank format known here" in refusal(packed(("[Content_Types].xml", "<a/>")))[2]


@pytest.mark.parametrize("content", [b"", b" \r\n", b"\xef\xbb\xbf"])
def test_empty_files_are_refused(content):
    assert refusal(content)[0] == "f"


def test_what_is_no_bank_file_is_refused_with_its_beginning():
    assert refusal("Dear customer,\nwe have paid")[1:] == (
        "line 1",
        refusal("Dear customer,\nwe have paid")[2],
    )
    assert refusal("Dear customer,\nwe have paid")[2].startswith(
        "the file begins with 'Dear customer, we have paid'"
    )


def test_a_file_larger_than_any_statement_is_refused(monkeypatch):
    monkeypatch.setattr(reader, "MOST_BYTES", 50)
    assert refusal(MT940)[2].startswith("the file has more than")


def test_a_statement_that_does_not_add_up_says_so_at_the_door():
    assert codes(read_text(MT940)) == []
    assert codes(read_text(MT940.replace("EUR10,00", "EUR11,00"))) == ["balance_gap"]


def test_a_refusal_is_one_line_whatever_a_file_says() -> None:
    refusal = StatementError("f\nx", "sheet A\r\nB", "the column 'Due\nday' holds no day.")
    assert str(refusal) == "f x: sheet A B: the column 'Due day' holds no day."
