"""Postcodes as addresses of many countries write them."""

import pytest

from dunwell.formats.postcodes import postcode_in


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("Weg 1\n10115 Berlin", "10115"),
        ("Weg 1, D-10115 Berlin", "10115"),
        ("Weg 12345\n10115 Berlin\nGermany", "10115"),
        ("1 High Street\nLondon SW1A 1AA", "SW1A1AA"),
        ("100 Main St\nSpringfield IL 62704-1234", "62704-1234"),
        ("Damrak 1\n1012 LG Amsterdam", "1012LG"),
        ("Stephansplatz 1\n1010 Wien", "1010"),
        ("Drottninggatan 1\n111 51 Stockholm", "11151"),
        ("ul. Prosta 1\n00-850 Warszawa", "00-850"),
        ("1 Main\nOttawa K1A 0B1", "K1A0B1"),
        ("Weg 1\nBerlin", ""),
        ("", ""),
    ],
)
def test_a_postcode_is_found_in_the_last_line_that_has_one(address, found):
    assert postcode_in(address) == found
