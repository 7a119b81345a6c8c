"""Remittance advices in PDF: their text is read by its place; pictures and damage are refused."""

import random

import pytest

from dunwell.formats.bank.statement import StatementError
from dunwell.formats.remittance.pdf import is_pdf, pdf_text
from dunwell.formats.remittance.reader import read_remittance
from tests.formats.test_remittances import mail

LINES = [
    (50, 780, "Remittance advice"),
    (50, 760, "Payer: Acme GmbH"),
    (50, 745, "Payment reference: W-7788"),
    (50, 700, "Invoice"), (200, 700, "Gross"), (300, 700, "Discount"), (400, 700, "Paid EUR"),
    (50, 680, "RE-2026-001"), (200, 680, "1,190.00"), (300, 680, "23.80"), (400, 680, "1,166.20"),
    (50, 660, "RE-2026-002"), (200, 660, "2,380.00"), (300, 660, "0.00"), (400, 660, "2,380.00"),
    (50, 640, "Total"), (400, 640, "3,546.20 EUR"),
]  # fmt: skip


def pdf(lines, *, pages=1):
    """A PDF with text at places of its pages, written by hand."""
    stream = "BT /F1 10 Tf " + "".join(f"1 0 0 1 {x} {y} Tm ({text}) Tj " for x, y, text in lines)
    stream += "ET"
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(pages))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {pages} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for n in range(pages):
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {5 + 2 * n} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>"
        )
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode("latin-1")
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{place:010d} 00000 n \n".encode() for place in places)
    out += (
        f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF".encode()
    )
    return out


def refused(content):
    with pytest.raises(StatementError) as caught:
        pdf_text(content, "a.pdf")
    return str(caught.value)


def test_a_table_in_a_pdf_gives_documents_discounts_and_the_total():
    file = read_remittance(pdf(LINES), "a.pdf")
    (advice,) = file.advices

    assert (file.format, advice.payer, advice.references) == ("pdf", "Acme GmbH", ("W-7788",))
    assert [
        (one.item_ref, one.gross_minor, one.discount_minor, one.amount_minor)
        for one in advice.lines
    ] == [
        ("RE-2026-001", 119000, 2380, 116620),
        ("RE-2026-002", 238000, 0, 238000),
    ]
    assert (advice.total_minor, advice.currency, advice.findings) == (354620, "EUR", ())


def test_a_pdf_in_a_mail_is_read():
    file = read_remittance(mail("see attached", attachments=[("a.pdf", pdf(LINES))]), "m.eml")
    assert [line.item_ref for line in file.advices[0].lines] == ["RE-2026-001", "RE-2026-002"]


def test_a_picture_of_text_is_refused_with_what_to_do():
    assert refused(pdf([])) == (
        "a.pdf: whole file: the PDF holds a picture of text and no text. Ask the payer for the "
        "advice as a sheet or mail, or enter it by hand"
    )


def test_too_many_pages_are_refused():
    assert "the PDF has 101 pages; 100 are read" in refused(pdf([(50, 700, "x")], pages=101))


def test_damaged_documents_are_refused_and_never_raise_anything_else():
    whole, chance = pdf(LINES), random.Random(7)
    for _ in range(150):
        bytes_ = bytearray(whole)
        for _ in range(chance.randint(1, 20)):
            bytes_[chance.randrange(len(bytes_))] = chance.randrange(256)
        cut = bytes(bytes_[: chance.randint(20, len(bytes_))])
        try:
            pdf_text(cut, "a.pdf")
        except StatementError as error:
            assert error.file == "a.pdf" and error.reason  # noqa: PT017
    assert is_pdf(whole) and not is_pdf(b"PDF")
