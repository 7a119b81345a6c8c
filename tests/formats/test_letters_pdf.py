import io
from dataclasses import replace
from datetime import date

import pytest
from pypdf import PdfReader

from dunwell.formats.account_statement_pdf import Letterhead
from dunwell.formats.letters_pdf import Letter, letters_pdf

BODY = """Dear Pat,

We have not yet received payment for the following, although it has been due for a
while by now.

  Invoice R1 of Jan 24, 2026: 100.00
  Invoice R2 of Jan 25, 2026: 50.00

Kind regards
Anna
"""


def letter(number, *, language="en", body=BODY, customer=""):
    head = Letterhead(
        company="Northwind", reply_to="ar@northwind.example", pay_to="IBAN DE02",
        customer=customer or f"Acme {number}", address="Weg 1\n\n10115 Berlin",
    )  # fmt: skip
    return Letter(
        reference=f"K{number}", language=language, subject=f"Reminder {number}", body=body,
        on=date(2026, 3, number), head=head,
    )  # fmt: skip


def pages(sheets):
    return [page.extract_text() for page in PdfReader(io.BytesIO(sheets.pdf)).pages]


def test_each_letter_has_pages_of_its_own_that_are_counted_for_themselves():
    long = BODY.replace("  Invoice R1", "  Invoice R0\n" * 60 + "  Invoice R1")
    sheets = letters_pdf(
        [letter(1), letter(2, body=long, language="de"), letter(3)],
        country="DE",
        is_specimen=False,
    )

    texts = pages(sheets)
    assert (sheets.first_pages, sheets.pages, len(texts)) == ((1, 2, 4), 4, 4)
    for text, expected in zip(
        texts, ("Page 1 of 1", "Seite 1 von 2", "Seite 2 von 2", "Page 1 of 1"), strict=True
    ):
        assert expected in text
    assert all(part in texts[0] for part in ("Acme 1", "Weg 1", "10115 Berlin", "March 1, 2026"))
    assert "Acme 3" not in texts[0] + texts[1] + texts[2]
    assert texts[1].count("Invoice R0") + texts[2].count("Invoice R0") == 60


def test_lists_keep_their_lines_and_prose_is_wrapped_anew():
    (text,) = pages(letters_pdf([letter(1)], country="DE", is_specimen=False))

    lines = [line.strip() for line in text.splitlines()]
    assert "Invoice R1 of Jan 24, 2026: 100.00" in lines
    assert "Invoice R2 of Jan 25, 2026: 50.00" in lines
    assert {"Kind regards", "Anna"} <= set(lines)
    assert not any(line.endswith("due for a") for line in lines)


@pytest.mark.parametrize(("country", "size"), [("DE", (595, 842)), ("US", (612, 792))])
def test_the_paper_is_that_of_the_country_and_a_test_bears_a_mark(country, size):
    sheets = letters_pdf([letter(1)], country=country, is_specimen=True)

    box = PdfReader(io.BytesIO(sheets.pdf)).pages[0].mediabox
    assert (round(box.width), round(box.height)) == size
    assert "DO NOT POST" in pages(sheets)[0]
    assert "DO NOT POST" not in pages(letters_pdf([letter(1)], country="DE", is_specimen=False))[0]


def test_the_same_letters_are_the_same_bytes_and_no_text_acts_as_markup():
    odd = letter(
        1, customer="#set page(fill: red) $x$ *b* \\ <img> ]", body="#panic(1)\n\n*x* _y_ @z"
    )

    first = letters_pdf([odd], country="DE", is_specimen=False)
    assert first == letters_pdf([odd], country="DE", is_specimen=False)
    (text,) = pages(first)
    assert "#set page(fill: red) $x$ *b* \\ <img> ]" in text.replace("\u200b", "")
    assert "#panic(1)" in text and "*x* _y_ @z" in text


def test_a_name_no_font_can_show_still_gives_a_letter():
    sheets = letters_pdf(
        [letter(1, customer="\U0001f600 \u0dc3\u0dd2\u0d82\u0dc4\u0dbd Ltd")],
        country="DE", is_specimen=False,
    )  # fmt: skip

    assert sheets.first_pages == (1,) and "Ltd" in pages(sheets)[0]


def test_no_letter_is_no_file():
    with pytest.raises(ValueError, match="no letter"):
        letters_pdf([], country="DE", is_specimen=False)


def paying(number, **changes):
    """A letter that asks for euro, to an account that can be paid by code."""
    told = letter(number, **changes)
    head = replace(told.head, pay_to="Bank, IBAN DE89 3704 0044 0532 0130 00")
    return replace(told, head=head, demand_minor=150_00, currency="EUR")


def test_a_letter_in_euro_bears_a_payment_code_and_others_none():
    (text,) = pages(letters_pdf([paying(1)], country="DE", is_specimen=False))
    (german,) = pages(letters_pdf([paying(1, language="de")], country="DE", is_specimen=False))
    dollars = replace(paying(1), currency="USD")
    plain = [letter(1), dollars, replace(paying(1), demand_minor=0)]

    assert "Pay 150.00 EUR by scanning this code with a banking app." in text
    assert "150,00 EUR bezahlen: diesen Code mit der Banking-App scannen." in german
    for one in plain:
        (found,) = pages(letters_pdf([one], country="DE", is_specimen=False))
        assert "scanning" not in found


def test_letters_are_archival_and_accessible():
    reader = PdfReader(
        io.BytesIO(letters_pdf([paying(1), letter(2)], country="DE", is_specimen=False).pdf)
    )

    metadata = reader.trailer["/Root"]["/Metadata"].get_object().get_data().decode()
    assert "<pdfaid:part>3</pdfaid:part>" in metadata
    assert "<pdfaid:conformance>B</pdfaid:conformance>" in metadata
    assert "pdfuaid:part" in metadata
    intents = reader.trailer["/Root"]["/OutputIntents"]
    assert [intent.get_object()["/S"] for intent in intents] == ["/GTS_PDFA1"]
    assert "/DestOutputProfile" in intents[0].get_object()
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"].value is True
