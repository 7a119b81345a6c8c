"""The letter that denies a claim: what it shows, in which language, and the same bytes again."""

from dataclasses import replace
from datetime import date
from io import BytesIO

from pypdf import PdfReader

from dunwell.formats.denial_letter import DenialLetter, denial_letter_pdf, letter_data

LETTER = DenialLetter(
    number="D-000001",
    language="de",
    company="Nordwind GmbH",
    sender="Am Hafen 1\n20457 Hamburg",
    customer="Acme #[evil]",
    customer_address="Weg 2\n10115 Berlin",
    text=(
        "Ihre Reklamation D-000001\n\nSehr geehrte Damen und Herren,\n\nder Preis\ngilt.\n\n"
        "Mit freundlichen Grüßen\nanna\nNordwind GmbH"
    ),
    written_on=date(2026, 3, 5),
)


def test_paragraphs_are_set_as_such_and_the_greeting_keeps_its_lines():
    told = letter_data(LETTER)

    assert (told["subject"], told["shown_day"]) == ("Ihre Reklamation D-000001", "05.03.2026")
    assert told["paragraphs"] == ["Sehr geehrte Damen und Herren,", "der Preis gilt."]
    assert told["closing"] == ["Mit freundlichen Grüßen", "anna", "Nordwind GmbH"]
    assert letter_data(replace(LETTER, language="fr"))["page"] == "Page {page} of {pages}"
    assert letter_data(replace(LETTER, text="Only a subject"))["closing"] == []


def test_the_pdf_says_what_the_letter_says_and_nothing_in_it_is_markup():
    found = denial_letter_pdf(LETTER)

    page = PdfReader(BytesIO(found)).pages[0].extract_text()
    for words in ("Acme #[evil]", "der Preis gilt.", "Seite 1 von 1", "20457 Hamburg"):
        assert words in page
    assert denial_letter_pdf(LETTER) == found
