"""An agency's report: what is read, and that every damaged line says its line, column and why."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwell.formats.placement_files import (
    COLUMNS,
    AgencyLine,
    LineRefusal,
    batch_file,
    read_report,
)

HEAD = ",".join(COLUMNS) + "\n"
GOOD = "PL-1,remitted,2026-03-05,M-1,EUR,100.00,20.00,80.00,first rate\n"


def reasons(text):
    return [(one.line, one.column, one.reason) for one in read_report(text.encode())[1]]


def test_a_line_is_read_with_its_amounts_in_minor_units():
    lines, refusals = read_report((HEAD + GOOD).encode("utf-8-sig"))
    assert refusals == ()
    assert lines == (
        AgencyLine(
            line=2, placement="PL-1", event="remitted", on=date(2026, 3, 5), reference="M-1",
            currency="EUR", gross_minor=100_00, commission_minor=20_00, net_minor=80_00,
            note="first rate",
        ),
    )  # fmt: skip


def test_semicolons_other_orders_blank_lines_and_left_out_amounts_are_fine():
    text = "NOTE;on;event;placement;reference;currency;gross;net;commission\n\n"
    text += ";2026-03-05;direct;PL-1;D-1;JPY;500;450;\nlate;2026-03-05;returned;PL-2;;;;;\n"
    (first, second), refusals = read_report(text.encode())
    assert refusals == ()
    assert (first.gross_minor, first.commission_minor, first.net_minor) == (500, 50, 450)
    assert (second.event, second.note, second.line) == ("returned", "late", 4)


@pytest.mark.parametrize(
    ("line", "column", "reason"),
    [
        (GOOD.replace("PL-1", ""), "placement", "empty; write our number"),
        (GOOD.replace("PL-1", "P" * 41), "placement", "41 characters; at most 40 fit"),
        (GOOD.replace("remitted", "sent"), "event", "'sent' is no event"),
        (GOOD.replace("2026-03-05", "5.3.2026"), "on", "'5.3.2026' is no day"),
        (GOOD.replace("2026-03-05", "2026-02-30"), "on", "is no day"),
        (GOOD.replace("2026-03-05", "20260305"), "on", "is no day"),
        (GOOD.replace("M-1", ""), "reference", "empty; write your own reference"),
        (GOOD.replace("EUR", "EURO"), "currency", "no ISO 4217 code"),
        (GOOD.replace("100.00", "1,00"), "", "10 cells where the header has 9"),
        (GOOD.replace("100.00", "1e5"), "gross", "is no amount"),
        (GOOD.replace("100.00", "100.001"), "gross", "more decimals than EUR allows"),
        (GOOD.replace("100.00", "--5"), "gross", "no amount"),
        (GOOD.replace("100.00", ""), "gross", "empty or 0"),
        (GOOD.replace("100.00", "NaN"), "gross", "is no amount"),
        (GOOD.replace("100.00", "9" * 19), "gross", "larger than this ledger can hold"),
        (GOOD.replace("80.00", "80.01"), "net", "gross is not commission + net"),
        (GOOD.replace("remitted", "returned"), "gross", "is no money; leave it empty"),
        ("PL-1,returned,2026-03-05,,,,,,\n", "note", "empty; say why"),
        ("PL-1,accepted,2026-03-05,,,,,,\n", "reference", "empty"),
    ],
)
def test_every_damaged_cell_is_refused_with_its_line_column_and_reason(line, column, reason):
    ((number, where, why),) = reasons(HEAD + GOOD + line)
    assert (number, where) == (3, column)
    assert reason in why


def test_files_that_are_none_are_refused_whole():
    assert reasons("") and reasons(HEAD)[0][2] == "the file has a header but no lines"
    assert reasons(HEAD.replace(",note", ""))[0][1:] == (
        "note", "the column is missing; add it, empty cells are fine",
    )  # fmt: skip
    assert (1, "extra", "the column is not known; take it out") in reasons("extra," + HEAD)
    assert (1, "event", "the column stands there twice") in reasons("event," + HEAD)
    assert read_report(HEAD.encode() + b"\xff\xfe")[1] == (
        LineRefusal(line=2, column="", reason="the file is not UTF-8; save it as CSV UTF-8"),
    )
    assert "zero characters" in reasons("a\0b")[0][2]
    assert "no CSV" in reasons(HEAD + 'PL-1,"open\n')[0][2]


@given(st.binary(max_size=300))
def test_no_bytes_at_all_break_the_reader(data):
    lines, refusals = read_report(data)
    assert lines == () and refusals


@given(st.data())
def test_one_changed_character_is_read_or_refused_never_both(data):
    text = HEAD + GOOD
    place = data.draw(st.integers(0, len(text) - 1))
    sign = data.draw(st.characters(codec="utf-8"))
    lines, refusals = read_report((text[:place] + sign + text[place + 1 :]).encode())
    assert bool(lines) != bool(refusals)


def test_a_batch_is_the_same_bytes_for_the_same_facts():
    document = {
        "format": "x", "batch": "PB-1", "agency": "A", "company": "C", "made_on": "2026-03-05",
        "placements": [],
    }  # fmt: skip
    one = batch_file(document, {"PL-1": b"pack"})
    assert one == batch_file(dict(reversed(document.items())), {"PL-1": b"pack"})
    assert one != batch_file(document, {"PL-1": b"pacK"})
