"""iCalendar files: lines of at most 75 octets, escaped texts, whole days (RFC 5545)."""

from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from dunwell.formats.calendar_file import LONGEST_LINE, CalendarEntry, write_calendar

AT = datetime(2026, 3, 5, 9, tzinfo=UTC)


def lines(data):
    """The lines of a calendar, unfolded."""
    return data.decode().replace("\r\n ", "").split("\r\n")


def test_a_day_is_written_whole_and_told_apart():
    entry = CalendarEntry(uid="item-7@x", on=date(2026, 2, 28), summary="R1, due; €5\nnow")
    found = lines(write_calendar([entry], name="Acme", stamp=AT))
    assert found[0] == "BEGIN:VCALENDAR" and found[-2:] == ["END:VCALENDAR", ""]
    assert "UID:item-7@x" in found and "DTSTAMP:20260305T090000Z" in found
    assert "DTSTART;VALUE=DATE:20260228" in found and "DTEND;VALUE=DATE:20260301" in found
    assert "SUMMARY:R1\\, due\\; €5\\nnow" in found


@given(st.text(max_size=200))
def test_no_line_is_too_long_and_no_letter_is_torn(text):
    data = write_calendar(
        [CalendarEntry(uid="a@b", on=date(2026, 1, 1), summary=text)], name=text, stamp=AT
    )
    assert all(len(line) <= LONGEST_LINE for line in data.split(b"\r\n"))
    assert b"\n" not in data.replace(b"\r\n", b"") and b"\r" not in data.replace(b"\r\n", b"")
    assert sum(line.startswith("BEGIN:VEVENT") for line in lines(data)) == 1
