"""Segments of short messages by 3GPP 23.038, and phone numbers in E.164."""

import pytest

from dunwell.formats.short_messages import GSM_BASIC, GSM_EXTENDED, phone_number, segments_of


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", ("gsm7", 0, 1)),
        ("a" * 160, ("gsm7", 160, 1)),
        ("a" * 161, ("gsm7", 161, 2)),
        ("a" * 306, ("gsm7", 306, 2)),
        ("a" * 307, ("gsm7", 307, 3)),
        ("€" * 80, ("gsm7", 160, 1)),
        ("€" * 81, ("gsm7", 162, 2)),
        # a euro sign is two septets and is not split: 152 and it do not fit into 153
        ("a" * 152 + "€" + "a" * 151, ("gsm7", 305, 2)),
        ("a" * 152 + "€" + "a" * 152, ("gsm7", 306, 3)),
        ("Grüße: 100 {EUR}", ("gsm7", 18, 1)),
        ("ж" * 70, ("ucs2", 70, 1)),
        ("ж" * 71, ("ucs2", 71, 2)),
        ("ж" * 134, ("ucs2", 134, 2)),
        ("ж" * 135, ("ucs2", 135, 3)),
        ("\N{PARTY POPPER}" * 35, ("ucs2", 70, 1)),
        # 33 emoji are 66 units; the 34th would be split over the end of a part of 67
        ("\N{PARTY POPPER}" * 66, ("ucs2", 132, 2)),
        ("\N{PARTY POPPER}" * 67, ("ucs2", 134, 3)),
        ("ç", ("ucs2", 1, 1)),
        ("Ç", ("gsm7", 1, 1)),
    ],
)
def test_segments_are_counted_as_carriers_bill_them(text, found):
    counted = segments_of(text)
    assert (counted.alphabet, counted.length, counted.segments) == found


def test_the_alphabet_has_its_127_basic_and_9_extended_characters():
    assert (len(GSM_BASIC), len(GSM_EXTENDED)) == (127, 10)


@pytest.mark.parametrize(
    ("text", "country", "found"),
    [
        ("030 123456", "DE", "+4930123456"),
        ("+44 20 7946 0018", "DE", "+442079460018"),
        ("0044 20 7946 0018", "DE", "+442079460018"),
        ("(415) 555-0132", "US", "+14155550132"),
        ("12", "DE", ""),
        ("call Anna", "DE", ""),
        ("", "DE", ""),
        ("030 123456", "", ""),
    ],
)
def test_a_number_is_written_as_carriers_dial_it(text, country, found):
    assert phone_number(text, country=country) == found
