"""BAI2: records on their own and in one line, funds types, tagged texts, control totals."""

import re

import pytest

from tests.formats.bank.bank_files import bank_file, codes, read, read_text, refusal, short

HEAD = "01,BANK,US,260106,0800,FILE7,80,,2/\n02,US,BANK,1,260105,,USD,2/\n"


def bai2(*lines, head=HEAD, tail="49,0,3/\n98,0,1,5/\n99,0,1,7/\n"):
    return head + "\n".join(lines) + "\n" + tail


def entries(text):
    return [entry for statement in read_text(text).statements for entry in statement.entries]


@pytest.mark.parametrize("name", ["sample1", "sample2", "sample3"])
def test_every_entry_of_the_samples_is_read_and_the_totals_agree(name):
    file = read(f"bai2_moov/{name}.txt")
    text = bank_file(f"bai2_moov/{name}.txt").read_text()
    begins = re.findall(r"(?:^|/\s+)(03|16),", text, re.MULTILINE)
    assert len(file.statements) == begins.count("03") > 0
    assert sum(len(s.entries) for s in file.statements) == begins.count("16") > 0
    assert "control_total" not in codes(file)
    assert "record_count" not in codes(file)


@pytest.mark.parametrize("name", ["sample4-continuations-newline-delimited", "sample5-issue113"])
def test_texts_with_commas_slashes_and_tags_are_kept_whole(name):
    file = read(f"bai2_moov/{name}.txt")
    first, reject = file.statements[1].entries[:2]
    assert (first.amount_minor, first.reference, first.bank_reference) == (
        -60000,
        "1111",
        "SPB2322984714570",
    )
    assert first.text.startswith("ACH Credit Payment,Entry Description: EXP; -, SEC: CCD")
    assert (reject.amount_minor, reject.is_reversal) == (143500, True)
    returned = file.statements[2].entries[0]
    assert (returned.counterparty, returned.return_reason) == ("Test", "R02")
    # the amounts of this sample were altered by its authors, and the totals show it
    assert "control_total" in codes(file)


def test_slashes_inside_references_do_not_end_a_record():
    file = read("bai2_moov/sample5-issue113.txt")
    assert file.statements[1].entries[2].reference == "AB/GS/RPFILERP0001/RPBA0001"
    assert "08/18/23 Invoice - Sample" in file.statements[2].entries[13].text


def test_every_funds_type_is_taken_with_what_belongs_to_it():
    found = entries(
        bai2(
            "03,1,USD,010,0,,/",
            "16,195,1,Z,B0,C0,zero/",
            "16,195,2,,B1,C1,none/",
            "16,195,3,S,1,1,1,B2,C2,three/",
            "16,195,4,V,260108,1200,B3,C3,value/",
            "16,195,5,D,2,0,1,1,4,B4,C4,days/",
            "16,495,6,2,B5,C5,out/",
        )
    )
    assert [(e.amount_minor, e.bank_reference, e.reference, e.text) for e in found] == [
        (1, "B0", "C0", "zero"),
        (2, "B1", "C1", "none"),
        (3, "B2", "C2", "three"),
        (4, "B3", "C3", "value"),
        (5, "B4", "C4", "days"),
        (-6, "B5", "C5", "out"),
    ]
    assert [e.value_on.isoformat() for e in found][2:5] == [
        "2026-01-05",
        "2026-01-08",
        "2026-01-05",
    ]


def test_currency_comes_from_account_group_or_the_standard():
    text = bai2("03,1,JPY,015,5,,/", "49,5,2/", "03,2,,015,6,,/", "49,6,2/", tail="")
    assert [s.currency for s in read_text(text).statements] == ["JPY", "USD"]
    assert [s.closing_minor for s in read_text(text).statements] == [5, 6]


def test_codes_that_move_no_money_are_information():
    found = entries(bai2("03,1,USD,010,0,,/", "16,890,0,,,,note/", "16,721,5,,,,loan/"))
    assert [(e.status, e.amount_minor) for e in found] == [("information", 0), ("information", 5)]


@pytest.mark.parametrize(("status", "code"), [("2", "group_deletion"), ("4", "group_test")])
def test_deletions_and_tests_are_no_money(status, code):
    head = HEAD.replace("BANK,1,260105", f"BANK,{status},260105")
    file = read_text(bai2("03,1,USD,010,0,,/", "16,195,5,,,,x/", head=head, tail="49,5,3/\n"))
    assert [e.status for s in file.statements for e in s.entries] == ["information"]
    assert code in codes(file)


def test_a_wrong_total_and_a_missing_end_are_findings():
    wrong = read_text(bai2("03,1,USD,010,7,,/", "16,195,5,,,,x/", tail="49,13,3/\n98,13,1,5/\n"))
    assert [f.code for f in wrong.statements[0].findings] == ["control_total", "no_balances"]
    assert [f.code for f in wrong.findings] == ["cut_off"]


def test_the_sums_of_a_whole_file_agree():
    file = read_text(
        bai2(
            "03,1,USD,010,100,,,015,105,,,100,5,1,/",
            "16,195,5,,,,x/",
            tail="49,215,3/\n98,215,1,5/\n99,215,1,7/\n",
        )
    )
    assert codes(file) == []
    assert short(file.statements[0].entries) == [("2026-01-05", 5, "USD")]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("16,195,1.50,,,,x/", "'1.50' is not an amount in minor units"),
        ("16,195,1x,,,,x/", "'1x' is not an amount in minor units"),
        ("16,195,5,V,261399,,,,x/", "'261399' is no day of the calendar"),
        ("16,195," + "9" * 19 + ",,,,x/", "larger than this ledger can hold"),
    ],
)
def test_what_cannot_be_read_exactly_is_refused_with_its_line(line, reason):
    file, place, why = refusal(bai2("03,1,USD,010,0,,/", line))
    assert (file, place) == ("f", "line 4")
    assert reason in why


def test_records_out_of_place_are_refused():
    assert refusal(bai2("16,195,5,,,,x/"))[2] == "an entry (16) stands outside of an account (03)"
    head = "01,BANK,US,260106,0800,FILE7,80,,2/\n"
    assert refusal(bai2("03,1,USD/", head=head))[2].startswith("an account (03) stands outside")
